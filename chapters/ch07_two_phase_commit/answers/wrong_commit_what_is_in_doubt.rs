//! After a crash, commit whatever is in doubt.
//!
//! **Why it tempts**: they have promised, haven't they? And a customer who ordered wants the goods.
//!
//! **Caught by**: `accidents::the_coordinator_dies_before_it_has_asked_everybody`, stock out of balance.
//!
//! **Schedule**: `order1/inventory.prepare#1: crash before`
//!
//! *These* have promised. Only the coordinator could know whether all have, and it died before it had asked the
//! warehouse.

use lab::prelude::*;
use std::cell::Cell;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer. A participant may have to wait for a lock first.
const PATIENCE: Duration = Duration::from_secs(2);

/// The order code of our shop: it coordinates.
pub struct Checkout {
    shop: Shop,
    /// Whether this process has looked what its predecessor left behind.
    looked: Cell<bool>,
}

impl OrderFlow for Checkout {
    fn start(shop: Shop) -> Self {
        let looked = Cell::new(false);
        Checkout { shop, looked }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log(format!("🛒 {}: start", order.id));
        // One order, one transaction: all three services, or none.
        let tx = TxId::from(order.id.as_str());
        if self.all_of_them(&tx, order).await.is_ok() {
            self.shop.log(format!("✅ {}: confirmed", order.id));
            return Ok(Answer::Confirmed);
        }
        // Somebody could not. So nobody shall.
        for participant in self.shop.participants() {
            let _ = timeout(PATIENCE, participant.abort(&tx)).await;
        }
        self.shop.log(format!("❌ {}: called off", order.id));
        Ok(Answer::Cancelled)
    }

    async fn recover(&self) -> Result<(), Failure> {
        if self.looked.replace(true) {
            return Ok(());
        }
        for participant in self.shop.participants() {
            for open in timeout(PATIENCE, participant.in_doubt()).await?? {
                timeout(PATIENCE, participant.commit(&open.tx)).await??;
            }
        }
        Ok(())
    }
}

impl Checkout {
    async fn all_of_them(&self, tx: &TxId, order: &Order) -> Result<(), Failure> {
        let participants = self.shop.participants();
        // Phase one: everybody promises.
        for participant in &participants {
            timeout(PATIENCE, participant.prepare(tx, order)).await??;
        }
        // Phase two: everybody does it.
        for participant in &participants {
            timeout(PATIENCE, participant.commit(tx)).await??;
        }
        Ok(())
    }
}
