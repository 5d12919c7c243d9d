//! Money that goes back, in whole worlds.

mod told;

use crate::common::play;
use lab::judge::accident::Accident;
use lab::judge::claim::Claim;
use lab::judge::once::End;
use lab::judge::verdict::judge;
use lab::language::name::Name;
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

fn shop() -> Setup {
    Setup::new().schema("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT")
}

const WITHOUT_A_REPLY: &str = "order1/payment.refund#1: reply lost";

fn without_a_reply<const SAME: bool>() -> Run {
    play::<GivesChange<SAME>>(&shop(), WITHOUT_A_REPLY)
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

/// Sends out half of the order, and gives the money of the other half back, under a key of the moment. What its status means,
/// only the shop knows.
struct SendsHalf {
    shop: Shop,
}

impl OrderFlow for SendsHalf {
    fn start(shop: Shop) -> Self {
        SendsHalf { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let key = Key::from(order.id.as_str());
        let charge = payment.charge(ChargeRequest::of(order), Some(&key)).await?;
        let insert = "INSERT OR IGNORE INTO orders (id, status) VALUES (?1, 'half sent')";
        db.execute(insert, params![order.id]).await?;
        let half = Yen(order.amount.0 / 2);
        payment.refund(&charge, half, &self.shop.new_key()).await?;
        Ok(Answer::Pending)
    }
}

#[test]
fn a_refund_for_every_click_is_found_beside_one_delivery() {
    let once = End::of(&play::<SendsHalf>(&shop(), "").evidence);
    let run = play::<SendsHalf>(&shop(), "order1/submit#1: twice after 1h");
    let end = End::of(&run.evidence);
    let finding = end.differs(&once, &run.evidence).expect("another half");
    assert_eq!(finding.accident, Accident::RefundedTwice);
    let went_back = Claim::WentBack {
        order: Name::of("order1"),
        amount: Yen(1_200),
        times: 2,
    };
    assert!(finding.knows.contains(&went_back), "{finding:?}");
    assert_eq!(once.differs(&once, &run.evidence), None);
}
