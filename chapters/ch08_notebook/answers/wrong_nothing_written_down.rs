//! Leave the notebook empty.
//!
//! **Why it tempts**: if you claim nothing, you cannot be wrong.
//!
//! **Caught by**: `boundaries::the_order_is_a_row_of_our_own`, not written down yet.
//!
//! **Schedule**: `order1/payment.charge#1: refused`
//!
//! You cannot be right either: without a prediction there is no surprise.

use lab::notebook::prelude::*;

/// Our notebook.
pub struct MyNotebook;

impl Notebook for MyNotebook {
    const ORDER: Boundary = Boundary::Unknown;
    const PAYMENT: Boundary = Boundary::Unknown;
    const INVENTORY: Boundary = Boundary::Unknown;
    const SHIPPING: Boundary = Boundary::Unknown;

    const PAYMENT_TIMED_OUT: Prediction = Prediction::UNKNOWN;
    const RESERVATION_UNANSWERED: Prediction = Prediction::UNKNOWN;
    const SHIPPED_TWICE: Prediction = Prediction::UNKNOWN;

    const PAYMENT_UNTIL: Until = Until::Unknown;
    const INVENTORY_UNTIL: Until = Until::Unknown;
    const SHIPPING_UNTIL: Until = Until::Unknown;

    async fn undo_payment(_: &Shop, _: &Written<Charge>) -> Result<Undo, Failure> {
        Err(Failure("not written down yet".to_owned()))
    }

    async fn undo_inventory(_: &Shop, _: &Written<Reservation>) -> Result<Undo, Failure> {
        Err(Failure("not written down yet".to_owned()))
    }

    async fn undo_shipping(_: &Shop, _: &Written<Parcel>) -> Result<Undo, Failure> {
        Err(Failure("not written down yet".to_owned()))
    }
}
