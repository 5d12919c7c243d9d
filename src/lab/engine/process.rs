//! The order code as a process: what it can be asked.

use crate::language::order::{Answer, Failure, Order, Yen};
use std::future::Future;
use std::pin::Pin;

/// What a webhook says. It may be lost, late, sent twice or overtaken by a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The charge, `pay_1`.
    pub charge: String,
    /// The order it was made for.
    pub order: String,
    /// How much.
    pub amount: Yen,
    /// Whether the money has moved (`true`) or the charge was finally declined (`false`).
    pub captured: bool,
}

/// A future with its type forgotten.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A process of the shop: order code with its types forgotten, so that one world can run any.
pub(crate) trait Process {
    fn place_order<'a>(&'a self, order: &'a Order) -> Boxed<'a, Result<Answer, Failure>>;
    fn recover(&self) -> Boxed<'_, Result<(), Failure>>;
    fn on_webhook<'a>(&'a self, webhook: &'a Webhook) -> Boxed<'a, Result<(), Failure>>;
}
