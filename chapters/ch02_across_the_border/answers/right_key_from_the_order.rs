//! The key is not stored: it is the order's id.
//!
//! Differs from the solution in where the key comes from. A key has to be the same for the same intent, and known
//! before the first attempt, and also after a crash; the id in the books is both. It works as long as an order is
//! charged for once: a second charge for the same order (another card, a new price) needs its own key.

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
        self.shop.log(format!("🛒 {}: start", order.id));
        self.take_down(order).await?;
        self.settle(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.settle(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// The first box: order, book and history, all or nothing. Nobody is called meanwhile.
    async fn take_down(&self, order: &Order) -> Result<(), Failure> {
        let tx = self.shop.db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![order.id]).await?.is_empty() {
            // A second click. It changes nothing.
            return Ok(());
        }
        let take = "UPDATE stock SET quantity = quantity - ?2
                    WHERE sku = ?1 AND quantity >= ?2";
        let taken = tx.execute(take, params![order.sku, order.quantity]).await?;
        let (status, key) = match taken {
            0 => ("cancelled", None::<Key>),
            _ => ("pending", None::<Key>),
        };
        tx.execute(
            "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                order.id,
                order.sku,
                order.quantity,
                order.amount,
                status,
                key
            ],
        )
        .await?;
        tx.execute(
            "INSERT INTO history VALUES (?1, ?2)",
            params![order.id, status],
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Between the boxes: asks for the money, under the key that the order was born with.
    async fn settle(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            _ => {}
        }
        let request = ChargeRequest {
            order: id.to_owned(),
            amount: row.get("amount"),
        };
        let key = Key::from(format!("charge-of-{id}"));
        match timeout(PATIENCE, payment.charge(request, Some(&key))).await {
            Ok(Ok(_)) => self.finish(id, Answer::Confirmed).await,
            Ok(Err(CallError::Declined)) => self.finish(id, Answer::Cancelled).await,
            // Nobody knows. The order stays pending, and `recover` asks again.
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }

    /// The second box: the outcome, and the book back on the shelf if nobody pays for it.
    async fn finish(&self, id: &str, outcome: Answer) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        let turn = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        if tx.execute(turn, params![id, outcome]).await? == 1 {
            if outcome == Answer::Cancelled {
                let put_back = "UPDATE stock SET quantity = stock.quantity + orders.quantity
                                FROM orders WHERE orders.id = ?1 AND stock.sku = orders.sku";
                tx.execute(put_back, params![id]).await?;
            }
            tx.execute("INSERT INTO history VALUES (?1, ?2)", params![id, outcome])
                .await?;
            tx.commit().await?;
            self.shop.log(format!("📒 {id}: {outcome}"));
        }
        Ok(outcome)
    }
}
