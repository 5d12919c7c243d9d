//! What order code needs: `use lab::prelude::*;`

pub use crate::db::{Db, DbError, Row, Transaction};
pub use crate::flow::{OrderFlow, Webhook};
pub use crate::language::message::{
    By, CallError, Charge, ChargeRequest, ChargeStatus, InDoubt, Key, Parcel, Reservation, TxId,
};
pub use crate::language::order::{Answer, Failure, Order, Yen};
pub use crate::language::time::Ms;
pub use crate::params;
pub use crate::shop::Shop;
pub use crate::two_phase::Participant;
