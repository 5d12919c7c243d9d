//! Refunds in words: timelines and reports, in both languages, and as narrow as a terminal may be.

use super::{GivesChange, WITHOUT_A_REPLY, shop};
use crate::common::schedule_of;
use lab::check::Check;
use lab::flow::Code;
use lab::prelude::*;
use lab::run::replay;
use lab::services::{PaymentRules, RefundsSettle, Voids};
use lab::setup::Setup;
use lab::tell::Language;
use lab::tell::report::{Length, Style};
use lab::tell::scene::Scene;
use lab::tell::text::text;
use unicode_width::UnicodeWidthStr;

/// Charges, and takes it back: by a void, and where that comes too late, by a refund. One that fails is sent again.
struct TakesBack {
    shop: Shop,
}

impl OrderFlow for TakesBack {
    fn start(shop: Shop) -> Self {
        TakesBack { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let Shop { db, payment, .. } = &self.shop;
        let key = Key::from("k");
        let charge = payment.charge(ChargeRequest::of(order), Some(&key)).await?;
        let insert = "INSERT INTO orders (id, status) VALUES (?1, 'cancelled')";
        db.execute(insert, params![order.id]).await?;
        if payment.void(&key).await.is_err() {
            payment
                .refund(&charge, charge.amount, &"back".into())
                .await?;
        }
        Ok(Answer::Pending)
    }

    async fn on_refund(&self, news: &RefundNews) -> Result<(), Failure> {
        let Shop { payment, .. } = &self.shop;
        let found = payment
            .find(By::Order(news.refund.order.to_string()))
            .await?;
        if news.refund.status == RefundStatus::Failed {
            payment
                .refund(&found[0], news.refund.amount, &"again".into())
                .await?;
        }
        Ok(())
    }
}

const CODE: Code = Code::of::<TakesBack>("takes back");

/// A void comes too late for captured money. A refund takes a second, and the first one fails.
fn the_first_fails() -> Setup {
    shop().payment(PaymentRules {
        voids: Voids::UntilCaptured,
        refunds: Some(RefundsSettle {
            after: Ms::seconds(1),
            failing: 1,
        }),
        tells_of_refunds: true,
        ..PaymentRules::default()
    })
}

fn style(language: Language, width: usize) -> Style {
    Style {
        language,
        width: Some(width),
        ..Style::default()
    }
}

fn timeline(schedule: &str, language: Language, width: usize) -> String {
    let run = replay(&the_first_fails(), CODE, &schedule_of(schedule));
    let text = text(&Scene::of(&run.evidence), style(language, width));
    format!("\n{text}")
}

#[test]
fn a_refund_that_is_pending_fails_and_goes_out_again_is_told() {
    let expected = "
     time   shop                                  payment
     0 ms ░ charge order1 ¥1,200 (k) ───────────▶
   100 ms ░                                       captured pay_1 ¥1,200
   200 ms   ◀──────────────────────────────────── reply: captured pay_1 ¥1,200
   200 ms   insert orders
   200 ms ░ void k ─────────────────────────────▶
   300 ms ░                                       too late
   400 ms   ◀──────────────────────────────────── reply: too late
   400 ms ░ refund pay_1 ¥1,200 (back) ─────────▶
   500 ms ░                                       refund accepted (¥1,200)
   600 ms   ◀──────────────────────────────────── reply: refund accepted (¥1,200)
   600 ms   tells the customer: pending
  1500 ms                                         refund_1 failed: ¥1,200 of pay_1 is with the provider again
  1600 ms   ◀──────────────────────────────────── webhook: refund_1 failed: ¥1,200 of pay_1 is with the
                                                  provider again
  1600 ms   find charges of order1 ─────────────▶
  1700 ms                                         found: captured pay_1 ¥1,200 (a refund of ¥1,200 failed)
  1800 ms   ◀──────────────────────────────────── reply: found captured pay_1 ¥1,200 (a refund of ¥1,200
                                                  failed)
  1800 ms ░ refund pay_1 ¥1,200 (again) ────────▶
  1900 ms ░                                       refund accepted (¥1,200)
  2000 ms   ◀──────────────────────────────────── reply: refund accepted (¥1,200)
  2900 ms                                         refund_2: ¥1,200 of pay_1 has gone back
  3000 ms   ◀──────────────────────────────────── webhook: refund_2: ¥1,200 of pay_1 has gone back
  3000 ms   find charges of order1 ─────────────▶
  3100 ms                                         found: captured pay_1 ¥1,200, ¥1,200 given back (a refund of
                                                  ¥1,200 failed)
  3200 ms   ◀──────────────────────────────────── reply: found captured pay_1 ¥1,200, ¥1,200 given back (a
                                                  refund of ¥1,200 failed)

          ░ in doubt: the shop does not know whether its request took effect
";
    assert_eq!(timeline("", Language::English, 110), expected);
    let told = timeline("", Language::Japanese, 80);
    let mut rows = told.lines().map(str::trim);
    let words = "1500 ms                                refund_1は失敗：pay_1の¥1,200は";
    assert!(rows.any(|row| row == words), "{told}");
}

#[test]
fn a_failure_that_nobody_hears_of_is_where_belief_and_truth_part() {
    let lost = "order1/webhook.refund_failed#1: lost";
    let expected = "
     time   shop                      payment
     0 ms ░ charge order1 ──────────▶
          ░ ¥1,200 (k)
   100 ms ░                           captured pay_1 ¥1,200
   200 ms   ◀──────────────────────── reply: captured pay_1
                                      ¥1,200
   200 ms   insert orders
   200 ms ░ void k ─────────────────▶
   300 ms ░                           too late
   400 ms   ◀──────────────────────── reply: too late
   400 ms ░ refund pay_1 ───────────▶
          ░ ¥1,200 (back)
   500 ms ░                           refund accepted
          ░                           (¥1,200)
   600 ms   ◀──────────────────────── reply: refund accepted
                                      (¥1,200)
   600 ms   tells the customer:
            pending
  1500 ms                             refund_1 failed:
                                      ¥1,200 of pay_1 is
                                      with the provider
                                      again
                           ← from here belief and truth part
  1500 ms               ✗┄┄┄┄┄┄┄┄┄┄┄┄ webhook: refund_1
                                      failed: ¥1,200 of
                                      pay_1 is with the
                                      provider again (lost)
                                               ← fault: lost

          ░ in doubt: the shop does not know whether its
            request took effect
";
    assert_eq!(timeline(lost, Language::English, 60), expected);
    let expected = "
     時刻   お店                      payment
     0 ms ░ order1に ───────────────▶
          ░ ¥1,200を課金
          ░ （k）
   100 ms ░                           課金済み（pay_1、
          ░                           ¥1,200）
   200 ms   ◀──────────────────────── 返事：課金済み
                                      （pay_1、¥1,200）
   200 ms   insert orders
   200 ms ░ kの課金を ──────────────▶
          ░ 取り消す
   300 ms ░                           手遅れ
   400 ms   ◀──────────────────────── 返事：手遅れ
   400 ms ░ pay_1を ────────────────▶
          ░ ¥1,200返金
          ░ （back）
   500 ms ░                           返金を受付（¥1,200）
   600 ms   ◀──────────────────────── 返事：返金を受付
                                      （¥1,200）
   600 ms   お客さんへ：処理中
  1500 ms                             refund_1は失敗：
                                      pay_1の¥1,200は
                                      決済会社に戻った
                                ← ここから認識と事実がズレる
  1500 ms               ✗┄┄┄┄┄┄┄┄┄┄┄┄ Webhook：refund_1は
                                      失敗：pay_1の¥1,200は
                                      決済会社に戻った
                                      （消えた）
                                                ← 障害：lost

          ░ 未確定：リクエストが効いたのかどうか、お店には
            わからない
";
    assert_eq!(timeline(lost, Language::Japanese, 60), expected);
}

fn report(language: Language, width: usize) -> String {
    let check = Check::new(shop(), Code::of::<GivesChange<false>>("gives change"));
    let report = check.report(&schedule_of(WITHOUT_A_REPLY), Length::Story);
    let report = report.expect("¥600 too much went back");
    let told = report.render(style(language, width));
    // The command to replay it stays in one line, however long it is.
    let replay = told.find("SAGA_SCHEDULE").unwrap_or(told.len());
    let before = told[..replay].trim_end();
    before[..before.rfind('\n').unwrap_or(0)].to_owned()
}

#[test]
fn what_was_refunded_twice_is_reported_with_both_sides() {
    let expected = "ACCIDENT · refunded twice
schedule   order1/payment.refund#1: reply lost
           money that had already gone back went back again
expected   ¥600 goes back for order1, once

     time   shop                         payment
     0 ms ░ charge order1 ─────────────▶
          ░ ¥1,800
   100 ms ░                              captured pay_1 ¥1,800
   200 ms   ◀─────────────────────────── reply: captured pay_1 ¥1,800
   200 ms   insert orders
   200 ms ░ refund pay_1 ¥600 ─────────▶
          ░ (key-1)
   300 ms ░                              ¥600 given back
   300 ms ░              ✗┄┄┄┄┄┄┄┄┄┄┄┄┄┄ reply: ¥600 given back (lost)
          ░                                                  ← fault: reply lost
   900 ms ░ 700 ms timeout: outcome
          ░ unknown
   900 ms ░ refund pay_1 ¥600 ─────────▶
          ░ (key-2)
  1000 ms ░                              ¥1,200 given back
          ░                                    ← from here belief and truth part
  1100 ms ░ ◀─────────────────────────── reply: ¥1,200 given back
  1100 ms ░ tells the customer:
          ░ confirmed

          ░ in doubt: the shop does not know whether its request took effect

the shop believes     order1 is confirmed
                      the customer was told: confirmed
the provider knows    order1 was charged ¥1,800 (pay_1), and ¥1,200 went back
                      ¥1,200 went back for order1, in 2 parts

beside it  (the calm day: nothing goes wrong)
           passes: order1 is confirmed; the customer was told: confirmed; order1
                   was charged ¥1,800 (pay_1), and ¥600 went back
";
    assert_eq!(report(Language::English, 80), expected);
    let expected = "事故 · 二重返金
スケジュール  order1/payment.refund#1: reply lost
              もう返したはずのお金を、もう一度返した
期待          order1に返すのは¥600、1回だけ

     時刻   お店                      payment
     0 ms ░ order1に ───────────────▶
          ░ ¥1,800を課金
   100 ms ░                           課金済み（pay_1、
          ░                           ¥1,800）
   200 ms   ◀──────────────────────── 返事：課金済み
                                      （pay_1、¥1,800）
   200 ms   insert orders
   200 ms ░ pay_1を¥600返金 ────────▶
          ░ （key-1）
   300 ms ░                           ¥600を返金
   300 ms ░             ✗┄┄┄┄┄┄┄┄┄┄┄┄ 返事：¥600を返金
          ░                           （消えた）
          ░                               ← 障害：reply lost
   900 ms ░ 700 msでタイムアウト：
          ░ 結果はわからない
   900 ms ░ pay_1を¥600返金 ────────▶
          ░ （key-2）
      1秒 ░                           ¥1,200を返金
          ░                     ← ここから認識と事実がズレる
  1100 ms ░ ◀──────────────────────── 返事：¥1,200を返金
  1100 ms ░ お客さんへ：確定

          ░ 未確定：リクエストが効いたのかどうか、お店には
            わからない

お店の認識            order1は確定
                      お客さんへの返事：確定
相手側の事実          order1は¥1,800課金済み（pay_1）、
                      うち¥1,200は返金済み
                      order1に返したのは、2回で¥1,200

すぐ隣        （何も起きない日）
              無事：order1は確定／お客さんへの返事：
                    確定／order1は¥1,800課金済み（pay_1）、
                    うち¥600は返金済み
";
    assert_eq!(report(Language::Japanese, 60), expected);
}

#[test]
fn no_row_is_wider_than_the_terminal() {
    for language in Language::ALL {
        for width in [60, 80] {
            let texts = [
                timeline("", language, width),
                timeline("order1/webhook.refund_failed#1: lost", language, width),
                report(language, width),
            ];
            for text in texts {
                let wide = text.lines().find(|row| row.width() > width);
                assert_eq!(wide, None, "{language:?} at {width}\n{text}");
            }
        }
    }
}
