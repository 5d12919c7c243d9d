//! The answers, right and wrong. Each can be copied over `exercise.rs` as it is.

#[path = "../answers/right_finish_later.rs"]
pub mod right_finish_later;
#[path = "../answers/right_look_first.rs"]
pub mod right_look_first;
#[path = "../answers/right_trigger.rs"]
pub mod right_trigger;
#[path = "../answers/right_try_again.rs"]
pub mod right_try_again;
#[path = "../answers/solution.rs"]
pub mod solution;
#[path = "../answers/wrong_constraint_means_sold_out.rs"]
pub mod wrong_constraint_means_sold_out;
#[path = "../answers/wrong_failed_commit_is_a_no.rs"]
pub mod wrong_failed_commit_is_a_no;
#[path = "../answers/wrong_history_afterwards.rs"]
pub mod wrong_history_afterwards;
#[path = "../answers/wrong_log_and_go_on.rs"]
pub mod wrong_log_and_go_on;
#[path = "../answers/wrong_look_before_begin.rs"]
pub mod wrong_look_before_begin;
#[path = "../answers/wrong_one_statement_outside.rs"]
pub mod wrong_one_statement_outside;
#[path = "../answers/wrong_recover_completes_it.rs"]
pub mod wrong_recover_completes_it;
#[path = "../answers/wrong_undo_by_hand.rs"]
pub mod wrong_undo_by_hand;
