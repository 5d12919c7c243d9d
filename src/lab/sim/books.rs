//! What the shop's books come to say, as soon as it is committed.

use super::Sim;
use crate::evidence::Entered;
use crate::name::Name;

impl Sim {
    /// Something has been committed: notes which orders the books call something new now, what has been paid for them
    /// by now, and whether all that belongs to the confirmed ones is there.
    pub(crate) fn enter(&mut self) {
        let now = self.now;
        self.orders_are_current = false;
        let Some(db) = &self.db else { return };
        if db.read_orders(&mut self.orders).is_err() {
            return;
        }
        // A transaction on the connection that reads may look at an older state.
        self.orders_are_current = db.is_autocommit(0);
        for row in &self.orders {
            let before = self.books.iter().rev().find(|last| last.order == row.id);
            if before.is_none_or(|last| last.status != row.status) {
                self.books.push(Entered {
                    at: now,
                    order: row.id,
                    paid: self.payment.kept(row.id, now),
                    status: row.status.clone(),
                    whole_at: None,
                });
            }
        }
        self.complete();
    }

    /// Notes which confirmed orders have become whole.
    fn complete(&mut self) {
        let lacks = |entered: &Entered| entered.status == "confirmed" && entered.whole_at.is_none();
        let Some(db) = self.db.as_ref().filter(|_| self.books.iter().any(lacks)) else {
            return;
        };
        let history = db.history().ok().flatten();
        let stock = db.stock_then_and_now().ok().flatten();
        let quantity = |order: Name, sku: Name| -> i64 {
            let mut orders = self.submissions.iter().map(|submission| &submission.order);
            let found = orders.find(|it| it.name() == order && Name::new(&it.sku) == sku);
            found.map_or(0, |order| i64::from(order.quantity))
        };
        let sold = |sku: Name| -> i64 {
            let entered = self.books.iter().enumerate();
            // What was said last of each order.
            let last = entered.filter(|(n, it)| {
                let later = &self.books[n + 1..];
                it.status == "confirmed" && later.iter().all(|later| later.order != it.order)
            });
            last.map(|(_, it)| quantity(it.order, sku)).sum()
        };
        let is_whole = |order: Name| {
            let in_history = history.as_ref().is_none_or(|ids| ids.contains(&order));
            let mut stock = stock.iter().flatten();
            in_history
                && stock
                    .all(|it| quantity(order, it.sku) == 0 || it.at_first - it.free >= sold(it.sku))
        };
        let whole: Vec<usize> = (0..self.books.len())
            .filter(|n| lacks(&self.books[*n]) && is_whole(self.books[*n].order))
            .collect();
        for n in whole {
            self.books[n].whole_at = Some(self.now);
        }
    }
}
