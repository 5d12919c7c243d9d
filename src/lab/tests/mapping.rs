//! A shop whose tables have names of their own: the lab reads them by queries.

use lab::flow::Code;
use lab::judge::verdict::judge;
use lab::prelude::*;
use lab::run::replay;
use lab::setup::Setup;
use pretty_assertions::assert_eq;

const SCHEMA: &str = "
    CREATE TABLE purchase (ref TEXT PRIMARY KEY, state INTEGER) STRICT;
    CREATE TABLE log (line INTEGER PRIMARY KEY, purchase TEXT NOT NULL) STRICT;
    CREATE TABLE shelf (what TEXT PRIMARY KEY, pieces INTEGER NOT NULL, held INTEGER NOT NULL) STRICT;
    INSERT INTO shelf VALUES ('book', 10, 1);";

const ORDERS: &str =
    "SELECT ref AS id, CASE state WHEN 1 THEN 'confirmed' WHEN 0 THEN 'cancelled' END AS status
    FROM purchase -- whatever it is called";

/// Pays, and writes the purchase down under names of its own; one piece leaves the shelf, or none.
struct Foreign<const TAKES: u32> {
    shop: Shop,
}

impl<const TAKES: u32> OrderFlow for Foreign<TAKES> {
    fn start(shop: Shop) -> Self {
        Foreign { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        self.shop
            .payment
            .charge(ChargeRequest::of(order), None)
            .await?;
        let tx = self.shop.db.begin().await?;
        let id = &order.id;
        tx.execute("INSERT INTO purchase VALUES (?1, 1)", params![id])
            .await?;
        tx.execute("INSERT INTO log (purchase) VALUES (?1)", params![id])
            .await?;
        let sql = "UPDATE shelf SET pieces = pieces - ?1 WHERE what = 'book'";
        tx.execute(sql, params![TAKES]).await?;
        tx.commit().await?;
        Ok(Answer::Confirmed)
    }
}

fn foreign() -> Setup {
    Setup::new()
        .schema(SCHEMA.to_owned())
        .orders_from(ORDERS)
        .history_from("SELECT purchase AS order_id FROM log;")
        .stock_from("SELECT what AS sku, pieces - held AS quantity FROM shelf")
}

#[test]
fn what_a_query_finds_is_what_the_shop_believes() {
    let code = Code::of::<Foreign<1>>("foreign");
    // Two worlds, one after the other: the second has the database of the first.
    for _ in 0..2 {
        let run = replay(&foreign(), code, &"".parse().expect("it is calm"));
        let evidence = &run.evidence;
        let order1 = evidence.submissions[0].order.name();
        assert_eq!(evidence.status(order1), Some("confirmed"));
        assert_eq!(evidence.history, Some(vec![order1]));
        let stock = evidence.shop_stock.as_deref().unwrap_or_default();
        assert_eq!((stock[0].at_first, stock[0].free), (9, 8));
        assert_eq!(judge(&run), None);
    }
}

#[test]
fn what_a_query_finds_is_judged() {
    let code = Code::of::<Foreign<2>>("takes too many");
    let run = replay(&foreign(), code, &"".parse().expect("it is calm"));
    let verdict = judge(&run).expect("two pieces have left the shelf for one order");
    assert_eq!(verdict.name(), "stock out of balance");
}

#[test]
fn one_schema_can_be_read_in_two_ways() {
    let code = Code::of::<Foreign<1>>("foreign");
    let calm = "".parse().expect("it is calm");
    assert_eq!(judge(&replay(&foreign(), code, &calm)), None);
    let nothing = foreign().orders_from("SELECT 'none' AS id, '' AS status WHERE false");
    let verdict = judge(&replay(&nothing, code, &calm)).expect("the order is not found");
    assert_eq!(verdict.name(), "charged without an order");
}

#[test]
fn a_query_that_is_not_sql_is_named() {
    let slip = foreign().history_from("SELECT purchas AS order_id FROM log");
    let problem = "the query of `history_from` is not valid SQL here: no such column: purchas";
    assert_eq!(slip.check(), Err(problem.to_owned()));
    let nameless = foreign().orders_from("SELECT ref, state FROM purchase");
    let problem = "the query of `orders_from` is not valid SQL here: no such column: id";
    assert_eq!(nameless.check(), Err(problem.to_owned()));
}

#[test]
fn a_schema_that_is_not_sql_is_named() {
    let problem = "the schema is not valid SQL: near \"CREAT\": syntax error";
    let check = Setup::new().schema("CREAT TABLE orders (id TEXT);").check();
    assert!(
        check.clone().is_err_and(|said| said.starts_with(problem)),
        "{check:?}"
    );
}
