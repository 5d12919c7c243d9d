//! Where the lab finds a shop's orders, history and stock: in tables of these names, or wherever a query says.

use super::pool::Database;
use crate::language::name::Name;

/// The queries that replace the tables `orders`, `history` and `stock`; `None` if the table itself is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mapping {
    pub(crate) orders: Option<&'static str>,
    pub(crate) history: Option<&'static str>,
    pub(crate) stock: Option<&'static str>,
}

impl Mapping {
    /// Reads orders from this query.
    pub(crate) fn orders(query: &str) -> &'static str {
        let columns = "CAST(id AS TEXT), coalesce(CAST(status AS TEXT), '')";
        read(columns, query, "id")
    }

    /// Reads the history from this query.
    pub(crate) fn history(query: &str) -> &'static str {
        read("CAST(order_id AS TEXT)", query, "order_id")
    }

    /// Reads the stock from this query.
    pub(crate) fn stock(query: &str) -> &'static str {
        let columns = "CAST(sku AS TEXT), coalesce(CAST(quantity AS INTEGER), 0)";
        read(columns, query, "sku")
    }
}

/// Reads these columns of a query, ordered by one of them. Columns of any type become texts and numbers.
fn read(columns: &str, query: &str, by: &str) -> &'static str {
    let query = query.trim().trim_end_matches(';');
    // The line break ends a comment at the end of the query.
    let sql = format!("SELECT {columns} FROM (\n{query}\n) WHERE {by} IS NOT NULL ORDER BY {by}");
    Name::new(&sql).as_str()
}

impl Database {
    /// How the shop's orders are read, if it keeps any.
    pub(crate) fn reads_orders(&self) -> Option<&'static str> {
        let table = || {
            self.has_table("orders")
                .then_some("SELECT id, status FROM orders ORDER BY id")
        };
        self.mapping.orders.or_else(table)
    }

    /// How its history is read, if it keeps one.
    pub(super) fn reads_history(&self) -> Option<&'static str> {
        let table = || {
            self.has_table("history")
                .then_some("SELECT order_id FROM history ORDER BY order_id")
        };
        self.mapping.history.or_else(table)
    }

    /// How its stock is read, if it keeps any.
    pub(super) fn reads_stock(&self) -> Option<&'static str> {
        let table = || {
            self.has_table("stock")
                .then_some("SELECT sku, quantity FROM stock ORDER BY sku")
        };
        self.mapping.stock.or_else(table)
    }

    /// Whether SQLite understands the queries with this schema.
    pub(super) fn understands_mapping(&self) -> Result<(), String> {
        let Mapping {
            orders,
            history,
            stock,
        } = self.mapping;
        let queries = [
            ("orders_from", orders),
            ("history_from", history),
            ("stock_from", stock),
        ];
        for (name, query) in queries {
            let Some(query) = query else { continue };
            let prepared = self.slots[0].connection.prepare(query);
            if let Err(error) = prepared {
                let said = super::run::what_sqlite_says(&error);
                return Err(format!(
                    "the query of `{name}` is not valid SQL here: {said}"
                ));
            }
        }
        Ok(())
    }
}
