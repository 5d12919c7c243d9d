//! Never listens: asks.
//!
//! Differs from the solution in that it has no webhook handler at all. The periodic job looks every open order up until
//! the provider has made up its mind. News comes a little later, and one way of going wrong is gone.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_secs(2);

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
                      VALUES (?1, ?2, 'waiting for the bank', ?3) ON CONFLICT DO NOTHING";
        let values = params![order.id, order.amount, key];
        if self.shop.db.execute(intent, values).await? == 1 {
            // Whatever comes back, it is not the money. The job will see.
            let charge = self
                .shop
                .payment
                .charge(ChargeRequest::of(order), Some(&key));
            let _ = timeout(PATIENCE, charge).await;
        }
        let row = "SELECT status FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![order.id]).await?[0];
        Ok(match row.get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }

    async fn recover(&self) -> Result<(), Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let open = "SELECT id, amount, charge_key FROM orders
                    WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in db.query(open, params![]).await? {
            let (order, key): (String, Key) = (row.get("id"), row.get("charge_key"));
            let found = timeout(PATIENCE, payment.find(By::Key(key.clone()))).await;
            let status = match found {
                Ok(Ok(found)) => match found.first().map(|charge| charge.status) {
                    Some(ChargeStatus::Captured) => "confirmed",
                    Some(ChargeStatus::Declined) => "cancelled",
                    Some(_) => continue,
                    // Not there yet, so it has to be sent again: under the same key, it is the same charge.
                    None => {
                        let amount = row.get("amount");
                        let request = ChargeRequest { order, amount };
                        let _ = timeout(PATIENCE, payment.charge(request, Some(&key))).await;
                        continue;
                    }
                },
                Ok(Err(_)) | Err(_) => continue,
            };
            let close = "UPDATE orders SET status = ?2 WHERE id = ?1";
            db.execute(close, params![order, status]).await?;
        }
        Ok(())
    }
}
