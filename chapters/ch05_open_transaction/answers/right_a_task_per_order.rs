//! Each order has its own task, and the customer waits for it for two seconds at most.
//!
//! Differs from the solution in who goes on with an order: a task that outlives the request, pauses longer after every
//! attempt, and ends after two minutes. Orders that it has not finished by then, or that a crash has interrupted, are
//! left to `recover`. All that the task knows is in the books, so it does not matter which of the two gets there first.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one attempt.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often we try while the customer waits. After that, `recover` goes on.
const ATTEMPTS: u32 = 7;

/// How long goods are kept for somebody who has not paid.
const HOLD: Ms = Ms::minutes(15);

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
        // First short transaction: the order, its key and its goods, or nothing.
        let tx = self.shop.db.begin().await?;
        let intent = "INSERT INTO orders (id, sku, quantity, amount, status, charge_key)
                      VALUES (?1, ?2, ?3, ?4, 'pending', ?5) ON CONFLICT DO NOTHING";
        let Order {
            id, sku, quantity, ..
        } = order;
        let key = self.shop.new_key();
        let values = params![id, sku, quantity, order.amount, key];
        let is_new = tx.execute(intent, values).await? == 1;
        if is_new && !self.reserve(&tx, order).await? {
            let sold_out = "UPDATE orders SET status = 'cancelled' WHERE id = ?1";
            tx.execute(sold_out, params![id]).await?;
        }
        tx.commit().await?;

        // A task of its own sees to it, whether the customer waits or not.
        let (worker, order) = (
            Checkout {
                shop: self.shop.clone(),
            },
            id.clone(),
        );
        let work = tokio::spawn(async move {
            for attempt in 0..ATTEMPTS {
                match worker.settle(&order).await {
                    Ok(Answer::Pending) | Err(_) => {}
                    known => return known,
                }
                tokio::time::sleep(Duration::from_secs(1 << attempt)).await;
            }
            Ok(Answer::Pending)
        });
        match timeout(Duration::from_secs(2), work).await {
            Ok(Ok(answer)) => answer,
            _ => Ok(Answer::Pending),
        }
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status IN ('pending', 'undoing') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let id: String = row.get("id");
            self.settle(&id).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Sets goods aside under the order's name, for a while. Tells whether there were enough.
    async fn reserve(&self, tx: &Transaction, order: &Order) -> Result<bool, Failure> {
        let now = self.shop.now();
        if !take(tx, &order.sku, order.quantity).await? {
            // What nobody has paid for in time goes back on the shelf.
            let expired = "UPDATE stock SET quantity = quantity +
                (SELECT coalesce(sum(quantity), 0) FROM reservations
                 WHERE sku = stock.sku AND expires_at <= ?1)";
            tx.execute(expired, params![now]).await?;
            let gone = "DELETE FROM reservations WHERE expires_at <= ?1";
            tx.execute(gone, params![now]).await?;
            if !take(tx, &order.sku, order.quantity).await? {
                return Ok(false);
            }
        }
        let hold = "INSERT INTO reservations (order_id, sku, quantity, expires_at)
                    VALUES (?1, ?2, ?3, ?4)";
        let values = params![order.id, order.sku, order.quantity, now + HOLD];
        tx.execute(hold, values).await?;
        Ok(true)
    }

    /// Goes on with an order, from wherever it stands.
    async fn settle(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        let key: Key = row.get("charge_key");
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            "undoing" => return self.undo(id, &key).await,
            _ => {}
        }
        let request = ChargeRequest {
            order: id.to_owned(),
            amount: row.get("amount"),
        };
        match timeout(PATIENCE, payment.charge(request, Some(&key))).await {
            Ok(Ok(_)) => self.close(id, "confirmed").await,
            Ok(Err(CallError::Declined)) => self.close(id, "cancelled").await,
            // Silence, a 500, a refused connection: we do not know, and we do not guess.
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }

    /// Second short transaction: the order's end, together with that of its reservation.
    async fn close(&self, id: &str, status: &str) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        let row = "SELECT sku, quantity, status FROM orders WHERE id = ?1";
        let row = &tx.query(row, params![id]).await?[0];
        let (sku, quantity): (String, u32) = (row.get("sku"), row.get("quantity"));
        if row.get::<String>("status") != "pending" {
            // Somebody else was faster. The next look at the books tells.
            return Ok(Answer::Pending);
        }
        // Is it still ours? While we waited, it may have run out and gone to somebody else.
        let ours = "DELETE FROM reservations WHERE order_id = ?1";
        let ours = tx.execute(ours, params![id]).await? == 1;
        let status = match (status, ours) {
            ("confirmed", false) if !take(&tx, &sku, quantity).await? => "undoing",
            ("cancelled", true) => {
                let back = "UPDATE stock SET quantity = quantity + ?2 WHERE sku = ?1";
                tx.execute(back, params![sku, quantity]).await?;
                "cancelled"
            }
            (status, _) => status,
        };
        let closed = "UPDATE orders SET status = ?2 WHERE id = ?1";
        tx.execute(closed, params![id, status]).await?;
        tx.commit().await?;
        self.shop.log(format!("📒 {id}: {status}"));
        Ok(match status {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }

    /// Paid, and the goods are gone: the money goes back, and only then is the order cancelled.
    async fn undo(&self, id: &str, key: &Key) -> Result<Answer, Failure> {
        let Ok(Ok(_)) = timeout(PATIENCE, self.shop.payment.void(key)).await else {
            return Ok(Answer::Pending);
        };
        let undone = "UPDATE orders SET status = 'cancelled' WHERE id = ?1 AND status = 'undoing'";
        self.shop.db.execute(undone, params![id]).await?;
        Ok(Answer::Cancelled)
    }
}

/// Takes goods off the shelf, if there are enough.
async fn take(tx: &Transaction, sku: &str, quantity: u32) -> Result<bool, Failure> {
    let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
    Ok(tx.execute(take, params![sku, quantity]).await? == 1)
}
