//! Asks everybody at once.
//!
//! Differs from the solution in that neither phase has an order: all three promise at the same time, and learn the
//! decision at the same time. If all rows are free, none is locked for longer than a round trip. And since nobody waits
//! in line, it can afford to wait for a promise until a locked row is free, or its participant gives up and says so
//! (`Locked`).

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for a promise. A participant may have to wait for a lock first, for 50 s at most.
const PROMISES: Duration = Duration::from_secs(51);

/// How long we wait for one answer in phase two.
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
        let [a, b, c] = self.shop.participants();
        let (a, b, c) = tokio::join!(
            timeout(PROMISES, a.prepare(tx, order)),
            timeout(PROMISES, b.prepare(tx, order)),
            timeout(PROMISES, c.prepare(tx, order)),
        );
        [a, b, c]
            .iter()
            .all(|promise| matches!(promise, Ok(Ok(()))))
    }

    /// Phase two, as often as it takes: what is decided is told to everybody.
    async fn finish(&self, tx: &TxId, decided: &str) -> Result<(), Failure> {
        let [a, b, c] = &self.shop.participants();
        let end = match decided {
            "committing" => "committed",
            "aborting" => "aborted",
            _ => return Ok(()),
        };
        let (a, b, c) = tokio::join!(
            self.has_heard(a, tx, end),
            self.has_heard(b, tx, end),
            self.has_heard(c, tx, end),
        );
        // Otherwise somebody does not know yet, and `recover` will be back.
        if a && b && c {
            self.turn(tx, decided, end).await
        } else {
            Ok(())
        }
    }

    /// Tells one participant how it ends, and whether that has arrived.
    async fn has_heard(&self, participant: &Participant, tx: &TxId, end: &str) -> bool {
        let answer = match end {
            "committed" => timeout(PATIENCE, participant.commit(tx)).await,
            _ => timeout(PATIENCE, participant.abort(tx)).await,
        };
        // It had promised. If nothing is promised any more, an earlier commit has worked.
        matches!(answer, Ok(Ok(()) | Err(CallError::NotFound)))
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
