//! Gives up, and means it: what is in doubt is undone.
//!
//! Differs from the solution in its direction: back instead of forward. `void` undoes whatever was charged under the
//! key, and leaves a tombstone if the charge has not arrived yet, so that a late one is refused. Only when the provider
//! has confirmed that is the order cancelled, and only then is the customer told. An order whose customer still waits
//! is not in doubt, so `recover` leaves it alone. A crash may erase that list: then nobody waits any more.

use lab::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
    /// The orders whose first answer somebody is waiting for.
    in_hand: RefCell<BTreeSet<String>>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout {
            shop,
            in_hand: RefCell::default(),
        }
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
        self.in_hand.borrow_mut().insert(order.id.clone());
        let charge = payment.charge(ChargeRequest::of(order), Some(&key));
        let answer = timeout(PATIENCE, charge).await;
        self.in_hand.borrow_mut().remove(&order.id);
        match answer {
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
            let id: String = row.get("id");
            if !self.in_hand.borrow().contains(&id) {
                self.undo(&id, &row.get("charge_key")).await?;
            }
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
        match timeout(PATIENCE, self.shop.payment.void(key)).await {
            Ok(Ok(_)) => self.turn(id, "voiding", "cancelled").await?,
            // Silence again. The row still says `voiding`, and `recover` asks again.
            Ok(Err(_)) | Err(_) => false,
        };
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
