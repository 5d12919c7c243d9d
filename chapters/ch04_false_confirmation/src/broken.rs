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
