//! Critical sections: who may be served while an entity is locked, and what frees it.

use undying::core::limits::Bounds;
use undying::core::{Answer, Command, Status};
use undying::durable::Completion;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::PANICS;
use crate::support::entities::{Look, Put, ask};
use crate::support::locks::{
    BriefCall, ExclusiveCall, FIRST, GlancesCall, PURSES, SignalsFirstCall,
};

/// What a client was told by an entity.
fn told(bench: &Bench, question: u64) -> Option<u64> {
    match bench.answer(question)? {
        Answer::Operated(Completion::Value(value)) => Some(value.read::<u64>().unwrap()),
        other => panic!("{other:?}"),
    }
}

/// Whether the purse with this number, from 0, is locked.
fn is_locked(bench: &mut Bench, nth: u64) -> bool {
    let purse = bench.describe(&format!("@purse@{}", FIRST + nth));
    purse.locked_by.is_some()
}

/// An orchestration that has locked the purses 1, 2 and 3 and waits for its step.
fn inside(bench: &mut Bench, id: &str) {
    bench.start::<ExclusiveCall>(id, 1, 1);
    while bench.started.is_empty() {
        bench.commit();
    }
    let holds = bench.describe(id).holds;
    assert_eq!(holds, ["@purse@9001", "@purse@9002", "@purse@9003"]);
}

fn cancel(id: &str) -> Command {
    let id = id.to_owned();
    Command::Cancel { id }
}

#[test]
fn what_others_ask_of_a_locked_entity_waits_and_what_the_section_asks_does_not() {
    let mut bench = Bench::new();
    inside(&mut bench, "one");
    let put = bench.ask(ask::<Put>(FIRST + 1, 20, true));
    let other = bench.ask(ask::<Put>(FIRST, 20, true));
    bench.commit();
    assert_eq!((told(&bench, put), told(&bench, other)), (None, Some(20)));
    bench.step();
    bench.finish();
    assert_eq!(bench.value("one"), 1, "it was alone");
    assert_eq!(
        told(&bench, put),
        Some(22),
        "it came after the section's own"
    );
    assert!(!is_locked(&mut bench, 1));
}

#[test]
fn a_section_stays_through_a_crash_after_every_commit() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        bench.start::<ExclusiveCall>("one", 4, 3);
        bench.start::<ExclusiveCall>("other", 1, 3);
        for _ in 0..12 {
            bench.commit();
            bench.crash();
        }
        bench.finish();
        assert_eq!((bench.value("one"), bench.value("other")), (3, 3));
        for nth in 0..PURSES {
            assert!(!is_locked(&mut bench, nth));
        }
    }
}

/// In Durable Functions a grant could leave before the lock it told of was stored: after a crash the
/// entity ignored the release and then locked itself for ever (their issue 2228).
#[test]
fn a_grant_whose_lock_was_lost_in_a_crash_was_never_told() {
    for shards in [1, 3] {
        for commits in 0..8 {
            let mut bench = Bench::with(shards, Bounds::default());
            bench.start::<ExclusiveCall>("one", 4, 1);
            for _ in 0..commits {
                bench.commit();
            }
            // The locks are passed on and granted, the section runs: nothing of it is durable.
            bench.settle();
            bench.crash();
            // Nobody asks again for what was not acknowledged.
            bench.start::<ExclusiveCall>("one", 4, 1);
            bench.start::<ExclusiveCall>("after", 4, 1);
            bench.finish();
            assert_eq!((bench.value("one"), bench.value("after")), (1, 1));
        }
    }
}

#[test]
fn cancelling_inside_a_section_frees_it_in_the_same_commit() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, Bounds::default());
        inside(&mut bench, "one");
        bench.ask(cancel("one"));
        // Everything up to here, or nothing: the messages that free them are in this commit.
        bench.commit();
        bench.crash();
        bench.finish();
        assert_eq!(bench.describe("one").status, Status::Cancelled);
        for nth in 1..PURSES {
            assert!(!is_locked(&mut bench, nth));
        }
    }
}

#[test]
fn terminating_inside_a_section_frees_it() {
    let mut bench = Bench::new();
    inside(&mut bench, "one");
    let (id, reason) = ("one".to_owned(), "enough".to_owned());
    bench.ask(Command::Terminate { id, reason });
    bench.finish();
    assert_eq!(bench.describe("one").holds, Vec::<String>::new());
    assert!(!is_locked(&mut bench, 1));
}

#[test]
fn cancelling_what_waits_for_a_lock_takes_its_request_back_wherever_it_is() {
    for shards in [1, 3] {
        for wait in 0..6 {
            let mut bench = Bench::with(shards, Bounds::default());
            inside(&mut bench, "one");
            // It locks purse 0 and waits for 1 (rule 27: what it has is freed on the same way).
            bench.start::<ExclusiveCall>("other", 0, 1);
            for _ in 0..wait {
                bench.commit();
            }
            bench.ask(cancel("other"));
            bench.finish();
            assert_eq!(bench.value("one"), 1);
            bench.start::<ExclusiveCall>("third", 0, 1);
            bench.finish();
            assert_eq!(bench.value("third"), 1);
            for nth in 0..PURSES {
                assert!(!is_locked(&mut bench, nth));
            }
        }
    }
}

#[test]
fn an_instance_that_is_parked_stays_in_its_section_until_it_goes_on_or_is_ended() {
    for goes_on in [true, false] {
        let mut bench = Bench::new();
        PANICS.set(100);
        for _ in 0..10 {
            // A panic takes back all that is not durable, this start too: it is asked for again.
            bench.start::<ExclusiveCall>("one", 1, 1);
            bench.commit();
        }
        PANICS.set(0);
        assert_eq!(bench.describe("one").status, Status::Parked);
        assert!(is_locked(&mut bench, 1));
        let id = "one".to_owned();
        bench.ask(match goes_on {
            true => Command::Retry { id },
            false => Command::Cancel { id },
        });
        bench.finish();
        // A suspect runs only when its last turn is durable.
        for _ in 0..10 {
            bench.commit();
        }
        assert!(!is_locked(&mut bench, 1));
    }
}

#[test]
fn what_was_signalled_before_the_lock_is_done_before_what_is_called_in_the_section() {
    for shards in [1, 2, 3, 4] {
        let mut bench = Bench::with(shards, Bounds::default());
        for nth in 0..10 {
            bench.start::<SignalsFirstCall>(&format!("signals {nth}"), nth, 20 + nth);
        }
        bench.finish();
        for nth in 0..10 {
            assert_eq!(bench.value(&format!("signals {nth}")), 20 + nth);
        }
    }
}

#[test]
fn ten_thousand_sections_in_random_orders_do_not_deadlock_and_exclude_each_other() {
    const INSTANCES: u64 = 100;
    const ROUNDS: u64 = 100;
    let mut bench = Bench::with(2, Bounds::default());
    for nth in 0..PURSES {
        bench.ask(ask::<Put>(FIRST + nth, 1_000_000, false));
    }
    for nth in 0..INSTANCES {
        bench.start::<BriefCall>(&format!("i{nth}"), nth * 7_919, ROUNDS);
    }
    for _ in 0..100 {
        bench.commit();
    }
    for nth in 0..INSTANCES {
        assert_eq!(bench.value(&format!("i{nth}")), ROUNDS);
    }
    for nth in 0..PURSES {
        assert!(!is_locked(&mut bench, nth));
    }
    assert_eq!(bench.rows(Tag::Op), 0, "no request is left");
}

#[test]
fn a_locked_entity_is_read_by_clients_that_only_look_at_its_state() {
    let mut bench = Bench::new();
    inside(&mut bench, "one");
    let entity = format!("@purse@{}", FIRST + 1);
    let question = bench.ask(Command::State { entity });
    bench.commit();
    assert!(matches!(
        bench.answer(question),
        Some(Answer::State(Some(_)))
    ));
    let look = bench.ask(ask::<Look>(FIRST + 1, 0, true));
    bench.commit();
    assert_eq!(told(&bench, look), None, "a call waits its turn");
}

#[test]
fn entities_that_were_locked_and_not_changed_leave_no_row() {
    for (looks, idle_instances, crashes) in [
        (0, 10, false),
        (0, 0, false),
        (0, 0, true),
        (2, 10, false),
        (2, 0, false),
        (2, 0, true),
    ] {
        let bounds = Bounds {
            idle_instances,
            ..Bounds::default()
        };
        let mut bench = Bench::with(1, bounds);
        bench.start::<GlancesCall>("one", 0, looks);
        for _ in 0..20 {
            bench.step_or_commit();
            if crashes {
                bench.crash();
                bench.commit();
            }
        }
        bench.finish();
        assert_eq!(bench.value("one"), 1);
        assert_eq!(
            bench.rows(Tag::Inst),
            1,
            "{looks} {idle_instances} {crashes}"
        );
        assert_eq!(bench.rows(Tag::Name), 1);
    }
}
