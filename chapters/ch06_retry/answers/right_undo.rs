//! Tries everything once, and takes back what is in doubt.
//!
//! Differs from the solution in its direction. It never sends a request a second time: what is not known to have
//! worked is undone, by the key it was sent under, and an undo can be repeated for as long as it takes. A parcel that
//! has left cannot be called back. Then the order has to be confirmed after all, if it is known to be paid.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// Whoever placed an order may still be at work on it for so long. Until then the job leaves it alone.
const IN_HAND: Ms = Ms::seconds(10);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            payment, shipping, ..
        } = &self.shop;
        let (charge_key, ship_key) = (self.shop.new_key(), self.shop.new_key());
        if !self.take_down(order, &charge_key, &ship_key).await? {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        let charge = payment.charge(ChargeRequest::of(order), Some(&charge_key));
        match timeout(PATIENCE, charge).await {
            Ok(Ok(_)) => {
                if !self.turn(&order.id, "charging", "shipping").await? {
                    return self.answer(&order.id).await;
                }
            }
            Ok(Err(CallError::Declined)) => {
                self.turn(&order.id, "charging", "cancelled").await?;
                return self.answer(&order.id).await;
            }
            Ok(Err(_)) | Err(_) => {
                self.turn(&order.id, "charging", "voiding").await?;
                self.undo(&order.id).await?;
                return self.answer(&order.id).await;
            }
        }
        match timeout(PATIENCE, shipping.request(order, Some(&ship_key))).await {
            Ok(Ok(_)) => self.turn(&order.id, "shipping", "confirmed").await?,
            Ok(Err(_)) | Err(_) => self.turn(&order.id, "shipping", "stopping").await?,
        };
        self.undo(&order.id).await?;
        self.answer(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id, status FROM orders
                    WHERE status NOT IN ('confirmed', 'cancelled') AND placed_at <= ?1 ORDER BY id";
        let before = params![self.shop.now() - IN_HAND];
        for row in self.shop.db.query(open, before).await? {
            let id: String = row.get("id");
            match row.get::<String>("status").as_str() {
                "charging" => self.turn(&id, "charging", "voiding").await?,
                "shipping" => self.turn(&id, "shipping", "stopping").await?,
                _ => true,
            };
            self.undo(&id).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Takes the order down with its keys; tells whether it is news.
    async fn take_down(&self, order: &Order, charge: &Key, ship: &Key) -> Result<bool, Failure> {
        let intent = "INSERT INTO orders
                      VALUES (?1, ?2, ?3, ?4, ?5, 'charging', ?6, ?7, ?8)
                      ON CONFLICT DO NOTHING";
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let now = self.shop.now();
        let values = params![id, customer, sku, quantity, amount, charge, ship, now];
        Ok(self.shop.db.execute(intent, values).await? == 1)
    }

    /// Undoes what was decided to be undone: first the parcel, then the money.
    async fn undo(&self, id: &str) -> Result<(), Failure> {
        let Shop {
            db,
            payment,
            shipping,
            ..
        } = &self.shop;
        let row = "SELECT status, charge_key, ship_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        let mut status: String = row.get("status");
        if status == "stopping" {
            let parcel = By::Key(row.get("ship_key"));
            match timeout(PATIENCE, shipping.cancel(parcel)).await {
                Ok(Ok(_)) => {
                    self.turn(id, "stopping", "voiding").await?;
                    status = "voiding".to_owned();
                }
                // It has left, and it is paid.
                Ok(Err(CallError::TooLate)) => {
                    self.turn(id, "stopping", "confirmed").await?;
                }
                Ok(Err(_)) | Err(_) => {}
            }
        }
        if status == "voiding" {
            let charge_key: Key = row.get("charge_key");
            if let Ok(Ok(_)) = timeout(PATIENCE, payment.void(&charge_key)).await {
                self.turn(id, "voiding", "cancelled").await?;
            }
        }
        Ok(())
    }

    /// Takes a step in the life of an order; tells whether it was still where we believed it to be.
    async fn turn(&self, id: &str, from: &str, to: &str) -> Result<bool, Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        Ok(self.shop.db.execute(turn, params![id, from, to]).await? == 1)
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
