//! Activities: attempts, completions, retries.

use undying::core::limits::OPERATIONS_INLINE_MAX;
use undying::core::{Answer, Command, Outcome, Status};
use undying::durable::Refusal;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::{ATTEMPTS, Chain, Fan, Impatient, Tasks};
use crate::support::failing::{BuysCall, shut_for_good};
use crate::support::step_of;

#[test]
fn a_completion_is_accepted_once() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 2, 0);
    bench.commit();
    let first = bench.started[0].clone();
    let right = step_of(&first);
    bench.end(Outcome::Done(right.clone()));
    bench.tell(&first, Outcome::Done(right));
    bench.commit();
    assert_eq!(bench.rows(Tag::Op), 0, "nobody will take it");
    assert_eq!(bench.started.len(), 1, "one turn, one request");
    assert_eq!(bench.started[0].operation, 1);
    bench.finish();
    assert_eq!(bench.value("one"), 2);
}

#[test]
fn a_failure_that_is_told_twice_is_one_attempt() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    let start = bench.started[0].clone();
    bench.end(Outcome::Panicked("it broke".to_owned()));
    bench.commit();
    let before = bench.disk.rows();
    bench.tell(&start, Outcome::Panicked("it broke".to_owned()));
    bench.commit();
    assert_eq!(bench.disk.rows(), before);
}

#[test]
fn a_late_completion_of_an_ended_instance_is_dropped() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    let start = bench.started[0].clone();
    let id = "one".to_owned();
    bench.ask(Command::Cancel { id });
    bench.commit();
    let before = bench.disk.rows();
    bench.tell(&start, Outcome::Done(step_of(&start)));
    bench.commit();
    assert_eq!(bench.disk.rows(), before);
}

#[test]
fn a_failed_attempt_is_made_again_after_its_pause_and_counted() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    for attempt in 1..ATTEMPTS {
        assert_eq!(bench.started[0].attempt, attempt);
        bench.end(Outcome::Panicked("it broke".to_owned()));
        bench.commit();
        assert!(bench.started.is_empty(), "the pause is not over");
        bench.now.0 += 2_000;
        bench.commit();
        assert_eq!(bench.started.len(), 1);
    }
    assert_eq!(bench.started[0].attempt, ATTEMPTS);
    bench.end(Outcome::Panicked("it broke".to_owned()));
    bench.commit();
    let told = bench.result("one");
    let Some(Answer::Ended(ending)) = told else {
        panic!("{told:?}")
    };
    assert!(format!("{ending:?}").contains("it broke"), "{ending:?}");
}

#[test]
fn a_pause_between_attempts_survives_a_crash() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    bench.end(Outcome::TimedOut { after_ms: 5 });
    bench.commit();
    bench.crash();
    bench.commit();
    assert!(bench.started.is_empty(), "the pause is not over");
    bench.now.0 += 2_000;
    bench.commit();
    assert_eq!(bench.started[0].attempt, 2);
    bench.finish();
    assert_eq!(bench.value("one"), 1);
}

#[test]
fn a_failure_of_an_attempt_that_was_replaced_does_not_count() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    let first = bench.started[0].clone();
    bench.end(Outcome::TimedOut { after_ms: 5 });
    bench.now.0 += 2_000;
    bench.commit();
    bench.commit();
    assert_eq!(bench.started[0].attempt, 2);
    bench.tell(&first, Outcome::Panicked("late".to_owned()));
    bench.commit();
    assert_eq!(bench.started.len(), 1);
    bench.finish();
    assert_eq!(bench.value("one"), 1);
}

#[test]
fn an_error_that_is_not_tried_again_counts_of_whichever_attempt_it_comes() {
    let mut bench = Bench::new();
    bench.start::<BuysCall>("one", 3, 4);
    bench.commit();
    let first = bench.started[0].clone();
    bench.end(Outcome::TimedOut { after_ms: 5 });
    bench.now.0 += 10;
    bench.commit();
    bench.commit();
    assert_eq!(bench.started[0].attempt, 2);
    // The first attempt was only late: what it found out holds for the call.
    bench.tell(&first, shut_for_good());
    bench.commit();
    assert_eq!(bench.describe("one").status, Status::Failed);
}

#[test]
fn an_attempt_during_which_the_process_died_is_counted_before_the_next() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    for attempt in 2..5 {
        bench.crash();
        bench.settle();
        assert!(bench.started.is_empty(), "the count is not durable");
        bench.commit();
        assert_eq!(bench.started[0].attempt, attempt);
    }
}

#[test]
fn an_activity_that_kills_the_process_fails_in_the_end() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    for _ in 0..=undying::core::limits::RESTARTS_MAX {
        assert_eq!(bench.started.len(), 1);
        bench.crash();
        bench.commit();
    }
    assert!(bench.started.is_empty());
    let told = format!("{:?}", bench.result("one"));
    assert!(told.contains("the process ended 21 times"), "{told}");
}

#[test]
fn after_a_clean_close_attempts_go_on_uncounted() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    bench.close();
    bench.commit();
    assert_eq!(bench.started[0].attempt, 1);
}

#[test]
fn a_clean_close_does_not_forget_what_a_crash_left_to_be_counted() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    bench.crash();
    let now = bench.now;
    bench.life().finish_recovery(now);
    bench.close();
    bench.commit();
    assert_eq!(bench.started[0].attempt, 2);
}

#[test]
fn an_attempt_that_was_refused_parks_its_instance_until_it_is_retried() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    let why = Refusal::Damaged {
        body: "step".to_owned(),
        what: "its arguments".to_owned(),
    };
    bench.end(Outcome::Refused(why.clone()));
    bench.commit();
    assert_eq!(bench.result("one"), Some(Answer::Parked(why)));
    bench.crash();
    bench.commit();
    assert!(bench.started.is_empty());
    let id = "one".to_owned();
    bench.ask(Command::Retry { id });
    bench.finish();
    assert_eq!(bench.value("one"), 1);
}

#[test]
fn the_loser_of_a_race_is_cancelled_down_the_tree() {
    let mut bench = Bench::new();
    bench.start::<Impatient>("tree", 2, 10);
    bench.commit();
    assert_eq!(bench.started.len(), 7);
    bench.now.0 += 20;
    bench.commit();
    assert_eq!(bench.value("tree"), 0);
    assert_eq!(bench.cancelled.len(), 7);
    assert_eq!(bench.rows(Tag::Run), 0);
    assert_eq!(bench.rows(Tag::Timer), 0);
}

#[test]
fn a_spawned_activity_goes_on_after_its_orchestration_returned() {
    let mut bench = Bench::new();
    // One is awaited, two are not.
    bench.start::<Tasks>("tasks", 1, 2);
    bench.commit();
    assert_eq!(bench.started.len(), 3);
    bench.step();
    assert_eq!(bench.value("tasks"), 1);
    bench.crash();
    bench.commit();
    assert_eq!(bench.started.len(), 2, "they are made again after a crash");
    bench.finish();
    assert_eq!(bench.rows(Tag::Run), 0);
}

#[test]
fn ten_thousand_calls_have_rows_of_their_own_and_one_turn_takes_them() {
    let mut bench = Bench::new();
    bench.start::<Fan>("wide", 10_000, 0);
    bench.commit();
    assert_eq!(bench.rows(Tag::Op), 10_000 - OPERATIONS_INLINE_MAX);
    let number = bench.started[0].instance;
    let row = bench.row(number);
    while bench.started.len() > 1 {
        let right = step_of(&bench.started[0]);
        bench.end(Outcome::Done(right));
    }
    bench.commit();
    assert_eq!(
        bench.row(number),
        row,
        "completions are filed beside the instance"
    );
    assert_eq!(bench.rows(Tag::Op), 10_000);
    bench.finish();
    assert_eq!(bench.rows(Tag::Op), 0);
    assert_eq!(bench.value("wide"), 10_000 * 10_001 / 2);
}
