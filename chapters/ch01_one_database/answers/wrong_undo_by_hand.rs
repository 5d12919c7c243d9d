//! Undo what is there when the next statement fails.
//!
//! **Why it tempts**: it does what a rollback does, and it reads like a plan: every error has its clean-up.
//!
//! **Caught by**: `accidents::the_process_may_die_before_any_statement`, half an order.
//!
//! **Schedule**: `order1/db.update stock#1: crash before`
//!
//! A dead process cleans up nothing. And the clean-up is made of statements, too, each of which may fail.

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
        let db = &self.shop.db;
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        db.execute(insert, values).await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        let values = params![order.sku, order.quantity];
        if let Err(error) = db.execute(take, values.clone()).await {
            self.forget(order).await?;
            return match error {
                DbError::Constraint(_) => Ok(Answer::Cancelled),
                error => Err(error.into()),
            };
        }
        let history = "INSERT INTO history VALUES (?1, 'ordered')";
        if let Err(error) = db.execute(history, params![order.id]).await {
            let put_back = "UPDATE stock SET quantity = quantity + ?2 WHERE sku = ?1";
            db.execute(put_back, values).await?;
            self.forget(order).await?;
            return Err(error.into());
        }
        Ok(Answer::Confirmed)
    }
}

impl Checkout {
    async fn forget(&self, order: &Order) -> Result<(), Failure> {
        let forget = "DELETE FROM orders WHERE id = ?1";
        self.shop.db.execute(forget, params![order.id]).await?;
        Ok(())
    }
}
