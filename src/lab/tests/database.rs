//! The shop's database is real SQLite: what it enforces, what it keeps and what it takes back.

use crate::common::{self, log, panic_of, play, rows, seen};
use lab::db::DbError;
use lab::engine::trace::{Event, Rollback};
use lab::prelude::*;
use lab::run::Run;
use lab::setup::Setup;

const SCHEMA: &str = "
    CREATE TABLE orders (
        id     TEXT PRIMARY KEY,
        amount INTEGER NOT NULL CHECK (amount > 0),
        status TEXT NOT NULL
    ) STRICT;
    CREATE TABLE history (
        order_id TEXT NOT NULL REFERENCES orders (id)
    ) STRICT;
";

const INSERT: &str = "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'pending')";

/// What a flow of one transaction tries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Try {
    Errors,
    Commit,
    Rollback,
    Forget,
    WrongColumn,
}

const ERRORS: u8 = Try::Errors as u8;
const COMMIT: u8 = Try::Commit as u8;
const ROLLBACK: u8 = Try::Rollback as u8;
const FORGET: u8 = Try::Forget as u8;
const WRONG_COLUMN: u8 = Try::WrongColumn as u8;

struct Tries<const WHAT: u8> {
    shop: Shop,
}

impl<const WHAT: u8> OrderFlow for Tries<WHAT> {
    fn start(shop: Shop) -> Self {
        Tries { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let tx = self.shop.db.begin().await?;
        tx.execute(INSERT, params![order.id, order.amount]).await?;
        match WHAT {
            ERRORS => {
                for (sql, params) in [
                    (INSERT, params![order.id, order.amount]),
                    (INSERT, params!["order2", 0]),
                    ("INSERT INTO history VALUES (?1)", params!["order9"]),
                    ("INSERT INTO ordres VALUES (?1)", params!["order9"]),
                    ("INSERT INTO history VALUES (?1)", params![]),
                    ("INSERT INTO history VALUES (?1)", params![order.id]),
                ] {
                    self.shop.log(match tx.execute(sql, params).await {
                        Err(DbError::Constraint(_)) => "constraint",
                        Err(DbError::Sql(_)) => "SQL",
                        Err(_) => "other",
                        Ok(_) => "fine",
                    });
                }
                tx.commit().await?;
            }
            COMMIT => tx.commit().await?,
            ROLLBACK => tx.rollback().await?,
            FORGET => drop(tx),
            WRONG_COLUMN => {
                let rows = tx.query("SELECT id, amount FROM orders", params![]).await?;
                self.shop.log(rows[0].get::<String>("stauts"));
            }
            _ => {}
        }
        Ok(Answer::Confirmed)
    }
}

fn trying<const WHAT: u8>() -> Run {
    play::<Tries<WHAT>>(&Setup::new().schema(SCHEMA), "")
}

fn rolled_back(run: &Run) -> Vec<Rollback> {
    let found = common::when(run, |event| match event {
        Event::RolledBack(why) => Some(*why),
        _ => None,
    });
    found.into_iter().map(|(_, why)| why).collect()
}

#[test]
fn constraints_hold_and_a_failed_statement_leaves_the_transaction_open() {
    let run = trying::<ERRORS>();
    let lines: Vec<&str> = log(&run).into_iter().map(|(_, line)| line).collect();
    // Primary key, check, foreign key; no such table, no such parameter; and then one that is right.
    let expected = [
        "constraint",
        "constraint",
        "constraint",
        "SQL",
        "SQL",
        "fine",
    ];
    assert_eq!(lines, expected);
    assert_eq!(rows(&run), [("order1", "pending")]);
    let history = run.evidence.history.as_deref();
    assert_eq!(history.map(<[_]>::len), Some(1));
}

#[test]
fn what_is_committed_stays_and_what_is_rolled_back_or_dropped_does_not() {
    let run = trying::<COMMIT>();
    assert_eq!(rows(&run), [("order1", "pending")]);
    assert_eq!(rolled_back(&run), []);
    let run = trying::<ROLLBACK>();
    assert_eq!(rows(&run), []);
    assert_eq!(rolled_back(&run), [Rollback::Asked]);
    let run = trying::<FORGET>();
    assert_eq!(rows(&run), []);
    assert_eq!(rolled_back(&run), [Rollback::Dropped]);
}

#[test]
fn the_write_lock_is_taken_at_the_beginning_and_freed_at_the_end() {
    for run in [trying::<COMMIT>(), trying::<ROLLBACK>(), trying::<FORGET>()] {
        let lock = common::when(&run, |event| match event {
            Event::LockTaken => Some("taken"),
            Event::LockFreed => Some("freed"),
            _ => None,
        });
        assert_eq!(lock, [(0, "taken"), (0, "freed")]);
    }
}

#[test]
fn a_column_that_does_not_exist_is_a_slip_with_a_name_and_a_place() {
    let run = trying::<WRONG_COLUMN>();
    let (message, place) = panic_of(&run);
    let expected = "the query has no column `stauts`; it has: id, amount";
    assert_eq!(message, expected);
    assert!(place.contains("tests/database.rs:"), "{place}");
}

/// Moves values of every kind in and out.
struct Values {
    shop: Shop,
}

impl OrderFlow for Values {
    fn start(shop: Shop) -> Self {
        Values { shop }
    }

    async fn place_order(&self, order: &Order) -> Result<Answer, Failure> {
        let db = &self.shop.db;
        let key = self.shop.new_key();
        let nothing: Option<Key> = None;
        let values = params![
            order.id,
            key,
            nothing,
            order.amount,
            7,
            true,
            Ms(9),
            Answer::Pending,
            Some(Yen(5)),
        ];
        let sql = "SELECT ?1 AS a, ?2 AS b, ?3 AS c, ?4 AS d, ?5 AS e, ?6 AS f, ?7 AS g, ?8 AS h, ?9 AS i";
        let row = &db.query(sql, values).await?[0];
        assert_eq!(row.get::<String>("a"), order.id);
        assert_eq!(row.get::<Key>("b"), key);
        assert_eq!(row.get::<Option<Key>>("c"), None);
        assert_eq!(row.get::<Yen>("d"), order.amount);
        assert_eq!(row.get::<i64>("e"), 7);
        assert!(row.get::<bool>("f"));
        assert_eq!(row.get::<Ms>("g"), Ms(9));
        assert_eq!(row.get::<String>("h"), "pending");
        assert_eq!(row.get::<Option<Yen>>("i"), Some(Yen(5)));
        self.shop.log("all equal");
        let changed = db.execute(INSERT, params![order.id, order.amount]).await;
        self.shop.log(seen(&changed));
        let none = "UPDATE orders SET status = 'x' WHERE id = 'nobody'";
        self.shop.log(seen(&db.execute(none, params![]).await));
        let returning = "UPDATE orders SET status = 'paid' RETURNING id, status";
        let rows = db.query(returning, params![]).await?;
        self.shop.log(rows[0].get::<String>("status"));
        Ok(Answer::Confirmed)
    }
}

#[test]
fn values_go_in_and_come_out_and_statements_tell_how_many_rows_they_changed() {
    let run = play::<Values>(&Setup::new().schema(SCHEMA), "");
    assert_eq!(run.evidence.halt, None);
    let lines: Vec<&str> = log(&run).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, ["all equal", "1", "0", "paid"]);
    assert_eq!(rows(&run), [("order1", "paid")]);
}

/// Looks at a database that need not be there.
struct Looks {
    shop: Shop,
}

impl OrderFlow for Looks {
    fn start(shop: Shop) -> Self {
        Looks { shop }
    }

    async fn place_order(&self, _: &Order) -> Result<Answer, Failure> {
        let rows = self.shop.db.query("SELECT * FROM orders", params![]).await;
        self.shop.log(seen(&rows.map(|rows| rows.len())));
        Ok(Answer::Confirmed)
    }
}

#[test]
fn a_schema_without_tables_and_a_shop_without_a_database_are_not_the_same() {
    let run = play::<Looks>(&Setup::new().schema(""), "");
    assert_eq!(log(&run)[0].1, "SQL: no such table: orders");
    assert_eq!(run.evidence.halt, None);
    assert_eq!((run.evidence.orders, run.evidence.history), (vec![], None));
    let run = play::<Looks>(&Setup::new(), "");
    let (message, _) = panic_of(&run);
    assert_eq!(message, "the shop of this world has no database");
}
