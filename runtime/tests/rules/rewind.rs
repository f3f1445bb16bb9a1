//! Rewinding: what failed is made again, what succeeded stays, down the tree, once.

use undying::core::{Answer, Command, Ending, Happened, Outcome, Status};
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::Chain;
use crate::support::failing::{
    BuysAllCall, BuysCall, DelegatesCall, PAY_ATTEMPTS, Refused, RefusesCall, TrustsCall, paid,
    shut, shut_for_good,
};

fn rewind(id: &str, count: u64) -> Command {
    Command::Rewind {
        id: id.to_owned(),
        reason: "it is Monday".to_owned(),
        count,
    }
}

/// Ends the oldest attempt well.
fn pay(bench: &mut Bench) {
    let args = bench.started[0].args.clone();
    bench.end(paid(&args));
    bench.commit();
}

/// Lets the oldest call fail for good.
fn fail(bench: &mut Bench) {
    for _ in 0..PAY_ATTEMPTS {
        bench.end(shut());
        bench.commit();
        bench.now.0 += 10;
        bench.commit();
    }
}

fn result(bench: &mut Bench, id: &str) -> Result<u64, Refused> {
    match bench.result(id) {
        Some(Answer::Ended(Ending::Completed(value) | Ending::Error(value))) => {
            value.read().unwrap()
        }
        other => panic!("{id}: {other:?}"),
    }
}

#[test]
fn an_orchestration_that_returns_an_error_has_failed() {
    let mut bench = Bench::new();
    bench.start::<BuysCall>("one", 3, 4);
    bench.commit();
    fail(&mut bench);
    assert_eq!(result(&mut bench, "one"), Err(Refused::Shut));
    assert_eq!(bench.describe("one").status, Status::Failed);
    bench.crash();
    assert_eq!(bench.describe("one").status, Status::Failed);
}

#[test]
fn the_call_that_failed_is_made_again_and_what_succeeded_is_kept_whenever_the_process_dies() {
    for crash_at in 0..6 {
        let mut bench = Bench::new();
        let crash = |bench: &mut Bench, at| {
            if at == crash_at {
                bench.crash();
                bench.commit();
            }
        };
        bench.start::<BuysCall>("one", 3, 4);
        bench.commit();
        pay(&mut bench);
        bench.end(shut());
        bench.commit();
        bench.now.0 += 10;
        bench.commit();
        // The last attempt fails; its completion is taken by the turn that ends the instance.
        bench.end(shut());
        crash(&mut bench, 0);
        if crash_at == 0 {
            bench.end(shut());
        }
        bench.commit();
        crash(&mut bench, 1);
        assert_eq!(result(&mut bench, "one"), Err(Refused::Shut));

        let question = bench.ask(rewind("one", 0));
        assert_eq!(bench.answer(question), None, "it is not durable");
        if crash_at == 2 {
            bench.crash();
            assert_eq!(bench.describe("one").status, Status::Failed);
            bench.ask(rewind("one", 0));
        }
        bench.commit();
        crash(&mut bench, 3);
        assert_eq!(bench.describe("one").status, Status::Running);
        assert_eq!(bench.told(rewind("one", 0)), Answer::Done, "once");
        assert_eq!(bench.describe("one").rewound, 1);
        crash(&mut bench, 4);
        assert_eq!(bench.started.len(), 1, "the first call is not made again");
        assert_eq!(bench.started[0].operation, 1);
        assert!(bench.started[0].attempt > PAY_ATTEMPTS, "none is repeated");
        pay(&mut bench);
        crash(&mut bench, 5);
        assert_eq!(result(&mut bench, "one"), Ok(7));
        assert_eq!(bench.rows(Tag::Part), 0);
    }
}

#[test]
fn an_error_of_before_the_rewinding_that_is_told_twice_does_not_end_the_call_again() {
    let mut bench = Bench::new();
    bench.start::<BuysCall>("one", 3, 4);
    bench.commit();
    let first = bench.started[0].clone();
    bench.end(shut_for_good());
    bench.commit();
    assert_eq!(result(&mut bench, "one"), Err(Refused::Shut));
    assert_eq!(bench.told(rewind("one", 0)), Answer::Done);
    bench.tell(&first, shut_for_good());
    bench.commit();
    assert_eq!(bench.describe("one").status, Status::Running);
    pay(&mut bench);
    pay(&mut bench);
    assert_eq!(result(&mut bench, "one"), Ok(7));
}

#[test]
fn what_fails_again_has_its_attempts_again_and_can_be_rewound_again() {
    let mut bench = Bench::new();
    bench.start::<BuysCall>("one", 3, 4);
    bench.commit();
    for count in 0..3 {
        fail(&mut bench);
        assert_eq!(result(&mut bench, "one"), Err(Refused::Shut));
        assert_eq!(bench.told(rewind("one", count)), Answer::Done);
        bench.crash();
        bench.commit();
    }
    pay(&mut bench);
    pay(&mut bench);
    assert_eq!(result(&mut bench, "one"), Ok(7));
    let status = Status::Completed;
    assert_eq!(bench.told(rewind("one", 3)), Answer::WrongStatus { status });
}

#[test]
fn of_many_calls_at_once_those_that_failed_are_made_again() {
    for crash in [false, true] {
        let mut bench = Bench::new();
        bench.start::<BuysAllCall>("one", 5, 0);
        bench.commit();
        for start in std::mem::take(&mut bench.started) {
            let outcome = match start.operation {
                1 | 3 => Outcome::Panicked("no".to_owned()),
                _ => paid(&start.args),
            };
            bench.tell(&start, outcome);
            bench.commit();
        }
        bench.now.0 += 10;
        bench.commit();
        for start in std::mem::take(&mut bench.started) {
            if crash {
                // The failure of the other one is filed and not taken yet.
                bench.crash();
                bench.commit();
            }
            bench.tell(&start, shut());
            bench.commit();
        }
        while result_is_open(&mut bench) {
            bench.end(shut());
            bench.commit();
            bench.now.0 += 10;
            bench.commit();
        }
        assert_eq!(bench.describe("one").status, Status::Failed);
        bench.started.clear();
        assert_eq!(bench.told(rewind("one", 0)), Answer::Done);
        let mut again: Vec<_> = bench.started.iter().map(|start| start.operation).collect();
        again.sort_unstable();
        assert_eq!(again, [1, 3]);
        pay(&mut bench);
        pay(&mut bench);
        assert_eq!(result(&mut bench, "one"), Ok(10));
    }
}

fn result_is_open(bench: &mut Bench) -> bool {
    bench.describe("one").status == Status::Running
}

#[test]
fn children_are_rewound_with_their_parents_two_levels_deep() {
    for crash in [false, true] {
        let mut bench = Bench::new();
        bench.start::<DelegatesCall>("root", 2, 5);
        bench.commit();
        fail(&mut bench);
        for id in ["root", "root/0", "root/0/0"] {
            assert_eq!(bench.describe(id).status, Status::Failed);
        }
        let numbers = ["root", "root/0", "root/0/0"].map(|id| bench.describe(id).number);
        bench.ask(rewind("root", 0));
        bench.commit();
        if crash {
            bench.crash();
            bench.commit();
        }
        assert_eq!(bench.started.len(), 1);
        for (id, number) in ["root", "root/0", "root/0/0"].into_iter().zip(numbers) {
            let one = bench.describe(id);
            assert_eq!((one.status, one.rewound), (Status::Running, 1));
            assert_eq!(one.number, number, "it is the same instance");
        }
        pay(&mut bench);
        assert_eq!(result(&mut bench, "root"), Ok(7));
    }
}

#[test]
fn a_child_that_is_rewound_alone_tells_nobody_and_its_parent_takes_its_result_when_it_is_rewound() {
    let mut bench = Bench::new();
    bench.start::<DelegatesCall>("root", 1, 5);
    bench.commit();
    fail(&mut bench);
    assert_eq!(bench.told(rewind("root/0", 0)), Answer::Done);
    pay(&mut bench);
    assert_eq!(result(&mut bench, "root/0"), Ok(5));
    assert_eq!(result(&mut bench, "root"), Err(Refused::Shut));
    assert_eq!(bench.told(rewind("root", 0)), Answer::Done);
    bench.commit();
    assert!(bench.started.is_empty(), "nothing is paid twice");
    assert_eq!(result(&mut bench, "root"), Ok(6));
}

#[test]
fn a_child_that_failed_by_itself_begins_again_with_its_parent() {
    let mut bench = Bench::new();
    bench.start::<TrustsCall>("root", 9, 5);
    bench.commit();
    pay(&mut bench);
    let child = bench.describe("root/0");
    assert_eq!(child.status, Status::Failed);
    assert_eq!(bench.told(rewind("root", 0)), Answer::Done);
    bench.commit();
    assert!(bench.describe("root/0").number > child.number);
    pay(&mut bench);
    assert_eq!(result(&mut bench, "root"), Err(Refused::Shut));
}

#[test]
fn a_child_that_was_purged_cannot_be_made_again_and_its_parent_fails_with_that() {
    let mut bench = Bench::new();
    bench.start::<DelegatesCall>("root", 1, 5);
    bench.commit();
    fail(&mut bench);
    let (id, number) = ("root/0".to_owned(), None);
    assert_eq!(bench.told(Command::Purge { id, number }), Answer::Done);
    assert_eq!(bench.told(rewind("root", 0)), Answer::Done);
    bench.commit();
    let Err(Refused::Failed(why)) = result(&mut bench, "root") else {
        panic!("it failed in another way");
    };
    assert!(why.to_string().contains("`root/0` was purged"), "{why}");
}

#[test]
fn what_failed_by_itself_is_refused_and_changes_nothing() {
    let mut bench = Bench::new();
    bench.start::<RefusesCall>("one", 9, 5);
    bench.commit();
    pay(&mut bench);
    assert_eq!(result(&mut bench, "one"), Err(Refused::Shut));
    let before = bench.disk.rows();
    assert_eq!(bench.told(rewind("one", 0)), Answer::NoRewindPoint);
    assert_eq!(bench.disk.rows(), before);
}

#[test]
fn what_has_not_failed_is_not_rewound() {
    let ended = |id: &str| Command::Cancel { id: id.to_owned() };
    let terminated = |id: &str| Command::Terminate {
        id: id.to_owned(),
        reason: "enough".to_owned(),
    };
    let mut bench = Bench::new();
    for id in ["running", "cancelled", "terminated"] {
        bench.start::<Chain>(id, 1, 0);
    }
    bench.told(ended("cancelled"));
    bench.told(terminated("terminated"));
    for (id, status) in [
        ("running", Status::Running),
        ("cancelled", Status::Cancelled),
        ("terminated", Status::Terminated),
    ] {
        assert_eq!(bench.told(rewind(id, 0)), Answer::WrongStatus { status });
    }
    assert_eq!(bench.told(rewind("nobody", 0)), Answer::NotFound);
}

#[test]
fn a_failed_instance_that_is_purged_leaves_no_row() {
    for crash in [false, true] {
        let mut bench = Bench::new();
        bench.start::<BuysCall>("one", 3, 4);
        bench.commit();
        fail(&mut bench);
        assert_eq!(bench.rows(Tag::Part), 1, "where it can be rewound to");
        if crash {
            bench.crash();
        }
        let (id, number) = ("one".to_owned(), None);
        assert_eq!(bench.told(Command::Purge { id, number }), Answer::Done);
        assert_eq!(bench.rows(Tag::Part) + bench.rows(Tag::Inst), 0);
    }
}

#[test]
fn the_history_tells_of_the_rewinding() {
    let mut bench = Bench::new();
    bench.start::<BuysCall>("one", 3, 4);
    bench.commit();
    fail(&mut bench);
    bench.told(rewind("one", 0));
    let (id, from) = ("one".to_owned(), 0);
    let Answer::History(entries, None) = bench.told(Command::History { id, from }) else {
        panic!("one page");
    };
    let what: Vec<_> = entries.into_iter().map(|entry| entry.what).collect();
    let rewound = Happened::Rewound {
        reason: "it is Monday".to_owned(),
    };
    let at = what.iter().position(|it| *it == rewound);
    let at = at.unwrap();
    assert!(matches!(what[at - 1], Happened::Failed { .. }), "{what:?}");
    assert!(matches!(
        what[at + 1],
        Happened::ActivityCalled { operation: 0, .. }
    ));
}
