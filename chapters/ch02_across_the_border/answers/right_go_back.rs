//! Goes back instead of forward.
//!
//! Differs from the solution in what it does about silence: instead of asking for the money once more, it voids the
//! charge under its key and cancels the order. The decision to go back is committed before the void is sent, so that
//! it is not taken twice in different ways; and the order is cancelled only once the provider has confirmed the void.

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
        let tx = db.begin().await?;
        let known = "SELECT status FROM orders WHERE id = ?1";
        if let Some(row) = tx.query(known, params![order.id]).await?.first() {
            return Ok(answer(&row.get::<String>("status")));
        }
        let Order {
            id, sku, quantity, ..
        } = order;
        let insert = "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, 'charging', ?5)";
        let values = params![id, sku, quantity, order.amount, key];
        tx.execute(insert, values).await?;
        tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
            .await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1";
        match tx.execute(take, params![sku, quantity]).await {
            Ok(_) => tx.commit().await?,
            Err(DbError::Constraint(_)) => {
                // Sold out. The refusal goes into the books, so that it stays one.
                let refuse = "UPDATE orders SET status = 'cancelled' WHERE id = ?1";
                tx.execute(refuse, params![id]).await?;
                tx.commit().await?;
                return Ok(Answer::Cancelled);
            }
            Err(error) => return Err(error.into()),
        }
        let charge = payment.charge(ChargeRequest::of(order), Some(&key));
        match timeout(PATIENCE, charge).await {
            Ok(Ok(_)) => {
                // Only if nobody has decided to go back meanwhile.
                let confirm = "UPDATE orders SET status = 'confirmed'
                               WHERE id = ?1 AND status = 'charging'";
                db.execute(confirm, params![id]).await?;
            }
            Ok(Err(CallError::Declined)) => self.put_back(id).await?,
            Ok(Err(_)) | Err(_) => self.go_back(id).await?,
        }
        let row = &db.query(known, params![id]).await?[0];
        Ok(answer(&row.get::<String>("status")))
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status IN ('charging', 'voiding') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.go_back(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

fn answer(status: &str) -> Answer {
    match status {
        "confirmed" => Answer::Confirmed,
        "cancelled" => Answer::Cancelled,
        _ => Answer::Pending,
    }
}

impl Checkout {
    async fn go_back(&self, id: &str) -> Result<(), Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let decide = "UPDATE orders SET status = 'voiding' WHERE id = ?1 AND status = 'charging'";
        db.execute(decide, params![id]).await?;
        let key = "SELECT charge_key FROM orders WHERE id = ?1 AND status = 'voiding'";
        let Some(row) = db.query(key, params![id]).await?.pop() else {
            return Ok(());
        };
        let key: Key = row.get("charge_key");
        match timeout(PATIENCE, payment.void(&key)).await {
            Ok(Ok(_)) => self.put_back(id).await,
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    /// Cancels, and puts the book back on the shelf, once.
    async fn put_back(&self, id: &str) -> Result<(), Failure> {
        let tx = self.shop.db.begin().await?;
        let cancel = "UPDATE orders SET status = 'cancelled'
                      WHERE id = ?1 AND status IN ('charging', 'voiding')";
        if tx.execute(cancel, params![id]).await? == 1 {
            let put_back = "UPDATE stock SET quantity = stock.quantity + orders.quantity
                            FROM orders WHERE orders.id = ?1 AND stock.sku = orders.sku";
            tx.execute(put_back, params![id]).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
