//! The same three-service flow as a saga: each service does its work at once, in its own transaction that is over when
//! the call is. Every step is recorded, and every finished step can be undone. Nothing stays locked while somebody
//! waits for somebody else.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The saga's own table. Each order is stored with its keys before any service is called.
pub const SCHEMA: &str = "
    CREATE TABLE orders (
        id        TEXT PRIMARY KEY,
        sku       TEXT NOT NULL,
        quantity  INTEGER NOT NULL,
        amount    INTEGER NOT NULL,
        status    TEXT NOT NULL,
        pay_key   TEXT NOT NULL,
        goods_key TEXT NOT NULL
    ) STRICT;
";

/// The order code of the shop next door.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        let begin = "INSERT OR IGNORE INTO orders VALUES (?1, ?2, ?3, ?4, 'pending', ?5, ?6)";
        let (pay, goods) = (self.shop.new_key(), self.shop.new_key());
        let Order {
            id,
            sku,
            quantity,
            amount,
            ..
        } = order;
        let values = params![id, sku, quantity, amount, pay, goods];
        self.shop.db.execute(begin, values).await?;
        self.advance(id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT id FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.advance(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    // [advance]
    /// Takes an order as far as it gets: forward, or back. Every step can be taken any number of times.
    async fn advance(&self, id: &str) -> Result<Answer, Failure> {
        loop {
            let row = "SELECT * FROM orders WHERE id = ?1";
            let row = &self.shop.db.query(row, params![id]).await?[0];
            let status: String = row.get("status");
            let next = match status.as_str() {
                "pending" => self.charge(row).await,
                "paid" => self.reserve(row).await,
                "reserved" => self.hand_out(row).await,
                "undoing" => self.undo(row).await,
                "confirmed" => return Ok(Answer::Confirmed),
                _ => return Ok(Answer::Cancelled),
            };
            // We do not know. So we do not guess, and ask again later, under the same key.
            let Some(next) = next else {
                return Ok(Answer::Pending);
            };
            let step = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
            let step = self.shop.db.execute(step, params![id, status, next]);
            if step.await? == 1 {
                self.shop.log(format!("📒 {id}: {next}"));
            }
        }
    }
    // [/advance]

    async fn charge(&self, row: &Row) -> Option<&'static str> {
        let key: Key = row.get("pay_key");
        let request = ChargeRequest::of(&order_of(row));
        match timeout(PATIENCE, self.shop.payment.charge(request, Some(&key)))
            .await
            .ok()?
        {
            Ok(_) => Some("paid"),
            Err(CallError::Declined | CallError::Undone) => Some("undoing"),
            Err(_) => None,
        }
    }

    async fn reserve(&self, row: &Row) -> Option<&'static str> {
        let (order, key): (Order, Key) = (order_of(row), row.get("goods_key"));
        match timeout(PATIENCE, self.shop.inventory.reserve(&order, &key))
            .await
            .ok()?
        {
            Ok(_) => Some("reserved"),
            Err(CallError::Declined | CallError::Undone) => Some("undoing"),
            Err(_) => None,
        }
    }

    async fn hand_out(&self, row: &Row) -> Option<&'static str> {
        let key: Key = row.get("goods_key");
        match timeout(PATIENCE, self.shop.inventory.confirm(&key))
            .await
            .ok()?
        {
            Ok(()) => Some("confirmed"),
            // The reservation has lapsed: we were away for too long. Back, then.
            Err(CallError::NotFound) => Some("undoing"),
            Err(_) => None,
        }
    }

    /// The way back: what was done, and what may still be under way.
    async fn undo(&self, row: &Row) -> Option<&'static str> {
        let (pay, goods): (Key, Key) = (row.get("pay_key"), row.get("goods_key"));
        let released = timeout(PATIENCE, self.shop.inventory.release(&goods)).await;
        released.ok()?.ok()?;
        let voided = timeout(PATIENCE, self.shop.payment.void(&pay)).await;
        voided.ok()?.ok().map(|_| "cancelled")
    }
}

fn order_of(row: &Row) -> Order {
    Order {
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        ..Order::new(&row.get::<String>("id"), row.get("amount"))
    }
}
