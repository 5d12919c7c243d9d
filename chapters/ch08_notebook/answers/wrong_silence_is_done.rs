//! Said is said: no answer within a second, and it is done.
//!
//! **Why it tempts**: the key makes it safe, and the service has never failed us yet.
//!
//! **Caught by**: `compensations::an_undo_of_money_may_itself_go_wrong`, charged without an order.
//!
//! **World**: `undo-payment`
//!
//! **Schedule**: `recover/payment.void#1: request lost`
//!
//! No reply tells you nothing, going forward or going back.

use lab::notebook::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

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
        match timeout(Duration::from_secs(1), shop.payment.void(&paid.key)).await {
            Ok(Ok(_)) | Err(_) => Ok(Done),
            Ok(Err(open)) => Err(open.into()),
        }
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        // "Give this reservation back", not "plus two": the first can be said any number of times.
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
