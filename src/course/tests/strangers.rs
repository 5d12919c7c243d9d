//! Strangers: nobody is kept waiting, or turned away, for the sake of somebody else.

use course::chapter::Chapter;
use course::demo::picture;
use lab::engine::network::Latency;
use lab::flow::Code;
use lab::judge::accident::Accident;
use lab::judge::verdict::judge;
use lab::language::message::Service;
use lab::language::order::{Order, Yen};
use lab::prelude::*;
use lab::run::replay;
use lab::setup::Setup;
use lab::tell::Language;
use lab::tell::report::{Glyphs, Length, Style};
use std::time::Duration;

const SCHEMA: &str = "
    CREATE TABLE stock (sku TEXT PRIMARY KEY, quantity INTEGER NOT NULL) STRICT;
    CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;
    INSERT INTO stock VALUES ('book', 2);
";

const TAKE: &str = "UPDATE stock SET quantity = quantity - 1 WHERE sku = ?1 AND quantity > 0";
const SOLD: &str = "INSERT INTO orders (id, status) VALUES (?1, 'confirmed')";

/// Charges first, and then sells, if there is anything left.
async fn sell(shop: &Shop, order: &Order) -> Result<Answer, Failure> {
    let left = "SELECT 1 FROM stock WHERE quantity > 0";
    if shop.db.query(left, params![]).await?.is_empty() {
        return Ok(Answer::Cancelled);
    }
    shop.payment.charge(ChargeRequest::of(order), None).await?;
    let tx = shop.db.begin().await?;
    tx.execute(TAKE, params![order.sku]).await?;
    tx.execute(SOLD, params![order.id]).await?;
    tx.commit().await?;
    Ok(Answer::Confirmed)
}

struct Plain(Shop);

impl OrderFlow for Plain {
    fn start(shop: Shop) -> Self {
        Plain(shop)
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        sell(&self.0, order).await
    }
}

struct OneAtATime(Shop, tokio::sync::Mutex<()>);

impl OrderFlow for OneAtATime {
    fn start(shop: Shop) -> Self {
        OneAtATime(shop, tokio::sync::Mutex::new(()))
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let _turn = self.1.lock().await;
        sell(&self.0, order).await
    }
}

/// Says that it is sold out while another payment is open.
struct Impatient(Shop, tokio::sync::Mutex<()>);

impl OrderFlow for Impatient {
    fn start(shop: Shop) -> Self {
        Impatient(shop, tokio::sync::Mutex::new(()))
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let wait = Duration::from_millis(300);
        let Ok(_turn) = tokio::time::timeout(wait, self.1.lock()).await else {
            return Ok(Answer::Cancelled);
        };
        sell(&self.0, order).await
    }
}

/// This many customers, a quarter of a second apart.
fn strangers(count: u64) -> Setup {
    let order = |n| Order::new(&format!("order{}", n + 1), Yen(1_200));
    Setup::new()
        .schema(SCHEMA)
        .strangers(Ms::minutes(15))
        .orders((0..count).map(|n| (Ms(250 * n), order(n))))
}

fn verdict<F: OrderFlow>(customers: u64, schedule: &str) -> Option<&'static str> {
    let schedule = schedule.parse().expect("a schedule");
    let run = replay(&strangers(customers), Code::of::<F>("it"), &schedule);
    judge(&run).map(|verdict| verdict.name())
}

const SLOW: &str = "order1/payment.charge#1: reply late 3s";

#[test]
fn who_waits_for_nobody_is_left_in_peace() {
    assert_eq!(verdict::<Plain>(2, ""), None);
    assert_eq!(verdict::<Plain>(2, SLOW), None);
}

#[test]
fn a_wait_that_no_database_tells_of_is_found() {
    assert_eq!(verdict::<OneAtATime>(2, ""), None);
    let found = verdict::<OneAtATime>(2, SLOW);
    assert_eq!(found, Some(Accident::OtherOrdersLockedOut.name()));
}

#[test]
fn nobody_is_turned_away_while_there_is_enough() {
    assert_eq!(verdict::<Impatient>(2, ""), None);
    let found = verdict::<Impatient>(2, SLOW);
    assert_eq!(found, Some(Accident::ALegitimateRequestSwallowed.name()));
}

/// Takes its time over who came first, so that whoever comes last is served first.
struct LastComeFirstServed(Shop);

impl OrderFlow for LastComeFirstServed {
    fn start(shop: Shop) -> Self {
        LastComeFirstServed(shop)
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let idle = match order.id.as_str() {
            "order1" => 990,
            "order2" => 350,
            _ => 0,
        };
        tokio::time::sleep(Duration::from_millis(idle)).await;
        sell(&self.0, order).await
    }
}

#[test]
fn who_came_later_has_no_claim_to_the_goods() {
    assert_eq!(verdict::<LastComeFirstServed>(2, ""), None);
    let found = verdict::<LastComeFirstServed>(3, "");
    assert_eq!(found, Some(Accident::ALegitimateRequestSwallowed.name()));
}

#[test]
fn sold_out_is_a_good_reason() {
    assert_eq!(verdict::<Plain>(3, ""), None);
}

/// Writes down who orders two books and cannot pay, closes that after half an hour, and refuses everybody else.
struct KeepsIt(Shop);

impl OrderFlow for KeepsIt {
    fn start(shop: Shop) -> Self {
        KeepsIt(shop)
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        if order.quantity < 2 {
            let no = "INSERT OR IGNORE INTO orders (id, status) VALUES (?1, 'cancelled')";
            self.0.db.execute(no, params![order.id]).await?;
            return Ok(Answer::Cancelled);
        }
        let open = "INSERT OR IGNORE INTO orders (id, status) VALUES (?1, 'open')";
        self.0.db.execute(open, params![order.id]).await?;
        let charge = self.0.payment.charge(ChargeRequest::of(order), None).await;
        assert!(charge.is_err(), "there is an outage");
        Ok(Answer::Pending)
    }
    async fn recover(&self) -> Result<(), Failure> {
        if self.0.now() >= Ms::minutes(30) {
            let closed = "UPDATE orders SET status = 'cancelled'";
            self.0.db.execute(closed, params![]).await?;
        }
        Ok(())
    }
}

/// Somebody wants both books, cannot pay, and clicks again at the first of these times. Somebody else wants one, at the others.
fn a_second_comes(again: Ms, others: &[Ms]) -> Option<&'static str> {
    let order = |n| Order::new(&format!("order{n}"), Yen(1_200));
    let both = || Order {
        quantity: 2,
        ..order(1)
    };
    let others = others.iter().map(|at| (*at, order(2)));
    let setup = strangers(0)
        .orders([(Ms(0), both()), (again, both())].into_iter().chain(others))
        .outage(Service::Payment, Ms(0), Ms::hours(1));
    let code = Code::of::<KeepsIt>("it");
    let run = replay(&setup, code, &"".parse().expect("a schedule"));
    judge(&run).map(|verdict| verdict.name())
}

/// Half a minute after a claim of a quarter of an hour that began at the start.
const OVER: Ms = Ms(15 * 60_000 + 30_000);

#[test]
fn a_click_does_not_renew_a_claim_and_a_new_one_may_be_made_when_it_is_over() {
    let swallowed = Some(Accident::ALegitimateRequestSwallowed.name());
    assert_eq!(a_second_comes(Ms::minutes(14), &[OVER]), swallowed);
    assert_eq!(a_second_comes(Ms::minutes(15), &[OVER]), None);
}

#[test]
fn who_was_refused_for_good_is_not_owed_more_when_the_claim_is_over() {
    let came_before = [Ms::minutes(5), OVER];
    assert_eq!(a_second_comes(Ms::minutes(14), &came_before), None);
}

/// Looks something up for so long, and pauses for longer than a second before it goes on.
struct Pauses<const PATIENCE: u64>(Shop);

impl<const PATIENCE: u64> OrderFlow for Pauses<PATIENCE> {
    fn start(shop: Shop) -> Self {
        Pauses(shop)
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let find = self.0.payment.find(By::Order(order.id.clone()));
        let patience = Duration::from_millis(PATIENCE);
        if tokio::time::timeout(patience, find).await.is_err() {
            tokio::time::sleep(Duration::from_millis(1_100)).await;
        }
        sell(&self.0, order).await
    }
}

#[test]
fn who_waits_as_long_as_a_calm_day_may_ask_for_may_pause_and_nobody_else() {
    let pauses = |code: Code| {
        let latency = Latency {
            request: Ms(400),
            reply: Ms(400),
            ..Latency::default()
        };
        let setup = strangers(1).latency(latency);
        let run = replay(&setup, code, &"".parse().expect("a schedule"));
        judge(&run).map(|verdict| verdict.name())
    };
    assert_eq!(pauses(Code::of::<Pauses<700>>("patient")), None);
    let locked_out = Some(Accident::OtherOrdersLockedOut.name());
    assert_eq!(pauses(Code::of::<Pauses<300>>("impatient")), locked_out);
}

/// One at a time, the shop's own job included, which looks something up a minute after the start.
struct JobInBetween<const KEY: bool>(Shop, std::rc::Rc<tokio::sync::Mutex<()>>);

impl<const KEY: bool> OrderFlow for JobInBetween<KEY> {
    fn start(shop: Shop) -> Self {
        JobInBetween(shop, std::rc::Rc::default())
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let _turn = self.1.lock().await;
        sell(&self.0, order).await
    }
    async fn recover(&self) -> Result<(), Failure> {
        if self.0.now() == Ms::minutes(1) {
            let _turn = self.1.lock().await;
            let by = if !KEY {
                By::Order("order1".to_owned())
            } else {
                By::Key(self.0.new_key())
            };
            self.0.payment.find(by).await?;
        }
        Ok(())
    }
}

/// Two customers, and the second one comes at this time.
fn second_at<F: OrderFlow>(at: Ms, schedule: &str) -> Option<&'static str> {
    let order = |n| Order::new(&format!("order{n}"), Yen(1_200));
    let setup = strangers(0).orders([(Ms(0), order(1)), (at, order(2))]);
    let schedule = schedule.parse().expect("a schedule");
    let run = replay(&setup, Code::of::<F>("it"), &schedule);
    judge(&run).map(|verdict| verdict.name())
}

#[test]
fn a_fault_of_the_job_excuses_nobody_whom_it_is_plainly_not_about() {
    let slow = "recover/payment.find#1: reply late 3s";
    let busy = Ms::minutes(1) + Ms(100);
    let locked_out = Some(Accident::OtherOrdersLockedOut.name());
    assert_eq!(second_at::<JobInBetween<false>>(busy, ""), None);
    assert_eq!(second_at::<JobInBetween<false>>(busy, slow), locked_out);
    // It might have been about anybody.
    assert_eq!(second_at::<JobInBetween<true>>(busy, slow), None);
}

/// Holds the turn for two seconds from 61 s on, whatever becomes of the job's call of the first minute.
struct WorksOn(Shop, std::rc::Rc<tokio::sync::Mutex<()>>);

impl OrderFlow for WorksOn {
    fn start(shop: Shop) -> Self {
        WorksOn(shop, std::rc::Rc::default())
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let _turn = self.1.lock().await;
        let sold = sell(&self.0, order).await;
        if order.id == "order1" {
            let (shop, turn) = (self.0.clone(), self.1.clone());
            tokio::task::spawn_local(async move {
                // A task of the shop's own, about nobody in particular.
                let _ = shop.payment.find(By::Key(shop.new_key())).await;
                tokio::time::sleep(Duration::from_secs(10)).await;
                let _turn = turn.lock().await;
                tokio::time::sleep(Duration::from_secs(2)).await;
            });
        }
        sold
    }
}

#[test]
fn a_fault_in_the_background_excuses_those_who_are_served_meanwhile() {
    let late = "background/payment.find#1: reply late 30s";
    // The call is open until 30.4 s, and the turn is taken from 40.4 s to 42.4 s.
    let locked_out = Some(Accident::OtherOrdersLockedOut.name());
    assert_eq!(second_at::<WorksOn>(Ms(40_500), late), locked_out);
    assert_eq!(second_at::<WorksOn>(Ms(30_300), late), None);
    let lost = "background/payment.find#1: request late 30s";
    assert_eq!(second_at::<WorksOn>(Ms(40_500), lost), locked_out);
}

/// The job sees to the order under the key that it was charged under.
struct UnderItsKey(Shop, std::rc::Rc<tokio::sync::Mutex<()>>);

impl OrderFlow for UnderItsKey {
    fn start(shop: Shop) -> Self {
        UnderItsKey(shop, std::rc::Rc::default())
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let _turn = self.1.lock().await;
        let key = Key::from(format!("key of {}", order.id));
        let charge = ChargeRequest::of(order);
        self.0.payment.charge(charge, Some(&key)).await?;
        let tx = self.0.db.begin().await?;
        tx.execute(TAKE, params![order.sku]).await?;
        tx.execute(SOLD, params![order.id]).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
    async fn recover(&self) -> Result<(), Failure> {
        if self.0.now() == Ms::minutes(1) {
            let _turn = self.1.lock().await;
            let key = Key::from("key of order1");
            self.0.payment.find(By::Key(key)).await?;
        }
        Ok(())
    }
}

#[test]
fn a_key_says_whose_order_the_job_has_in_hand() {
    let slow = "recover/payment.find#1: reply late 3s";
    let busy = Ms::minutes(1) + Ms(100);
    let locked_out = Some(Accident::OtherOrdersLockedOut.name());
    assert_eq!(second_at::<UnderItsKey>(busy, ""), None);
    assert_eq!(second_at::<UnderItsKey>(busy, slow), locked_out);
}

/// The job holds the database for this many ms, a minute after the start.
struct JobHolds<const MS: u64>(Shop);

impl<const MS: u64> OrderFlow for JobHolds<MS> {
    fn start(shop: Shop) -> Self {
        JobHolds(shop)
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        sell(&self.0, order).await
    }
    async fn recover(&self) -> Result<(), Failure> {
        if self.0.now() == Ms::minutes(1) {
            let tx = self.0.db.begin().await?;
            tokio::time::sleep(Duration::from_millis(MS)).await;
            tx.commit().await?;
        }
        Ok(())
    }
}

#[test]
fn the_jobs_lock_is_a_lock_like_any_other() {
    let busy = Ms::minutes(1) + Ms(100);
    let locked_out = Some(Accident::OtherOrdersLockedOut.name());
    assert_eq!(second_at::<JobHolds<1_000>>(busy, ""), None);
    assert_eq!(second_at::<JobHolds<1_500>>(busy, ""), locked_out);
    // And so it is in a world in which nobody is said to be a stranger.
    let setup = Setup::new()
        .schema(SCHEMA)
        .orders([(busy, Order::new("order1", Yen(1_200)))]);
    let run = replay(
        &setup,
        Code::of::<JobHolds<1_500>>("it"),
        &"".parse().expect("calm"),
    );
    assert_eq!(judge(&run).map(|verdict| verdict.name()), locked_out);
}

/// Puts the second customer off, for a race that it loses, and sees to the order a minute later; or never does.
struct PutsOff<const COMES_BACK: bool>(Shop, std::cell::Cell<u32>);

impl<const COMES_BACK: bool> OrderFlow for PutsOff<COMES_BACK> {
    fn start(shop: Shop) -> Self {
        PutsOff(shop, std::cell::Cell::new(0))
    }
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        if self.1.replace(1) == 1 {
            if COMES_BACK {
                sell(&self.0, order).await?;
                return Ok(Answer::Pending);
            }
            return Err(Failure("lost a race".to_owned()));
        }
        let sold = sell(&self.0, order).await;
        self.1.set(0);
        sold
    }
}

#[test]
fn who_is_put_off_without_having_waited_is_not_locked_out() {
    let named = |accident: Accident| Some(accident.name());
    let slow = "order1/payment.charge#1: reply late 100ms";
    let swallowed = named(Accident::ALegitimateRequestSwallowed);
    assert_eq!(verdict::<PutsOff<false>>(2, slow), swallowed);
    // Who has an order, and was never told, has a name of their own.
    let unsettled = named(Accident::NeverSettled);
    assert_eq!(verdict::<PutsOff<true>>(2, slow), unsettled);
}

const CHAPTER: Chapter = Chapter {
    id: "toy",
    directory: "toy",
    section: "toy",
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: &[Code::of::<OneAtATime>("exercise")],
    setup: || strangers(2),
    worlds: &[],
    bounds: None,
    scenario: None,
};

/// What a report of this many customers prints below the schedule that passes.
fn beside(setup: fn() -> Setup) -> Vec<String> {
    let chapter = Chapter { setup, ..CHAPTER };
    let schedule = SLOW.parse().expect("a schedule");
    let report = chapter.report(chapter.codes[0], &schedule, Length::Story);
    let style = Style {
        glyphs: Glyphs::Unicode,
        ..Style::default()
    };
    let report = report.expect("an accident").render(style);
    let passes = |line: &str| Some(line.trim_start().strip_prefix("passes: ")?.to_owned());
    report.lines().filter_map(passes).collect()
}

#[test]
fn a_report_does_not_repeat_itself_for_a_crowd() {
    let sold =
        "order1 is confirmed; the customer was told: confirmed; order1 was charged ¥1,200 (pay_1)";
    let second =
        "order2 is confirmed; the customer was told: confirmed; order2 was charged ¥1,200 (pay_2)";
    assert_eq!(beside(|| strangers(2)), [sold, second]);
    // There are two books.
    let sold_out =
        "order3 does not exist; the customer was told: cancelled; order3 was never charged";
    assert_eq!(beside(|| strangers(3)), [sold, "order2 likewise", sold_out]);
    assert_eq!(
        beside(|| strangers(6)),
        [
            sold,
            "order2 likewise",
            sold_out,
            "order4 to order6 likewise"
        ]
    );
}

#[test]
fn a_crowd_is_drawn_as_a_queue_to_scale() {
    let schedule = SLOW.parse().expect("a schedule");
    let run = replay(&strangers(4), Code::of::<OneAtATime>("it"), &schedule);
    let drawn = picture(&run.evidence, "four & more", Language::English);
    let document = roxmltree::Document::parse(&drawn).expect("it is XML");
    let texts: Vec<_> = document.descendants().filter_map(|it| it.text()).collect();
    for id in ["order1", "order2", "order3", "order4"] {
        assert!(texts.contains(&id), "{id} has no row");
    }
    let wide = |class: &str| -> Vec<f64> {
        let bars = document.descendants().filter(|it| {
            it.attribute("class") == Some(class) && it.attribute("height") == Some("10")
        });
        let width = |it: roxmltree::Node| it.attribute("width")?.parse().ok();
        bars.filter_map(width).collect()
    };
    let calls = wide("in-doubt");
    assert_eq!(calls.len(), 2, "two are paid for, the others are sold out");
    assert!(
        (calls[0] / calls[1] - 16.0).abs() < 0.5,
        "3,200 ms and 200 ms: {calls:?}"
    );
}
