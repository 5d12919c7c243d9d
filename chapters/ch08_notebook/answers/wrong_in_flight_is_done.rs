//! "In flight": they are working on it. So it is done.
//!
//! **Why it tempts**: it is no refusal, nothing broke, and the service itself says that it is at work.
//!
//! **Caught by**: `compensations::money_that_is_just_moving_comes_back`, charged without an order.
//!
//! **World**: `undo-payment-in-flight`
//!
//! **Schedule**: `order1/payment.charge#1: request late 59800ms`
//!
//! It is working on the charge. Our void was turned away at the door, and nobody sends it again.

use lab::notebook::prelude::*;

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
        match shop.payment.void(&paid.key).await {
            Ok(_) | Err(CallError::InFlight) => Ok(Done),
            Err(open) => Err(open.into()),
        }
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        // "Give this reservation back", not "plus two": the first can be said any number of times.
        shop.inventory.release(&taken.key).await?;
        Ok(Done)
    }

    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure> {
        match shop.shipping.cancel(By::Key(sent.key.clone())).await {
            Ok(_) | Err(CallError::InFlight) => Ok(Done),
            Err(CallError::TooLate) => Ok(TooLate),
            Err(open) => Err(open.into()),
        }
    }
}
