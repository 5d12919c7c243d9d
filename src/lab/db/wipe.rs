//! Between two worlds the database is made what the chapter's schema left.

use super::pool::Database;
use super::text::Leaves;
use rusqlite::types::Value;

impl Database {
    pub(super) fn names_of_tables(&self) -> rusqlite::Result<Vec<String>> {
        self.slots[0]
            .connection
            .prepare_cached(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            )?
            .query_map([], |row| row.get(0))?
            .collect()
    }

    pub(super) fn wipe(&mut self) -> rusqlite::Result<()> {
        self.roll_back_all();
        if std::mem::take(&mut self.leaves) == Leaves::Schema {
            self.undo_schema_changes()?;
        }
        let connection = &self.slots[0].connection;
        // Children and parents are emptied in any order.
        if self.tables.len() > 1 {
            connection.execute_batch("PRAGMA foreign_keys = off")?;
        }
        for table in &self.tables {
            connection
                .prepare_cached(&format!("DELETE FROM \"{table}\""))?
                .execute([])?;
        }
        for (insert, values) in &self.first_rows {
            connection
                .prepare_cached(insert)?
                .execute(rusqlite::params_from_iter(values))?;
        }
        if self.tables.len() > 1 {
            connection.execute_batch("PRAGMA foreign_keys = on")?;
        }
        Ok(())
    }

    /// The order code made tables of its own, or altered the chapter's.
    fn undo_schema_changes(&mut self) -> rusqlite::Result<()> {
        let connection = &self.slots[0].connection;
        for table in self.names_of_tables()? {
            if !self.tables.contains(&table) {
                connection.execute_batch(&format!("DROP TABLE \"{table}\""))?;
            }
        }
        if self.definitions()? != self.definitions {
            *self = Database::open(self.schema, self.storage);
        }
        Ok(())
    }

    pub(super) fn definitions(&self) -> rusqlite::Result<Vec<String>> {
        self.slots[0]
            .connection
            .prepare_cached("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")?
            .query_map([], |row| row.get(0))?
            .collect()
    }

    /// The rows that the chapter's schema begins with, as statements that put them back.
    pub(super) fn rows_at_first(&mut self) -> rusqlite::Result<Vec<(String, Vec<Value>)>> {
        let mut rows = Vec::new();
        for table in self.tables.clone() {
            let columns = self.columns_to_write(&table)?;
            let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
            let (columns, places) = (columns.join(", "), places.join(", "));
            for row in self.query(0, &format!("SELECT {columns} FROM \"{table}\""), &[])? {
                let insert = format!("INSERT INTO \"{table}\" ({columns}) VALUES ({places})");
                rows.push((insert, row.values));
            }
        }
        Ok(rows)
    }

    /// The columns of a table, quoted, without those that SQLite computes.
    fn columns_to_write(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        self.slots[0]
            .connection
            .prepare_cached("SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0")?
            .query_map([table], |row| {
                Ok(format!("\"{}\"", row.get::<_, String>(0)?))
            })?
            .collect()
    }
}
