//! Instances: timers, failed turns, parking, cancelling, listing.

use undying::core::{Answer, Command, Ending, Filter, Status};
use undying::durable::Refusal;
use undying::store::keys::Tag;

use crate::bench::{Bench, start};
use crate::life::{Over, Question};
use crate::support::bodies::{Chain, Family, Nap, PANICS, Relay, UNSAVED};

#[test]
fn a_timer_fires_late_or_in_time_but_never_early() {
    for (after, fires) in [(49, false), (50, false), (51, true), (5_000_000, true)] {
        let mut bench = Bench::new();
        bench.start::<Nap>("nap", 50, 0);
        bench.commit();
        bench.now.0 += after;
        bench.commit();
        assert_eq!(bench.result("nap").is_some(), fires, "after {after} ms");
    }
}

#[test]
fn a_timer_survives_a_crash_wherever_its_horizon_is() {
    for time in [10, 59_999, 60_001, 100_000_000] {
        let mut bench = Bench::new();
        bench.start::<Nap>("nap", time, 0);
        bench.commit();
        bench.crash();
        while bench.result("nap").is_none() {
            let wake = bench.life().next_wake().unwrap();
            bench.now.0 = bench.now.0.max(wake.0);
            bench.commit();
        }
        assert!(bench.value("nap") >= time);
        assert!(bench.value("nap") <= time + 1);
    }
}

#[test]
fn a_turn_that_panics_is_undone_and_made_again() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 2, 0);
    bench.commit();
    PANICS.set(2);
    bench.step();
    assert_eq!(PANICS.get(), 0);
    bench.finish();
    assert_eq!(bench.value("one"), 2);
    assert!(bench.over.is_none(), "nobody else was touched");
}

#[test]
fn a_turn_that_panics_when_its_past_is_not_durable_takes_the_engine_back() {
    let mut bench = Bench::new();
    bench.start::<Relay>("one", 3, 0);
    let id = "one".to_owned();
    bench.ask(Command::Describe { id });
    bench.commit();
    bench.start::<Relay>("two", 3, 0);
    bench.commit();
    assert!(bench.over.is_none());
    // Its first turn, its child's start, turn and end; its next turn has no durable frame to go
    // back to.
    let now = bench.now;
    let life = bench.life();
    life.ask(start::<Relay>("three", 3, 0), Question(99));
    while life.deliver(0, now).unwrap() {}
    for _ in 0..4 {
        assert!(life.run(0, now, 1).unwrap());
    }
    PANICS.set(1);
    bench.settle();
    assert!(matches!(bench.over, Some(Over::Suspect(..))));
    bench.start::<Relay>("three", 3, 0);
    for _ in 0..10 {
        bench.commit();
    }
    for id in ["one", "two", "three"] {
        assert_eq!(bench.value(id), 3);
    }
}

#[test]
fn a_turn_that_panics_too_often_parks_its_instance_with_the_message() {
    let mut bench = Bench::new();
    PANICS.set(u32::MAX);
    bench.start::<Chain>("one", 2, 0);
    bench.commit();
    let Some(Answer::Parked(Refusal::Panicked { body, message })) = bench.result("one") else {
        panic!("it is parked");
    };
    assert_eq!((&*body, &*message), ("chain", "a turn that panics"));
    PANICS.set(0);
    bench.crash();
    bench.finish();
    assert_eq!(
        bench.describe("one").status,
        Status::Parked,
        "it is not retried by itself"
    );
    let id = "one".to_owned();
    bench.ask(Command::Retry { id });
    bench.finish();
    assert_eq!(bench.value("one"), 2);
}

#[test]
fn what_cannot_be_saved_takes_the_engine_back_once_and_then_parks_its_instance_alone() {
    let mut bench = Bench::new();
    bench.start::<Chain>("other", 1, 0);
    bench.commit();
    UNSAVED.set(u32::MAX);
    bench.start::<Chain>("one", 2, 0);
    bench.commit();
    assert!(matches!(bench.over.take(), Some(Over::Suspect(..))));
    UNSAVED.set(u32::MAX);
    bench.start::<Chain>("one", 2, 0);
    bench.commit();
    // It was never durable, so its name is new; the next failure makes it a suspect that is kept.
    UNSAVED.set(0);
    bench.started.truncate(1);
    bench.finish();
    assert_eq!(bench.value("other"), 1);
}

#[test]
fn a_suspect_whose_frame_cannot_be_saved_is_parked_with_the_name_of_the_local() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 3, 0);
    bench.commit();
    UNSAVED.set(2);
    bench.step();
    assert!(matches!(bench.over.take(), Some(Over::Suspect(..))));
    // The step is made again; this time the turn fails alone.
    bench.started.clear();
    bench.settle();
    bench.commit();
    bench.step();
    let Some(Answer::Parked(why)) = bench.result("one") else {
        panic!("it is parked");
    };
    assert!(
        why.to_string().contains("local `value` of `chain`"),
        "{why}"
    );
    assert!(bench.over.is_none());
    let id = "one".to_owned();
    bench.ask(Command::Retry { id });
    bench.finish();
    assert_eq!(bench.value("one"), 3);
}

#[test]
fn cancelling_drops_everything_that_was_under_way_in_its_own_commit() {
    let mut bench = Bench::new();
    bench.start::<Family>("root", 2, 2);
    bench.commit();
    let id = "root".to_owned();
    bench.ask(Command::Cancel { id });
    bench.commit();
    assert_eq!(bench.result("root"), Some(Answer::Ended(Ending::Cancelled)));
    for tag in [Tag::Run, Tag::Timer, Tag::Op, Tag::Msg] {
        assert_eq!(bench.rows(tag), 0, "{tag:?}");
    }
    assert_eq!(bench.describe("root/0").status, Status::Cancelled);
    assert_eq!(bench.describe("root/0/0").status, Status::Cancelled);
}

#[test]
fn a_parked_instance_can_be_cancelled() {
    let mut bench = Bench::new();
    PANICS.set(u32::MAX);
    bench.start::<Chain>("one", 2, 0);
    bench.commit();
    PANICS.set(0);
    let id = "one".to_owned();
    bench.ask(Command::Cancel { id });
    bench.commit();
    assert_eq!(bench.result("one"), Some(Answer::Ended(Ending::Cancelled)));
}

#[test]
fn a_list_shows_each_instance_once_page_by_page() {
    let mut bench = Bench::new();
    for n in 0..50 {
        bench.start::<Nap>(&format!("nap-{n}"), n % 2 * 1_000_000, 0);
    }
    bench.start::<Chain>("chain", 0, 0);
    bench.commit();
    bench.now.0 += 10;
    bench.commit();
    let mut filter = Filter {
        statuses: vec![Status::Running],
        orchestrations: vec!["nap".to_owned()],
        id_prefix: Some("nap-1".to_owned()),
        limit: 2,
        ..Filter::default()
    };
    let mut ids = Vec::new();
    loop {
        let question = bench.ask(Command::List(filter.clone()));
        let Some(Answer::Listed(page, after)) = bench.answer(question).cloned() else {
            panic!("a page");
        };
        assert!(page.len() <= 2);
        ids.extend(page.into_iter().map(|one| one.id));
        match after {
            None => break,
            after => filter.after = after,
        }
    }
    ids.sort();
    assert_eq!(
        ids,
        ["nap-1", "nap-11", "nap-13", "nap-15", "nap-17", "nap-19"]
    );
}

#[test]
fn a_description_says_where_the_instance_waits() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    let hot = bench.describe("one");
    assert_eq!(hot.point.as_deref(), Some("step"));
    assert_eq!((hot.calls_pending, hot.status), (1, Status::Running));
    bench.crash();
    assert_eq!(bench.describe("one").point.as_deref(), Some("step"));
}
