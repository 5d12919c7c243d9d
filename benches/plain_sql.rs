//! The statements of one world with a database, on bare rusqlite: prepared once, on one connection to the same
//! kind of shared in-memory database, wiped after every world.

use rusqlite::{Connection, params};
use std::cell::OnceCell;

pub(crate) const SCHEMA: &str = "CREATE TABLE orders (id TEXT PRIMARY KEY, amount INTEGER NOT NULL, status TEXT NOT NULL) STRICT;";
pub(crate) const INSERT: &str =
    "INSERT INTO orders (id, amount, status) VALUES (?1, ?2, 'pending')";
pub(crate) const UPDATE: &str = "UPDATE orders SET status = ?2 WHERE id = ?1";
pub(crate) const OPEN: &str = "SELECT id FROM orders WHERE status = 'pending' ORDER BY id";

/// How often the periodic job looks for open orders in twelve hours.
const RECOVERS: usize = 11;

thread_local! {
    static CONNECTION: OnceCell<Connection> = const { OnceCell::new() };
}

/// Runs the statements of one world.
pub fn world(_number: u64) -> usize {
    CONNECTION.with(|cell| {
        let connection = cell.get_or_init(|| open().expect("SQLite opens a database in memory"));
        run(connection).expect("the statements are valid")
    })
}

fn open() -> rusqlite::Result<Connection> {
    let connection = Connection::open("file:/plain?vfs=memdb")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

fn run(connection: &Connection) -> rusqlite::Result<usize> {
    let execute = |sql: &str| connection.prepare_cached(sql)?.execute([]);
    execute("BEGIN IMMEDIATE")?;
    connection
        .prepare_cached(INSERT)?
        .execute(params!["order1", 1_200])?;
    execute("COMMIT")?;
    execute("BEGIN IMMEDIATE")?;
    connection
        .prepare_cached(UPDATE)?
        .execute(params!["order1", "confirmed"])?;
    execute("COMMIT")?;
    let mut found = 0;
    for _ in 0..RECOVERS {
        let mut statement = connection.prepare_cached(OPEN)?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {
            found += 1;
        }
    }
    // What the lab reads at the end of a world, and how it wipes.
    let mut statement = connection.prepare_cached("SELECT id, status FROM orders ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        found += row.get_ref(0)?.as_str().is_ok() as usize;
    }
    execute("DELETE FROM orders")?;
    Ok(found)
}
