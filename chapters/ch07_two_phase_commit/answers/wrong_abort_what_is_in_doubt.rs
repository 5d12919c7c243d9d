//! After a crash, abort whatever is in doubt.
//!
//! **Why it tempts**: the participants can be asked what they are waiting for, so no log is needed. And aborting is
//! always safe: in doubt means not committed.
//!
//! **Caught by**: `accidents::the_coordinator_dies_between_two_commits`, two outcomes of one transaction.
//!
//! **Schedule**: `order1/orders.commit#1: crash after`
//!
//! Not committed *here*. The orders service is not in doubt any more: it was told to commit, just before the crash.

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
                timeout(PATIENCE, participant.abort(&open.tx)).await??;
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
