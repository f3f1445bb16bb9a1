//! Management: terminating, suspending, purging, beginning again, keeping for a while.

use std::time::Duration;

use undying::core::{Answer, Command, Ending, Filter, Number, Outcome, Status, Tags};
use undying::schema::Stored;
use undying::store::keys::Tag;

use crate::bench::{Bench, start};
use crate::life::Question;
use crate::support::bodies::{Chain, Family, Nap, RETENTION, Relay, Tasks};

fn id(id: &str) -> String {
    id.to_owned()
}

fn terminate(of: &str) -> Command {
    let reason = "enough".to_owned();
    Command::Terminate { id: id(of), reason }
}

fn suspend(of: &str) -> Command {
    let reason = "wait".to_owned();
    Command::Suspend { id: id(of), reason }
}

fn purge(of: &str) -> Command {
    let number = None;
    Command::Purge { id: id(of), number }
}

fn restart(of: &str, number: Number) -> Command {
    Command::Restart { id: id(of), number }
}

/// Starts an instance that is suspended before its first turn.
fn start_suspended(bench: &mut Bench, start: Command) {
    let (now, life) = (bench.now, bench.life());
    let suspend = suspend(start.id().unwrap());
    life.ask(start, Question(900));
    life.ask(suspend, Question(901));
    while life.deliver(0, now).unwrap() {}
}

/// The rows that belong to instances.
fn rows(bench: &Bench) -> usize {
    let tags = [
        Tag::Inst,
        Tag::Name,
        Tag::Part,
        Tag::Op,
        Tag::Hist,
        Tag::Run,
        Tag::Timer,
        Tag::Msg,
    ];
    tags.into_iter().map(|tag| bench.rows(tag)).sum()
}

#[test]
fn terminating_ends_the_tree_in_its_own_commits_and_tells_the_reason() {
    let mut bench = Bench::new();
    bench.start::<Family>("root", 2, 2);
    bench.commit();
    assert_eq!(bench.told(terminate("root")), Answer::Done);
    let reason = "enough".to_owned();
    let ending = Ending::Terminated { reason };
    assert_eq!(bench.result("root"), Some(Answer::Ended(ending)));
    for tag in [Tag::Run, Tag::Timer, Tag::Op, Tag::Msg] {
        assert_eq!(bench.rows(tag), 0, "{tag:?}");
    }
    for child in ["root", "root/0", "root/1", "root/0/0", "root/1/1"] {
        let child = bench.describe(child);
        assert_eq!(child.status, Status::Terminated);
        assert_eq!(child.reason.as_deref(), Some("enough"));
    }
    assert_eq!(bench.cancelled.len(), 7, "their activities are told");
}

#[test]
fn terminating_what_has_ended_changes_nothing() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 0, 7);
    bench.commit();
    assert_eq!(bench.told(terminate("one")), Answer::Done);
    assert_eq!(bench.value("one"), 7);
}

#[test]
fn a_reason_that_is_too_long_changes_nothing() {
    let mut bench = Bench::new();
    bench.start::<Nap>("one", 9, 0);
    bench.commit();
    let reason = "x".repeat(5_000);
    let told = bench.told(Command::Terminate {
        id: id("one"),
        reason,
    });
    assert!(matches!(told, Answer::Invalid { .. }), "{told:?}");
    assert_eq!(bench.describe("one").status, Status::Running);
}

#[test]
fn a_suspended_instance_keeps_what_arrives_and_does_not_advance_until_it_is_resumed() {
    for dies in [false, true] {
        let mut bench = Bench::new();
        bench.start::<Chain>("chain", 2, 0);
        bench.start::<Nap>("nap", 50, 0);
        bench.commit();
        for one in ["chain", "nap"] {
            assert_eq!(bench.told(suspend(one)), Answer::Done);
        }
        if dies {
            bench.crash();
            bench.commit();
        }
        // The activity comes to its end, the timer fires.
        bench.step();
        bench.now.0 += 1_000;
        bench.commit();
        if dies {
            bench.crash();
            bench.commit();
        }
        assert!(bench.started.is_empty(), "no further step is asked for");
        for one in ["chain", "nap"] {
            let one = bench.describe(one);
            assert_eq!((one.status, one.calls_pending), (Status::Suspended, 0));
            assert_eq!(one.reason.as_deref(), Some("wait"));
        }
        for one in ["chain", "nap"] {
            assert_eq!(bench.told(Command::Resume { id: id(one) }), Answer::Done);
            assert_eq!(bench.describe(one).reason, None);
        }
        bench.finish();
        assert_eq!(bench.value("chain"), 2);
        assert!(
            bench.value("nap") >= 1_000,
            "it went on when it was resumed"
        );
    }
}

#[test]
fn an_instance_can_be_suspended_before_its_first_turn() {
    let mut bench = Bench::new();
    start_suspended(&mut bench, start::<Chain>("one", 1, 0));
    bench.commit();
    bench.crash();
    bench.commit();
    assert!(bench.started.is_empty());
    bench.told(Command::Resume { id: id("one") });
    bench.finish();
    assert_eq!(bench.value("one"), 1);
}

#[test]
fn a_suspended_instance_can_be_terminated() {
    let mut bench = Bench::new();
    bench.start::<Nap>("one", 50, 0);
    bench.commit();
    bench.told(suspend("one"));
    bench.told(terminate("one"));
    assert_eq!(bench.describe("one").status, Status::Terminated);
    let told = bench.told(suspend("one"));
    let status = Status::Terminated;
    assert_eq!(told, Answer::WrongStatus { status });
}

#[test]
fn purging_deletes_every_row_of_an_instance_that_has_ended_in_one_commit() {
    let mut bench = Bench::new();
    assert_eq!(rows(&bench), 0);
    bench.start::<Tasks>("one", 3, 2);
    bench.commit();
    let running = bench.told(purge("one"));
    let status = Status::Running;
    assert_eq!(running, Answer::WrongStatus { status });
    for _ in 0..3 {
        bench.step();
    }
    assert_eq!(bench.value("one"), 6);
    let spawned = bench.started.len();
    assert!(
        spawned > 0 && bench.rows(Tag::Run) == 1,
        "nobody awaits the rest"
    );
    assert_eq!(bench.told(purge("one")), Answer::Done);
    assert_eq!(bench.cancelled.len(), spawned, "it is told to stop");
    assert_eq!(rows(&bench), 0);
    let late = bench.started.clone();
    for start in &late {
        bench.tell(start, crate::support::attempt(start));
    }
    bench.commit();
    assert_eq!(rows(&bench), 0);
    assert_eq!(bench.told(purge("one")), Answer::NotFound);
}

#[test]
fn an_instance_can_be_purged_in_the_epoch_in_which_it_ended_or_began() {
    let mut bench = Bench::new();
    bench.start::<Chain>("begun", 0, 1);
    bench.ask(purge("begun"));
    bench.start::<Tasks>("ended", 1, 0);
    bench.commit();
    assert_eq!(bench.rows(Tag::Name), 1);
    bench.end(Outcome::Done(crate::support::step_of(
        &bench.started[0].clone(),
    )));
    bench.ask(purge("ended"));
    bench.commit();
    assert_eq!(rows(&bench), 0);
}

#[test]
fn what_is_purged_before_a_new_life_has_begun_its_activity_again_begins_nothing() {
    let spawned = |begin_again: fn(&mut Bench)| {
        let mut bench = Bench::new();
        bench.start::<Tasks>("one", 1, 1);
        bench.commit();
        bench.step();
        assert_eq!((bench.value("one"), bench.started.len()), (1, 1));
        begin_again(&mut bench);
        bench
    };
    for begin_again in [Bench::close, Bench::crash] {
        let mut kept = spawned(begin_again);
        kept.commit();
        assert_eq!(kept.started.len(), 1, "nobody purged it");
        let mut purged = spawned(begin_again);
        assert_eq!(purged.told(purge("one")), Answer::Done);
        assert_eq!(purged.started.len(), 0);
        assert_eq!(rows(&purged), 0);
    }
}

#[test]
fn a_purged_instance_is_gone_only_when_that_is_durable() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 0, 1);
    bench.commit();
    let purged = bench.ask(purge("one"));
    let id = id("one");
    let described = bench.ask(Command::Describe { id });
    assert_eq!(bench.answer(purged), None);
    assert_eq!(bench.answer(described), None);
    bench.commit();
    assert_eq!(bench.answer(described), Some(&Answer::NotFound));
}

#[test]
fn an_event_finds_nobody_to_take_it_only_when_the_purge_is_durable() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 0, 1);
    bench.commit();
    bench.ask(purge("one"));
    let raised = bench.ask(Command::Raise {
        id: id("one"),
        name: "a".to_owned(),
        value: Stored::write(&1_u64).unwrap(),
        early: false,
        waits: false,
        key: None,
    });
    assert_eq!(bench.answer(raised), None);
    bench.commit();
    assert_eq!(bench.answer(raised), Some(&Answer::NotFound));
}

#[test]
fn a_purged_id_that_is_started_anew_is_another_instance() {
    // In the same epoch, and later.
    for at_once in [true, false] {
        let mut bench = Bench::new();
        bench.start::<Chain>("one", 1, 0);
        bench.commit();
        let late = bench.started.clone();
        bench.told(terminate("one"));
        let first = bench.describe("one").number;
        bench.ask(purge("one"));
        if !at_once {
            bench.commit();
        }
        bench.started.clear();
        bench.start::<Chain>("one", 1, 40);
        bench.commit();
        let second = bench.describe("one").number;
        assert!(second > first);
        assert_eq!((bench.rows(Tag::Inst), bench.rows(Tag::Name)), (1, 1));
        // What the first one asked for means nobody (rule 24).
        bench.tell(&late[0], crate::support::attempt(&late[0]));
        bench.commit();
        assert_eq!(bench.result("one"), None);
        bench.crash();
        bench.finish();
        assert_eq!(bench.value("one"), 41);
    }
}

#[test]
fn an_id_can_be_purged_twice_in_an_epoch() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 0, 1);
    bench.commit();
    bench.ask(purge("one"));
    bench.start::<Chain>("one", 0, 2);
    bench.ask(purge("one"));
    bench.commit();
    assert_eq!(rows(&bench), 0);
    assert_eq!(bench.told(purge("one")), Answer::NotFound);
}

#[test]
fn restarting_begins_again_with_the_same_arguments_and_tags_once() {
    for dies in [false, true] {
        let mut bench = Bench::new();
        let mut command = start::<Chain>("one", 2, 5);
        let Command::Start { tags, .. } = &mut command else {
            panic!("a start");
        };
        tags.insert("kind".to_owned(), "test".to_owned());
        bench.ask(command);
        bench.commit();
        let first = bench.describe("one").number;
        let running = bench.told(restart("one", first));
        assert!(matches!(running, Answer::WrongStatus { .. }), "{running:?}");
        bench.finish();
        if dies {
            bench.crash();
        }
        let told = bench.told(restart("one", first));
        let Answer::Started {
            number,
            fresh: true,
        } = told
        else {
            panic!("{told:?}");
        };
        assert!(number > first);
        // Asked again by a client that was not answered.
        let fresh = false;
        assert_eq!(
            bench.told(restart("one", first)),
            Answer::Started { number, fresh }
        );
        bench.finish();
        assert_eq!(bench.value("one"), 7);
        assert_eq!(bench.describe("one").tags["kind"], "test");
        assert_eq!((bench.rows(Tag::Inst), bench.rows(Tag::Name)), (1, 1));
        bench.told(restart("one", number));
        bench.finish();
        assert_eq!(bench.value("one"), 7);
    }
}

/// A start that may take the place of an instance.
fn replace(start: Command, number: Number) -> Command {
    let Command::Start {
        id,
        name,
        args,
        tags,
        ..
    } = start
    else {
        panic!("a start");
    };
    Command::Start {
        id,
        name,
        args,
        tags,
        replaces: Some(number),
    }
}

#[test]
fn a_start_replaces_an_ended_instance_in_one_commit_and_only_once() {
    for dies in [false, true] {
        let mut bench = Bench::new();
        bench.start::<Chain>("one", 1, 5);
        bench.finish();
        assert_eq!(bench.value("one"), 6);
        let first = bench.describe("one").number;
        if dies {
            bench.crash();
        }
        let again = replace(start::<Chain>("one", 1, 40), first);
        let told = bench.told(again.clone());
        let Answer::Started {
            number,
            fresh: true,
        } = told
        else {
            panic!("{told:?}");
        };
        assert!(number > first);
        assert_eq!((bench.rows(Tag::Inst), bench.rows(Tag::Name)), (1, 1));
        bench.finish();
        // Asked again by a client that was not answered, although the second has ended, too.
        let fresh = false;
        assert_eq!(bench.told(again), Answer::Started { number, fresh });
        assert_eq!(bench.value("one"), 41);
    }
}

#[test]
fn a_start_does_not_replace_an_instance_that_runs_or_is_of_another_orchestration() {
    let mut bench = Bench::new();
    bench.start::<Chain>("runs", 1, 0);
    bench.start::<Chain>("other", 0, 1);
    bench.commit();
    let number = bench.describe("runs").number;
    let told = bench.told(replace(start::<Chain>("runs", 1, 9), number));
    let fresh = false;
    assert_eq!(told, Answer::Started { number, fresh });
    let other = bench.describe("other").number;
    let told = bench.told(replace(start::<Nap>("other", 1, 0), other));
    let name = "chain".to_owned();
    assert_eq!(told, Answer::AnotherOrchestration { name });
    assert_eq!(bench.value("other"), 1);
}

#[test]
fn a_start_that_is_refused_replaces_nothing() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 0, 7);
    bench.commit();
    let number = bench.describe("one").number;
    let mut command = replace(start::<Chain>("one", 0, 8), number);
    if let Command::Start { tags, .. } = &mut command {
        tags.insert(String::new(), String::new());
    }
    let told = bench.told(command);
    assert!(matches!(told, Answer::Invalid { .. }), "{told:?}");
    assert_eq!(bench.describe("one").number, number);
    assert_eq!(bench.value("one"), 7);
}

#[test]
fn an_instance_is_kept_for_its_time_after_it_ended_and_then_purged() {
    for dies in [false, true] {
        RETENTION.set(Some(Duration::from_millis(500)));
        let mut bench = Bench::new();
        bench.start::<Relay>("one", 0, 7);
        start_suspended(&mut bench, start::<Relay>("runs", 1, 7));
        bench.start::<Nap>("nap", 0, 0);
        bench.commit();
        bench.now.0 += 400;
        bench.commit();
        assert_eq!(bench.value("one"), 7);
        if dies {
            bench.crash();
        }
        bench.now.0 += 200;
        bench.commit();
        let gone = bench.told(Command::Describe { id: id("one") });
        assert_eq!(gone, Answer::NotFound);
        bench.now.0 += 100_000;
        bench.commit();
        assert_eq!(
            bench.describe("runs").status,
            Status::Suspended,
            "it has not ended"
        );
        assert_eq!(bench.value("nap"), 400, "it is kept for ever");
        RETENTION.set(None);
    }
}

#[test]
fn what_is_purged_by_hand_leaves_no_timer() {
    RETENTION.set(Some(Duration::from_millis(500)));
    let mut bench = Bench::new();
    bench.start::<Relay>("one", 0, 7);
    bench.commit();
    assert_eq!(bench.rows(Tag::Timer), 1);
    bench.told(purge("one"));
    assert_eq!(rows(&bench), 0);
    RETENTION.set(None);
}

#[test]
fn a_list_and_a_count_can_be_narrowed_by_tags_and_times() {
    let mut bench = Bench::new();
    let begun = bench.now;
    for n in 0..10u64 {
        let Command::Start { id, name, args, .. } = start::<Nap>(&format!("{n}"), n % 2 * 1_000, 0)
        else {
            panic!("a start");
        };
        let tags = Tags::from([("of".to_owned(), format!("{}", n % 3))]);
        bench.ask(Command::Start {
            id,
            name,
            args,
            tags,
            replaces: None,
        });
        bench.now.0 += 10;
    }
    bench.commit();
    let of_one = Tags::from([("of".to_owned(), "1".to_owned())]);
    let mut late = begun;
    late.0 += 50;
    let count = |bench: &mut Bench, filter: Filter| {
        let told = bench.told(Command::Count(filter.clone()));
        let Answer::Counted(counts, None) = told else {
            panic!("{told:?}");
        };
        let Answer::Listed(listed, None) = bench.told(Command::List(filter)) else {
            panic!("a list");
        };
        assert_eq!(listed.len() as u64, counts.values().sum::<u64>());
        counts
    };
    let all = count(&mut bench, Filter::default());
    assert_eq!(all[&Status::Completed] + all[&Status::Running], 10);
    assert_eq!(all[&Status::Running], 5);
    let tagged = Filter {
        tags: of_one,
        ..Filter::default()
    };
    assert_eq!(count(&mut bench, tagged).values().sum::<u64>(), 3);
    let early = Filter {
        created_before: Some(late),
        ..Filter::default()
    };
    assert_eq!(count(&mut bench, early).values().sum::<u64>(), 5);
    let late = Filter {
        created_from: Some(late),
        ..Filter::default()
    };
    assert_eq!(count(&mut bench, late).values().sum::<u64>(), 5);
    let changed = Filter {
        updated_from: Some(bench.now),
        ..Filter::default()
    };
    assert_eq!(count(&mut bench, changed).values().sum::<u64>(), 0);
}

#[test]
fn a_list_can_ask_for_several_statuses_and_several_orchestrations() {
    let mut bench = Bench::new();
    bench.start::<Chain>("ended", 0, 1);
    bench.start::<Chain>("runs", 1, 0);
    bench.start::<Nap>("terminated", 50, 0);
    bench.start::<Nap>("suspended", 50, 0);
    bench.start::<Family>("root", 0, 0);
    bench.commit();
    bench.told(terminate("terminated"));
    bench.told(suspend("suspended"));
    let mut listed = |statuses: &[Status], orchestrations: &[&str]| {
        let filter = Filter {
            statuses: statuses.to_vec(),
            orchestrations: orchestrations.iter().map(|name| id(name)).collect(),
            ..Filter::default()
        };
        let Answer::Listed(listed, None) = bench.told(Command::List(filter)) else {
            panic!("a list");
        };
        let mut ids: Vec<_> = listed.into_iter().map(|one| one.id).collect();
        ids.sort();
        ids
    };
    assert_eq!(listed(&[], &[]).len(), 5);
    let chains_and_naps = ["ended", "runs", "suspended", "terminated"];
    assert_eq!(listed(&[], &["chain", "nap"]), chains_and_naps);
    let over = [Status::Completed, Status::Terminated];
    assert_eq!(listed(&over, &["nap", "chain"]), ["ended", "terminated"]);
    assert_eq!(listed(&[Status::Suspended], &["chain"]), [""; 0]);
}

#[test]
fn too_many_or_too_long_tags_start_nothing() {
    let many = (0..17).map(|n| (format!("{n}"), String::new())).collect();
    let long = Tags::from([("x".to_owned(), "y".repeat(257))]);
    let nameless = Tags::from([(String::new(), String::new())]);
    let mut bench = Bench::new();
    for bad in [many, long, nameless] {
        let mut command = start::<Nap>("one", 1, 0);
        if let Command::Start { tags, .. } = &mut command {
            *tags = bad;
        }
        let told = bench.told(command);
        assert!(matches!(told, Answer::Invalid { .. }), "{told:?}");
    }
    assert_eq!(rows(&bench), 0);
}

#[test]
fn children_of_an_earlier_incarnation_give_way_to_those_of_the_next() {
    for ended in [false, true] {
        let mut bench = Bench::new();
        bench.start::<Family>("root", 1, 2);
        bench.commit();
        let first = bench.describe("root/0").number;
        if ended {
            bench.now.0 += 1_000;
            bench.finish();
            assert_eq!(bench.value("root"), 3);
        } else {
            bench.ask(terminate("root"));
        }
        let root = bench.describe("root").number;
        bench.told(restart("root", root));
        bench.finish();
        bench.now.0 += 1_000;
        bench.finish();
        assert_eq!(bench.value("root"), 3);
        assert!(bench.describe("root/0").number > first);
        assert_eq!((bench.rows(Tag::Inst), bench.rows(Tag::Name)), (3, 3));
    }
}

#[test]
fn a_child_does_not_take_the_id_of_an_instance_that_clients_started() {
    let mut bench = Bench::new();
    bench.start::<Nap>("root/0", 0, 0);
    bench.commit();
    bench.now.0 += 10;
    bench.commit();
    bench.start::<Family>("root", 1, 1);
    bench.commit();
    bench.now.0 += 1_000;
    bench.finish();
    let told = bench.result("root");
    assert!(
        matches!(told, Some(Answer::Ended(Ending::Failed(_)))),
        "{told:?}"
    );
    assert_eq!(bench.describe("root/0").orchestration, "nap");
}
