//! A run as data: what the book's player shows is what the world's own books and ledgers say.

use crate::common::ORDERS;
use course::chapter::Chapter;
use course::recording;
use lab::flow::Code;
use lab::prelude::*;
use lab::setup::Setup;
use picture::recording::{Edge, Moment, Recording, Request, Sentence};

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

fn record(schedule: &str) -> Recording {
    recording::record(&CHAPTER, &request(schedule)).expect("it can be recorded")
}

fn request(schedule: &str) -> Request {
    Request {
        code: "hasty".to_owned(),
        world: None,
        schedule: schedule.to_owned(),
        picture: false,
    }
}

fn in_english(sentences: &[Sentence]) -> Vec<&str> {
    sentences.iter().map(|it| it.en.as_str()).collect()
}

#[test]
fn at_each_moment_a_recording_tells_what_both_sides_hold_to_be_so() {
    let recording = record("order1/payment.charge#1: reply late 1500ms");
    let absent = "order1 does not exist";
    let waits = "the customer is still waiting for an answer";
    let told = "the customer was told: cancelled";
    let unpaid = "order1 was never charged";
    let paid = "order1 was charged ¥1,200 (pay_1)";
    let moments = recording.moments.iter().map(|moment| {
        let Moment {
            at,
            believes,
            knows,
        } = moment;
        (*at, in_english(believes), in_english(knows))
    });
    let expected = [
        (0, waits, unpaid),
        (100, waits, paid),
        (700, told, paid),
        (1_700, told, paid),
    ];
    let expected = expected.map(|(at, heard, knows)| (at, vec![absent, heard], vec![knows]));
    assert_eq!(moments.collect::<Vec<_>>(), expected);
    let first = &recording.moments[1].knows[0];
    assert_eq!(first.ja, "order1は¥1,200課金済み（pay_1）");
    let Edge {
        says,
        passes,
        breaks,
    } = recording.edge.expect("it has one");
    let ja = "返事に700 msより長くかかると壊れる";
    assert_eq!(
        says.en,
        "breaks as soon as the reply takes longer than 700 ms"
    );
    assert_eq!(
        (says.ja.as_str(), passes, breaks),
        (ja, Some(500), Some(501))
    );
}

#[test]
fn a_moment_holds_all_of_its_millisecond_and_nothing_of_the_next() {
    // The reply comes one millisecond after the shop has given up, and the second charge one after that.
    let recording = record("order1/payment.charge#1: request twice after 601ms");
    let at = |at: u64| {
        let mut moments = recording.moments.iter();
        let moment = moments.find(|moment| moment.at == at);
        let moment = moment.expect("it is a moment");
        [in_english(&moment.believes), in_english(&moment.knows)].concat()
    };
    let has = |at: &[&str], what: &str| at.iter().any(|line| line.contains(what));
    assert!(!has(&at(200), "pay_2"), "{recording:?}");
    assert!(has(&at(701), "pay_2"), "{recording:?}");
    assert!(has(&at(200), "order1 is confirmed"), "{recording:?}");
}

fn answer(asked: &str) -> Result<String, String> {
    let mut out = Vec::new();
    recording::answer(&CHAPTER, asked.as_bytes(), &mut out)?;
    Ok(String::from_utf8(out).expect("JSON is text"))
}

#[test]
fn each_line_is_answered_by_one_line_that_can_be_read_back() {
    let asked = [
        request(""),
        Request {
            picture: true,
            ..request("order1/payment.charge#1: reply lost")
        },
    ];
    let line = |request: &Request| serde_json::to_string(request).expect("it is JSON") + "\n";
    let answers = answer(&asked.iter().map(line).collect::<String>()).expect("all can be had");
    let read = |line: &str| serde_json::from_str(line).expect("a recording");
    let answers: Vec<Recording> = answers.lines().map(read).collect();
    assert_eq!(answers[0], record(""));
    let said = &answers[0].scene.said;
    let texts = || said.iter().flat_map(|said| &said.texts);
    assert!(texts().any(|it| it.text.en == "\"a \"quoted\" line\""));
    assert_eq!(answers[0].svg, None);
    let svg = answers[1].svg.as_ref().expect("it was wanted");
    assert!(svg.en.starts_with("<svg ") && svg.en.contains("the reply is lost"));
    assert!(svg.ja.starts_with("<svg ") && svg.ja.contains("返事が消える"));
}

#[test]
fn what_cannot_be_had_is_named() {
    let error = |asked: &str| answer(asked).unwrap_err();
    assert!(error("hasty").contains("expected value"));
    let error = |request: Request| recording::record(&CHAPTER, &request).unwrap_err();
    let nobody = Request {
        code: "nobody".to_owned(),
        ..request("")
    };
    assert!(error(nobody).contains("there is no code called `nobody`"));
    let mars = Request {
        world: Some("mars".to_owned()),
        ..request("")
    };
    assert!(error(mars).contains("there is no world called `mars`"));
    let never = request("order1/payment.charge#9: reply lost");
    assert!(error(never).contains("never happened"));
    assert!(error(request("nonsense")).contains("nonsense"));
}
