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
    let mut found = 0;
    execute("BEGIN IMMEDIATE")?;
    connection
        .prepare_cached(INSERT)?
        .execute(params!["order1", 1_200])?;
    execute("COMMIT")?;
    found += read_the_books(connection)?;
    execute("BEGIN IMMEDIATE")?;
    connection
        .prepare_cached(UPDATE)?
        .execute(params!["order1", "confirmed"])?;
    execute("COMMIT")?;
    found += read_the_books(connection)?;
    for _ in 0..RECOVERS {
        let mut statement = connection.prepare_cached(OPEN)?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {
            found += 1;
        }
    }
    found += read_the_books(connection)?;
    execute("DELETE FROM orders")?;
    Ok(found)
}

/// What the lab asks after every commit, and at the end of a world.
fn read_the_books(connection: &Connection) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached("SELECT id, status FROM orders ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut read = 0;
    while let Some(row) = rows.next()? {
        read += usize::from(row.get_ref(0)?.as_str().is_ok());
    }
    Ok(read)
}
