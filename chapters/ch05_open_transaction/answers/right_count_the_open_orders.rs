//! Nothing is taken from the stock before it is paid.
//!
//! Differs from the solution in what a reservation is: a query, not a row. A new order is accepted if the stock is
//! larger than what the open orders of the last fifteen minutes ask for. No transaction is needed for that: one
//! statement checks and writes. The optimistic `UPDATE … WHERE quantity >= …` at the end is the check that counts, and
//! if nothing is left, the money is given back.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(900);

/// For how long an order that is not paid counts.
const HOLD: Ms = Ms::minutes(15);

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let now = self.shop.now();
        let enough =
            "INSERT INTO orders (id, sku, quantity, amount, status, charge_key, held_until)
            SELECT ?1, sku, ?3, ?4, iif(quantity >= ?3 +
                (SELECT coalesce(sum(quantity), 0) FROM orders
                 WHERE sku = ?2 AND status = 'open' AND held_until > ?6),
                'open', 'cancelled'), ?5, ?7
            FROM stock WHERE sku = ?2
            ON CONFLICT DO NOTHING";
        let Order {
            id, sku, quantity, ..
        } = order;
        let (amount, key) = (order.amount, self.shop.new_key());
        let values = params![id, sku, quantity, amount, key, now, now + HOLD];
        self.shop.db.execute(enough, values).await?;
        for _ in 0..2 {
            match self.go_on(id).await? {
                Answer::Pending => {}
                known => return Ok(known),
            }
        }
        Ok(Answer::Pending)
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status IN ('open', 'too late') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.go_on(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl Checkout {
    async fn go_on(&self, id: &str) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let row = "SELECT amount, status, charge_key FROM orders WHERE id = ?1";
        let row = &db.query(row, params![id]).await?[0];
        let key: Key = row.get("charge_key");
        match row.get::<String>("status").as_str() {
            "open" => {
                let (order, amount) = (id.to_owned(), row.get("amount"));
                let request = ChargeRequest { order, amount };
                match timeout(PATIENCE, payment.charge(request, Some(&key))).await {
                    Ok(Ok(_)) => self.sell(id).await,
                    Ok(Err(CallError::Declined)) => self.turn(id, "open", "cancelled").await,
                    Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
                }
            }
            "too late" => match timeout(PATIENCE, payment.void(&key)).await {
                Ok(Ok(_)) => self.turn(id, "too late", "cancelled").await,
                Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
            },
            "confirmed" => Ok(Answer::Confirmed),
            _ => Ok(Answer::Cancelled),
        }
    }

    /// It is paid. Take it off the shelf now, if it is still there.
    async fn sell(&self, id: &str) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        let sold = "UPDATE orders SET status = 'confirmed' WHERE id = ?1 AND status = 'open'";
        if tx.execute(sold, params![id]).await? == 0 {
            // Somebody else was faster, and our books say how it ended.
            tx.rollback().await?;
            return self.answer(id).await;
        }
        let take = "UPDATE stock SET quantity = stock.quantity - o.quantity FROM orders AS o
                    WHERE o.id = ?1 AND stock.sku = o.sku AND stock.quantity >= o.quantity";
        if tx.execute(take, params![id]).await? == 0 {
            tx.rollback().await?;
            self.turn(id, "open", "too late").await?;
            return Ok(Answer::Pending);
        }
        tx.commit().await?;
        Ok(Answer::Confirmed)
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

    /// Takes a step in the life of an order, if it is still where we believe it to be.
    async fn turn(&self, id: &str, from: &str, to: &str) -> Result<Answer, Failure> {
        let turn = "UPDATE orders SET status = ?3 WHERE id = ?1 AND status = ?2";
        let turned = self.shop.db.execute(turn, params![id, from, to]).await? == 1;
        Ok(match (turned, to) {
            (true, "cancelled") => Answer::Cancelled,
            _ => Answer::Pending,
        })
    }
}
