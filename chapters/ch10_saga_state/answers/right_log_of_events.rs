//! An append-only log: what may be under way is the last entry, and the primary key decides who writes the next one.
//!
//! Differs from the solution in what is stored: not how the saga stands, but everything that it has decided, one line each.
//! Nothing is ever overwritten, so nothing can be taken back. Two who have read the same log write the same number, and
//! the database lets one of them. The table `orders` only repeats the last word.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
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
        self.shop.log(format!("🛒 {}: start", order.id));
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let db = &self.shop.db;
        let row = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status)
                   VALUES (?1, ?2, ?3, ?4, ?5, 'open')";
        let values = params![id, customer, sku, quantity, amount];
        db.execute(row, values).await?;
        self.advance(order).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT * FROM orders WHERE status = 'open' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            // One that is stuck keeps nobody else waiting.
            if let Err(Failure(why)) = self.advance(&order_of(&row)).await {
                self.shop.log(format!("{}: {why}", row.get::<String>("id")));
            }
        }
        Ok(())
    }
}

/// A line of the log.
struct Entry {
    seq: u32,
    entry: String,
    key: Key,
}

impl Checkout {
    async fn advance(&self, order: &Order) -> Result<Answer, Failure> {
        loop {
            let log = self.read(&order.id).await?;
            let Some(last) = log.last() else {
                self.append(order, &log, "charge").await?;
                continue;
            };
            match last.entry.as_str() {
                "confirmed" => return self.close(order, last, Answer::Confirmed).await,
                "cancelled" => return self.close(order, last, Answer::Cancelled).await,
                _ => {}
            }
            match follows(&last.entry, self.ask(order, last).await) {
                Some(next) => self.append(order, &log, next).await?,
                None => return Ok(Answer::Pending),
            }
        }
    }

    /// Asks for what the last entry says; its key is in the same line.
    async fn ask(&self, order: &Order, last: &Entry) -> Result<(), CallError> {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let key = &last.key;
        match last.entry.as_str() {
            "charge" => patiently(payment.charge(ChargeRequest::of(order), Some(key))).await,
            "reserve" => patiently(inventory.reserve(order, key)).await,
            "confirm" => patiently(inventory.confirm(key)).await,
            "ship" => patiently(shipping.request(order, Some(key))).await,
            "release" => patiently(inventory.release(key)).await,
            _ => patiently(payment.void(key)).await,
        }
    }

    /// Writes the next line, unless somebody else has. Steps that speak of the same thing have the same key.
    async fn append(&self, order: &Order, log: &[Entry], next: &str) -> Result<(), Failure> {
        let subject = match next {
            "confirm" | "release" => "reserve",
            "void" => "charge",
            _ => "",
        };
        let mut earlier = log.iter();
        let earlier = earlier.find(|entry| entry.entry == subject);
        let key = earlier.map_or_else(|| self.shop.new_key(), |entry| entry.key.clone());
        let line = "INSERT OR IGNORE INTO log (order_id, seq, entry, key) VALUES (?1, ?2, ?3, ?4)";
        let seq = log.last().map_or(1, |last| last.seq + 1);
        let values = params![order.id, seq, next, key];
        let ours = self.shop.db.execute(line, values).await? == 1;
        let who = if ours { "📒" } else { "⏭️ overtaken:" };
        self.shop.log(format!("{who} {}: {next}", order.id));
        Ok(())
    }

    /// Repeats the last line where everybody looks. Whoever finds that somebody died before this does it again.
    async fn close(&self, order: &Order, last: &Entry, answer: Answer) -> Result<Answer, Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'open'";
        let values = params![order.id, last.entry];
        self.shop.db.execute(close, values).await?;
        Ok(answer)
    }

    async fn read(&self, id: &str) -> Result<Vec<Entry>, Failure> {
        let log = "SELECT seq, entry, key FROM log WHERE order_id = ?1 ORDER BY seq";
        let rows = self.shop.db.query(log, params![id]).await?;
        let entries = rows.iter().map(|row| Entry {
            seq: row.get("seq"),
            entry: row.get("entry"),
            key: row.get("key"),
        });
        Ok(entries.collect())
    }
}

/// What is decided next, after this answer; `None`: nothing yet.
fn follows(entry: &str, heard: Result<(), CallError>) -> Option<&'static str> {
    match (entry, heard) {
        ("charge", Ok(())) => Some("reserve"),
        ("reserve", Ok(())) => Some("confirm"),
        ("confirm", Ok(())) => Some("ship"),
        ("ship", Ok(())) => Some("confirmed"),
        ("release", Ok(())) => Some("void"),
        ("void", Ok(())) => Some("cancelled"),
        ("charge", Err(CallError::Declined)) => Some("cancelled"),
        ("reserve", Err(CallError::Declined)) => Some("void"),
        // The hold has lapsed.
        ("confirm", Err(CallError::NotFound)) => Some("release"),
        ("ship", Err(CallError::Declined)) => Some("release"),
        (_, _) => None,
    }
}

/// Silence tells us as much as a 500 does: nothing.
async fn patiently<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<(), CallError> {
    let heard = timeout(PATIENCE, call).await;
    heard.unwrap_or(Err(CallError::ServerError)).map(drop)
}

fn order_of(row: &Row) -> Order {
    Order {
        id: row.get("id"),
        customer: row.get("customer"),
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        amount: row.get("amount"),
    }
}
