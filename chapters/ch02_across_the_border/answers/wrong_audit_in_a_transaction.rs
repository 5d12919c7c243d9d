//! Let `recover` compare the books with the provider's, in a transaction, so that they stand still meanwhile.
//!
//! **Why it tempts**: it changes nothing, it only looks; and the comparison means something only if nobody writes
//! meanwhile.
//!
//! **Caught by**: `properties::every_schedule_of_two_faults_ends_well`, other orders locked out.
//!
//! **Schedule**: `order1/submit#1: twice after 60050ms`
//!
//! `begin` takes the write lock, whatever you do after it, and the provider answers slowly if you ask too often. A
//! customer who comes in that minute waits five seconds, and then sees an error page.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long we leave our own database alone before we ask it again.
const A_MOMENT: Duration = Duration::from_millis(100);

/// The provider answers six questions of this kind a minute.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(10);

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
        self.shop.log(format!("🛒 {}: start", order.id));

        let tx = db.begin().await?;
        let known = "SELECT status FROM orders WHERE id = ?1";
        if let Some(row) = tx.query(known, params![order.id]).await?.first() {
            // A second click hears what the first one has come to.
            return Ok(match row.get::<String>("status").as_str() {
                "confirmed" => Answer::Confirmed,
                _ => Answer::Cancelled,
            });
        }
        // Whatever can say no for free is asked before the card is.
        let take = "UPDATE stock SET quantity = quantity - ?2
                    WHERE sku = ?1 AND quantity >= ?2";
        let taken = tx.execute(take, params![order.sku, order.quantity]).await?;
        if taken == 0 {
            return self.refuse(tx, order).await;
        }

        let charge = payment.charge(ChargeRequest::of(order), None);
        let charge = match timeout(PATIENCE, charge).await? {
            Err(CallError::Declined) => {
                let put_back = "UPDATE stock SET quantity = quantity + ?2 WHERE sku = ?1";
                tx.execute(put_back, params![order.sku, order.quantity])
                    .await?;
                return self.refuse(tx, order).await;
            }
            answer => answer?,
        };
        self.shop
            .log(format!("✅ payment succeeded: {}", charge.id));

        // From here on, `?` is not enough: it takes back everything but the money.
        if let Err(error) = self.write_down(tx, order, &charge).await
            && !self.is_written_down(order, &charge).await
        {
            self.give_back(&charge).await?;
            return Err(error.into());
        }
        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let tx = self.shop.db.begin().await?;
        let all = "SELECT id FROM orders WHERE status = 'confirmed' ORDER BY id";
        for row in tx.query(all, params![]).await? {
            let id: String = row.get("id");
            let charges = self.shop.payment.find(By::Order(id.clone())).await?;
            self.shop.log(format!("🔎 {id}: {} charges", charges.len()));
            sleep(BETWEEN_QUESTIONS).await;
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Checkout {
    /// A no is kept, too, so that it is still a no an hour later.
    async fn refuse(&self, tx: Transaction, order: &Order) -> Result<Answer, Failure> {
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, amount, status)
             VALUES (?1, ?2, ?3, ?4, 'cancelled')",
            params![order.id, order.sku, order.quantity, order.amount],
        )
        .await?;
        tx.commit().await?;
        self.shop.log(format!("↩️ {}: cancelled", order.id));
        Ok(Answer::Cancelled)
    }

    /// Everything that comes after the charge. The charge's id goes into the row, like a receipt.
    async fn write_down(
        &self,
        tx: Transaction,
        order: &Order,
        charge: &Charge,
    ) -> Result<(), DbError> {
        let Order {
            id, sku, quantity, ..
        } = order;
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, amount, status, charge_key)
             VALUES (?1, ?2, ?3, ?4, 'confirmed', ?5)",
            params![id, sku, quantity, order.amount, charge.id],
        )
        .await?;
        tx.execute("INSERT INTO history VALUES (?1, 'ordered')", params![id])
            .await?;
        tx.commit().await
    }

    /// Whether the order stands in our tables, with *this* receipt. A commit that failed may have taken effect, so we
    /// look; and if we cannot look, we do not guess: it is our own database, and it comes back.
    async fn is_written_down(&self, order: &Order, charge: &Charge) -> bool {
        let look = "SELECT id FROM orders WHERE id = ?1 AND charge_key = ?2";
        loop {
            match self.shop.db.query(look, params![order.id, charge.id]).await {
                Ok(rows) => return !rows.is_empty(),
                Err(_) => sleep(A_MOMENT).await,
            }
        }
    }

    /// The way back, across the border: what we know was taken is given back.
    async fn give_back(&self, charge: &Charge) -> Result<(), Failure> {
        let key = self.shop.new_key();
        let refund = self.shop.payment.refund(charge, charge.amount, &key);
        timeout(PATIENCE, refund).await??;
        self.shop.log(format!("↩️ {}: refunded", charge.id));
        Ok(())
    }
}
