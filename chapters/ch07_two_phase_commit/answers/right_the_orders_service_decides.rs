//! The orders service decides.
//!
//! Differs from the solution in where the decision is stored: not in the shop's books, but with one of the
//! participants. Once all have promised, the orders service is told to commit, and that is the decision. To find it
//! out, ask that service to abort: "done" means that it was not decided and now never will be, "too late" means that it
//! is committed.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer. A participant may have to wait for a lock first.
const PATIENCE: Duration = Duration::from_secs(2);

/// Nobody works on a transaction for longer than this.
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
        let tx = self.shop.new_transaction();
        let begin = "INSERT OR IGNORE INTO transactions (order_id, tx, status, began_at)
                     VALUES (?1, ?2, 'open', ?3)";
        let values = params![order.id, tx, self.shop.now()];
        if self.shop.db.execute(begin, values).await? == 0 {
            return self.what_is_known(order).await;
        }
        let [orders, payment, inventory] = self.shop.participants();
        for participant in [&payment, &inventory, &orders] {
            if !matches!(
                timeout(PATIENCE, participant.prepare(&tx, order)).await,
                Ok(Ok(()))
            ) {
                return self.settle(&tx).await;
            }
        }
        // This decides it. If we do not hear of it, we ask.
        if !matches!(timeout(PATIENCE, orders.commit(&tx)).await, Ok(Ok(()))) {
            return self.settle(&tx).await;
        }
        self.tell_the_others(&tx, true).await?;
        Ok(Answer::Confirmed)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let abandoned = self.born.max(self.shop.now() - ABANDONED);
        let open = "SELECT tx FROM transactions
                    WHERE status = 'open' AND began_at < ?1 ORDER BY began_at, order_id";
        for row in self.shop.db.query(open, params![abandoned]).await? {
            self.settle(&row.get("tx")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    /// Finds out what was decided. To ask is to decide, if nobody has.
    async fn settle(&self, tx: &TxId) -> Result<Answer, Failure> {
        let [orders, ..] = self.shop.participants();
        match timeout(PATIENCE, orders.abort(tx)).await {
            Ok(Ok(())) => {
                self.tell_the_others(tx, false).await?;
                Ok(Answer::Cancelled)
            }
            Ok(Err(CallError::TooLate)) => {
                self.tell_the_others(tx, true).await?;
                Ok(Answer::Confirmed)
            }
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }

    async fn tell_the_others(&self, tx: &TxId, committed: bool) -> Result<(), Failure> {
        let [_, payment, inventory] = self.shop.participants();
        let mut heard = 0;
        for participant in [payment, inventory] {
            let answer = if committed {
                timeout(PATIENCE, participant.commit(tx)).await
            } else {
                timeout(PATIENCE, participant.abort(tx)).await
            };
            // Both had promised before the orders service was told. What is not found has been done.
            if matches!(answer, Ok(Ok(()) | Err(CallError::NotFound))) {
                heard += 1;
            }
        }
        if heard == 2 {
            let end = if committed { "committed" } else { "aborted" };
            let close = "UPDATE transactions SET status = ?2 WHERE tx = ?1";
            self.shop.db.execute(close, params![tx, end]).await?;
        }
        Ok(())
    }

    /// A second click: the first one is being dealt with, or has been.
    async fn what_is_known(&self, order: &Order) -> Result<Answer, Failure> {
        let row = "SELECT status FROM transactions WHERE order_id = ?1";
        let row = &self.shop.db.query(row, params![order.id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "committed" => Answer::Confirmed,
            "aborted" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
