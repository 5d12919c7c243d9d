// Chapter 7: two-phase commit. This file is yours: change whatever is below the marker line.
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`. No other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may
// happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   all three have committed, or will: a promise
//                     Answer::Cancelled   none has, and none will: a promise, too
//                     Answer::Pending     we are on it: promises nothing yet
//                     Err                 an error page: promises nothing
//                   The same order may be submitted again: a double click, or hours later. On a calm day (nothing goes
//                   wrong, each participant answers within 600 ms, and whoever waits for another order's row waits less
//                   than a second) an order is confirmed within 10 s.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left in doubt, and
//                   nobody is left in doubt longer than need be: who can be told is told, whoever else is silent, within
//                   a quarter of an hour and one more run of `recover`.
//   transactions    a table of your own database: order_id (unique), tx, status (texts), began_at (a time). Yours to
//                   use, or to leave empty. Nobody else reads it.
//
// What the shop (`self.shop`) offers:
//   participants()                     orders, payment and inventory; each has a `name()`, and can:
//     prepare(&tx, &order)             phase one. `Ok` is a promise, and one row stays locked until you say how it ends
//     commit(&tx)                      phase two: do it
//     abort(&tx)                       phase two: forget it; what has not arrived yet will be refused
//     in_doubt()                       what is promised and not decided, with `tx`, `order` and `since`
//   new_transaction()                  an id that nobody has ever used, not even before a restart
//   db.execute(sql, params![…])        one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])          rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback; a `tx` that is dropped is rolled back
//   log("…")   now()                   a line in the timeline; virtual time, which can be stored
//
// What an error means: `Declined`, `Locked`: a final no; this participant has aborted its part. `NotFound`: nothing is
// promised under this id (any more). `Undone`: it was aborted. `TooLate`: it is committed. `KeyReused`: the id belongs to
// another order. `ServerError` (a 500) and silence: open. `ConnectionRefused`: *this* request was not executed.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch07`. Stuck? `cargo run -- hint ch07`.
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer. A participant may have to wait for a lock first.
const PATIENCE: Duration = Duration::from_secs(2);

/// The order code of our shop: it coordinates.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        // One order, one transaction: all three services, or none.
        let tx = TxId::from(order.id.as_str());
        if self.all_of_them(&tx, order).await.is_ok() {
            self.shop.log(format!("✅ {}: confirmed", order.id));
            return Ok(Answer::Confirmed);
        }
        // Somebody could not. So nobody shall.
        for participant in self.shop.participants() {
            let _ = timeout(PATIENCE, participant.abort(&tx)).await;
        }
        self.shop.log(format!("❌ {}: called off", order.id));
        Ok(Answer::Cancelled)
    }
    // [/place_order]
}

impl Checkout {
    // [all_of_them]
    async fn all_of_them(&self, tx: &TxId, order: &Order) -> Result<(), Failure> {
        let participants = self.shop.participants();
        // Phase one: everybody promises.
        for participant in &participants {
            timeout(PATIENCE, participant.prepare(tx, order)).await??;
        }
        // Phase two: everybody does it.
        for participant in &participants {
            timeout(PATIENCE, participant.commit(tx)).await??;
        }
        Ok(())
    }
    // [/all_of_them]
}
