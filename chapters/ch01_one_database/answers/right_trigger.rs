//! One statement: the database does the rest by itself.
//!
//! Differs from the solution in who knows what belongs to an order: a trigger, not the order code. A statement, with
//! its triggers, is a transaction, so there is no gap for anything to fall into. The price is a rule that is invisible
//! in the order code.

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
        self.shop.log(format!("🛒 {}: start", order.id));
        let trigger = "CREATE TRIGGER IF NOT EXISTS sell AFTER INSERT ON orders BEGIN
            UPDATE stock SET quantity = quantity - NEW.quantity WHERE sku = NEW.sku;
            INSERT INTO history (order_id, event) VALUES (NEW.id, 'ordered');
        END";
        self.shop.db.execute(trigger, params![]).await?;
        let insert = "INSERT INTO orders (id, sku, quantity, status)
             VALUES (?1, ?2, ?3, 'confirmed') ON CONFLICT (id) DO NOTHING";
        match self
            .shop
            .db
            .execute(insert, params![order.id, order.sku, order.quantity])
            .await
        {
            Err(DbError::Constraint(_)) => Ok(Answer::Cancelled),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(Answer::Confirmed),
        }
    }
}
