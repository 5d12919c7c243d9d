//! What the shop's books come to say, as soon as it is committed.

use super::Sim;
use crate::engine::record::Entered;
use crate::language::name::Name;
use crate::language::order::Yen;

impl Sim {
    /// Something has been committed: notes which orders the books call something new now, or know no more, what has
    /// been paid for them by now, and whether all that belongs to the confirmed ones is there.
    pub(crate) fn enter(&mut self) {
        self.orders_are_current = false;
        let Some(store) = &self.store else { return };
        if !store.read_orders(&mut self.orders) {
            return;
        }
        self.orders_are_current = store.sees_what_is_committed();
        for place in 0..self.orders.len() {
            let row = &self.orders[place];
            let before = self.books.iter().rev().find(|last| last.order == row.id);
            let before = before.and_then(|last| last.status.as_deref());
            if before != Some(row.status.as_str()) {
                self.standing += usize::from(before.is_none());
                let (id, status) = (row.id, row.status.clone());
                self.note(id, Some(status));
            }
        }
        if self.standing > self.orders.len() {
            self.note_what_is_gone();
        }
        self.complete();
    }

    fn note(&mut self, order: Name, status: Option<String>) {
        let services = self.services.as_ref();
        let paid = services.map_or(Yen(0), |services| services.paid(order, self.now));
        self.books.push(Entered {
            at: self.now,
            order,
            paid,
            status,
            whole_at: None,
        });
    }

    fn note_what_is_gone(&mut self) {
        let known = self.books.iter().enumerate();
        let gone = known.filter(|(n, it)| {
            let is_there = self.orders.iter().any(|row| row.id == it.order);
            it.status.is_some() && !is_there && is_last(&self.books, *n)
        });
        let gone: Vec<Name> = gone.map(|(_, it)| it.order).collect();
        self.standing -= gone.len();
        for order in gone {
            self.note(order, None);
        }
    }

    /// Notes which confirmed orders have become whole.
    fn complete(&mut self) {
        let lacks = |n: &usize| {
            let entered = &self.books[*n];
            entered.is("confirmed") && entered.whole_at.is_none() && is_last(&self.books, *n)
        };
        let lacking: Vec<usize> = (0..self.books.len()).filter(lacks).collect();
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
            let entered = self.books.iter().enumerate();
            let confirmed =
                entered.filter(|(n, it)| it.is("confirmed") && is_last(&self.books, *n));
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
            .filter(|n| is_whole(self.books[*n].order))
            .collect();
        for n in whole {
            self.books[n].whole_at = Some(self.now);
        }
    }
}

/// Whether this is what was said last of its order.
fn is_last(books: &[Entered], n: usize) -> bool {
    let mut later = books[n + 1..].iter();
    later.all(|later| later.order != books[n].order)
}
