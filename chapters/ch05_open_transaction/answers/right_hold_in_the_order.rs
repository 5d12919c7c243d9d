//! The reservation is a state of the order.
//!
//! Differs from the solution in where the reservation lives: there is no row for it. An order is `held` until
//! `held_until`, then `confirmed`, `cancelled` or `undoing`, and the goods are off the shelf in the first two. Every
//! step says from which state it starts, so an order whose hold was given away can only be undone. An unclear payment
//! is undone, too, as soon as its hold is over.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_secs(1);

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
        let tx = self.shop.db.begin().await?;
        let known = "SELECT 1 FROM orders WHERE id = ?1";
        if tx.query(known, params![order.id]).await?.is_empty() {
            let now = self.shop.now();
            let mut got = take(&tx, order).await?;
            if !got {
                self.end_holds(&tx, now).await?;
                got = take(&tx, order).await?;
            }
            let status = if got { "held" } else { "cancelled" };
            let Order {
                id, sku, quantity, ..
            } = order;
            let (amount, key) = (order.amount, self.shop.new_key());
            tx.execute(
                "INSERT INTO orders (id, sku, quantity, amount, status, charge_key, held_until)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![id, sku, quantity, amount, status, key, now + HOLD],
            )
            .await?;
        }
        tx.commit().await?;
        self.go_on(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let over = "SELECT 1 FROM orders WHERE status = 'held' AND held_until <= ?1";
        let now = self.shop.now();
        if !self.shop.db.query(over, params![now]).await?.is_empty() {
            let tx = self.shop.db.begin().await?;
            self.end_holds(&tx, now).await?;
            tx.commit().await?;
        }
        let open = "SELECT id FROM orders WHERE status IN ('held', 'undoing') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.go_on(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// What nobody has paid for in time goes back on the shelf, and its order has to be undone.
    async fn end_holds(&self, tx: &Transaction, now: Ms) -> Result<(), Failure> {
        let back = "UPDATE stock SET quantity = quantity +
            (SELECT coalesce(sum(quantity), 0) FROM orders
             WHERE sku = stock.sku AND status = 'held' AND held_until <= ?1)";
        tx.execute(back, params![now]).await?;
        let over =
            "UPDATE orders SET status = 'undoing' WHERE status = 'held' AND held_until <= ?1";
        tx.execute(over, params![now]).await?;
        Ok(())
    }

    /// Asks the provider for whatever is next, and takes the step that follows from its answer.
    async fn go_on(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = &self.row(id).await?;
        let key: Key = row.get("charge_key");
        match row.get::<String>("status").as_str() {
            "held" => {
                let (order, amount) = (id.to_owned(), row.get("amount"));
                let request = ChargeRequest { order, amount };
                match timeout(PATIENCE, payment.charge(request, Some(&key))).await {
                    Ok(Ok(_)) => {
                        let paid = "UPDATE orders SET status = 'confirmed'
                                    WHERE id = ?1 AND status = 'held'";
                        db.execute(paid, params![id]).await?;
                    }
                    Ok(Err(CallError::Declined)) => self.give_back(id).await?,
                    Ok(Err(_)) | Err(_) => {}
                }
            }
            "undoing" => {
                if let Ok(Ok(_)) = timeout(PATIENCE, payment.void(&key)).await {
                    let undone = "UPDATE orders SET status = 'cancelled'
                                  WHERE id = ?1 AND status = 'undoing'";
                    db.execute(undone, params![id]).await?;
                }
            }
            _ => {}
        }
        // The customer hears what our books say, and nothing else.
        Ok(match self.row(id).await?.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }

    async fn give_back(&self, id: &str) -> Result<(), Failure> {
        let tx = self.shop.db.begin().await?;
        let off = "UPDATE orders SET status = 'cancelled' WHERE id = ?1 AND status = 'held'";
        if tx.execute(off, params![id]).await? == 1 {
            let back = "UPDATE stock SET quantity = quantity +
                (SELECT quantity FROM orders WHERE id = ?1)
                WHERE sku = (SELECT sku FROM orders WHERE id = ?1)";
            tx.execute(back, params![id]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn row(&self, id: &str) -> Result<Row, Failure> {
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        Ok(self.shop.db.query(row, params![id]).await?.remove(0))
    }
}

/// Takes goods off the shelf, if there are enough.
async fn take(tx: &Transaction, order: &Order) -> Result<bool, Failure> {
    let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
    let values = params![order.sku, order.quantity];
    Ok(tx.execute(take, values).await? == 1)
}
