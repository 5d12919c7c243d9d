//! The answers, right and wrong. Each can be copied over `exercise.rs` as it is.

#[path = "../answers/right_go_back.rs"]
pub mod right_go_back;
#[path = "../answers/right_money_first.rs"]
pub mod right_money_first;
#[path = "../answers/solution.rs"]
pub mod solution;
#[path = "../answers/wrong_a_guard_voids_it.rs"]
pub mod wrong_a_guard_voids_it;
#[path = "../answers/wrong_a_key_makes_it_safe.rs"]
pub mod wrong_a_key_makes_it_safe;
#[path = "../answers/wrong_book_stays_taken.rs"]
pub mod wrong_book_stays_taken;
#[path = "../answers/wrong_charge_after_the_commit.rs"]
pub mod wrong_charge_after_the_commit;
#[path = "../answers/wrong_charge_last.rs"]
pub mod wrong_charge_last;
#[path = "../answers/wrong_new_key_each_time.rs"]
pub mod wrong_new_key_each_time;
#[path = "../answers/wrong_nobody_comes_back.rs"]
pub mod wrong_nobody_comes_back;
#[path = "../answers/wrong_refund_on_error.rs"]
pub mod wrong_refund_on_error;
#[path = "../answers/wrong_void_after_a_failed_commit.rs"]
pub mod wrong_void_after_a_failed_commit;
