//! Another right answer: "in flight" is soon over, so ask again in a second, and not when the job is back in some minutes.
//!
//! If it takes longer than the five seconds that an undo is given, it is dropped in the middle. That does no harm: all
//! its requests can be repeated.

use lab::notebook::prelude::*;
use std::time::Duration;
use tokio::time::sleep;

/// When a service is asked again that is at work.
const SOON: Duration = Duration::from_secs(1);

/// Our notebook.
pub struct MyNotebook;

impl Notebook for MyNotebook {
    // A ledger of their own: our ROLLBACK is not heard there.
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
        // The customer had paid before, and nobody gives it back.
        provider_keeps: Some(Yen(2_400)),
        books_held: Some(2),
        // Nobody confirmed it, so it lapses after 15 minutes.
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
        // Without a key every delivery is a parcel, and our books know of one.
        parcels: Some(2),
        diverges: Some(&[Remote::Shipping]),
    };

    const PAYMENT_UNTIL: Until = AnyTime;
    const INVENTORY_UNTIL: Until = AnyTime;
    // The pivot: what has left cannot be called back.
    const SHIPPING_UNTIL: Until = Within(Ms::minutes(30));

    async fn undo_payment(shop: &Shop, paid: &Written<Charge>) -> Result<Undo, Failure> {
        // By the key that the charge was sent under, so it also stops one that has not arrived yet.
        loop {
            match shop.payment.void(&paid.key).await {
                Ok(_) => return Ok(Done),
                Err(CallError::InFlight) => sleep(SOON).await,
                Err(open) => return Err(open.into()),
            }
        }
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        // "Give this reservation back", not "plus two": the first can be said any number of times.
        shop.inventory.release(&taken.key).await?;
        Ok(Done)
    }

    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure> {
        loop {
            match shop.shipping.cancel(By::Key(sent.key.clone())).await {
                Ok(_) => return Ok(Done),
                Err(CallError::TooLate) => return Ok(TooLate),
                Err(CallError::InFlight) => sleep(SOON).await,
                Err(open) => return Err(open.into()),
            }
        }
    }
}
