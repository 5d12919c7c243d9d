//! Reads the shop's books, as evidence.

use super::pool::Database;
use crate::engine::record::{OrderRow, StockRecord};
use crate::engine::sim::Sim;
use crate::engine::store::Store;
use crate::language::instance::Instance;
use crate::language::name::Name;
use rusqlite::Connection;
use std::any::Any;

impl Database {
    /// A connection without an open transaction, so that it sees only what is committed; the first one, if there is
    /// none.
    fn onlooker(&self) -> &Connection {
        let mut slots = self.slots.iter().map(|slot| &slot.connection);
        let idle = slots.find(|connection| connection.is_autocommit());
        idle.unwrap_or(&self.slots[0].connection)
    }

    pub(crate) fn has_table(&self, name: &str) -> bool {
        self.tables.iter().any(|table| table == name)
    }

    /// What the shop's table `orders` says, by id. Rows that say it already are left alone.
    pub(crate) fn read_orders(&self, orders: &mut Vec<OrderRow>) -> rusqlite::Result<()> {
        let mut count = 0;
        if let Some(sql) = self.reads_orders() {
            let mut statement = self.onlooker().prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (id, status) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
                let is_known = |known: &OrderRow| known.id.as_str() == id && known.status == status;
                if !orders.get(count).is_some_and(is_known) {
                    orders.truncate(count);
                    orders.push(OrderRow {
                        id: Name::new(id),
                        status: status.to_owned(),
                    });
                }
                count += 1;
            }
        }
        orders.truncate(count);
        Ok(())
    }

    /// The order ids in the shop's table `history`, if there is one.
    pub(crate) fn history(&self) -> rusqlite::Result<Option<Vec<Name>>> {
        let Some(sql) = self.reads_history() else {
            return Ok(None);
        };
        self.onlooker()
            .prepare_cached(sql)?
            .query_map([], |row| Ok(Name::new(row.get_ref(0)?.as_str()?)))?
            .collect::<rusqlite::Result<_>>()
            .map(Some)
    }

    pub(super) fn stock(&self) -> rusqlite::Result<Vec<StockRecord>> {
        let Some(sql) = self.reads_stock() else {
            return Ok(Vec::new());
        };
        self.onlooker()
            .prepare_cached(sql)?
            .query_map([], |row| {
                let free: i64 = row.get(1)?;
                Ok(StockRecord {
                    sku: Name::new(row.get_ref(0)?.as_str()?),
                    at_first: free,
                    free,
                })
            })?
            .collect()
    }

    /// The shop's own table `stock`, then and now; `None` if there is none.
    pub(crate) fn stock_then_and_now(&self) -> rusqlite::Result<Option<Vec<StockRecord>>> {
        if self.reads_stock().is_none() {
            return Ok(None);
        }
        let mut stock = self.stock()?;
        for record in &mut stock {
            record.at_first = self
                .at_first
                .iter()
                .find(|before| before.sku == record.sku)
                .map_or(0, |before| before.free);
        }
        Ok(Some(stock))
    }
}

impl Store for Database {
    fn read_orders(&self, orders: &mut Vec<OrderRow>) -> bool {
        Database::read_orders(self, orders).is_ok()
    }

    fn sees_what_is_committed(&self) -> bool {
        self.onlooker().is_autocommit()
    }

    fn history(&self) -> Option<Vec<Name>> {
        Database::history(self).ok().flatten()
    }

    fn stock(&self) -> Option<Vec<StockRecord>> {
        self.stock_then_and_now().ok().flatten()
    }

    fn roll_back_of(&mut self, process: Instance) -> Vec<Name> {
        Database::roll_back_of(self, process)
    }
}

impl Database {
    /// The database of this world, if its shop has one.
    pub(crate) fn of(sim: &mut Sim) -> Option<&mut Database> {
        let store: &mut dyn Any = &mut **sim.store.as_mut()?;
        store.downcast_mut()
    }

    /// The database at the end of a world.
    pub(crate) fn taken_from(sim: &mut Sim) -> Option<Box<Database>> {
        let store: Box<dyn Any> = sim.store.take()?;
        store.downcast().ok()
    }
}
