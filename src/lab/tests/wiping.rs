//! A database is kept from world to world, and no world finds a trace of another.

use crate::common::{self, play, seen};
use lab::db::Storage;
use lab::prelude::*;
use lab::setup::Setup;
use std::cell::Cell;

const PLAIN: &str = "
    CREATE TABLE orders (
        id     TEXT PRIMARY KEY,
        status TEXT NOT NULL
    ) STRICT;
    CREATE TABLE lines (
        order_id TEXT NOT NULL REFERENCES orders (id)
    ) STRICT;
    CREATE TABLE stock (
        sku      TEXT PRIMARY KEY,
        quantity INTEGER NOT NULL
    ) STRICT;
    INSERT INTO stock (sku, quantity) VALUES ('book', 10), ('pen', 3);
";

const CIRCULAR: &str = "
    CREATE TABLE baskets (
        id     TEXT PRIMARY KEY,
        charge TEXT REFERENCES charges (id)
    ) STRICT;
    CREATE TABLE charges (
        id       TEXT PRIMARY KEY,
        order_id TEXT NOT NULL REFERENCES baskets (id)
    ) STRICT;
";

const NUMBERED: &str = "
    CREATE TABLE lines (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        line   TEXT NOT NULL
    ) STRICT;
    INSERT INTO lines (line) VALUES ('first');
";

const COMPUTED: &str = "
    CREATE TABLE stock (
        sku      TEXT PRIMARY KEY,
        twice    INTEGER AS (quantity * 2),
        quantity INTEGER NOT NULL
    ) STRICT;
    INSERT INTO stock (sku, quantity) VALUES ('book', 10), ('pen', 3);
";

const TRIGGERED: &str = "
    CREATE TABLE log (line TEXT) STRICT;
    CREATE TABLE stock (
        sku      TEXT PRIMARY KEY,
        quantity INTEGER NOT NULL
    ) STRICT;
    INSERT INTO stock (sku, quantity) VALUES ('book', 10), ('pen', 3);
    CREATE TRIGGER noted AFTER DELETE ON stock BEGIN
        INSERT INTO log VALUES ('gone: ' || OLD.sku);
    END;
";

thread_local! {
    /// What the flow does to its database. Statements are given to each test's worlds in turn.
    static DOES: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
}

/// Does what the test says, and logs how it went and what it sees.
struct Does {
    shop: Shop,
}

impl OrderFlow for Does {
    fn start(shop: Shop) -> Self {
        Does { shop }
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        let db = &self.shop.db;
        for sql in DOES.get() {
            let text = if sql.starts_with("SELECT") || sql.starts_with("PRAGMA") {
                seen(
                    &db.query(sql, params![])
                        .await
                        .map(|rows| format!("{rows:?}")),
                )
            } else {
                seen(&db.execute(sql, params![]).await)
            };
            self.shop.log(format!("{sql}: {text}"));
        }
        Ok(Answer::Confirmed)
    }
}

/// Runs three worlds one after another and has them find the same.
fn the_same_every_time(schema: &'static str, does: &'static [&'static str]) -> Vec<String> {
    DOES.set(does);
    let mut first = None;
    for storage in [Storage::Memory, Storage::WriteAheadLog] {
        let setup = Setup::new().schema(schema).storage(storage);
        for _ in 0..3 {
            let run = play::<Does>(&setup, "");
            assert_eq!(run.evidence.halt, None);
            let lines = common::log(&run).into_iter();
            let lines: Vec<String> = lines.map(|(_, line)| line.to_owned()).collect();
            assert_eq!(lines.len(), does.len());
            assert_eq!(*first.get_or_insert_with(|| lines.clone()), lines);
        }
    }
    first.unwrap_or_default()
}

#[test]
fn rows_are_gone_in_the_next_world() {
    let lines = the_same_every_time(
        PLAIN,
        &[
            "INSERT INTO orders VALUES ('order1', 'pending')",
            "INSERT INTO lines VALUES ('order1')",
            "SELECT count(*) AS n FROM lines",
        ],
    );
    assert!(lines[0].ends_with(": 1"), "{lines:?}");
}

#[test]
fn tables_that_refer_to_each_other_are_emptied_and_stay_guarded() {
    let lines = the_same_every_time(
        CIRCULAR,
        &[
            "INSERT INTO baskets VALUES ('order1', NULL)",
            "INSERT INTO charges VALUES ('pay_1', 'order1')",
            "UPDATE baskets SET charge = 'pay_1'",
            "INSERT INTO charges VALUES ('pay_2', 'nobody')",
        ],
    );
    assert!(lines[2].ends_with(": 1"), "{lines:?}");
    assert!(lines[3].to_lowercase().contains("foreign key"), "{lines:?}");
}

#[test]
fn the_rows_that_a_schema_begins_with_are_back() {
    let changes: &[&str] = &[
        "SELECT sku, quantity FROM stock ORDER BY sku",
        "UPDATE stock SET quantity = 0",
        "DELETE FROM stock WHERE sku = 'pen'",
        "SELECT sku, quantity FROM stock",
    ];
    let plain = the_same_every_time(PLAIN, changes);
    // Columns that SQLite computes cannot be written back.
    assert_eq!(the_same_every_time(COMPUTED, changes), plain);
}

#[test]
fn a_trigger_of_the_schema_does_not_fire_between_worlds() {
    let lines = the_same_every_time(
        TRIGGERED,
        &[
            "SELECT line FROM log",
            "DELETE FROM stock WHERE sku = 'pen'",
            "SELECT line FROM log",
        ],
    );
    assert_eq!(lines[0], "SELECT line FROM log: []");
    assert!(lines[2].contains("gone: pen"), "{lines:?}");
}

#[test]
fn numbers_that_sqlite_gives_begin_anew() {
    let lines = the_same_every_time(
        NUMBERED,
        &[
            "INSERT INTO lines (line) VALUES ('second')",
            "SELECT number FROM lines WHERE line = 'second'",
        ],
    );
    assert!(lines[1].contains("Integer(2)"), "{lines:?}");
}

#[test]
fn tables_that_the_order_code_made_are_gone() {
    let lines = the_same_every_time(
        PLAIN,
        &[
            "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, line TEXT)",
            "INSERT INTO outbox (line) VALUES ('hello')",
            "SELECT * FROM outbox",
            "CREATE TEMP TABLE scratch (line TEXT)",
            "/* of my own */ CREATE TABLE mine (line TEXT)",
            "-- and another
         CREATE VIEW yours AS SELECT * FROM outbox",
        ],
    );
    for place in [0, 3, 4, 5] {
        assert!(lines[place].ends_with(": 0"), "{lines:?}");
    }
}

#[test]
fn tables_that_the_order_code_altered_are_as_they_were() {
    let lines = the_same_every_time(
        PLAIN,
        &[
            "ALTER TABLE orders ADD COLUMN charge_key TEXT",
            "INSERT INTO orders VALUES ('order1', 'pending', 'key-1')",
            "CREATE UNIQUE INDEX one_status ON orders (status)",
            "DROP TABLE lines",
            "SELECT * FROM orders",
        ],
    );
    assert!(lines[1].ends_with(": 1"), "{lines:?}");
}

#[test]
fn settings_of_a_connection_are_as_they_were() {
    let lines = the_same_every_time(
        PLAIN,
        &[
            "PRAGMA foreign_keys",
            "PRAGMA foreign_keys = off",
            "INSERT INTO lines VALUES ('nobody')",
            "PRAGMA user_version",
            "PRAGMA user_version = 7",
        ],
    );
    assert!(lines[2].ends_with(": 1"), "{lines:?}");
}

#[test]
fn a_transaction_that_was_open_at_the_end_is_gone() {
    the_same_every_time(
        PLAIN,
        &[
            "SELECT count(*) AS n FROM orders",
            "BEGIN IMMEDIATE",
            "INSERT INTO orders VALUES ('order1', 'pending')",
        ],
    );
}

#[test]
fn stock_is_counted_from_what_the_schema_says() {
    DOES.set(&["UPDATE stock SET quantity = quantity - 1 WHERE sku = 'book'"]);
    for _ in 0..3 {
        let run = play::<Does>(&Setup::new().schema(PLAIN), "");
        let stock = run.evidence.shop_stock.unwrap_or_default();
        let counts: Vec<(i64, i64)> = stock.iter().map(|it| (it.at_first, it.free)).collect();
        assert_eq!(counts, [(10, 9), (3, 3)]);
    }
}
