//! The pure core: events in, new state and effects out; no clock, no I/O, no threads, no randomness.
//!
//! The numbers of the kernel's rules, and the tests that keep them. `sim` stands for the seeded
//! simulation (`runtime/tests/sim`), `rules::..` for `runtime/tests/rules`, `kernel::..` for
//! `runtime/tests/kernel.rs`. Rules about entities, locks and stores that several processes share
//! (8, 9, 13 and 14 for requests, 22, 24 to 28, 30) come with those.
//!
//! | rule | kept by |
//! |---|---|
//! | 1 a turn is one commit | `rules::commits::a_turn_is_one_commit`, sim |
//! | 2 durable states are causally closed | sim |
//! | 3 an epoch is sealed by all before it is committed | `rules::commits::a_message_of_a_later_epoch_is_taken_after_the_seal`, sim |
//! | 4 a put and its delete cancel | `rules::commits::a_message_that_is_taken_in_its_own_epoch_never_touches_the_disk`, `..::a_message_that_outlives_its_epoch_is_taken_once_after_a_crash`, sim |
//! | 5 a failed commit ends the store's life | `rules::commits::a_commit_that_failed_ends_the_life_and_loses_nothing_that_was_told`, `kernel::a_lost_commit_loses_nothing_that_was_answered`, sim |
//! | 6 numbers are not used again | `rules::commits::a_number_is_not_given_again_after_its_commit_was_lost` |
//! | 10 answers leave when durable | `rules::commits::a_start_is_answered_when_it_is_durable_and_not_before`, sim |
//! | 11 reads wait for what they read | `rules::commits::what_is_not_durable_is_read_when_it_is`, `..::what_is_durable_is_read_at_once`, sim |
//! | 12 waiting for a result can be repeated | `rules::commits::waiting_for_a_result_can_be_repeated_for_ever`, sim |
//! | 13 a second start is answered as the first | `rules::commits::a_second_start_of_an_id_gives_the_first_ones_instance`, sim |
//! | 15 activities start when durable | `rules::commits::an_activity_starts_when_its_request_is_durable_and_not_before`, sim |
//! | 16 a timer fires only if it is pending | `rules::instances::cancelling_drops_everything_that_was_under_way_in_its_own_commit`, sim |
//! | 17 a completion is accepted once | `rules::activities::a_completion_is_accepted_once`, sim |
//! | 18 attempts that died are counted | `rules::activities::an_attempt_during_which_the_process_died_is_counted_before_the_next`, `..::an_activity_that_kills_the_process_fails_in_the_end`, sim |
//! | 19 turns that kill the process are found | `kernel::a_turn_that_kills_the_process_is_found_and_parked` |
//! | 20 terminating drops what was pending | `rules::activities::a_late_completion_of_an_ended_instance_is_dropped`, sim |
//! | 21 only what is durable is evicted | `rules::commits::instances_that_idle_are_forgotten_only_when_what_they_did_is_durable`, sim |
//! | 23 a turn that cannot be undone takes all back | `rules::instances::a_suspect_whose_frame_cannot_be_saved_is_parked_with_the_name_of_the_local`, `..::a_turn_that_panics_is_undone_and_made_again`, sim |
//! | 29 outside commands are refused beyond a limit, messages never | `kernel::commands_beyond_the_limit_are_told_that_the_engine_is_busy` |
//! | 31 nobody runs for ever | `rules::limits::a_slice_of_running_ends_within_its_budget` |
//! | 32 much to commit stops turns | `rules::limits::a_shard_with_much_to_commit_runs_no_further_turn_but_still_receives` |
//! | 33 too large a turn fails alone | `rules::limits::a_turn_that_asks_for_more_than_a_batch_can_hold_parks_its_instance_alone` |
//! | 34 what fails too often is parked | `rules::instances::a_turn_that_panics_too_often_parks_its_instance_with_the_message` |
//! | 35 timers are never early | `rules::instances::a_timer_fires_late_or_in_time_but_never_early`, `engine::kernel::clock`, sim |
//! | 36 shards may change, partitions not | `rules::lives::another_number_of_shards_goes_on_where_the_first_was`, `kernel::a_store_with_another_number_of_partitions_is_refused`, sim |
//! | 37 only a clean close skips the counting | `rules::activities::after_a_clean_close_attempts_go_on_uncounted`, `..::a_clean_close_does_not_forget_what_a_crash_left_to_be_counted`, sim |

mod advance;
mod asks;
mod attempt;
mod books;
mod command;
mod format;
mod frames;
mod groups;
mod instance;
pub mod limits;
mod message;
mod number;
mod numbers;
mod operation;
mod operations;
mod partitions;
mod program;
mod record;
mod rows;
mod shard;
mod timers;

pub(crate) use advance::message_of;
pub use attempt::{AttemptEnded, Outcome, StartAttempt};
pub use books::{HighWater, read_books};
pub use command::{Answer, Command, Cursor, Description, Ending, Filter, Status};
pub use format::{ReadError, Unreadable};
pub use message::{Bundle, MessageKey};
pub use number::{Number, Parent};
pub use partitions::Partitions;
pub use program::Program;
pub use rows::Rows;
pub use shard::{
    CannotSeal, Effects, Opening, Ran, Reply, RunError, Sealed, Shard, Suspects, merge,
};
