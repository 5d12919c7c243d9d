//! Count the day's orders in a separate task, in a transaction of its own.
//!
//! **Why it tempts**: the customer has the answer already, and a transaction makes sure that nothing moves while we
//! count.
//!
//! **Caught by**: `accidents::a_double_click_is_one_order`, other orders locked out.
//!
//! **Schedule**: `order1/submit#1: twice after 100ms`
//!
//! Nothing moves indeed. Whoever orders in those twenty seconds waits five seconds for the one write lock, and then
//! sees an error page. That a job holds the lock is no excuse.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::sleep;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let answer = write(&self.shop, order).await?;
        let shop = self.shop.clone();
        tokio::spawn(async move { count(&shop).await });
        Ok(answer)
    }
}

/// How many orders there are today, for the boss.
async fn count(shop: &Shop) -> Result<(), DbError> {
    let tx = shop.db.begin().await?;
    let all = tx.query("SELECT id FROM orders", params![]).await?;
    // Makes a chart of it.
    sleep(Duration::from_secs(20)).await;
    shop.log(format!("📊 {} orders", all.len()));
    tx.commit().await
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
