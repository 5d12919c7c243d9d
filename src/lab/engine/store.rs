//! The shop's database, as seen by a world: what is committed there is what the shop believes.

use crate::engine::record::{OrderRow, StockRecord};
use crate::language::instance::Instance;
use crate::language::name::Name;
use std::any::Any;

/// The shop's database.
pub(crate) trait Store: Any + Send {
    /// What the shop's table `orders` says, by id; rows of `orders` that say it already are left alone. False if it
    /// cannot be read.
    fn read_orders(&self, orders: &mut Vec<OrderRow>) -> bool;

    /// Whether reads see only what is committed.
    fn sees_what_is_committed(&self) -> bool;

    /// The order ids in the shop's table `history`; `None` if it has none.
    fn history(&self) -> Option<Vec<Name>>;

    /// The shop's own table `stock`, then and now; `None` if it has none.
    fn stock(&self) -> Option<Vec<StockRecord>>;

    /// Rolls back everything that this process has open; returns whose transactions those were.
    fn roll_back_of(&mut self, process: Instance) -> Vec<Name>;
}
