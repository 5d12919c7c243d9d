// Chapter 6: a retry runs it twice. This file is yours.
//
// The rule     Edit whatever you like below, and add what you like. The tests need `Checkout` to be an `OrderFlow`,
//              and look at nothing else: not at how you wrote it, only at ledgers, parcels, books and answers.
// The shop     `self.shop.payment`, `self.shop.shipping`, `self.shop.db` and `self.shop.new_key()`. The table
//              `orders` has columns that the code below leaves empty: `charge_key`, `ship_key`, `placed_at`. They are
//              yours to use. `self.shop.now()` is the time, and it can be stored.
// The answers  `Confirmed`: paid once, and one parcel is on its way. `Cancelled`: nothing paid, nothing sent. Both
//              are promises. `Pending`: we are on it. A status other than 'confirmed' and 'cancelled' is still open.
// Later        Write `async fn recover(&self) -> Result<(), Failure>` into the `impl OrderFlow`: the shop's job that
//              runs at every start, and then after 1, 2, 4, 8, … virtual minutes.
// API card     docs/en/api-card.md
// Tests        cargo test -p ch06
// Hints        cargo run -- hint ch06
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
