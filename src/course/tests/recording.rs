//! A run as data: what the book's player shows is what the world's own books and ledgers say.

use crate::common::ORDERS;
use course::chapter::Chapter;
use course::recording;
use lab::flow::Code;
use lab::prelude::*;
use lab::setup::Setup;

/// Takes a timeout of 700 ms for a refusal.
struct Hasty {
    shop: Shop,
}

impl OrderFlow for Hasty {
    fn start(shop: Shop) -> Self {
        Hasty { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop.log("a \"quoted\"\nline");
        let tx = self.shop.db.begin().await?;
        let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'confirmed')";
        tx.execute(insert, params![order.id, order.amount]).await?;
        let charge = self.shop.payment.charge(ChargeRequest::of(order), None);
        match tokio::time::timeout(Ms(700).duration(), charge).await {
            Ok(Ok(_)) => tx.commit().await?,
            _ => return Ok(Answer::Cancelled),
        }
        Ok(Answer::Confirmed)
    }
}

const CHAPTER: Chapter = Chapter {
    id: "ch00",
    directory: "",
    section: "",
    patterns: &["A", "B", "C", "D", "2PC"],
    codes: &[Code::of::<Hasty>("hasty")],
    setup: || Setup::new().schema(ORDERS),
    worlds: &[],
    bounds: None,
    scenario: None,
};

fn recorded(asked: &str) -> Result<String, String> {
    let mut out = Vec::new();
    recording::answer(&CHAPTER, asked.as_bytes(), &mut out)?;
    Ok(String::from_utf8(out).expect("a recording is text"))
}

#[test]
fn at_each_moment_a_recording_tells_what_both_sides_hold_to_be_so() {
    let recorded = recorded("hasty\t\torder1/payment.charge#1: reply late 1500ms\t\n").unwrap();
    let absent = r#"["order1 does not exist","order1 は存在しない"]"#;
    let waits = r#"["the customer is still waiting for an answer","お客さんは返事を待っている"]"#;
    let told = r#"["the customer was told: cancelled","お客さんへの返事：取り消し"]"#;
    let unpaid = r#"["order1 was never charged","order1 は課金されていない"]"#;
    let paid = r#"["order1 was charged ¥1,200 (pay_1)","order1 は ¥1,200 課金済み（pay_1）"]"#;
    let moments = [
        (0, waits, unpaid),
        (100, waits, paid),
        (700, told, paid),
        (1_700, told, paid),
    ];
    let moments = moments.map(|(at, heard, knows)| {
        format!("{{\"at\":{at},\"believes\":[{absent},{heard}],\"knows\":[{knows}]}}")
    });
    let all = format!("\"moments\":[{}]", moments.join(","));
    assert!(recorded.contains(&all), "{recorded}");
    let edge = r#""says":["breaks as soon as the reply takes longer than 700 ms","返事に 700 ms より長くかかると壊れる"],"passes":"reply late 500ms","breaks":"reply late 501ms""#;
    assert!(recorded.contains(edge), "{recorded}");
}

#[test]
fn a_moment_holds_all_of_its_millisecond_and_nothing_of_the_next() {
    // The reply comes one millisecond after the shop has given up, and the second charge one after that.
    let recorded =
        recorded("hasty\t\torder1/payment.charge#1: request twice after 601ms\t\n").unwrap();
    let at = |at: u64| {
        let start = recorded
            .find(&format!("{{\"at\":{at},\"believes\""))
            .expect("it is a moment");
        recorded[start..]
            .split_once('}')
            .expect("it ends")
            .0
            .to_owned()
    };
    assert!(!at(200).contains("pay_2"), "{recorded}");
    assert!(at(701).contains("pay_2"), "{recorded}");
    assert!(at(200).contains("order1 is confirmed"), "{recorded}");
}

#[test]
fn each_line_is_answered_by_one_line_whatever_the_code_logs() {
    let recorded =
        recorded("hasty\t\t\t\nhasty\t\torder1/payment.charge#1: reply lost\tsvg\n").unwrap();
    let lines: Vec<&str> = recorded.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains(r#"a \"quoted\" line"#), "{}", lines[0]);
    assert!(lines[0].ends_with("\"svg\":null}"));
    assert!(lines[1].contains("\"svg\":\"<svg "));
}

#[test]
fn what_cannot_be_had_is_named() {
    let error = |asked: &str| recorded(asked).unwrap_err();
    assert!(error("hasty").contains("a line has four parts"));
    assert!(error("nobody\t\t\t").contains("there is no code called `nobody`"));
    assert!(error("hasty\tmars\t\t").contains("there is no world called `mars`"));
    assert!(error("hasty\t\torder1/payment.charge#9: reply lost\t").contains("never happened"));
    assert!(error("hasty\t\tnonsense\t").contains("nonsense"));
}
