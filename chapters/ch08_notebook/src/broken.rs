use lab::notebook::prelude::*;

/// Our notebook.
pub struct MyNotebook;

impl Notebook for MyNotebook {
    // [q1]
    // Q1. Right after this step, our database rolls back. Which side is the step on, and what is left of it?
    const ORDER: Boundary = Inside { leaves: Rows(0) };
    const PAYMENT: Boundary = Inside { leaves: Money(0) };
    const INVENTORY: Boundary = Inside { leaves: Books(0) };
    const SHIPPING: Boundary = External { leaves: Parcels(0) };
    // [/q1]

    // [q2]
    // Q2. It failed, so it was rolled back, so nothing has happened?
    const PAYMENT_TIMED_OUT: Prediction = Prediction {
        our_books: OurBooks::NoOrder,
        customer: Customer::ErrorPage,
        provider_keeps: Some(Yen(0)),
        books_held: Some(0),
        books_held_in_an_hour: Some(0),
        parcels: Some(0),
        diverges: Some(&[]),
    };
    const RESERVATION_UNANSWERED: Prediction = Prediction {
        books_held: Some(2),
        books_held_in_an_hour: Some(2),
        diverges: Some(&[Remote::Inventory]),
        ..Self::PAYMENT_TIMED_OUT
    };
    const SHIPPED_TWICE: Prediction = Prediction {
        our_books: OurBooks::Confirmed,
        customer: Customer::Confirmed,
        provider_keeps: Some(Yen(2_400)),
        books_held: Some(2),
        books_held_in_an_hour: Some(2),
        parcels: Some(1),
        diverges: Some(&[]),
    };
    // [/q2]

    // [q3]
    // Q3. One undo for each step, and until when it works.
    const PAYMENT_UNTIL: Until = AnyTime;
    const INVENTORY_UNTIL: Until = Within(Ms::minutes(15));
    const SHIPPING_UNTIL: Until = AnyTime;

    async fn undo_payment(shop: &Shop, paid: &Written<Charge>) -> Result<Undo, Failure> {
        if let Some(charge) = &paid.reply {
            let refund_key = shop.new_key();
            shop.payment
                .refund(charge, charge.amount, &refund_key)
                .await?;
        }
        Ok(Done)
    }

    async fn undo_inventory(shop: &Shop, taken: &Written<Reservation>) -> Result<Undo, Failure> {
        shop.inventory.restock(&taken.order, None).await?;
        Ok(Done)
    }

    async fn undo_shipping(shop: &Shop, sent: &Written<Parcel>) -> Result<Undo, Failure> {
        let order = By::Order(sent.order.id.clone());
        let _ = shop.shipping.cancel(order).await;
        Ok(Done)
    }
    // [/q3]
}
