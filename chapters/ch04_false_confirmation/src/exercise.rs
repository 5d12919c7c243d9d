// Chapter 4: accepted is not paid. This file is yours: change whatever is below the marker line.
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`, with or without `on_webhook`. No other file has to change. Whatever is in the fields of `Checkout` dies
// with the process, which may happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     answers within 10 s on a calm day (nothing goes wrong, and the provider answers within 600 ms). What
//                   it returns is what the customer is told:
//                     Answer::Confirmed   it is paid and will be delivered: a promise
//                     Answer::Cancelled   you have not paid, and nothing will come: a promise, too. From then on the
//                                         provider has no money for this order
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it
//                     Err                 an error page: promises nothing
//                   The same order may be submitted again: a double click, or hours later.
//   on_webhook      the provider tells you what has become of a charge. It may be lost, hours late, sent twice or
//                   overtaken. `Ok` means "taken"; for an `Err` the provider sends it again a minute later, five times
//                   in all.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left open, however
//                   many orders there are, and however long the provider was away. It may run while somebody orders.
//   table orders    id, amount, status, charge_key (text, unique) and placed_at (a number): the last two are yours to
//                   use. The statuses `confirmed` and `cancelled` are final, as soon as they are committed: such a row
//                   stays, and stays so. Any other word means "still open". `confirmed` must not be in the books before
//                   the money is there. No row counts as no order.
//   table outbox    order_id, charge_key: yours to use, or to leave empty.
//
// The provider accepts a charge at once, and the money moves later or not at all: after 30 s on most days, after 3 h on
// slow ones. An order that was accepted, and that nothing has gone wrong with, deserves that wait.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback   takes the one write lock; no customer may have
//                                          to wait for it for a second on account of others, or of your own jobs
//   payment.charge(request, Some(&key))    the first answer under this key, however often you ask: "accepted", for ever
//   payment.find(By::Key(key))             how the charges under this key stand *now*; also By::Order(id)
//   payment.void(&key)                     undoes what was charged under this key, or sees to it that it never will be
//   new_key()   log("…")   now()           a fresh key; a line in the timeline; virtual time
//
// `charge.status`: `Accepted` (they will try), `Captured` (the money has moved), `Declined` (it never will), `Voided`.
//
// What an error means: `Declined`, as an error or as a status: a final no; once you have heard it, this order is not
// charged any more. `ServerError` (a 500), `InFlight`: open. `ConnectionRefused`: *this* request was not executed,
// which says nothing of earlier ones. And calls wait for ever: a `timeout` ends your waiting, and nothing else.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch04`. Stuck? `cargo run -- hint ch04`.
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;

/// The order code of our shop.
#[derive(Clone)]
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
        let key = self.shop.new_key();
        let insert = "INSERT OR IGNORE INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'confirmed', ?3)";
        let values = params![order.id, order.amount, key];
        let is_new = self.shop.db.execute(insert, values).await? == 1;
        if is_new {
            // The bank is slow, and the customer should not have to wait for it.
            let (later, request) = (self.clone(), ChargeRequest::of(order));
            tokio::spawn(async move { later.charge(request, &key).await });
        }
        self.shop.log(format!("🎉 {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]

    // [on_webhook]
    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        if webhook.captured {
            self.set(&webhook.order, "confirmed").await?;
        }
        Ok(())
    }
    // [/on_webhook]
}

impl Checkout {
    // [charge]
    async fn charge(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let id = request.order.clone();
        match self.shop.payment.charge(request, Some(key)).await {
            Ok(charge) => self.shop.log(format!("✅ payment OK: {}", charge.id)),
            Err(error) => {
                self.shop.log(format!("❌ {id}: payment failed: {error}"));
                self.set(&id, "cancelled").await?;
            }
        }
        Ok(())
    }

    async fn set(&self, id: &str, status: &str) -> Result<(), Failure> {
        let update = "UPDATE orders SET status = ?2 WHERE id = ?1";
        self.shop.db.execute(update, params![id, status]).await?;
        Ok(())
    }
    // [/charge]
}
