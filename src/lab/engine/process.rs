//! The order code as a process: its interface.

use crate::language::message::Refund;
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

/// What a webhook says of a refund. It may be lost, late, sent twice or overtaken by a later one, as any webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefundNews {
    /// What all deliveries of this one piece of news have in common: `evt_refund_1`.
    pub event: String,
    /// The refund, as it is now: succeeded or failed.
    pub refund: Refund,
}

/// A type-erased future.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The same, for what order code awaits in a task of its own: `tokio::spawn` wants it `Send`.
pub(crate) type BoxedSend<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A process of the shop: type-erased order code, so that one world can run any.
pub(crate) trait Process {
    fn place_order<'a>(&'a self, order: &'a Order) -> Boxed<'a, Result<Answer, Failure>>;
    fn recover(&self) -> Boxed<'_, Result<(), Failure>>;
    fn on_webhook<'a>(&'a self, webhook: &'a Webhook) -> Boxed<'a, Result<(), Failure>>;
    fn on_refund<'a>(&'a self, news: &'a RefundNews) -> Boxed<'a, Result<(), Failure>>;
}
