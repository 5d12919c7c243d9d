//! A flow that survives two faults of any kind, and variations of it that do not.

use lab::prelude::*;
use tokio::time::timeout;

pub const SCHEMA: &str = "
    CREATE TABLE orders (
        id     TEXT PRIMARY KEY,
        amount INTEGER NOT NULL,
        status TEXT NOT NULL,
        key    TEXT NOT NULL
    ) STRICT;
";

/// As it should be.
pub const RIGHT: u8 = 0;
/// Takes an answer at exactly the deadline for none, and forgets the order.
pub const WRONG_ON_THE_DOT: u8 = 1;
/// Tries again without its key after a refused connection: it takes a second fault to make that an accident.
pub const WRONG_AFTER_A_REFUSAL: u8 = 2;

pub struct Keyed<const HOW: u8> {
    shop: Shop,
}

impl<const HOW: u8> OrderFlow for Keyed<HOW> {
    fn start(shop: Shop) -> Self {
        Keyed { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let insert = "INSERT OR IGNORE INTO orders VALUES (?1, ?2, 'pending', ?3)";
        let values = params![order.id, order.amount, self.shop.new_key()];
        self.shop.db.execute(insert, values).await?;
        self.settle(&order.id).await
    }

    async fn recover(&self) -> Result<(), Failure> {
        let open = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";
        for row in self.shop.db.query(open, params![]).await? {
            self.settle(&row.get::<String>("id")).await?;
        }
        Ok(())
    }
}

impl<const HOW: u8> Keyed<HOW> {
    async fn settle(&self, id: &str) -> Result<Answer, Failure> {
        let row = "SELECT amount, status, key FROM orders WHERE id = ?1";
        let row = &self.shop.db.query(row, params![id]).await?[0];
        match row.get::<String>("status").as_str() {
            "confirmed" => return Ok(Answer::Confirmed),
            "cancelled" => return Ok(Answer::Cancelled),
            _ => {}
        }
        let amount: Yen = row.get("amount");
        let charge = |key: Option<Key>| async move {
            let order = id.to_owned();
            let request = ChargeRequest { order, amount };
            let charge = self.shop.payment.charge(request, key.as_ref());
            timeout(Ms(700).duration(), charge).await
        };
        let asked_at = self.shop.now();
        let mut charged = charge(Some(row.get("key"))).await;
        if HOW == WRONG_AFTER_A_REFUSAL && charged == Ok(Err(CallError::ConnectionRefused)) {
            charged = charge(None).await;
        }
        let on_the_dot = self.shop.now() - asked_at == Ms(700);
        let (status, answer) = match charged {
            Ok(Ok(_)) if HOW == WRONG_ON_THE_DOT && on_the_dot => ("cancelled", Answer::Cancelled),
            Ok(Ok(_)) => ("confirmed", Answer::Confirmed),
            Ok(Err(CallError::Declined)) => ("cancelled", Answer::Cancelled),
            _ => return Ok(Answer::Pending),
        };
        let settled = "UPDATE orders SET status = ?2 WHERE id = ?1 AND status = 'pending'";
        self.shop.db.execute(settled, params![id, status]).await?;
        Ok(answer)
    }
}
