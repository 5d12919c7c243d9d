//! What the shop's books say, recorded as soon as it is committed.

use super::Sim;
use crate::engine::record::{Entered, OrderRow};
use crate::language::name::Name;
use crate::language::order::Yen;

/// What the shop's books say now and have said.
#[derive(Default)]
pub(crate) struct Books {
    /// Everything they have said, in order.
    pub(crate) entered: Vec<Entered>,
    /// How many orders they have a row for.
    standing: usize,
    /// The shop's table of orders, as read after the last commit.
    pub(crate) orders: Vec<OrderRow>,
    /// Whether that is complete: only another commit can change it.
    pub(crate) are_current: bool,
}

impl Sim {
    /// After a commit: notes which orders have a new status or have disappeared, what has been paid for them by now,
    /// and whether everything that belongs to the confirmed ones is there.
    pub(crate) fn enter(&mut self) {
        self.books.are_current = false;
        let Some(store) = &self.store else { return };
        if !store.read_orders(&mut self.books.orders) {
            return;
        }
        self.books.are_current = store.sees_what_is_committed();
        for place in 0..self.books.orders.len() {
            let row = &self.books.orders[place];
            let before = self
                .books
                .entered
                .iter()
                .rev()
                .find(|last| last.order == row.id);
            let before = before.and_then(|last| last.status.as_deref());
            if before != Some(row.status.as_str()) {
                self.books.standing += usize::from(before.is_none());
                let (id, status) = (row.id, row.status.clone());
                self.note(id, Some(status));
            }
        }
        if self.books.standing > self.books.orders.len() {
            self.note_what_is_gone();
        }
        self.complete();
    }

    fn note(&mut self, order: Name, status: Option<String>) {
        let services = self.services.as_ref();
        let paid = services.map_or(Yen(0), |services| services.paid(order, self.now));
        self.books.entered.push(Entered {
            at: self.now,
            order,
            paid,
            status,
            whole_at: None,
        });
    }

    fn note_what_is_gone(&mut self) {
        let known = self.books.entered.iter().enumerate();
        let gone = known.filter(|(n, it)| {
            let is_there = self.books.orders.iter().any(|row| row.id == it.order);
            it.status.is_some() && !is_there && is_last(&self.books.entered, *n)
        });
        let gone: Vec<Name> = gone.map(|(_, it)| it.order).collect();
        self.books.standing -= gone.len();
        for order in gone {
            self.note(order, None);
        }
    }

    /// Notes which confirmed orders have become complete.
    fn complete(&mut self) {
        let lacks = |n: &usize| {
            let entered = &self.books.entered[*n];
            entered.is("confirmed")
                && entered.whole_at.is_none()
                && is_last(&self.books.entered, *n)
        };
        let lacking: Vec<usize> = (0..self.books.entered.len()).filter(lacks).collect();
        let Some(store) = self.store.as_ref().filter(|_| !lacking.is_empty()) else {
            return;
        };
        let history = store.history();
        let stock = store.stock();
        let quantity = |order: Name, sku: Name| -> i64 {
            let mut orders = self.submissions.iter().map(|submission| &submission.order);
            let found = orders.find(|it| it.name() == order && Name::new(&it.sku) == sku);
            found.map_or(0, |order| i64::from(order.quantity))
        };
        let sold = |sku: Name| -> i64 {
            let entered = self.books.entered.iter().enumerate();
            let confirmed =
                entered.filter(|(n, it)| it.is("confirmed") && is_last(&self.books.entered, *n));
            confirmed.map(|(_, it)| quantity(it.order, sku)).sum()
        };
        let is_whole = |order: Name| {
            let in_history = history.as_ref().is_none_or(|ids| ids.contains(&order));
            let mut stock = stock.iter().flatten();
            in_history
                && stock
                    .all(|it| quantity(order, it.sku) == 0 || it.at_first - it.free >= sold(it.sku))
        };
        let whole: Vec<usize> = lacking
            .into_iter()
            .filter(|n| is_whole(self.books.entered[*n].order))
            .collect();
        for n in whole {
            self.books.entered[n].whole_at = Some(self.now);
        }
    }
}

/// Whether this is the last thing said of its order.
fn is_last(books: &[Entered], n: usize) -> bool {
    let mut later = books[n + 1..].iter();
    later.all(|later| later.order != books[n].order)
}
