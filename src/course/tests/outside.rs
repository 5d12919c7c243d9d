//! What order code keeps in a `static` survives the lab's crash, and no real one: that is a verdict of its own.

use crate::common::ORDERS;
use course::chapter::Chapter;
use lab::flow::Code;
use lab::prelude::*;
use lab::setup::Setup;
use lab::tell::report::Style;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

const FIELDS: u8 = 0;
const STATIC_KEYS: u8 = 1;
const STATIC_COUNT: u8 = 2;

static KEYS: Mutex<BTreeMap<String, Key>> = Mutex::new(BTreeMap::new());
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Remembers the keys of its orders, or how many it has served, somewhere.
struct Remembers<const WHERE: u8> {
    shop: Shop,
    keys: Mutex<BTreeMap<String, Key>>,
}

impl<const WHERE: u8> OrderFlow for Remembers<WHERE> {
    fn start(shop: Shop) -> Self {
        let keys = Mutex::default();
        Remembers { shop, keys }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let keys = if WHERE == STATIC_KEYS {
            &KEYS
        } else {
            &self.keys
        };
        let key = {
            let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || self.shop.new_key();
            keys.entry(order.id.clone()).or_insert_with(fresh).clone()
        };
        if WHERE == STATIC_COUNT {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            self.shop.log(format!("order number {count}"));
        }
        let request = ChargeRequest::of(order);
        self.shop.payment.charge(request, Some(&key)).await?;
        let sql = "INSERT OR IGNORE INTO orders VALUES (?1, ?2, 'confirmed')";
        let values = params![order.id, order.amount];
        self.shop.db.execute(sql, values).await?;
        Ok(Answer::Confirmed)
    }
}

fn searched<const WHERE: u8>() -> Option<String> {
    let codes: &'static [Code] = const { &[Code::of::<Remembers<WHERE>>("exercise")] };
    let chapter = Chapter {
        id: "ch00",
        directory: "ch00_nowhere",
        section: "Nothing",
        patterns: &[],
        codes,
        setup: || Setup::new().schema(ORDERS),
        worlds: &[],
        bounds: None,
        scenario: None,
    };
    let report = chapter.every_schedule(0).err()?;
    Some(report.render(Style::default()))
}

#[test]
fn what_is_kept_in_a_static_is_told() {
    assert_eq!(searched::<FIELDS>(), None);
    for (report, how) in [
        (searched::<STATIC_KEYS>(), "it sent a request under `key-1`"),
        (searched::<STATIC_COUNT>(), "the calm day went another way"),
    ] {
        let report = report.expect("a verdict");
        let title = "NO VERDICT · remembers outside of its process";
        assert!(report.contains(title), "{report}");
        assert!(report.contains(how), "{report}");
    }
}
