//! One click after the other, by a lock per order in the shop's memory; and the money comes first.
//!
//! Differs from the solution in what keeps two clicks apart: no transaction is open during the call, and the second
//! click waits until the first one is done, instead of for the database's lock. It works as long as there is one
//! process, which never dies. Two processes would have to agree on the lock, and that is what rows are for.

use lab::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long we leave our own database alone before we ask it again.
const A_MOMENT: Duration = Duration::from_millis(100);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
    /// Who is at work on an order holds its lock.
    hands: RefCell<BTreeMap<String, Rc<Mutex<()>>>>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout {
            shop,
            hands: RefCell::default(),
        }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let hand = self.hand(order);
        let _hand = hand.lock().await;
        if let Some(known) = self.known(order).await {
            return Ok(known);
        }
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        let charge = match timeout(PATIENCE, charge).await? {
            Err(CallError::Declined) => {
                self.refuse(order).await;
                return Ok(Answer::Cancelled);
            }
            charge => charge?,
        };
        match self.write_down(order).await {
            Ok(true) => return Ok(Answer::Confirmed),
            Ok(false) => {}
            // The commit may have taken effect.
            Err(_) if self.known(order).await.is_some() => return Ok(Answer::Confirmed),
            Err(_) => {}
        }
        let key = self.shop.new_key();
        let refund = self.shop.payment.refund(&charge, charge.amount, &key);
        timeout(PATIENCE, refund).await??;
        self.refuse(order).await;
        Ok(Answer::Cancelled)
    }
}

impl Checkout {
    fn hand(&self, order: &Order) -> Rc<Mutex<()>> {
        let mut hands = self.hands.borrow_mut();
        hands.entry(order.id.clone()).or_default().clone()
    }

    /// What has become of the order. Asks until the database answers.
    async fn known(&self, order: &Order) -> Option<Answer> {
        let look = "SELECT status FROM orders WHERE id = ?1";
        let rows = loop {
            match self.shop.db.query(look, params![order.id]).await {
                Ok(rows) => break rows,
                Err(_) => sleep(A_MOMENT).await,
            }
        };
        rows.first()
            .map(|row| match row.get::<String>("status").as_str() {
                "confirmed" => Answer::Confirmed,
                _ => Answer::Cancelled,
            })
    }

    /// Writes the no down; tries until it stands in the tables. Done twice, it happens once.
    async fn refuse(&self, order: &Order) {
        let insert = "INSERT INTO orders (id, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, 'cancelled')
                      ON CONFLICT DO NOTHING";
        let values = || params![order.id, order.sku, order.quantity, order.amount];
        while self.shop.db.execute(insert, values()).await.is_err() {
            sleep(A_MOMENT).await;
        }
    }

    /// Order, book and history, all or nothing; tells whether there was enough.
    async fn write_down(&self, order: &Order) -> Result<bool, DbError> {
        let Order {
            id, sku, quantity, ..
        } = order;
        let tx = self.shop.db.begin().await?;
        let take = "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1 AND quantity >= ?2";
        if tx.execute(take, params![sku, quantity]).await? == 0 {
            return Ok(false);
        }
        let insert = "INSERT INTO orders (id, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, 'confirmed')";
        let values = params![id, sku, quantity, order.amount];
        tx.execute(insert, values).await?;
        tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
            .await?;
        tx.commit().await?;
        Ok(true)
    }
}
