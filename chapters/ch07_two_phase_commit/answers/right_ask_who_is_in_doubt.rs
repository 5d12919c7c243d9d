//! Asks who is still in doubt, and commits only there.
//!
//! Differs from the solution in how it treats silence in phase two. It never sends a second commit on the off chance:
//! it asks each participant for its list. A participant that has promised and does not list the transaction has been
//! told. So the answer "not found" never comes up. It does repeat an abort, because a promise that is not on the list
//! yet may still be under way.

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
            let told = match decided {
                "committing" => self.commit_if_in_doubt(&participant, tx).await,
                "aborting" => timeout(PATIENCE, participant.abort(tx))
                    .await
                    .is_ok_and(|it| it.is_ok()),
                _ => return Ok(()),
            };
            heard += u32::from(told);
        }
        match (decided, heard) {
            ("committing", 3) => self.turn(tx, decided, "committed").await,
            ("aborting", 3) => self.turn(tx, decided, "aborted").await,
            // Somebody does not know yet. `recover` will be back.
            _ => Ok(()),
        }
    }

    /// Tells whether this participant knows by now. It had promised; so if it lists the transaction no more, it does.
    async fn commit_if_in_doubt(&self, participant: &Participant, tx: &TxId) -> bool {
        let Ok(Ok(open)) = timeout(PATIENCE, participant.in_doubt()).await else {
            return false;
        };
        if open.iter().all(|open| open.tx != *tx) {
            return true;
        }
        let commit = timeout(PATIENCE, participant.commit(tx)).await;
        matches!(commit, Ok(Ok(())))
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
