//! Put it all in one transaction, and log what fails.
//!
//! **Why it tempts**: it is all or nothing now, isn't it? So note what fails, and the commit will sort it out.
//!
//! **Caught by**: `accidents::any_statement_may_fail`, stock out of balance.
//!
//! **Schedule**: `order1/db.insert orders#1: fails`
//!
//! A transaction does not know what belongs together. A failed statement did nothing, the transaction stays open,
//! and COMMIT makes everything else in it permanent. PostgreSQL would not save you: it refuses every statement
//! after the first error, accepts the COMMIT, and rolls back without an error. The customer is told "confirmed",
//! and no row is there.

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
        let tx = self.shop.db.begin().await?;
        let statements = [
            (
                "INSERT OR IGNORE INTO orders (id, sku, quantity, status)
                 VALUES (?1, ?2, ?3, 'confirmed')",
                params![order.id, order.sku, order.quantity],
            ),
            (
                "UPDATE stock SET quantity = quantity - ?2
                 WHERE sku = ?1 AND NOT EXISTS (SELECT 1 FROM history WHERE order_id = ?3)",
                params![order.sku, order.quantity, order.id],
            ),
            (
                "INSERT OR IGNORE INTO history VALUES (?1, 'ordered')",
                params![order.id],
            ),
        ];
        for (sql, values) in statements {
            if let Err(error) = tx.execute(sql, values).await {
                self.shop.log(format!("⚠️ {}: {error}", order.id));
            }
        }
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}
