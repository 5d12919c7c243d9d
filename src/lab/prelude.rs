//! What order code needs: `use lab::prelude::*;`

pub use crate::db::{Db, DbError, Row, Transaction};
pub use crate::flow::{OrderFlow, Webhook};
pub use crate::message::{
    By, CallError, Charge, ChargeRequest, ChargeStatus, InDoubt, Key, Parcel, Reservation, TxId,
};
pub use crate::order::{Answer, Failure, Order, Yen};
pub use crate::params;
pub use crate::shop::Shop;
pub use crate::time::Ms;
pub use crate::two_phase::Participant;
