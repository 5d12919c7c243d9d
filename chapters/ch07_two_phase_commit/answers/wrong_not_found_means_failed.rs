//! "Not found" means that the commit has failed.
//!
//! **Why it tempts**: the participant does not know the transaction any more. So it cannot have committed it, and
//! what the others did has to be undone.
//!
//! **Caught by**: `accidents::a_lost_reply_to_a_commit_is_no_refusal`, two outcomes of one transaction.
//!
//! **Schedule**: `order1/orders.commit#1: reply lost`
//!
//! It does not know the transaction any more because it has committed it. PostgreSQL says the same to a second
//! `COMMIT PREPARED`. (It says so, too, after somebody's `ROLLBACK PREPARED` by hand, but nobody here does that.)

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
                "committing" => match timeout(PATIENCE, participant.commit(tx)).await {
                    Err(_) => timeout(PATIENCE, participant.commit(tx)).await,
                    known => known,
                },
                "aborting" => timeout(PATIENCE, participant.abort(tx)).await,
                _ => return Ok(()),
            };
            match answer {
                Ok(Ok(())) => heard += 1,
                Ok(Err(CallError::NotFound)) => {
                    self.turn(tx, decided, "aborting").await?;
                    return Box::pin(self.finish(tx, "aborting")).await;
                }
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
