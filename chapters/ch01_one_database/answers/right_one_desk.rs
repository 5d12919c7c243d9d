//! One task does all the writing; customers send it their orders, and wait for its reply.
//!
//! Differs from the solution in what keeps two customers apart: a queue in memory, not a lock in the database. The task
//! keeps nothing in memory, so a crash loses nothing: customers who waited for it see an error page, and every order is
//! one transaction.

use lab::prelude::*;
use tokio::sync::{mpsc, oneshot};

type Reply = oneshot::Sender<Result<Answer, Failure>>;

/// The order code of our shop.
pub struct Checkout {
    desk: mpsc::Sender<(Order, Reply)>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let (desk, mut letters) = mpsc::channel::<(Order, Reply)>(16);
        tokio::spawn(async move {
            while let Some((order, reply)) = letters.recv().await {
                // Whoever has gone does not hear it.
                let _ = reply.send(write(&shop, &order).await);
            }
        });
        Checkout { desk }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let (reply, answer) = oneshot::channel();
        self.desk.send((order.clone(), reply)).await?;
        answer.await?
    }
}

/// The whole order, in one transaction.
async fn write(shop: &Shop, order: &Order) -> Result<Answer, Failure> {
    let tx = shop.db.begin().await?;
    let known = "SELECT status FROM orders WHERE id = ?1";
    if let Some(row) = tx.query(known, params![order.id]).await?.first() {
        return Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            _ => Answer::Cancelled,
        });
    }
    let take = "UPDATE stock SET quantity = quantity - ?2
                WHERE sku = ?1 AND quantity >= ?2";
    let answer = match tx.execute(take, params![order.sku, order.quantity]).await? {
        0 => Answer::Cancelled,
        _ => Answer::Confirmed,
    };
    let insert = "INSERT INTO orders (id, sku, quantity, status) VALUES (?1, ?2, ?3, ?4)";
    let values = params![order.id, order.sku, order.quantity, answer];
    tx.execute(insert, values).await?;
    tx.execute(
        "INSERT INTO history VALUES (?1, ?2)",
        params![order.id, answer],
    )
    .await?;
    tx.commit().await?;
    Ok(answer)
}
