use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer.
const PATIENCE: Duration = Duration::from_millis(700);

/// What we keep of the money if an order is cancelled.
const FEE: Yen = Yen(600);

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
        self.write_down(order).await?;
        let answer = self.how_it_stands(&order.id).await?;
        if answer != Answer::Pending {
            return Ok(answer);
        }
        match self.go_forward(order).await {
            Ok(()) => self.close(&order.id, "confirmed").await,
            Err(Failure(why)) => {
                self.shop.log(format!("↩️ {}: {why}", order.id));
                self.go_back(&order.id).await
            }
        }
    }
    // [/place_order]

    // [recover]
    /// Whatever was cut short goes back, too.
    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'open' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.go_back(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
    // [/recover]
}

impl Checkout {
    // [go_forward]
    async fn go_forward(&self, order: &Order) -> Result<(), Failure> {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let [charge, hold, parcel] = &self.keys_of(&order.id).await?;
        patiently(payment.charge(ChargeRequest::of(order), Some(charge))).await?;
        self.has_to_be_undone(order, "charge").await?;
        patiently(inventory.reserve(order, hold)).await?;
        self.has_to_be_undone(order, "hold").await?;
        patiently(inventory.confirm(hold)).await?;
        patiently(shipping.request(order, Some(parcel))).await?;
        Ok(())
    }
    // [/go_forward]

    // [go_back]
    /// Undoes what was done, last things first.
    async fn go_back(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, .. } = &self.shop;
        let done = "SELECT step, key FROM steps WHERE order_id = ?1 AND state = 'done'
                    ORDER BY step DESC";
        for row in db.query(done, params![id]).await? {
            let step: String = row.get("step");
            if let Err(Failure(why)) = self.undo(&step, &row.get("key")).await {
                self.shop.log(format!("⚠️ {id}: undoing its {step}: {why}"));
            }
            let tick = "UPDATE steps SET state = 'undone' WHERE order_id = ?1 AND step = ?2";
            db.execute(tick, params![id, step]).await?;
        }
        self.close(id, "cancelled").await
    }
    // [/go_back]

    // [undo]
    async fn undo(&self, step: &str, key: &Key) -> Result<(), Failure> {
        let Shop {
            payment, inventory, ..
        } = &self.shop;
        if step == "hold" {
            return patiently(inventory.release(key)).await;
        }
        // What was captured can no longer be voided. It is refunded, but for the fee.
        for charge in patiently(payment.find(By::Key(key.clone()))).await? {
            let refund_key = self.shop.new_key();
            patiently(payment.refund(&charge, charge.amount - FEE, &refund_key)).await?;
        }
        Ok(())
    }
    // [/undo]

    // [has_to_be_undone]
    /// It is done. From now on there is something to undo.
    async fn has_to_be_undone(&self, order: &Order, step: &str) -> Result<(), Failure> {
        let done = "UPDATE steps SET state = 'done' WHERE order_id = ?1 AND step = ?2";
        self.shop.db.execute(done, params![order.id, step]).await?;
        Ok(())
    }
    // [/has_to_be_undone]

    // [write_down]
    /// The order, and a key for each step, are in our books before the first call. A second click finds them there.
    async fn write_down(&self, order: &Order) -> Result<(), Failure> {
        let Order {
            id,
            customer,
            sku,
            quantity,
            amount,
        } = order;
        let tx = self.shop.db.begin().await?;
        let row = "INSERT OR IGNORE INTO orders (id, customer, sku, quantity, amount, status)
                   VALUES (?1, ?2, ?3, ?4, ?5, 'open')";
        tx.execute(row, params![id, customer, sku, quantity, amount])
            .await?;
        let steps = "INSERT OR IGNORE INTO steps (order_id, step, key)
                     VALUES (?1, 'charge', ?2), (?1, 'hold', ?3), (?1, 'parcel', ?4)";
        let [charge, hold, parcel] = [(); 3].map(|()| self.shop.new_key());
        tx.execute(steps, params![id, charge, hold, parcel]).await?;
        tx.commit().await?;
        Ok(())
    }
    // [/write_down]

    async fn keys_of(&self, id: &str) -> Result<[Key; 3], Failure> {
        let steps = "SELECT key FROM steps WHERE order_id = ?1 ORDER BY step";
        let rows = self.shop.db.query(steps, params![id]).await?;
        Ok([0, 1, 2].map(|place| rows[place].get("key")))
    }

    /// Writes the last word, unless somebody else has.
    async fn close(&self, id: &str, status: &str) -> Result<Answer, Failure> {
        let close = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'open'";
        self.shop.db.execute(close, params![id, status]).await?;
        let answer = self.how_it_stands(id).await?;
        self.shop.log(format!("📒 {id}: {answer:?}"));
        Ok(answer)
    }

    /// What our books say.
    async fn how_it_stands(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT status FROM orders WHERE id = ?1";
        let rows = self.shop.db.query(row, params![id]).await?;
        Ok(match rows[0].get::<String>("status").as_str() {
            "confirmed" => Answer::Confirmed,
            "cancelled" => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}

async fn patiently<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, Failure> {
    let answer = timeout(PATIENCE, call).await;
    Ok(answer.map_err(|_| Failure("TIMEOUT after 700ms".to_owned()))??)
}
