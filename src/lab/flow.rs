//! What order code implements: one trait, for a toy shop and for the order flow at work.
//!
//! The trait asks for little: a process starts, serves customers, runs a periodic job, hears webhooks. Whether it keeps
//! records, asks again or takes the money first is up to the code. So a design that nobody here thought of can pass,
//! and the same tests fit the order flow at work.

pub use crate::engine::process::{RefundNews, Webhook};

use crate::engine::process::{Boxed, Process};
use crate::language::order::{Answer, Failure, Order};
use crate::shop::Shop;
use std::rc::Rc;

/// The order code of a shop: one process, with one database and its clients.
///
/// The process may die at any step. What it keeps in its fields dies with it; what it has committed to the
/// database does not.
#[allow(async_fn_in_trait)] // The lab runs the flow on one thread and needs no `Send` bound.
pub trait OrderFlow: Sized + 'static {
    /// Starts the process. Fields are its memory; `shop` is its database and its clients.
    fn start(shop: Shop) -> Self;

    /// A customer submits an order. The return value is what the customer is told; an `Err` is an error page, which
    /// promises nothing. The same order may be submitted twice (a double click).
    async fn place_order(&self, order: &Order) -> Result<Answer, Failure>;

    /// The periodic job: it runs at every start, and then 1, 2, 4, 8, … virtual minutes after it, up to the end
    /// of the world. A run that is still going is not joined by a second one. An `Err` is logged, and the
    /// next run tries again.
    async fn recover(&self) -> Result<(), Failure> {
        Ok(())
    }

    /// The payment provider reports the result of an accepted charge. An `Err` asks the provider to send the webhook
    /// again later.
    async fn on_webhook(&self, webhook: &Webhook) -> Result<(), Failure> {
        let _ = webhook;
        Ok(())
    }

    /// The payment provider reports what has become of a refund, in worlds where it does
    /// ([`PaymentRules::tells_of_refunds`](crate::services::PaymentRules::tells_of_refunds)). An `Err` asks for the news again
    /// later.
    async fn on_refund(&self, news: &RefundNews) -> Result<(), Failure> {
        let _ = news;
        Ok(())
    }
}

impl<F: OrderFlow> Process for F {
    fn place_order<'a>(&'a self, order: &'a Order) -> Boxed<'a, Result<Answer, Failure>> {
        Box::pin(OrderFlow::place_order(self, order))
    }
    fn recover(&self) -> Boxed<'_, Result<(), Failure>> {
        Box::pin(OrderFlow::recover(self))
    }
    fn on_webhook<'a>(&'a self, webhook: &'a Webhook) -> Boxed<'a, Result<(), Failure>> {
        Box::pin(OrderFlow::on_webhook(self, webhook))
    }
    fn on_refund<'a>(&'a self, news: &'a RefundNews) -> Boxed<'a, Result<(), Failure>> {
        Box::pin(OrderFlow::on_refund(self, news))
    }
}

/// Order code under a name.
#[derive(Clone, Copy)]
pub struct Code {
    name: &'static str,
    start: fn(Shop) -> Rc<dyn Process>,
}

impl Code {
    /// This flow, under this name.
    pub const fn of<F: OrderFlow>(name: &'static str) -> Code {
        Code {
            name,
            start: |shop| Rc::new(F::start(shop)),
        }
    }

    /// The name: `solution`, `wrong_longer_timeout`, ….
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Starts the process.
    pub(crate) fn start(&self, shop: Shop) -> Rc<dyn Process> {
        (self.start)(shop)
    }
}
