//! Write the order down once it is paid.
//!
//! **Why it tempts**: an unpaid order is no order, so why keep it in the books? And the key needs no column: it is
//! made from the order's id.
//!
//! **Caught by**: `accidents::a_crash_forgets_what_was_not_written_down`, charged without an order.
//!
//! **Schedule**: `order1/payment.charge#1: crash after`
//!
//! The process dies between the charge and the INSERT. After the restart nothing tells it that there was ever an
//! order to ask about.

use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer of the provider.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often we try while the customer waits.
const ATTEMPTS: u32 = 3;

/// The order code of our shop.
pub struct Checkout {
    shop: Shop,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        Checkout { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let key = Key::from(format!("charge/{}", order.id));
        for _ in 0..ATTEMPTS {
            let request = ChargeRequest::of(order);
            match timeout(PATIENCE, self.shop.payment.charge(request, Some(&key))).await {
                Ok(Ok(_)) => {
                    let paid = "INSERT OR IGNORE INTO orders (id, amount, status)
                                VALUES (?1, ?2, 'confirmed')";
                    let values = params![order.id, order.amount];
                    self.shop.db.execute(paid, values).await?;
                    return Ok(Answer::Confirmed);
                }
                Ok(Err(CallError::Declined)) => return Ok(Answer::Cancelled),
                Ok(Err(_)) | Err(_) => {}
            }
        }
        // Still no answer. Under this key it can at least be taken back.
        match timeout(PATIENCE, self.shop.payment.void(&key)).await {
            Ok(Ok(_)) => Ok(Answer::Cancelled),
            Ok(Err(_)) | Err(_) => Ok(Answer::Pending),
        }
    }
}
