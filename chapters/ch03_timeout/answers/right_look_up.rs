//! Asks the provider what it knows before it asks for anything again.
//!
//! Differs from the solution in how it gets from "we do not know" to "we know": by a look-up. A look-up that
//! finds the charge settles the order. One that finds nothing settles nothing, because the request may still be
//! on its way; then the same charge is sent again under the same key, which is harmless either way.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, .. } = &self.shop;
        // Committed before the call: whoever comes up after a crash finds the key to ask with.
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'pending', ?3) ON CONFLICT DO NOTHING";
        let key = self.shop.new_key();
        let is_new = db
            .execute(intent, params![order.id, order.amount, key])
            .await?;
        if is_new == 1 && self.charge(order.id.clone(), order.amount, &key).await? {
            return self.answer(&order.id).await;
        }
        // Either the reply is missing, or this is a second click on an order that we already know.
        self.look_up(order.id.clone(), order.amount).await?;
        self.answer(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, amount, charge_key FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let (id, amount) = (row.get::<String>("id"), row.get::<Yen>("amount"));
            if !self.look_up(id.clone(), amount).await? {
                // Not found is not "will not come". The key makes sure that it happens once.
                self.charge(id, amount, &row.get("charge_key")).await?;
            }
        }
        Ok(())
    }
}

impl Checkout {
    /// Charges, and tells whether the outcome is known now.
    async fn charge(&self, id: String, amount: Yen, key: &Key) -> Result<bool, Failure> {
        let request = ChargeRequest {
            order: id.clone(),
            amount,
        };
        match timeout(PATIENCE, self.shop.payment.charge(request, Some(key))).await {
            Ok(Ok(_)) => self.settle(&id, "confirmed").await,
            Ok(Err(CallError::Declined)) => self.settle(&id, "cancelled").await,
            Ok(Err(_)) | Err(_) => Ok(false),
        }
    }

    /// Asks what has become of the charge, and tells whether that is known now.
    async fn look_up(&self, id: String, amount: Yen) -> Result<bool, Failure> {
        let by = By::Order(id.clone());
        let Ok(Ok(found)) = timeout(PATIENCE, self.shop.payment.find(by)).await else {
            return Ok(false);
        };
        let charge = found.iter().find(|charge| charge.amount == amount);
        match charge.map(|charge| charge.status) {
            Some(ChargeStatus::Captured) => self.settle(&id, "confirmed").await,
            Some(ChargeStatus::Declined) => self.settle(&id, "cancelled").await,
            _ => Ok(false),
        }
    }

    async fn settle(&self, id: &str, status: &str) -> Result<bool, Failure> {
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(settled, params![id, status]).await?;
        Ok(true)
    }

    /// The customer hears what our books say, and nothing else.
    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
