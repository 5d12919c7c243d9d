//! Tell the second click what the first one is about to be told.
//!
//! **Why it tempts**: the order is already in progress, so there is nothing to do; and two clicks never meet in the
//! database.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, a legitimate request swallowed.
//!
//! **Schedule**: `order1/submit#1: twice after 0ms; order1/db.begin#1: fails`
//!
//! "About to be" is not "is". The first click ran into an error and promised nothing; the second one has promised a
//! book. Only tell what has been committed, no matter by whom.

use lab::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
    /// The orders that somebody is at work on.
    in_hand: RefCell<BTreeSet<String>>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout {
            shop,
            in_hand: RefCell::default(),
        }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        if !self.in_hand.borrow_mut().insert(order.id.clone()) {
            return Ok(Answer::Confirmed);
        }
        let answer = write(&self.shop, order).await;
        self.in_hand.borrow_mut().remove(&order.id);
        answer
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
