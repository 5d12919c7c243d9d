//! What order code needs: `use lab::prelude::*;`

#[doc(inline)]
pub use crate::db::{Db, DbError, Row, Transaction};
#[doc(inline)]
pub use crate::flow::{OrderFlow, RefundNews, Webhook};
#[doc(inline)]
pub use crate::language::message::{
    By, CallError, Charge, ChargeRequest, ChargeStatus, InDoubt, Key, Parcel, Refund, RefundStatus,
    Reservation, TxId,
};
#[doc(inline)]
pub use crate::language::order::{Answer, Failure, Order, Yen};
#[doc(inline)]
pub use crate::language::time::Ms;
#[doc(inline)]
pub use crate::params;
#[doc(inline)]
pub use crate::shop::Shop;
#[doc(inline)]
pub use crate::two_phase::Participant;
