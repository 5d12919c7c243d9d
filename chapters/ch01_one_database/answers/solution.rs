//! The answer the text ends with: all three statements in one transaction, which begins by looking whether it is needed.

use lab::prelude::*;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        // From here on, all or nothing: whichever `?` leaves this function drops `tx`, and that rolls back.
        let tx = self.shop.db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![order.id]).await?.is_empty() {
            // A second click. The order is there, and all of it is.
            return Ok(Answer::Confirmed);
        }
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, status)
             VALUES (?1, ?2, ?3, 'confirmed')",
            params![order.id, order.sku, order.quantity],
        )
        .await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        match tx.execute(take, params![order.sku, order.quantity]).await {
            // The CHECK speaks: there is not enough. The order row goes, too.
            Err(DbError::Constraint(_)) => {
                tx.rollback().await?;
                self.shop.log(format!("↩️ {}: sold out", order.id));
                return Ok(Answer::Cancelled);
            }
            taken => taken?,
        };
        tx.execute(
            "INSERT INTO history (order_id, event) VALUES (?1, 'ordered')",
            params![order.id],
        )
        .await?;
        tx.commit().await?;
        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}
