//! The answers, right and wrong. Each can be copied over `exercise.rs` as it is.

#[path = "../answers/right_look_up.rs"]
pub mod right_look_up;
#[path = "../answers/right_undo.rs"]
pub mod right_undo;
/// The answer that the text ends with.
#[path = "../answers/solution.rs"]
pub mod solution;
#[path = "../answers/wrong_a_key_for_ever.rs"]
pub mod wrong_a_key_for_ever;
#[path = "../answers/wrong_confirmed_before_the_parcel.rs"]
pub mod wrong_confirmed_before_the_parcel;
#[path = "../answers/wrong_declined_is_tried_anew.rs"]
pub mod wrong_declined_is_tried_anew;
#[path = "../answers/wrong_every_error_is_retried.rs"]
pub mod wrong_every_error_is_retried;
#[path = "../answers/wrong_fresh_key_after_an_error.rs"]
pub mod wrong_fresh_key_after_an_error;
#[path = "../answers/wrong_in_flight_is_success.rs"]
pub mod wrong_in_flight_is_success;
#[path = "../answers/wrong_key_in_memory.rs"]
pub mod wrong_key_in_memory;
#[path = "../answers/wrong_key_with_a_timestamp.rs"]
pub mod wrong_key_with_a_timestamp;
#[path = "../answers/wrong_look_before_you_ship.rs"]
pub mod wrong_look_before_you_ship;
#[path = "../answers/wrong_new_key_per_attempt.rs"]
pub mod wrong_new_key_per_attempt;
#[path = "../answers/wrong_one_key_for_all.rs"]
pub mod wrong_one_key_for_all;
#[path = "../answers/wrong_only_money_has_a_key.rs"]
pub mod wrong_only_money_has_a_key;
#[path = "../answers/wrong_same_basket_same_order.rs"]
pub mod wrong_same_basket_same_order;
