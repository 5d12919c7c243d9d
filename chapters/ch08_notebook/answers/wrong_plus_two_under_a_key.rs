//! Put two back, under a stable key.
//!
//! **Why it tempts**: the key mends what was wrong with plus two: now you can say it as often as you like.
//!
//! **Caught by**: `compensations::books_undone_before_they_were_taken_stay`, stock out of balance.
//!
//! **World**: `undo-inventory`
//!
//! **Schedule**: `order1/inventory.reserve#1: request late 1h`
//!
//! It still looks at no reservation: if there never was one, or if it comes later and lapses, two books have come
//! out of nothing.

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
        let key = Some(&taken.undo_key);
        shop.inventory.restock(&taken.order, key).await?;
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
