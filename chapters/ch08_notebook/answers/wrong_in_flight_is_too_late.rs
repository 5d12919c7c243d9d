//! The shipper is working on it, and cannot stop it. That is too late.
//!
//! **Why it tempts**: it says that it cannot, and a parcel that cannot be stopped has to go forward. That is the pivot.
//!
//! **Caught by**: `compensations::a_parcel_that_is_just_being_packed_stays`, a legitimate request swallowed.
//!
//! **World**: `undo-shipping-in-flight`
//!
//! **Schedule**: `order1/shipping.request#1: request late 59800ms`
//!
//! It cannot *now*. Half a second later it can, for thirty minutes. "Too late" is for ever.

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
        // By the key that the charge was sent under, so it also stops one that has not arrived yet.
        shop.payment.void(&paid.key).await?;
        Ok(Done)
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        // "Give this reservation back", not "plus two": the first can be said any number of times.
        shop.inventory.release(&taken.key).await?;
        Ok(Done)
    }

    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure> {
        match shop.shipping.cancel(By::Key(sent.key.clone())).await {
            Ok(_) => Ok(Done),
            Err(CallError::TooLate | CallError::InFlight) => Ok(TooLate),
            Err(open) => Err(open.into()),
        }
    }
}
