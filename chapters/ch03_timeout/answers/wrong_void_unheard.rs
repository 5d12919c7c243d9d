//! Void, and be done with it.
//!
//! **Why it tempts**: `void` undoes a charge even before it arrives, so once it has been sent the order can be
//! cancelled.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: request late 1500ms; order1/payment.void#1: request lost`
//!
//! What happened to the charge happens to the void. An undo that nobody has confirmed is only a hope.

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
        let Shop { db, payment, .. } = &self.shop;
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'charging', ?3) ON CONFLICT DO NOTHING";
        let is_new = db
            .execute(intent, params![order.id, order.amount, key])
            .await?;
        if is_new == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        let charge = payment.charge(ChargeRequest::of(order), Some(&key));
        match timeout(PATIENCE, charge).await {
            // Only a charge that nobody has decided to undo meanwhile makes an order.
            Ok(Ok(_)) => {
                self.turn(&order.id, "charging", "confirmed").await?;
            }
            Ok(Err(CallError::Declined)) => {
                self.turn(&order.id, "charging", "cancelled").await?;
            }
            Ok(Err(_)) | Err(_) => self.undo(&order.id, &key).await?,
        }
        self.answer(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT id, charge_key FROM orders WHERE status IN ('charging', 'voiding') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.undo(&row.get::<String>("id"), &row.get("charge_key"))
                .await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Decides to undo, then undoes. From the decision on there is no way back to a confirmed order, not even
    /// for a reply that comes while the void is under way.
    async fn undo(&self, id: &str, key: &Key) -> Result<(), Failure> {
        let was_open = self.turn(id, "charging", "voiding").await?;
        if !was_open && self.status(id).await? != "voiding" {
            // Somebody has settled it since we looked. A confirmed order must not lose its payment.
            return Ok(());
        }
        let void = timeout(PATIENCE, self.shop.payment.void(key));
        if !matches!(void.await, Ok(Ok(_))) {
            self.shop.log(format!("⚠️ {id}: the void went wrong"));
        }
        self.turn(id, "voiding", "cancelled").await?;
        Ok(())
    }

    /// Takes a step in the life of an order; tells whether it was still where we believed it to be.
    async fn turn(&self, id: &str, from: &str, to: &str) -> Result<bool, Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        Ok(self.shop.db.execute(turn, params![id, from, to]).await? == 1)
    }

    async fn status(&self, id: &str) -> Result<String, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        Ok(self.shop.db.query(row, params![id]).await?[0].get("status"))
    }

    /// The customer hears what our books say, and nothing else.
    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        Ok(match self.status(id).await?.as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
