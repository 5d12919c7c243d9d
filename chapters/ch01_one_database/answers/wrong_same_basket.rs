//! Recognise a double click by the customer and the goods.
//!
//! **Why it tempts**: this is what a double click looks like: the same person, the same book, a moment ago. And
//! there is no need to ask the database.
//!
//! **Caught by**: `properties::whatever_happens_no_order_is_half_there`, a legitimate request swallowed.
//!
//! **Schedule**: `` (the calm day)
//!
//! **World**: `book by ann at 0ms; book by ann at 1ms`
//!
//! She wants two, one of them as a present. A second purchase has an id of its own, a second click has the same
//! one. Only the id tells them apart.

use lab::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
    /// What was told, by customer and goods.
    told: RefCell<BTreeMap<(String, String), Answer>>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout {
            shop,
            told: RefCell::default(),
        }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let basket = (order.customer.clone(), order.sku.clone());
        if let Some(answer) = self.told.borrow().get(&basket) {
            return Ok(*answer);
        }
        let answer = write(&self.shop, order).await?;
        self.told.borrow_mut().insert(basket, answer);
        Ok(answer)
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
