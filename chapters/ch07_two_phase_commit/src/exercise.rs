// Chapter 7: two-phase commit. This file is yours.
//
// The rule     Edit whatever you like below, and add what you like. The tests need `Checkout` to be an `OrderFlow`,
//              and look at nothing else: not at how you wrote it, only at ledgers, locks, answers and time.
// The shop     `self.shop.participants()`: orders, payment and inventory. Each can `prepare(&tx, &order)`, `commit(&tx)`,
//              `abort(&tx)`, and tell what is `in_doubt()`. `self.shop.new_transaction()` makes an id that nobody has
//              ever used. The table `transactions` in `self.shop.db` is yours: order_id, tx, status, began_at.
// The answers  `Confirmed`: all three have committed, or will. `Cancelled`: none has, and none will. Both are promises.
//              `Pending`: we are on it.
// Later        Write `async fn recover(&self) -> Result<(), Failure>` into the `impl OrderFlow`: the shop's job that
//              runs at every start, and then after 1, 2, 4, 8, … virtual minutes.
// API card     docs/en/api-card.md
// Tests        cargo test -p ch07
// Hints        cargo run -- hint ch07
// ---- everything above is the header; below is src/broken.rs, word for word, for you to edit ----
use lab::prelude::*;
use std::time::Duration;
use tokio::time::timeout;

/// How long we wait for one answer. A participant may have to wait for a lock first.
const PATIENCE: Duration = Duration::from_secs(2);

/// The order code of our shop: it coordinates.
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
    // [/place_order]
}

impl Checkout {
    // [all_of_them]
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
    // [/all_of_them]
}
