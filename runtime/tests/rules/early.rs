//! Rule 25: an event for an instance that nobody has started waits for it, and expires.

use undying::core::limits::Bounds;
use undying::core::{Answer, Command, Filter, Status};
use undying::schema::Stored;
use undying::store::keys::Tag;

use crate::bench::{Bench, start};
use crate::support::entities::{Shout, ask};
use crate::support::events::{CrierCall, HeraldCall, InboxCall};

fn early(n: u64) -> Command {
    Command::Raise {
        id: "late".to_owned(),
        name: "a".to_owned(),
        value: Stored::write(&n).unwrap(),
        early: true,
        waits: false,
        key: None,
    }
}

fn late() -> String {
    "late".to_owned()
}

/// What there is when nobody waits and nobody is under way.
fn leftovers(bench: &Bench) -> usize {
    [
        Tag::Name,
        Tag::Inst,
        Tag::Op,
        Tag::Timer,
        Tag::Msg,
        Tag::Run,
    ]
    .map(|tag| bench.rows(tag))
    .iter()
    .sum()
}

#[test]
fn events_raised_before_their_instance_is_started_are_taken_in_order_when_it_is() {
    for shards in [1, 3] {
        for crash in [false, true] {
            let mut bench = Bench::with(shards, Bounds::default());
            bench.start::<CrierCall>("crier", 5, 0);
            bench.finish();
            if crash {
                bench.crash();
            }
            bench.start::<InboxCall>("late", 5, 0);
            bench.finish();
            assert_eq!(bench.value("late"), 5);
            assert_eq!(bench.life().dead_letters, 0);
            bench.crash();
            assert_eq!(bench.rows(Tag::Op) + bench.rows(Tag::Timer), 0);
        }
    }
}

#[test]
fn they_wait_for_a_child_and_for_what_is_started_by_another_instance() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        bench.start::<HeraldCall>("herald", 5, 10);
        for _ in 0..20 {
            bench.step_or_commit();
            bench.crash();
        }
        bench.finish();
        bench.now.0 += 20;
        bench.finish();
        assert_eq!(bench.value("herald"), 5);
        let child = bench.describe("herald/late");
        assert!(child.parent.is_some());

        bench.start::<CrierCall>("crier", 4, 4);
        bench.finish();
        assert_eq!(bench.value("late"), 4);
    }
}

#[test]
fn an_instance_that_nobody_has_started_is_not_there() {
    let mut bench = Bench::new();
    bench.start::<CrierCall>("crier", 1, 0);
    bench.finish();
    let not_early = match early(2) {
        Command::Raise {
            id, name, value, ..
        } => Command::Raise {
            id,
            name,
            value,
            early: false,
            waits: false,
            key: None,
        },
        other => other,
    };
    for command in [
        Command::Describe { id: late() },
        Command::Result { id: late() },
        Command::Cancel { id: late() },
        Command::Retry { id: late() },
        Command::Origin { id: late() },
        Command::Resume { id: late() },
        Command::Purge {
            id: late(),
            number: None,
        },
        not_early,
    ] {
        assert_eq!(bench.told(command.clone()), Answer::NotFound, "{command:?}");
    }
    let Answer::Listed(found, None) = bench.told(Command::List(Filter::default())) else {
        panic!("one page");
    };
    let ids: Vec<&str> = found.iter().map(|one| &*one.id).collect();
    assert_eq!(ids, ["crier"]);
}

#[test]
fn a_client_can_raise_an_event_early_and_so_can_an_entity() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        assert_eq!(bench.told(early(1)), Answer::Done);
        bench.ask(ask::<Shout>(1, 2, false));
        // An operation that fails has raised nothing.
        bench.ask(ask::<Shout>(1, 13, false));
        bench.finish();
        bench.crash();
        bench.now.0 += 500;
        let started = bench.told(start::<InboxCall>("late", 2, 0));
        assert!(matches!(started, Answer::Started { fresh: true, .. }));
        let again = bench.told(start::<InboxCall>("late", 2, 0));
        assert!(matches!(again, Answer::Started { fresh: false, .. }));
        assert_eq!(bench.value("late"), 2);
        let described = bench.describe("late");
        assert_eq!(described.created, bench.now, "started now");
        assert_eq!(described.status, Status::Completed);
    }
}

#[test]
fn what_nobody_starts_in_time_is_dropped_and_counted() {
    let bounds = Bounds {
        early_events_kept_ms: 1_000,
        timer_horizon_ms: 500,
        ..Bounds::default()
    };
    for crash in [false, true] {
        let mut bench = Bench::with(3, bounds);
        bench.told(early(1));
        bench.told(early(2));
        if crash {
            bench.crash();
        }
        bench.now.0 += 900;
        bench.told(early(3));
        bench.now.0 += 900;
        bench.settle();
        bench.commit();
        assert_eq!(bench.life().dead_letters, 0, "counted from the last");
        bench.now.0 += 300;
        bench.settle();
        bench.commit();
        assert_eq!(bench.life().dead_letters, 3);
        assert_eq!(leftovers(&bench), 0);
        bench.told(start::<InboxCall>("late", 1, 0));
        let late = bench.describe("late");
        assert_eq!((late.status, late.events_waiting), (Status::Running, 0));
    }
}

#[test]
fn an_event_for_an_instance_that_has_ended_or_can_never_be_is_a_dead_letter() {
    let mut bench = Bench::new();
    bench.start::<InboxCall>("late", 0, 0);
    bench.finish();
    bench.start::<CrierCall>("crier", 3, 0);
    bench.finish();
    assert_eq!(bench.life().dead_letters, 3);
    assert_eq!(bench.rows(Tag::Op), 0);
    let status = Status::Completed;
    assert_eq!(bench.told(early(1)), Answer::WrongStatus { status });
}

#[test]
fn one_that_ends_and_is_purged_in_the_epoch_of_its_start_leaves_no_row() {
    let mut bench = Bench::new();
    bench.told(early(1));
    bench.ask(start::<InboxCall>("late", 1, 0));
    bench.ask(Command::Purge {
        id: late(),
        number: None,
    });
    bench.commit();
    assert_eq!(leftovers(&bench), 0);
}

#[test]
fn a_history_begins_with_the_start_and_tells_of_the_events_that_waited() {
    let mut bench = Bench::new();
    bench.told(early(1));
    bench.now.0 += 70;
    bench.crash();
    bench.told(start::<InboxCall>("late", 2, 0));
    let (id, from) = (late(), 0);
    let Answer::History(entries, None) = bench.told(Command::History { id, from }) else {
        panic!("one page");
    };
    let told: Vec<String> = entries.iter().map(ToString::to_string).collect();
    assert!(
        entries.iter().all(|entry| entry.at == bench.now),
        "{told:?}"
    );
    assert!(told[0].contains("started"), "{told:?}");
    assert!(told[1].contains("arrived"), "{told:?}");
}

#[test]
fn one_that_is_started_while_its_events_are_being_committed_stays_started() {
    let mut bench = Bench::new();
    bench.ask(early(1));
    let now = bench.now;
    // The epoch of the event is sealed, and not durable yet.
    bench.life().commit(now).unwrap();
    bench.life().deliver(0, now).unwrap();
    bench.life().seal_if_asked(0).unwrap();
    bench.start::<InboxCall>("late", 1, 0);
    for _ in 0..3 {
        bench.commit();
    }
    bench.crash();
    assert_eq!(bench.value("late"), 1);
}
