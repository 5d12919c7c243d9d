// Chapter 2: a rollback does not cross the border. This file is yours: change whatever is below the marker line.
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`. No other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may
// happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it is paid and will be delivered: a promise
//                     Answer::Cancelled   you have not paid, and nothing will come: a promise, too. Owed to whoever is too
//                                         late for a book
//                     Answer::Pending     we are on it: promises nothing yet
//                     Err                 an error page: promises nothing
//                   The same order may be submitted twice (a double click).
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left open.
//   table orders    id, sku, quantity, amount, status, charge_key (text, unique, yours to use). The statuses
//                   `confirmed` and `cancelled` are final; any other word means "still open". `confirmed` must not be
//                   in the books before the money is there. No row counts as no order.
//   table stock     sku, quantity (never below zero). In the end, what is gone is what has been ordered and not cancelled.
//   table history   order_id, event (any text; each once per order). Every order that is not cancelled has a line.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback; a `tx` that is dropped is rolled back
//   payment.charge(request, None)          every execution is a new charge
//   payment.charge(request, Some(&key))    the first result under this key, however often you ask
//   payment.find(By::Key(key))             what has been charged so far; also By::Order(id)
//   payment.void(&key)                     undoes what was charged under this key, or sees to it that it never will be
//   payment.refund(&charge, amount, &key)  gives money back, under a key of the refund's own
//   new_key()   log("…")   now()           a fresh key; a line in the timeline; virtual time
//
// What an error means: `Declined`: a final no. `ServerError` (a 500), `InFlight`, silence: nobody knows.
// `ConnectionRefused`: *this* request was not executed, which says nothing of earlier ones.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch02`. Stuck? `cargo run -- hint ch02`.
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for the payment provider before we give up.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));

        let tx = db.begin().await?;
        tx.execute(
            "INSERT INTO orders (id, sku, quantity, amount, status)
             VALUES (?1, ?2, ?3, ?4, 'confirmed')",
            params![order.id, order.sku, order.quantity, order.amount],
        )
        .await?;

        let charge = payment.charge(ChargeRequest::of(order), None);
        let charge = timeout(PATIENCE, charge).await??;
        self.shop
            .log(format!("✅ payment succeeded: {}", charge.id));

        tx.execute(
            "UPDATE stock SET quantity = quantity - ?2 WHERE sku = ?1",
            params![order.sku, order.quantity],
        )
        .await?;
        tx.execute(
            "INSERT INTO history (order_id, event) VALUES (?1, 'ordered')",
            params![order.id],
        )
        .await?;
        tx.commit().await?;

        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}
