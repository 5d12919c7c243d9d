//! Money that goes back, in whole worlds.

use crate::common::play;
use lab::judge::verdict::judge;
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;
use std::time::Duration;
use tokio::time::timeout;

/// Takes ¥600 too much, and gives that back; after a timeout once more, under the same key if `SAME`.
struct GivesChange<const SAME: bool> {
    shop: Shop,
}

impl<const SAME: bool> OrderFlow for GivesChange<SAME> {
    fn start(shop: Shop) -> Self {
        GivesChange { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let change = Yen(600);
        let too_much = ChargeRequest {
            order: order.id.clone(),
            amount: order.amount + change,
        };
        let charge = payment.charge(too_much, None).await?;
        db.execute(
            "INSERT INTO orders (id, status) VALUES (?1, 'confirmed')",
            params![order.id],
        )
        .await?;
        let key = self.shop.new_key();
        let back = payment.refund(&charge, change, &key);
        if timeout(Duration::from_millis(700), back).await.is_err() {
            let key = if SAME { key } else { self.shop.new_key() };
            payment.refund(&charge, change, &key).await?;
        }
        Ok(Answer::Confirmed)
    }
}

fn without_a_reply<const SAME: bool>() -> Run {
    let shop = Setup::new()
        .schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT");
    play::<GivesChange<SAME>>(&shop, "order1/payment.refund#1: reply lost")
}

#[test]
fn a_refund_sent_again_under_a_new_key_goes_back_twice() {
    let verdict = judge(&without_a_reply::<false>()).expect("¥600 too much went back");
    assert_eq!(verdict.name(), "refunded twice");
}

#[test]
fn a_refund_sent_again_under_its_key_goes_back_once() {
    assert_eq!(judge(&without_a_reply::<true>()), None);
}
