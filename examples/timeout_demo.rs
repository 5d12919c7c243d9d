//! The timeout demo without the lab: a real clock, real dice. `cargo run --example timeout_demo`

use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_millis(700);

/// What the provider knows. The shop never sees it.
static LEDGER: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A fake payment API: slow at times, and it always succeeds.
async fn charge(order: String) -> String {
    let now = || SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let mut dice = StdRng::seed_from_u64(now().as_nanos() as u64);
    sleep(Duration::from_millis(200 + dice.random_range(0..=2_000))).await;
    let id = format!("pay_{order}_{}", now().as_millis());
    LEDGER.lock().expect("nobody panics").push(id.clone());
    id
}

async fn place_order(order: &str) {
    println!("🛒 {order}: start");
    // A race against the clock. Whoever loses patience drops the handle of the task, and the task goes on.
    match timeout(PATIENCE, tokio::spawn(charge(order.to_owned()))).await {
        Ok(Ok(id)) => println!("✅ payment succeeded: {id}\n✅ {order}: confirmed"),
        Ok(Err(error)) => println!("❌ payment failed: {error}"),
        Err(_) => {
            println!("❌ payment failed (seen by us): TIMEOUT after 700ms");
            println!("↩️ (maybe) roll back {order} in our DB");
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for n in 1..=5 {
        place_order(&format!("order{n}")).await;
        println!("{}", "-".repeat(40));
    }
    sleep(Duration::from_millis(2_200)).await;
    let ledger = LEDGER.lock().expect("nobody panics").join(", ");
    println!("what the provider knows: {ledger}");
}
