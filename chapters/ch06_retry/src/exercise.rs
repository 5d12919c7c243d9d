// Chapter 6: a retry runs it twice. This file is yours: change whatever is below the marker line.
//
// Keep the name `Checkout` and the trait `OrderFlow`. The rest is free: fields, functions, SQL, tasks of your own, a
// `recover`. No other file has to change. Whatever is in the fields of `Checkout` dies with the process, which may
// happen at any step; what is committed to the database does not.
//
// What you owe:
//   place_order     what it returns is what the customer is told:
//                     Answer::Confirmed   it is paid once, and one parcel is on its way: a promise
//                     Answer::Cancelled   nothing is paid, and nothing is sent, from then on: a promise, too
//                     Answer::Pending     we are on it: promises nothing yet, and a row in `orders` remembers it
//                     Err                 an error page: promises nothing
//                   The same order may be submitted many times (an impatient customer clicks, or comes back a day
//                   later). Two orders with different ids are two orders, however alike. On a calm day (nothing goes
//                   wrong, and each service answers within 600 ms) an order is confirmed within 10 s.
//   recover         yours to write, next to `place_order`: `async fn recover(&self) -> Result<(), Failure>`. It runs
//                   at every start and then after 1, 2, 4, 8, … minutes. In the end nothing may be left open, however
//                   many orders there are, and however long a service was away. It may run while somebody orders.
//   table orders    id, customer, sku, quantity, amount, status; charge_key, ship_key (texts, unique) and placed_at
//                   (a time): yours to use. The statuses `confirmed` and `cancelled` are final, as soon as they are
//                   committed: such a row stays, and stays so. Any other word means "still open". `confirmed` must not
//                   be in the books before the money is there. No row counts as no order.
//
// What the shop (`self.shop`) offers:
//   db.execute(sql, params![…])            one statement, committed at once; tells how many rows it changed
//   db.query(sql, params![…])              rows; `row.get("column")`
//   db.begin() → tx.execute, tx.query, tx.commit, tx.rollback; a `tx` that is dropped is rolled back
//   payment.charge(request, Some(&key))    the first result under this key, however often you ask, for 24 hours;
//                                          with `None` every execution is a new charge. A message may be under way
//                                          for an hour
//   payment.find(By::Key(key))             what has been charged so far, declined charges included; also By::Order(id)
//   payment.void(&key)                     undoes what was charged under this key, or sees to it that it never will be
//   shipping.request(&order, Some(&key))   one parcel under this key; with `None` every execution is a new parcel
//   shipping.find(By::Key(key))            the parcels so far
//   shipping.cancel(By::Key(key))          stops a parcel, until it has left
//   new_key()   log("…")   now()           a fresh key; a line in the timeline; virtual time, which can be stored
//
// What an error means: `Declined`: a final no, of the bank or of the shipper (undeliverable: the money has to go back);
// once you have heard it, nothing is asked of either for this order under another key.
// `ServerError` (a 500), `InFlight`, silence: open. `KeyReused`: nothing was done, a slip in the code.
// `ConnectionRefused`: *this* request was not executed, which says nothing of earlier ones.
//
// In full: docs/en/api-card.md. Tests: `cargo test -p ch06`. Stuck? `cargo run -- hint ch06`.
//
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one attempt.
const PATIENCE: Duration = Duration::from_millis(700);

/// The network is unreliable, so we never try only once.
const ATTEMPTS: u32 = 3;

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
        let Shop {
            payment, shipping, ..
        } = &self.shop;
        self.shop.log(format!("🛒 {}: start", order.id));

        let charge = async || payment.charge(ChargeRequest::of(order), None).await;
        if self.retry("charge", charge).await.is_err() {
            self.write(order, "cancelled").await?;
            return Ok(Answer::Cancelled);
        }
        self.write(order, "paid").await?;

        let ship = async || shipping.request(order, None).await;
        self.retry("shipping", ship).await?;
        self.write(order, "confirmed").await?;
        self.shop.log(format!("✅ {}: confirmed", order.id));
        Ok(Answer::Confirmed)
    }
    // [/place_order]
}

impl Checkout {
    // [retry]
    async fn retry<T>(
        &self,
        what: &str,
        call: impl AsyncFn() -> Result<T, CallError>,
    ) -> Result<T, Failure> {
        for attempt in 1..=ATTEMPTS {
            match timeout(PATIENCE, call()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) => self.shop.log(format!("🔁 {what} #{attempt}: {error}")),
                Err(_) => self
                    .shop
                    .log(format!("🔁 {what} #{attempt}: TIMEOUT after 700ms")),
            }
        }
        Err(Failure(format!("{what} failed {ATTEMPTS} times")))
    }
    // [/retry]

    async fn write(&self, order: &Order, status: &str) -> Result<(), Failure> {
        let upsert = "INSERT INTO orders (id, customer, sku, quantity, amount, status)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                      ON CONFLICT (id) DO UPDATE SET status = ?6";
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let values = params![id, customer, sku, quantity, amount, status];
        self.shop.db.execute(upsert, values).await?;
        Ok(())
    }
}
