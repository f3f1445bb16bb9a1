//! Versions: stamped for life, compared before a turn, and never a reason to lose anything.

use undying::VersionMatch::{self, Any, CurrentOrOlder, Strict};
use undying::core::{Answer, Command, Filter, Status};
use undying::durable::Refusal;
use undying::schema::Stored;
use undying::store::keys::Tag;

use crate::bench::Bench;
use crate::support::bodies::PANICS;
use crate::support::children::FounderCall;
use crate::support::entities::{Earn, Put, ask};
use crate::support::events::{CrierCall, HeraldCall, InboxCall};
use crate::support::failing::{DelegatesCall, TrustsCall, paid, shut};
use crate::support::versioned::{DatedCall, GatheredCall, ReplayedDatedCall};

fn raise(bench: &mut Bench, id: &str, value: u64) {
    let (id, name) = (id.to_owned(), "a".to_owned());
    let value = Stored::write(&value).unwrap();
    let (early, key) = (false, None);
    let done = bench.told(Command::Raise {
        id,
        name,
        value,
        early,
        waits: false,
        key,
    });
    assert_eq!(done, Answer::Done);
}

fn version(bench: &mut Bench, id: &str) -> Option<String> {
    bench.describe(id).version
}

/// Why it is set aside.
fn refusal(bench: &mut Bench, id: &str) -> Option<Refusal> {
    bench.describe(id).parked
}

fn another(id: &str, version: &str, engine: &str, takes: VersionMatch) -> Option<Refusal> {
    let some = |version: &str| Some(version.to_owned());
    Some(Refusal::AnotherVersion {
        id: id.to_owned(),
        version: some(version),
        engine: some(engine),
        takes,
    })
}

#[test]
fn an_instance_keeps_the_version_of_the_program_that_started_it_through_crashes_and_new_runs() {
    let mut bench = Bench::new();
    bench.deploy(Some("1"), Any);
    bench.start::<DatedCall>("one", 2, 0);
    bench.start::<ReplayedDatedCall>("two", 2, 0);
    bench.finish();
    for _ in 0..2 {
        bench.deploy(Some("2"), Any);
        raise(&mut bench, "one", 0);
        raise(&mut bench, "two", 0);
    }
    bench.start::<DatedCall>("three", 0, 0);
    bench.commit();
    for (id, of) in [("one", 1), ("two", 1), ("three", 2)] {
        assert_eq!(bench.value(id), of);
        assert_eq!(version(&mut bench, id), Some(of.to_string()));
    }
}

#[test]
fn children_and_what_is_started_detached_have_the_version_of_the_program_that_starts_them() {
    let mut bench = Bench::with(3, undying::core::limits::Bounds::default());
    bench.deploy(Some("1"), Any);
    bench.start::<FounderCall>("founder", 1, 1);
    bench.start::<HeraldCall>("herald", 1, 50);
    bench.finish();
    bench.deploy(Some("2"), Any);
    bench.now.0 += 100;
    bench.finish();
    let mut check = |id, expected| assert_eq!(version(&mut bench, id).unwrap(), expected, "{id}");
    check("free", "1");
    check("free/0", "1");
    check("herald", "1");
    check("herald/late", "2");
}

#[test]
fn what_events_had_waited_for_has_the_version_of_the_program_that_starts_it() {
    let mut bench = Bench::new();
    bench.deploy(Some("1"), Any);
    bench.start::<CrierCall>("crier", 2, 0);
    bench.finish();
    bench.deploy(Some("2"), Strict);
    bench.start::<InboxCall>("late", 2, 0);
    bench.finish();
    assert_eq!(bench.value("late"), 2);
    assert_eq!(version(&mut bench, "late").unwrap(), "2");
}

#[test]
fn an_entity_has_no_version_and_is_used_by_all() {
    let mut bench = Bench::new();
    bench.deploy(Some("1"), Strict);
    bench.ask(ask::<Put>(1, 5, false));
    bench.ask(ask::<Earn>(1, 5, false));
    bench.commit();
    assert_eq!(version(&mut bench, "@purse@1"), None);
    bench.deploy(Some("2"), Strict);
    bench.finish();
    let question = bench.ask(ask::<Put>(1, 5, true));
    bench.commit();
    assert!(matches!(bench.answer(question), Some(Answer::Operated(_))));
}

#[test]
fn an_instance_of_another_version_is_set_aside_at_its_turn_and_what_arrives_waits_for_it() {
    let mut bench = Bench::new();
    bench.deploy(Some("1"), Strict);
    bench.start::<GatheredCall>("one", 100, 50);
    bench.commit();

    bench.deploy(Some("2"), Strict);
    assert_eq!(bench.describe("one").status, Status::Running, "it waits");
    raise(&mut bench, "one", 1);
    let why = another("one", "1", "2", Strict);
    assert_eq!(refusal(&mut bench, "one"), why);
    let answer = bench.result("one");
    assert_eq!(answer, Some(Answer::Parked(why.unwrap())));
    raise(&mut bench, "one", 2);
    bench.now.0 += 100;
    bench.finish();
    assert_eq!(bench.describe("one").events_waiting, 2);
    assert_eq!(bench.rows(Tag::Timer), 0, "it has fired");

    bench.deploy(Some("1"), Strict);
    assert_eq!(bench.value("one"), 1 + 2 + 101);
    assert_eq!(bench.rows(Tag::Run), 0);
}

#[test]
fn what_was_set_aside_for_its_version_goes_on_in_any_program_that_takes_it_and_in_no_other() {
    let mut bench = Bench::new();
    bench.deploy(Some("1.9"), Any);
    bench.start::<InboxCall>("one", 1, 0);
    bench.commit();
    bench.deploy(Some("1.10"), Strict);
    raise(&mut bench, "one", 1);
    assert_eq!(
        refusal(&mut bench, "one"),
        another("one", "1.9", "1.10", Strict)
    );
    // Retrying it is no way around.
    let id = "one".to_owned();
    bench.told(Command::Retry { id });
    assert_eq!(bench.describe("one").status, Status::Parked);
    bench.deploy(Some("1.8"), CurrentOrOlder);
    let why = another("one", "1.9", "1.8", CurrentOrOlder);
    assert_eq!(refusal(&mut bench, "one"), why, "in the words of this one");
    bench.deploy(Some("1.10"), CurrentOrOlder);
    assert_eq!(bench.value("one"), 1);
}

#[test]
fn a_program_that_takes_older_versions_takes_instances_that_have_none() {
    let mut bench = Bench::new();
    bench.start::<InboxCall>("one", 1, 0);
    bench.commit();
    bench.deploy(Some("0.1"), CurrentOrOlder);
    raise(&mut bench, "one", 1);
    assert_eq!(bench.value("one"), 1);
}

#[test]
fn a_program_that_takes_an_instance_which_was_set_aside_for_something_else_leaves_it_so() {
    let mut bench = Bench::new();
    bench.deploy(Some("1"), Strict);
    bench.start::<InboxCall>("one", 1, 0);
    bench.commit();
    PANICS.set(u32::MAX);
    raise(&mut bench, "one", 1);
    PANICS.set(0);
    assert_eq!(bench.describe("one").status, Status::Parked);
    bench.deploy(Some("1"), Strict);
    assert!(matches!(
        refusal(&mut bench, "one"),
        Some(Refusal::Panicked { .. })
    ));
}

#[test]
fn what_is_set_aside_for_its_version_can_be_ended_like_anything_else() {
    let mut bench = Bench::new();
    bench.deploy(Some("1"), Any);
    bench.start::<InboxCall>("one", 1, 0);
    bench.commit();
    bench.deploy(Some("2"), Strict);
    raise(&mut bench, "one", 1);
    let (id, reason) = ("one".to_owned(), "it is old".to_owned());
    bench.told(Command::Terminate { id, reason });
    assert_eq!(bench.describe("one").status, Status::Terminated);
    assert_eq!(bench.rows(Tag::Run), 0);
}

#[test]
fn what_is_rewound_keeps_its_version_down_the_tree() {
    let mut bench = Bench::new();
    bench.deploy(Some("1"), Any);
    bench.start::<DelegatesCall>("tree", 2, 3);
    // The child of this one fails by itself: it begins again.
    bench.start::<TrustsCall>("anew", 9, 5);
    bench.commit();
    while let Some(start) = bench.started.first() {
        match start.instance_id.starts_with("anew") {
            true => bench.end(paid(&start.args.clone())),
            false => bench.end(shut()),
        }
        bench.commit();
        bench.now.0 += 10;
        bench.commit();
    }
    let failed = [Status::Failed; 2];
    assert_eq!(["tree", "anew"].map(|id| bench.describe(id).status), failed);
    bench.deploy(Some("2"), CurrentOrOlder);
    for id in ["tree", "anew"] {
        let (id, reason, count) = (id.to_owned(), "it is Monday".to_owned(), 0);
        assert_eq!(
            bench.told(Command::Rewind { id, reason, count }),
            Answer::Done
        );
    }
    bench.commit();
    for instance in everyone(&mut bench, Filter::default()) {
        assert_eq!(instance.1.as_deref(), Some("1"), "{}", instance.0);
    }
}

/// The ids and versions of all that fits.
fn everyone(bench: &mut Bench, filter: Filter) -> Vec<(String, Option<String>)> {
    match bench.told(Command::List(filter)) {
        Answer::Listed(found, None) => found.into_iter().map(|it| (it.id, it.version)).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_select_by_version() {
    let mut bench = Bench::new();
    bench.start::<InboxCall>("none", 1, 0);
    bench.commit();
    for (id, version) in [("one", "1"), ("two", "2.0"), ("rc", "RC-1")] {
        bench.deploy(Some(version), Any);
        bench.start::<InboxCall>(id, 1, 0);
        bench.commit();
    }
    let mut check = |versions: &[&str], expected: &[&str]| {
        let versions = versions.iter().map(|&version| version.to_owned()).collect();
        let filter = Filter {
            versions,
            ..Filter::default()
        };
        let mut found: Vec<_> = everyone(&mut bench, filter)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        found.sort();
        assert_eq!(found, expected);
    };
    check(&[], &["none", "one", "rc", "two"]);
    check(&["1"], &["one"]);
    check(&["2", "rc-1"], &["rc", "two"]);
    check(&["", "1"], &["none", "one"]);
    check(&["3"], &[]);
}
