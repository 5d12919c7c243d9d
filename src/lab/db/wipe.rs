//! Between two worlds, resets the database to its initial state.

use super::pool::Database;
use super::text::Leaves;
use rusqlite::types::Value;

/// Up to this many tables are dropped one by one. Opening the database anew costs less than dropping hundreds.
const A_FEW: usize = 10;

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
        if self.all_changes() == self.clean_at {
            return Ok(());
        }
        let connection = &self.slots[0].connection;
        let execute = |sql: &str| connection.prepare_cached(sql)?.execute([]);
        if self.circular {
            // Only then: the pragma has SQLite prepare all statements anew.
            execute("PRAGMA foreign_keys = off")?;
        }
        // One transaction is cheaper than one for every statement.
        let several = self.tables.len() + self.first_rows.len() > 1;
        if several {
            execute("BEGIN IMMEDIATE")?;
        }
        for table in &self.tables {
            execute(&format!("DELETE FROM \"{table}\""))?;
        }
        for (insert, values) in &self.first_rows {
            connection
                .prepare_cached(insert)?
                .execute(rusqlite::params_from_iter(values))?;
        }
        if several {
            execute("COMMIT")?;
        }
        if self.circular {
            execute("PRAGMA foreign_keys = on")?;
        }
        self.clean_at = self.all_changes();
        Ok(())
    }

    /// Puts tables that refer to others in front of those.
    pub(super) fn order_tables(&mut self) -> rusqlite::Result<()> {
        let mut left = std::mem::take(&mut self.tables);
        let mut referred = Vec::new();
        for table in &left {
            referred.push(self.referred(table)?);
        }
        while !left.is_empty() {
            let is_free = |table: &String| {
                let others = left
                    .iter()
                    .zip(&referred)
                    .filter(|(other, _)| *other != table);
                others
                    .flat_map(|(_, to)| to)
                    .all(|to| !to.eq_ignore_ascii_case(table))
            };
            let free = left.iter().position(is_free);
            self.circular |= free.is_none();
            let next = free.unwrap_or(0);
            referred.remove(next);
            self.tables.push(left.remove(next));
        }
        Ok(())
    }

    /// The tables that this one's foreign keys refer to.
    fn referred(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        self.slots[0]
            .connection
            .prepare_cached("SELECT \"table\" FROM pragma_foreign_key_list(?1)")?
            .query_map([table], |row| row.get(0))?
            .collect()
    }

    /// The order code has created tables, or altered those of the schema.
    fn undo_schema_changes(&mut self) -> rusqlite::Result<()> {
        let tables = self.names_of_tables()?;
        if tables.len() > self.tables.len() + A_FEW {
            *self = Database::open(self.schema, self.storage, self.mapping);
            return Ok(());
        }
        let connection = &self.slots[0].connection;
        for table in tables {
            if !self.tables.contains(&table) {
                connection.execute_batch(&format!("DROP TABLE \"{table}\""))?;
            }
        }
        if self.definitions()? != self.definitions {
            *self = Database::open(self.schema, self.storage, self.mapping);
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

    /// The rows that the schema begins with, as statements that put them back.
    pub(super) fn rows_at_first(&mut self) -> rusqlite::Result<Vec<(String, Vec<Value>)>> {
        let mut rows = Vec::new();
        // Rows that others refer to are written first.
        for table in self.tables.clone().into_iter().rev() {
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
