//! What statements are called as steps, and whose steps they are.

use crate::common::{self, ORDERS, play};
use lab::db::step_of;
use lab::language::name::Name;
use lab::prelude::*;
use lab::setup::Setup;

fn name(sql: &str) -> String {
    step_of(Name::of("order1"), sql, 1).to_string()
}

#[test]
fn a_statement_is_named_after_its_verb_and_its_table() {
    for (sql, expected) in [
        ("INSERT INTO orders (id) VALUES (?1)", "insert orders"),
        (
            "INSERT OR IGNORE INTO \"orders\"(id) VALUES (?1)",
            "insert orders",
        ),
        ("insert into `orders`(id) values (?1)", "insert orders"),
        ("INSERT INTO main.orders VALUES (?1)", "insert main.orders"),
        ("REPLACE INTO orders VALUES (?1)", "replace orders"),
        ("UPDATE stock SET quantity = 0", "update stock"),
        ("UPDATE OR IGNORE stock SET quantity = 0", "update stock"),
        (
            "\n    SELECT id\n    FROM orders\n    WHERE id = ?1",
            "select orders",
        ),
        ("SELECT count(*) FROM orders;", "select orders"),
        ("SELECT id FROM [orders]", "select orders"),
        ("SELECT * FROM (SELECT id FROM orders)", "select orders"),
        ("SELECT 1", "select"),
        (
            "WITH open AS (SELECT id FROM orders) SELECT * FROM open",
            "with orders",
        ),
        ("DELETE FROM orders WHERE id = ?1", "delete orders"),
        (
            "create table if not exists outbox (id text)",
            "create outbox",
        ),
        ("CREATE TEMPORARY TABLE outbox (id text)", "create outbox"),
        (
            "CREATE UNIQUE INDEX IF NOT EXISTS by_id ON orders (id)",
            "create by_id",
        ),
        ("CREATE VIEW open AS SELECT * FROM orders", "create open"),
        ("DROP TABLE IF EXISTS outbox", "drop outbox"),
        ("ALTER TABLE orders ADD COLUMN key TEXT", "alter orders"),
        ("PRAGMA user_version", "pragma"),
        ("-- all of them\nSELECT * FROM orders", "select orders"),
        ("/* all of them */ SELECT * FROM orders", "select orders"),
    ] {
        assert_eq!(name(sql), format!("order1/db.{expected}#1"), "{sql}");
    }
}

#[test]
fn the_text_of_a_step_leads_back_to_it() {
    let text = format!(
        "{}: fails",
        name("INSERT OR IGNORE INTO \"orders\"(id) VALUES (1)")
    );
    assert_eq!(common::schedule_of(&text).to_string(), text);
}

/// Writes from tasks of its own, which the lab can tell by the id among the parameters, or not at all.
struct Spawns {
    shop: Shop,
}

impl OrderFlow for Spawns {
    fn start(shop: Shop) -> Self {
        Spawns { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let (shop, copy) = (self.shop.clone(), order.clone());
        let task = tokio::spawn(async move {
            let Shop { db, payment, .. } = &shop;
            let insert = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'pending')";
            db.execute(insert, params![copy.id, copy.amount]).await?;
            db.execute("DELETE FROM orders WHERE id = 'order9'", params![])
                .await?;
            let _ = payment.charge(ChargeRequest::of(&copy), None).await;
            let _ = payment.find(By::Key(Key::from("key-1"))).await;
            Ok::<(), Failure>(())
        });
        let _ = task.await;
        let sql = "SELECT id FROM orders";
        self.shop.db.query(sql, params![]).await?;
        self.shop.db.query(sql, params![]).await?;
        Ok(Answer::Pending)
    }

    async fn recover(&self) -> Result<(), Failure> {
        self.shop
            .db
            .query("SELECT id FROM orders", params![])
            .await?;
        Ok(())
    }
}

#[test]
fn a_step_belongs_to_the_order_it_serves_or_to_recover_or_to_the_background() {
    let setup = Setup::new().schema(ORDERS).horizon(Ms::seconds(90));
    let steps: Vec<String> = play::<Spawns>(&setup, "")
        .steps()
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = [
        "recover#1",
        "recover/db.select orders#1",
        "order1/submit#1",
        "order1/db.insert orders#1",
        "background/db.delete orders#1",
        "order1/payment.charge#1",
        "background/payment.find#1",
        "order1/db.select orders#1",
        "order1/db.select orders#2",
        "recover#2",
        "recover/db.select orders#2",
    ];
    assert_eq!(steps, expected);
}
