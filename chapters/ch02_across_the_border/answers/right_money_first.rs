//! Takes the money first, and gives it back if there is no book for it.
//!
//! Differs from the solution in what is done before the call: only the order is stored, and no book is taken. So the
//! way back is longer. It is stored, too: once an order is `refunding`, it never becomes `confirmed`, and `recover`
//! voids its charge until the provider has said yes.

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
        let tx = self.shop.db.begin().await?;
        let insert = "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, 'pending', ?5)
                      ON CONFLICT DO NOTHING";
        let Order {
            id, sku, quantity, ..
        } = order;
        let values = params![id, sku, quantity, order.amount, self.shop.new_key()];
        if tx.execute(insert, values).await? == 1 {
            tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
                .await?;
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        self.settle(id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status IN ('pending', 'refunding') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.settle(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn settle(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            "refunding" => return self.give_back(id, &row.get("charge_key")).await,
            _ => {}
        }
        let (order, key) = (id.to_owned(), row.get::<Key>("charge_key"));
        let request = ChargeRequest {
            order,
            amount: row.get("amount"),
        };
        match timeout(PATIENCE, payment.charge(request, Some(&key))).await {
            Ok(Ok(_)) if self.hand_over(id).await? => Ok(Answer::Confirmed),
            Ok(Ok(_)) => self.give_back(id, &key).await,
            Ok(Err(CallError::Declined)) => {
                self.turn(id, "pending", "cancelled").await?;
                Ok(Answer::Cancelled)
            }
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }

    /// Paid: takes the book and confirms, or decides that the money goes back.
    async fn hand_over(&self, id: &str) -> Result<bool, Failure> {
        let tx = self.shop.db.begin().await?;
        let row = "SELECT sku, quantity, status FROM orders WHERE id = ?1";
        let row = &tx.query(row, params![id]).await?[0];
        let status: String = row.get("status");
        if status != "pending" {
            return Ok(status == "confirmed");
        }
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        let values = params![row.get::<String>("sku"), row.get::<i64>("quantity")];
        let taken = tx.execute(take, values).await? == 1;
        let status = if taken { "confirmed" } else { "refunding" };
        let turn = "UPDATE orders SET status = ?2 WHERE id = ?1";
        tx.execute(turn, params![id, status]).await?;
        tx.commit().await?;
        Ok(taken)
    }

    async fn give_back(&self, id: &str, key: &Key) -> Result<Answer, Failure> {
        match timeout(PATIENCE, self.shop.payment.void(key)).await {
            Ok(Ok(_)) => {
                self.turn(id, "refunding", "cancelled").await?;
                Ok(Answer::Cancelled)
            }
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }

    async fn turn(&self, id: &str, from: &str, to: &str) -> Result<(), Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        self.shop.db.execute(turn, params![id, from, to]).await?;
        Ok(())
    }
}
