//! The stock is a table of ours.
//!
//! **Why it tempts**: it was, in chapter 1, and it is still called stock.
//!
//! **Caught by**: `boundaries::the_warehouse_has_a_ledger_of_its_own`, not as predicted.
//!
//! **Schedule**: `order1/shipping.request#1: refused`
//!
//! Here the warehouse is a service with a ledger of its own: what counts is whose COMMIT it was, not what it is
//! called.

use lab::notebook::prelude::*;

/// Our notebook.
pub struct MyNotebook;

impl Notebook for MyNotebook {
    const ORDER: Boundary = Inside { leaves: Rows(0) };
    const PAYMENT: Boundary = External {
        leaves: Money(2_400),
    };
    const INVENTORY: Boundary = Inside { leaves: Books(0) };
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
        match shop.shipping.cancel(By::Key(sent.key.clone())).await {
            Ok(_) => Ok(Done),
            Err(CallError::TooLate) => Ok(TooLate),
            Err(open) => Err(open.into()),
        }
    }
}
