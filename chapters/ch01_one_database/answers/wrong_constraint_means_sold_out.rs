//! Whatever violates a constraint is sold out.
//!
//! **Why it tempts**: a constraint violation is final, so the customer can be told no; and in practice only the
//! CHECK on the stock ever fires.
//!
//! **Caught by**: `accidents::a_double_click_is_one_order`, a final word taken back.
//!
//! **Schedule**: `order1/submit#1: twice after 100ms`
//!
//! The second click violates the primary key, and that means the opposite: the order is already there. The customer
//! reads "confirmed" in one window and "cancelled" in the other.

use lab::prelude::*;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        match self.write(order).await {
            Ok(()) => Ok(Answer::Confirmed),
            Err(DbError::Constraint(_)) => Ok(Answer::Cancelled),
            Err(error) => Err(error.into()),
        }
    }
}

impl Checkout {
    async fn write(&self, order: &Order) -> Result<(), DbError> {
        let tx = self.shop.db.begin().await?;
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        tx.execute(insert, values).await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        tx.execute(take, params![order.sku, order.quantity]).await?;
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        tx.execute(history, params![order.id]).await?;
        tx.commit().await
    }
}
