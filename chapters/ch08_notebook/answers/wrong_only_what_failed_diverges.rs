//! Only the step that failed diverges.
//!
//! **Why it tempts**: the reservation went wrong, so you look at the reservation.
//!
//! **Caught by**: `divergences::the_reservation_succeeded_and_no_reply_came`, not as predicted.
//!
//! **Schedule**: `order1/inventory.reserve#1: reply lost`
//!
//! The payment came before it. It succeeded, and was rolled back with the rest: on our side only.

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
        provider_keeps: Some(Yen(0)),
        books_held: Some(2),
        books_held_in_an_hour: Some(0),
        parcels: Some(0),
        diverges: Some(&[Remote::Inventory]),
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
