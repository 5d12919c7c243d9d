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

    // [place_order]
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let row = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status)
                   VALUES (?1, ?2, ?3, ?4, ?5, 'new')";
        let values = params![id, customer, sku, quantity, amount];
        self.shop.db.execute(row, values).await?;
        self.carry_on(order).await
    }
    // [/place_order]

    // [recover]
    /// Whoever died left a status behind. We carry on from there.
    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            let order = order_of(&row);
            self.shop.log(format!("🔧 {}: carrying on", order.id));
            if let Err(Failure(why)) = self.carry_on(&order).await {
                self.shop.log(format!("⚠️ {}: {why}", order.id));
            }
        }
        Ok(())
    }
    // [/recover]
}

impl Checkout {
    // [carry_on]
    /// Goes on from where the order stands, and notes each step as soon as it is done.
    async fn carry_on(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        loop {
            let row = self.row_of(&order.id).await?;
            let mut key = self.shop.new_key();
            let (heard, done) = match row.get::<String>("status").as_str() {
                "new" => (
                    patiently(|| payment.charge(ChargeRequest::of(order), Some(&key))).await,
                    "UPDATE orders SET status = 'charged', charge_key = ?2 WHERE id = ?1",
                ),
                "charged" => (
                    patiently(|| inventory.reserve(order, &key)).await,
                    "UPDATE orders SET status = 'reserved', reserve_key = ?2 WHERE id = ?1",
                ),
                "reserved" => {
                    key = row.get("reserve_key");
                    (
                        patiently(|| inventory.confirm(&key)).await,
                        "UPDATE orders SET status = 'held', reserve_key = ?2 WHERE id = ?1",
                    )
                }
                "held" => (
                    patiently(|| shipping.request(order, Some(&key))).await,
                    "UPDATE orders SET status = 'confirmed', ship_key = ?2 WHERE id = ?1",
                ),
                "confirmed" => return Ok(Answer::Confirmed),
                _ => return Ok(Answer::Cancelled),
            };
            match heard {
                Ok(()) => {
                    self.shop.db.execute(done, params![order.id, key]).await?;
                }
                // A final no, or the hold has lapsed.
                Err(CallError::Declined | CallError::NotFound) => return self.go_back(order).await,
                Err(_) => return Ok(Answer::Pending),
            }
        }
    }
    // [/carry_on]

    // [go_back]
    /// Undoes what is done, last things first. The status goes back with it, step by step.
    async fn go_back(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop {
            db,
            payment,
            inventory,
            ..
        } = &self.shop;
        loop {
            let row = self.row_of(&order.id).await?;
            let (heard, undone) = match row.get::<String>("status").as_str() {
                "held" | "reserved" => {
                    let key = row.get("reserve_key");
                    (
                        patiently(|| inventory.release(&key)).await,
                        "UPDATE orders SET status = 'charged' WHERE id = ?1",
                    )
                }
                "charged" => {
                    let key = row.get("charge_key");
                    (
                        patiently(|| payment.void(&key)).await,
                        "UPDATE orders SET status = 'cancelled' WHERE id = ?1",
                    )
                }
                "new" => (
                    Ok(()),
                    "UPDATE orders SET status = 'cancelled' WHERE id = ?1",
                ),
                "confirmed" => return Ok(Answer::Confirmed),
                _ => return Ok(Answer::Cancelled),
            };
            if heard.is_err() {
                return Ok(Answer::Pending);
            }
            db.execute(undone, params![order.id]).await?;
        }
    }
    // [/go_back]

    async fn row_of(&self, id: &str) -> Result<Row, Failure> {
        let row = "SELECT * FROM orders WHERE id = ?1";
        let mut rows = self.shop.db.query(row, params![id]).await?;
        Ok(rows.remove(0))
    }
}

// [patiently]
/// Silence says nothing. We ask three times, with the same key.
async fn patiently<T, C>(call: impl Fn() -> C) -> Result<(), CallError>
where
    C: Future<Output = Result<T, CallError>>,
{
    for _ in 0..3 {
        match timeout(PATIENCE, call()).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error @ (CallError::Declined | CallError::NotFound))) => return Err(error),
            Ok(Err(_)) | Err(_) => {}
        }
    }
    Err(CallError::ServerError)
}
// [/patiently]

fn order_of(row: &Row) -> Order {
    Order {
        id: row.get("id"),
        customer: row.get("customer"),
        sku: row.get("sku"),
        quantity: row.get("quantity"),
        amount: row.get("amount"),
    }
}
