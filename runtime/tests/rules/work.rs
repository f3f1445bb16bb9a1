//! Rule 29: what a shard has to do is counted, and beyond a limit clients give it no more.

use undying::core::limits::Bounds;
use undying::core::{Answer, Command, Outcome};

use crate::bench::{Bench, start};
use crate::support::bodies::{Chain, Family, Fan, Nap};
use crate::support::entities::{Put, Tell, ask};
use crate::support::events::InboxCall;
use crate::support::failing::{BuysCall, PAY_ATTEMPTS, shut};

/// One that is busy with so much.
fn bench(work: usize) -> Bench {
    let bounds = Bounds {
        work,
        ..Bounds::default()
    };
    Bench::with(1, bounds)
}

fn work(bench: &mut Bench) -> usize {
    bench.life().shards.iter().map(|shard| shard.work()).sum()
}

/// It is refused, with the limit and what helps.
fn is_busy(bench: &mut Bench, command: Command) -> bool {
    match bench.told(command) {
        Answer::Busy { why } => {
            assert!(why.contains("fewer than"), "{why}");
            assert!(why.contains("`EngineBuilder::work_max`"), "{why}");
            true
        }
        _ => false,
    }
}

fn keyed(mut command: Command, name: &str) -> Command {
    if let Command::Operate { key, .. } = &mut command {
        *key = Some(name.to_owned());
    }
    command
}

#[test]
fn who_has_an_activity_under_way_is_work_until_that_has_ended() {
    let mut bench = Bench::new();
    for n in 0..3 {
        bench.start::<Chain>(&format!("{n}"), 2, 0);
    }
    assert_eq!(work(&mut bench), 3);
    bench.commit();
    assert_eq!(work(&mut bench), 3);
    bench.finish();
    assert_eq!(work(&mut bench), 0);
}

#[test]
fn what_waits_for_a_timer_an_event_a_child_or_a_retry_is_no_work() {
    let mut bench = Bench::new();
    bench.start::<Nap>("nap", 1_000_000, 0);
    bench.start::<InboxCall>("inbox", 1, 0);
    bench.commit();
    assert_eq!(work(&mut bench), 0);
    bench.start::<Family>("family", 1, 1);
    bench.commit();
    assert_eq!(work(&mut bench), bench.started.len());
    bench.finish();
    bench.start::<Chain>("chain", 1, 0);
    bench.commit();
    assert_eq!(work(&mut bench), 1);
    bench.end(Outcome::Panicked("it broke".to_owned()));
    bench.commit();
    assert_eq!(work(&mut bench), 0, "its pause is not over");
    bench.now.0 += 2_000;
    bench.commit();
    assert_eq!(work(&mut bench), 1);
    bench.finish();
    assert_eq!(work(&mut bench), 0);
}

#[test]
fn what_is_suspended_is_no_work_until_it_is_resumed() {
    let mut bench = Bench::new();
    let entity = || "@purse@1".to_owned();
    bench.told(ask::<Put>(1, 1, true));
    let reason = "stop".to_owned();
    bench.told(Command::Suspend {
        id: entity(),
        reason,
    });
    for _ in 0..5 {
        bench.ask(ask::<Put>(1, 1, false));
    }
    bench.commit();
    assert_eq!(work(&mut bench), 0);
    bench.told(Command::Resume { id: entity() });
    assert_eq!(work(&mut bench), 0, "it was served");
}

#[test]
fn many_activities_of_one_instance_are_more_work_than_one() {
    let mut bench = Bench::new();
    bench.start::<Fan>("wide", 1_000, 0);
    bench.commit();
    assert_eq!(work(&mut bench), 11);
    bench.finish();
    assert_eq!(work(&mut bench), 0);
}

#[test]
fn who_is_forgotten_while_an_activity_is_under_way_stays_counted() {
    let bounds = Bounds {
        idle_instances: 0,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    for n in 0..5 {
        bench.start::<Chain>(&format!("{n}"), 2, 0);
    }
    bench.commit();
    bench.commit();
    assert_eq!(bench.life().shards[0].resident(), 0);
    assert_eq!(work(&mut bench), 5);
    bench.finish();
    assert_eq!(work(&mut bench), 0);
}

#[test]
fn after_a_crash_it_is_counted_anew() {
    let mut bench = Bench::new();
    for n in 0..5 {
        bench.start::<Chain>(&format!("{n}"), 2, 0);
    }
    bench.start::<Nap>("nap", 1_000_000, 0);
    bench.commit();
    bench.crash();
    bench.commit();
    assert_eq!(work(&mut bench), 5);
    bench.finish();
    assert_eq!(work(&mut bench), 0);
}

#[test]
fn at_the_limit_a_start_is_refused_and_when_there_is_room_it_is_taken() {
    let mut bench = bench(2);
    bench.start::<Chain>("0", 1, 0);
    bench.start::<Chain>("1", 1, 0);
    bench.commit();
    assert!(is_busy(&mut bench, start::<Chain>("2", 1, 0)));
    assert_eq!(bench.result("2"), Some(Answer::NotFound));
    bench.step();
    assert!(!is_busy(&mut bench, start::<Chain>("2", 1, 0)));
    bench.finish();
    assert_eq!(bench.value("2"), 1);
}

#[test]
fn at_the_limit_calls_signals_and_events_are_refused() {
    let mut bench = bench(1);
    bench.start::<InboxCall>("inbox", 1, 0);
    bench.commit();
    bench.start::<Chain>("0", 1, 0);
    bench.commit();
    for asks in [true, false] {
        assert!(is_busy(&mut bench, ask::<Put>(1, 1, asks)));
        assert!(is_busy(&mut bench, keyed(ask::<Put>(1, 1, asks), "key")));
    }
    let raise = Command::Raise {
        id: "inbox".to_owned(),
        name: "a".to_owned(),
        value: undying::schema::Stored::write(&1u64).unwrap(),
        early: false,
        waits: false,
        key: None,
    };
    assert!(is_busy(&mut bench, raise.clone()));
    bench.finish();
    assert_eq!(bench.told(raise), Answer::Done);
    let put = bench.ask(keyed(ask::<Put>(1, 1, true), "key"));
    bench.finish();
    assert!(matches!(bench.answer(put), Some(Answer::Operated(_))));
}

#[test]
fn at_the_limit_what_was_done_before_is_answered() {
    let mut bench = bench(1);
    let put = || keyed(ask::<Put>(1, 1, true), "key");
    let first = bench.ask(put());
    bench.finish();
    let first = bench.answer(first).cloned();
    bench.start::<Chain>("0", 1, 0);
    bench.commit();
    assert_eq!(work(&mut bench), 1);
    assert_eq!(Some(bench.told(put())), first);
    let again = bench.told(start::<Chain>("0", 1, 0));
    assert!(matches!(again, Answer::Started { fresh: false, .. }));
}

#[test]
fn at_the_limit_what_failed_is_neither_rewound_nor_restarted() {
    let mut bench = bench(1);
    bench.start::<BuysCall>("bought", 3, 4);
    bench.commit();
    for _ in 0..PAY_ATTEMPTS {
        bench.end(shut());
        bench.commit();
        bench.now.0 += 10;
        bench.commit();
    }
    bench.start::<Chain>("0", 1, 0);
    bench.commit();
    let number = bench.describe("bought").number;
    let id = || "bought".to_owned();
    let rewind = || Command::Rewind {
        id: id(),
        reason: String::new(),
        count: 0,
    };
    assert!(is_busy(&mut bench, rewind()));
    assert!(is_busy(&mut bench, Command::Restart { id: id(), number }));
    bench.step();
    assert_eq!(bench.told(rewind()), Answer::Done);
}

#[test]
fn at_the_limit_what_looks_or_ends_is_done() {
    let mut bench = bench(1);
    bench.start::<Chain>("0", 1, 0);
    bench.commit();
    let id = || "0".to_owned();
    let reason = String::new;
    for command in [
        Command::Suspend {
            id: id(),
            reason: reason(),
        },
        Command::Resume { id: id() },
        Command::Retry { id: id() },
        Command::Cancel { id: id() },
    ] {
        assert_eq!(bench.told(command), Answer::Done);
    }
    assert_eq!(work(&mut bench), 0);
}

#[test]
fn what_instances_start_and_send_is_never_refused() {
    let mut bench = bench(1);
    bench.start::<Family>("family", 3, 3);
    for _ in 0..20 {
        bench.now.0 += 10;
        bench.finish();
    }
    assert_eq!(bench.value("family"), 1 + 3 + 9 + 27);
    bench.start::<Tell>("tell", 7, 9);
    for _ in 0..20 {
        bench.now.0 += 10;
        bench.finish();
    }
    assert!(matches!(bench.result("tell"), Some(Answer::Ended(_))));
    assert_eq!(work(&mut bench), 0);
}
