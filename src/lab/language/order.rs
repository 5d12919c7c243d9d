//! What customers want, and what they are told.
//!
//! An order is what a customer wants; an answer is what the customer is told. Answers are promises, and accidents are
//! measured by them: a customer who has been told `Confirmed` will ask for the book.
//!
//! ```
//! use lab::language::order::{Order, Yen};
//!
//! let order = Order::new("order1", Yen(1_200));
//! assert_eq!(order.amount.to_string(), "¥1,200");
//! // Nobody owes less than nothing.
//! assert_eq!(Yen(500) - Yen(1_200), Yen(0));
//! ```

use crate::language::name::Name;
use std::fmt;

/// An amount of money in Japanese yen. Yen have no fractions, so whole numbers are enough.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Yen(pub u64);

/// `¥1,200`.
impl fmt::Display for Yen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("¥{}", grouped(self.0)))
    }
}

/// `1,200`
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl fmt::Debug for Yen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::ops::Add for Yen {
    type Output = Yen;
    fn add(self, other: Yen) -> Yen {
        Yen(self.0 + other.0)
    }
}

impl std::ops::Sub for Yen {
    type Output = Yen;
    /// What is left; zero if `other` is larger.
    fn sub(self, other: Yen) -> Yen {
        Yen(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Yen {
    fn sum<I: Iterator<Item = Yen>>(all: I) -> Yen {
        all.fold(Yen(0), |sum, next| sum + next)
    }
}

/// The prefix of a customer's name that is made from an order's.
const CUSTOMER_OF: &str = "customer of ";

/// What a customer submits. The id is the customer's: a second click sends the same id again, a second
/// purchase has an id of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// `order1`, `order2`, …
    pub id: String,
    /// Who orders.
    pub customer: String,
    /// What is bought.
    pub sku: String,
    /// How many.
    pub quantity: u32,
    /// What it costs, all told.
    pub amount: Yen,
}

impl Order {
    /// One book for this amount, bought by a customer named after the order.
    pub fn new(id: &str, amount: Yen) -> Order {
        Order {
            id: id.to_owned(),
            customer: format!("{CUSTOMER_OF}{id}"),
            sku: "book".to_owned(),
            quantity: 1,
            amount,
        }
    }

    /// The order that a customer is named after, if they are.
    pub(crate) fn whose_customer(customer: &str) -> Option<&str> {
        customer.strip_prefix(CUSTOMER_OF)
    }

    /// The id as a name in the trace.
    pub fn name(&self) -> Name {
        Name::new(&self.id)
    }
}

/// What the shop tells the customer who submitted an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// "Thank you for your order": it is paid and will be delivered. A promise.
    Confirmed,
    /// "We are working on it, you will hear from us": nothing is promised yet, either way.
    Pending,
    /// "We could not take your order": you have not paid, and nothing will come. A promise, too.
    Cancelled,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Answer::Confirmed => "confirmed",
            Answer::Pending => "pending",
            Answer::Cancelled => "cancelled",
        })
    }
}

/// Something went wrong that the order code passes on (`?`). The customer sees an error page, which
/// promises nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
