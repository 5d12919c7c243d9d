//! Look at the shelf, tell the customer, and let a task write it.
//!
//! **Why it tempts**: nobody should wait for a disk. There is enough, so the answer is known; and the task keeps
//! trying until it works.
//!
//! **Caught by**: `accidents::a_promise_outlives_the_process`, a legitimate request swallowed.
//!
//! **Schedule**: `order1/submit#1: crash after`
//!
//! "Confirmed" was told, and nothing was committed. The task died with the process, and nobody else knew. And even
//! on a calm day two customers see the same last book.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::sleep;

/// How long we leave our own database alone before we ask it again.
const A_MOMENT: Duration = Duration::from_millis(100);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let enough = "SELECT sku FROM stock WHERE sku = ?1 AND quantity >= ?2";
        let values = params![order.sku, order.quantity];
        if self.shop.db.query(enough, values).await?.is_empty() {
            return write(&self.shop, order).await;
        }
        let (shop, order) = (self.shop.clone(), order.clone());
        tokio::spawn(async move {
            while write(&shop, &order).await.is_err() {
                sleep(A_MOMENT).await;
            }
        });
        Ok(Answer::Confirmed)
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
