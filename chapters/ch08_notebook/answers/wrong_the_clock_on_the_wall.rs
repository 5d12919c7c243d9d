//! Ask when the parcel leaves, and look at the clock on the wall: if it shows a later time, it has left.
//!
//! **Why it tempts**: the time of day is what the shipper's timetable says, and what everybody in the shop goes by.
//!
//! **Caught by**: `properties::whatever_happens_the_parcel_stays_or_has_left`, a legitimate request swallowed.
//!
//! **World**: `book by ann at 0ms; shipping undone after 0ms; begins at 1425m`
//!
//! **Schedule**: ``
//!
//! A parcel requested at 23:45 leaves at 00:15. On the wall 23:46 looks later, but it is still the day before.

use lab::notebook::prelude::*;

/// Our notebook.
pub struct MyNotebook;

impl Notebook for MyNotebook {
    const ORDER: Boundary = Inside { leaves: Rows(0) };
    const PAYMENT: Boundary = External {
        leaves: Money(2_400),
    };
    const INVENTORY: Boundary = External { leaves: Books(2) };
    const SHIPPING: Boundary = External { leaves: Parcels(1) };

    const PAYMENT_TIMED_OUT: Prediction = Prediction {
        our_books: OurBooks::NoOrder,
        customer: Customer::ErrorPage,
        provider_keeps: Some(Yen(2_400)),
        books_held: Some(0),
        books_held_in_an_hour: Some(0),
        parcels: Some(0),
        diverges: Some(&[Remote::Payment]),
    };
    const RESERVATION_UNANSWERED: Prediction = Prediction {
        our_books: OurBooks::NoOrder,
        customer: Customer::ErrorPage,
        provider_keeps: Some(Yen(2_400)),
        books_held: Some(2),
        books_held_in_an_hour: Some(0),
        parcels: Some(0),
        diverges: Some(&[Remote::Payment, Remote::Inventory]),
    };
    const SHIPPED_TWICE: Prediction = Prediction {
        our_books: OurBooks::Confirmed,
        customer: Customer::Confirmed,
        provider_keeps: Some(Yen(2_400)),
        books_held: Some(2),
        books_held_in_an_hour: Some(2),
        parcels: Some(2),
        diverges: Some(&[Remote::Shipping]),
    };

    const PAYMENT_UNTIL: Until = AnyTime;
    const INVENTORY_UNTIL: Until = AnyTime;
    const SHIPPING_UNTIL: Until = Within(Ms::minutes(30));

    async fn undo_payment(shop: &Shop, paid: &Written<Charge>) -> Result<Undo, Failure> {
        shop.payment.void(&paid.key).await?;
        Ok(Done)
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        shop.inventory.release(&taken.key).await?;
        Ok(Done)
    }

    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure> {
        let key = || By::Key(sent.key.clone());
        let on_the_wall = |at: Ms| Ms(at.0 % Ms::hours(24).0);
        let found = shop.shipping.find(key()).await?;
        let mut open = found.iter().filter(|parcel| !parcel.cancelled);
        if open.any(|parcel| on_the_wall(parcel.dispatched_at) <= on_the_wall(shop.now())) {
            return Ok(TooLate);
        }
        match shop.shipping.cancel(key()).await {
            Ok(_) => Ok(Done),
            Err(CallError::TooLate) => Ok(TooLate),
            Err(open) => Err(open.into()),
        }
    }
}
