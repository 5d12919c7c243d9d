//! Goes forward: once the money is there, it writes until the order is in the tables.
//!
//! Differs from the solution in the direction: nothing is refunded. The book is set aside before the call, so that
//! nothing on our side can say no any more; only one statement is left to do afterwards, and a statement that fails is
//! tried again. As long as the process lives, that is enough.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long we leave our own database alone before we try again.
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
        let mine = self.shop.new_key();
        // If it is there already, it is there: `mine` tells whose it is.
        while self.set_aside(order, &mine).await.is_err() {
            sleep(A_MOMENT).await;
        }
        let row = "SELECT status, charge_key FROM orders WHERE id = ?1";
        let row = loop {
            match self.shop.db.query(row, params![order.id]).await {
                Ok(mut rows) => break rows.remove(0),
                Err(_) => sleep(A_MOMENT).await,
            }
        };
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            // The other click is at it.
            _ if row.get::<Key>("charge_key") != mine => return Ok(Answer::Pending),
            _ => {}
        }
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let outcome = match timeout(PATIENCE, charge).await? {
            Ok(_) => Answer::Confirmed,
            Err(CallError::Declined) => Answer::Cancelled,
            Err(error) => return Err(error.into()),
        };
        while self.write_down(order, outcome).await.is_err() {
            sleep(A_MOMENT).await;
        }
        Ok(outcome)
    }
}

impl Checkout {
    /// Order, book and history, all or nothing; nothing at all if the order is known.
    async fn set_aside(&self, order: &Order, mine: &Key) -> Result<(), DbError> {
        let Order {
            id, sku, quantity, ..
        } = order;
        let tx = self.shop.db.begin().await?;
        let known = "SELECT id FROM orders WHERE id = ?1";
        if !tx.query(known, params![id]).await?.is_empty() {
            return Ok(());
        }
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        let taken = tx.execute(take, params![sku, quantity]).await?;
        let status = if taken == 0 { "cancelled" } else { "paying" };
        let insert = "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![id, sku, quantity, order.amount, status, mine];
        tx.execute(insert, values).await?;
        tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
            .await?;
        tx.commit().await
    }

    /// The outcome, and the book back on the shelf if nobody pays for it. Done twice, it happens once.
    async fn write_down(&self, order: &Order, outcome: Answer) -> Result<(), DbError> {
        let tx = self.shop.db.begin().await?;
        let turn = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'paying'";
        let turned = tx.execute(turn, params![order.id, outcome]).await?;
        if turned == 1 && outcome == Answer::Cancelled {
            let put_back = "UPDATE stock SET quantity = quantity + ?2 WHERE sku = ?1";
            let values = params![order.sku, order.quantity];
            tx.execute(put_back, values).await?;
        }
        tx.commit().await
    }
}
