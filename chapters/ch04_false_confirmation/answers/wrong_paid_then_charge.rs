//! Confirm first, and correct it if the money does not come.
//!
//! **Why it tempts**: almost every payment goes through, and the few that do not can be cancelled afterwards.
//!
//! **Caught by**: `accidents::a_calm_day_ends_confirmed`, confirmed without payment.
//!
//! **Schedule**: ``
//!
//! Nothing has gone wrong at all, and for half a minute the warehouse acts on a `confirmed` that nobody has paid
//! for.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let key = self.shop.new_key();
        let intent = "INSERT INTO orders (id, amount, status, charge_key)
                      VALUES (?1, ?2, 'confirmed', ?3) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key];
        if self.shop.db.execute(intent, values).await? == 0 {
            // A second click. The first one is being dealt with.
            return self.answer(&order.id).await;
        }
        self.settle(ChargeRequest::of(order), &key).await?;
        self.answer(&order.id).await
    }

    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        if !webhook.captured {
            self.close(&webhook.order).await?;
        }
        Ok(())
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT id, amount, charge_key FROM orders WHERE status = 'confirmed' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let request = ChargeRequest {
                order: row.get("id"),
                amount: row.get("amount"),
            };
            self.settle(request, &row.get("charge_key")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn settle(&self, request: ChargeRequest, key: &Key) -> Result<(), Failure> {
        let (id, payment) = (request.order.clone(), &self.shop.payment);
        let _ = timeout(PATIENCE, payment.charge(request, Some(key))).await;
        let found = timeout(PATIENCE, payment.find(By::Key(key.clone()))).await;
        let Ok(Ok(found)) = found else {
            return Ok(());
        };
        match found.first().map(|charge| charge.status) {
            Some(ChargeStatus::Declined) => self.close(&id).await,
            _ => Ok(()),
        }
    }

    async fn close(&self, id: &str) -> Result<(), Failure> {
        let close = "UPDATE orders SET status = 'cancelled' WHERE id = ?1";
        self.shop.db.execute(close, params![id]).await?;
        Ok(())
    }

    /// The customer hears what our books say.
    async fn answer(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
