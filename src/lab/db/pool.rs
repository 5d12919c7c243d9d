//! The connections behind the shop's database.
//!
//! Opening a database costs far more than a world's statements do. So a database is kept from world to world,
//! and wiped in between.

use super::CONNECTIONS;
use super::mapping::Mapping;
use super::text::Leaves;
use super::value::Row;
use crate::engine::record::StockRecord;
use crate::language::instance::Instance;
use crate::language::name::Name;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Where the shop's database is stored. It decides who blocks whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Storage {
    /// In memory, shared by the connections. A transaction that writes blocks readers, too.
    #[default]
    Memory,
    /// A file with a write-ahead log: readers pass, writers wait for each other
    /// (<https://sqlite.org/wal.html>).
    WriteAheadLog,
}

pub(super) struct Slot {
    pub(super) connection: Connection,
    lent: bool,
    /// The process whose pool it is in.
    whose: Instance,
    holds_lock: Option<Name>,
}

/// One database and its connections.
pub struct Database {
    pub(super) schema: &'static str,
    pub(super) storage: Storage,
    pub(super) mapping: Mapping,
    pub(super) location: String,
    pub(super) directory: Option<std::path::PathBuf>,
    pub(super) slots: Vec<Slot>,
    /// Tables that refer to others come before those.
    pub(super) tables: Vec<String>,
    /// Whether there is no such order because tables refer to each other in a circle.
    pub(super) circular: bool,
    pub(super) definitions: Vec<String>,
    pub(super) first_rows: Vec<(String, Vec<Value>)>,
    pub(super) leaves: Leaves,
    pub(super) wipeable: bool,
    pub(super) at_first: Vec<StockRecord>,
    /// How many rows its connections had changed when it was last in its initial state.
    pub(super) clean_at: u64,
}

thread_local! {
    static KEPT: RefCell<Vec<Database>> = const { RefCell::new(Vec::new()) };
}

/// How many statements a connection keeps prepared: those of a flow and those of the lab.
const STATEMENTS: usize = 64;

/// In bytes, the smallest there is: <https://sqlite.org/pragma.html#pragma_page_size>.
const PAGE_SIZE: u32 = 512;

static OPENED: AtomicU64 = AtomicU64::new(0);

impl Database {
    /// A wiped database with this schema: a kept one, or a new one.
    ///
    /// # Panics
    /// If SQLite does not understand the schema, or a query of the mapping: see
    /// [`Setup::check`](crate::setup::Setup::check).
    pub(crate) fn acquire(schema: &'static str, storage: Storage, mapping: Mapping) -> Database {
        let kept = KEPT.with_borrow_mut(|kept| {
            let place = kept.iter().position(|database| {
                std::ptr::eq(database.schema, schema)
                    && database.storage == storage
                    && database.mapping == mapping
            })?;
            Some(kept.swap_remove(place))
        });
        kept.unwrap_or_else(|| Database::open(schema, storage, mapping))
    }

    /// Whether SQLite understands this schema, and the queries of this mapping.
    pub(crate) fn check(
        schema: &'static str,
        storage: Storage,
        mapping: Mapping,
    ) -> Result<(), String> {
        Database::built(schema, storage, mapping).map(Database::keep)
    }

    /// Whether its tables are still those of the schema.
    pub(crate) fn is_as_built(&self) -> bool {
        self.leaves == Leaves::Nothing
    }

    /// Wipes the database and keeps it for a later world.
    pub(crate) fn keep(mut self) {
        if self.wipeable && self.leaves < Leaves::Connection && self.wipe().is_ok() {
            KEPT.with_borrow_mut(|kept| kept.push(self));
        }
    }

    pub(super) fn open(schema: &'static str, storage: Storage, mapping: Mapping) -> Database {
        Database::built(schema, storage, mapping).unwrap_or_else(|problem| panic!("{problem}"))
    }

    fn built(schema: &'static str, storage: Storage, mapping: Mapping) -> Result<Database, String> {
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let mut directory = None;
        let location = match storage {
            Storage::Memory => format!("file:/saga-{number}?vfs=memdb"),
            Storage::WriteAheadLog => {
                let memory = std::path::Path::new("/dev/shm");
                let parent = if memory.is_dir() {
                    memory.to_owned()
                } else {
                    std::env::temp_dir()
                };
                let own = parent.join(format!("saga-{}-{number}", std::process::id()));
                std::fs::create_dir_all(&own)
                    .unwrap_or_else(|error| panic!("cannot create {}: {error}", own.display()));
                let file = own.join("shop.db").display().to_string();
                directory = Some(own);
                file
            }
        };
        let mut database = Database {
            schema,
            storage,
            mapping,
            location,
            directory,
            slots: Vec::new(),
            tables: Vec::new(),
            circular: false,
            definitions: Vec::new(),
            first_rows: Vec::new(),
            leaves: Leaves::Nothing,
            wipeable: false,
            at_first: Vec::new(),
            clean_at: 0,
        };
        database.connect();
        let first = &database.slots[0].connection;
        if storage == Storage::WriteAheadLog {
            first
                .pragma_update(None, "journal_mode", "wal")
                .unwrap_or_else(|error| panic!("cannot switch to a write-ahead log: {error}"));
        }
        first
            .execute_batch(schema)
            .map_err(|error| format!("the schema is not valid SQL: {error}"))?;
        database.tables = database
            .names_of_tables()
            .map_err(|error| format!("cannot read the schema back: {error}"))?;
        database.understands_mapping()?;
        database
            .remember()
            .map_err(|error| format!("cannot read the schema back: {error}"))?;
        database.clean_at = database.all_changes();
        Ok(database)
    }

    fn remember(&mut self) -> rusqlite::Result<()> {
        self.definitions = self.definitions()?;
        self.order_tables()?;
        self.first_rows = self.rows_at_first()?;
        self.at_first = self.stock()?;
        // Emptying the tables would fire triggers, and keep the counters of `AUTOINCREMENT`.
        let stubborn =
            "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' OR name = 'sqlite_sequence'";
        let connection = &self.slots[0].connection;
        self.wipeable =
            connection.query_row(stubborn, [], |row| row.get(0).map(|n: u32| n == 0))?;
        Ok(())
    }

    fn connect(&mut self) -> usize {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.location, flags)
            .and_then(|connection| {
                connection.busy_timeout(Duration::ZERO)?;
                connection.set_prepared_statement_cache_capacity(STATEMENTS);
                if self.slots.is_empty() {
                    // A world has a few short rows. Before each write SQLite copies the page that holds the row.
                    connection.pragma_update(None, "page_size", PAGE_SIZE)?;
                }
                connection.pragma_update(None, "foreign_keys", true)?;
                if self.storage == Storage::WriteAheadLog {
                    // The file lives no longer than this process, so nothing has to reach a disk.
                    connection.pragma_update(None, "synchronous", "off")?;
                }
                Ok(connection)
            })
            .unwrap_or_else(|error| panic!("cannot open the shop's database: {error}"));
        self.slots.push(Slot {
            connection,
            lent: false,
            whose: Instance::FIRST,
            holds_lock: None,
        });
        self.slots.len() - 1
    }

    /// Lends a connection of this process's pool out, if one is free.
    pub(crate) fn take(&mut self, whose: Instance) -> Option<usize> {
        let lent = self.slots.iter().filter(|slot| slot.lent);
        if lent.filter(|slot| slot.whose == whose).count() >= CONNECTIONS {
            return None;
        }
        // Connections are all alike, so the pools of several processes share what lies idle.
        let free = self.slots.iter().position(|slot| !slot.lent);
        let slot = free.unwrap_or_else(|| self.connect());
        self.slots[slot].lent = true;
        self.slots[slot].whose = whose;
        Some(slot)
    }

    pub(crate) fn give_back(&mut self, slot: usize) {
        self.slots[slot].lent = false;
    }

    pub(crate) fn hold_lock(&mut self, slot: usize, actor: Name) {
        self.slots[slot].holds_lock = Some(actor);
    }

    pub(crate) fn release_lock(&mut self, slot: usize) {
        self.slots[slot].holds_lock = None;
    }

    pub(crate) fn lock_holder(&self) -> Option<Name> {
        self.slots.iter().find_map(|slot| slot.holds_lock)
    }

    pub(crate) fn holds_lock(&self, slot: usize) -> bool {
        self.slots[slot].holds_lock.is_some()
    }

    /// Whether no transaction is open on this connection, so that everybody sees all that it did.
    pub(crate) fn is_autocommit(&self, slot: usize) -> bool {
        self.slots[slot].connection.is_autocommit()
    }

    /// How many rows all connections have ever changed.
    pub(super) fn all_changes(&self) -> u64 {
        (0..self.slots.len()).map(|slot| self.changes(slot)).sum()
    }

    /// How many rows this connection has ever changed.
    pub(crate) fn changes(&self, slot: usize) -> u64 {
        self.slots[slot].connection.total_changes()
    }

    pub(crate) fn execute(
        &mut self,
        slot: usize,
        sql: &str,
        params: &[Value],
    ) -> rusqlite::Result<usize> {
        let before = self.changes(slot);
        let mut statement = self.slots[slot].connection.prepare_cached(sql)?;
        if statement.column_count() > 0 {
            // For a `RETURNING` clause or a pragma, step to the end.
            let mut rows = statement.query(rusqlite::params_from_iter(params))?;
            let mut count = 0;
            while rows.next()?.is_some() {
                count += 1;
            }
            return Ok(count);
        }
        let changed = statement.execute(rusqlite::params_from_iter(params))?;
        drop(statement);
        // After a statement that changes no rows, SQLite still reports the number of an earlier one, perhaps of another
        // world.
        Ok(if before == self.changes(slot) {
            0
        } else {
            changed
        })
    }

    pub(crate) fn query(
        &mut self,
        slot: usize,
        sql: &str,
        params: &[Value],
    ) -> rusqlite::Result<Vec<Row>> {
        let mut statement = self.slots[slot].connection.prepare_cached(sql)?;
        let mut columns: Option<Arc<[String]>> = None;
        let count = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let columns = columns
                .get_or_insert_with(|| row.as_ref().column_names().map(str::to_owned).collect())
                .clone();
            let values = (0..count)
                .map(|place| row.get(place))
                .collect::<rusqlite::Result<_>>()?;
            found.push(Row { columns, values });
        }
        Ok(found)
    }

    /// Rolls back what is open on this connection; says whether there was anything.
    pub(crate) fn roll_back(&mut self, slot: usize) -> bool {
        let slot = &mut self.slots[slot];
        slot.holds_lock = None;
        !slot.connection.is_autocommit() && slot.connection.execute_batch("ROLLBACK").is_ok()
    }

    /// Rolls back everything and takes every connection back.
    pub(crate) fn roll_back_all(&mut self) {
        for process in Instance::ALL {
            self.roll_back_of(process);
        }
    }

    /// The same for one process; returns whose transactions those were.
    pub(crate) fn roll_back_of(&mut self, process: Instance) -> Vec<Name> {
        let mut whose = Vec::new();
        for slot in 0..self.slots.len() {
            if self.slots[slot].whose != process {
                continue;
            }
            whose.extend(self.slots[slot].holds_lock);
            self.roll_back(slot);
            self.slots[slot].lent = false;
        }
        whose
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(directory) = &self.directory {
            self.slots.clear();
            // Best effort: anything left is in memory or a temporary file.
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}
