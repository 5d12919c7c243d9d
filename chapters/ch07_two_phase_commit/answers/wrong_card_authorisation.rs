//! A card authorisation is as good as a promise.
//!
//! **Why it tempts**: real payment providers have no `prepare`. But they can set the money aside, and take it
//! later: that looks like two phases.
//!
//! **Caught by**: `accidents::a_promise_does_not_lapse`, confirmed without payment.
//!
//! **Schedule**: `order1/orders.commit#1: crash after`
//!
//! **World**: `away-for-eight-days`
//!
//! A promise stands until it is decided. An authorisation lapses: after 7 days here, and mostly at Stripe, too.
//! After that the lab's capture says "not found" as well. (Stripe has an error code of its own for it,
//! `charge_expired_for_capture`.)

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer. A participant may have to wait for a lock first.
const PATIENCE: Duration = Duration::from_secs(2);

/// Nobody works on an undecided transaction for longer than this.
const ABANDONED: Ms = Ms::minutes(1);

/// The order code of our shop: it coordinates.
pub struct Checkout {
    shop: Shop,
    /// When this process came up.
    born: Ms,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let born = shop.now();
        Checkout { shop, born }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        // In our books before anybody is asked, under an id that nobody has ever used. A second click changes nothing.
        let tx = self.shop.new_transaction();
        let begin = "INSERT OR IGNORE INTO transactions (order_id, tx, status, began_at)
                     VALUES (?1, ?2, 'preparing', ?3)";
        let values = params![order.id, tx, self.shop.now()];
        if self.shop.db.execute(begin, values).await? == 1 {
            let next = if self.everybody_promises(&tx, order).await {
                "committing"
            } else {
                "aborting"
            };
            // Here it is decided, and nowhere else.
            self.turn(&tx, "preparing", next).await?;
        }
        // The customer hears what our books say, and so does everybody else.
        let row = "SELECT tx, status FROM transactions WHERE order_id = ?1";
        let row = &self.shop.db.query(row, params![order.id]).await?[0];
        let status: String = row.get("status");
        if row.get::<TxId>("tx") == tx {
            self.finish(&tx, &status).await?;
        }
        Ok(match status.as_str() {
            "committing" | "committed" => Answer::Confirmed,
            "aborting" | "aborted" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }

    async fn recover(&self) -> Result<(), Failure> {
        // What began before this process did, or long ago, has nobody any more who could collect the promises. Not
        // decided to commit is decided to abort.
        let abandoned = self.born.max(self.shop.now() - ABANDONED);
        let give_up = "UPDATE transactions SET status = 'aborting'
                       WHERE status = 'preparing' AND began_at < ?1";
        self.shop.db.execute(give_up, params![abandoned]).await?;
        let open = "SELECT tx, status FROM transactions
                    WHERE status IN ('committing', 'aborting') ORDER BY began_at, order_id";
        for row in self.shop.db.query(open, params![]).await? {
            let status: String = row.get("status");
            self.finish(&row.get("tx"), &status).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Phase one. Silence is no promise.
    async fn everybody_promises(&self, tx: &TxId, order: &Order) -> bool {
        let [orders, _, inventory] = self.shop.participants();
        let card = &self.shop.payment;
        let promised = timeout(PATIENCE, orders.prepare(tx, order)).await;
        let set_aside = timeout(PATIENCE, card.authorize(ChargeRequest::of(order), tx)).await;
        let in_stock = timeout(PATIENCE, inventory.prepare(tx, order)).await;
        matches!(
            (promised, set_aside, in_stock),
            (Ok(Ok(())), Ok(Ok(_)), Ok(Ok(())))
        )
    }

    /// Phase two, as often as it takes: what is decided is told to everybody.
    async fn finish(&self, tx: &TxId, decided: &str) -> Result<(), Failure> {
        let mut heard = 0;
        for participant in self.shop.participants() {
            let card = &self.shop.payment;
            let is_card = participant.name() == "payment";
            let answer = match decided {
                "committing" if is_card => timeout(PATIENCE, card.capture(tx))
                    .await
                    .map(|it| it.map(|_| ())),
                "aborting" if is_card => timeout(PATIENCE, card.void(tx))
                    .await
                    .map(|it| it.map(|_| ())),
                "committing" => timeout(PATIENCE, participant.commit(tx)).await,
                "aborting" => timeout(PATIENCE, participant.abort(tx)).await,
                _ => return Ok(()),
            };
            match answer {
                Ok(Ok(())) => heard += 1,
                // It had promised, and nothing is promised any more: an earlier commit has worked.
                Ok(Err(CallError::NotFound)) => heard += 1,
                Ok(Err(_)) | Err(_) => {}
            }
        }
        match (decided, heard) {
            ("committing", 3) => self.turn(tx, decided, "committed").await,
            ("aborting", 3) => self.turn(tx, decided, "aborted").await,
            // Somebody does not know yet. `recover` will be back.
            _ => Ok(()),
        }
    }

    /// Takes a step in the life of a transaction, if it is still where we believe it to be.
    async fn turn(&self, tx: &TxId, from: &str, to: &str) -> Result<(), Failure> {
        let turn = "UPDATE transactions SET status = ?3 WHERE tx = ?1 AND status = ?2";
        if self.shop.db.execute(turn, params![tx, from, to]).await? == 1 {
            self.shop.log(format!("📒 {tx}: {to}"));
        }
        Ok(())
    }
}
