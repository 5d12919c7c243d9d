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
