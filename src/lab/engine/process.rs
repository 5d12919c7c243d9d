//! The order code as a process: its interface.

use crate::language::order::{Answer, Failure, Order, Yen};
use std::future::Future;
use std::pin::Pin;

/// The content of a webhook. It may be lost, late, sent twice or overtaken by a later one.
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

/// A type-erased future.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// A process of the shop: type-erased order code, so that one world can run any.
pub(crate) trait Process {
    fn place_order<'a>(&'a self, order: &'a Order) -> Boxed<'a, Result<Answer, Failure>>;
    fn recover(&self) -> Boxed<'_, Result<(), Failure>>;
    fn on_webhook<'a>(&'a self, webhook: &'a Webhook) -> Boxed<'a, Result<(), Failure>>;
}
