//! Uses its own timer.
//!
//! Differs from the solution in that there is no `recover`: a task that starts with the process looks every half
//! minute, by the clock, which transactions have been abandoned, and finishes the decided ones.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long we wait for one answer. A participant may have to wait for a lock first.
const PATIENCE: Duration = Duration::from_secs(2);

/// Nobody works on an undecided transaction for longer than this.
const ABANDONED: Ms = Ms::minutes(1);

/// How often we look.
const ROUND: Duration = Duration::from_secs(30);

/// The order code of our shop: it coordinates.
#[derive(Clone)]
pub struct Checkout {
    shop: Shop,
    /// When this process came up.
    born: Ms,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let born = shop.now();
        let me = Checkout { shop, born };
        let clerk = me.clone();
        tokio::spawn(async move {
            loop {
                // What fails now is tried again in the next round.
                let _ = clerk.look_after_the_open().await;
                sleep(ROUND).await;
            }
        });
        me
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
}

impl Checkout {
    async fn look_after_the_open(&self) -> Result<(), Failure> {
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

    /// Phase one. Silence is no promise.
    async fn everybody_promises(&self, tx: &TxId, order: &Order) -> bool {
        for participant in self.shop.participants() {
            let promise = timeout(PATIENCE, participant.prepare(tx, order)).await;
            if !matches!(promise, Ok(Ok(()))) {
                return false;
            }
        }
        true
    }

    /// Phase two, as often as it takes: what is decided is told to everybody.
    async fn finish(&self, tx: &TxId, decided: &str) -> Result<(), Failure> {
        let mut heard = 0;
        for participant in self.shop.participants() {
            let answer = match decided {
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
            // Somebody does not know yet. The next round will tell.
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
