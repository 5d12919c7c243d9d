//! Write the history after the commit, and let `recover` add what is missing.
//!
//! **Why it tempts**: "eventually consistent" sounds respectable. The process may die in the gap, but the gap is
//! known, and the periodic job closes it. In the end every table is right.
//!
//! **Caught by**: `accidents::any_statement_may_fail`, half an order.
//!
//! **Schedule**: `order1/db.insert history#1: fails`
//!
//! In the end, yes. Until then there is a confirmed order without a history, and whoever looks at the tables in
//! that minute acts on it. Repairing later is for what lies outside the box. Inside one database there need not be
//! a gap at all.

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
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![order.id]).await?.is_empty() {
            return Ok(Answer::Confirmed);
        }
        let insert = "INSERT INTO orders (id, sku, quantity, status)
                      VALUES (?1, ?2, ?3, 'confirmed')";
        let values = params![order.id, order.sku, order.quantity];
        tx.execute(insert, values).await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        match tx.execute(take, params![order.sku, order.quantity]).await {
            Err(DbError::Constraint(_)) => return Ok(Answer::Cancelled),
            taken => taken?,
        };
        tx.commit().await?;
        // If this fails, it comes a minute later.
        let _ = self.write_history(&order.id).await;
        Ok(Answer::Confirmed)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let missing = "SELECT id FROM orders
                       WHERE id NOT IN (SELECT order_id FROM history) ORDER BY id";
        for row in self.shop.db.query(missing, params![]).await? {
            self.write_history(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn write_history(&self, id: &str) -> Result<(), Failure> {
        let history = "INSERT OR IGNORE INTO history VALUES (?1, 'ordered')";
        self.shop.db.execute(history, params![id]).await?;
        Ok(())
    }
}
