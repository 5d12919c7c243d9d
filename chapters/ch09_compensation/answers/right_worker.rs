//! `place_order` only writes down what is wanted; a worker does everything else.
//!
//! Differs from the solution in who does the work: the table `steps` is an outbox of messages to the other services. A
//! worker delivers an order's oldest message, and in one transaction ticks it off and adds what follows from the answer.
//! Direction is not stored anywhere: it is what stands in the outbox. The customer waits for the worker, for five seconds
//! at most.

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

/// How long the customer waits.
const A_MOMENT: Duration = Duration::from_secs(5);

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        self.write_down(order).await?;
        let worker = Checkout {
            shop: self.shop.clone(),
        };
        let its = order.clone();
        let work = tokio::spawn(async move { worker.deliver(&its).await });
        match timeout(A_MOMENT, work).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open =
            "SELECT * FROM orders WHERE status NOT IN ('confirmed', 'cancelled') ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            // One that is stuck keeps nobody else waiting.
            if let Err(Failure(why)) = self.deliver(&order_of(&row)).await {
                self.shop.log(format!("{}: {why}", row.get::<String>("id")));
            }
        }
        Ok(())
    }
}

/// What follows from an answer.
enum Then {
    /// These messages, or a last word.
    Send(&'static [&'static str]),
    Close(&'static str),
    /// Nothing is known yet.
    Again,
}

use Then::*;

impl Checkout {
    /// The order, and its first message.
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
        let values = params![id, customer, sku, quantity, amount];
        if tx.execute(row, values).await? == 1 {
            let first = "INSERT INTO steps (order_id, step, state) VALUES (?1, 'charge', 'to do')";
            tx.execute(first, params![id]).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Delivers messages until there are none, or until one gets no answer.
    async fn deliver(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, .. } = &self.shop;
        loop {
            let next = "SELECT status, step FROM orders LEFT JOIN steps ON order_id = id AND state = 'to do'
                        WHERE id = ?1 ORDER BY steps.rowid LIMIT 1";
            let row = &db.query(next, params![order.id]).await?[0];
            match row.get::<String>("status").as_str() {
                "confirmed" => return Ok(Answer::Confirmed),
                "cancelled" => return Ok(Answer::Cancelled),
                _ => {}
            }
            let step: String = row.get("step");
            let then = self.send(order, &step).await;
            if matches!(then, Again) {
                return Ok(Answer::Pending);
            }
            self.tick_off(order, &step, then).await?;
        }
    }

    /// Of two workers who have delivered the same message, only the first one's answer counts.
    async fn tick_off(&self, order: &Order, step: &str, then: Then) -> Result<(), Failure> {
        let tx = self.shop.db.begin().await?;
        let tick = "UPDATE steps SET state = 'done'
                    WHERE order_id = ?1 AND step = ?2 AND state = 'to do'";
        if tx.execute(tick, params![order.id, step]).await? == 1 {
            match then {
                Send(messages) => {
                    for message in messages {
                        let add =
                            "INSERT INTO steps (order_id, step, state) VALUES (?1, ?2, 'to do')";
                        tx.execute(add, params![order.id, *message]).await?;
                    }
                }
                Close(status) => {
                    let close = "UPDATE orders SET status = ?2 WHERE id = ?1";
                    tx.execute(close, params![order.id, status]).await?;
                    self.shop.log(format!("📒 {}: {status}", order.id));
                }
                Again => {}
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Delivers one message. Its key is made of its order and its subject, so that it is always the same.
    async fn send(&self, order: &Order, step: &str) -> Then {
        let Shop {
            payment,
            inventory,
            shipping,
            ..
        } = &self.shop;
        let [charge, hold, parcel] =
            ["charge", "hold", "parcel"].map(|what| Key::from(format!("{}-{what}", order.id)));
        let answer = match step {
            "charge" => {
                let call = payment.charge(ChargeRequest::of(order), Some(&charge));
                patiently(call).await.map(drop)
            }
            "reserve" => patiently(inventory.reserve(order, &hold)).await.map(drop),
            "confirm" => patiently(inventory.confirm(&hold)).await,
            "ship" => {
                let call = shipping.request(order, Some(&parcel));
                patiently(call).await.map(drop)
            }
            "release" => patiently(inventory.release(&hold)).await,
            _ => self.give_back(&charge).await,
        };
        match (step, answer) {
            (_, Err(CallError::InFlight)) => Again,
            ("charge", Ok(())) => Send(&["reserve"]),
            ("charge", Err(CallError::Declined)) => Close("cancelled"),
            ("charge", Err(_)) => Send(&["give back"]),
            ("reserve", Ok(())) => Send(&["confirm"]),
            ("confirm", Ok(())) => Send(&["ship"]),
            ("reserve" | "confirm", Err(_)) => Send(&["release"]),
            ("ship", Ok(())) => Close("confirmed"),
            // The pivot: only a no leads back.
            ("ship", Err(CallError::Declined)) => Send(&["release"]),
            ("release", Ok(())) => Send(&["give back"]),
            ("give back", Ok(())) => Close("cancelled"),
            (_, _) => Again,
        }
    }

    /// Whatever was charged goes back; and whatever has not been charged yet never will be.
    async fn give_back(&self, key: &Key) -> Result<(), CallError> {
        match patiently(self.shop.payment.void(key)).await {
            Ok(_) => Ok(()),
            Err(CallError::TooLate) => self.refund(key).await,
            Err(error) => Err(error),
        }
    }

    /// All but the fee goes back. How many refunds have failed so far, the provider knows: that numbers the next one, so
    /// that it has the same key for everybody who asks for it.
    async fn refund(&self, key: &Key) -> Result<(), CallError> {
        let Shop { payment, .. } = &self.shop;
        loop {
            let found = patiently(payment.find(By::Key(key.clone()))).await?;
            let charge = &found[0];
            let mut stands = charge.refunds.iter();
            match stands.find(|refund| refund.status != RefundStatus::Failed) {
                Some(refund) if refund.status == RefundStatus::Succeeded => return Ok(()),
                // It is under way. Until that is settled, nothing is undone.
                Some(_) => return Err(CallError::InFlight),
                None => {
                    let next = Key::from(format!("{key}-refund-{}", charge.refunds.len() + 1));
                    let refund = payment.refund(charge, charge.amount - FEE, &next);
                    patiently(refund).await?;
                }
            }
        }
    }
}

/// Silence tells us as much as a 500 does: nothing.
async fn patiently<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, CallError> {
    let heard = timeout(PATIENCE, call).await;
    heard.unwrap_or(Err(CallError::ServerError))
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
