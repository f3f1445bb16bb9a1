//! What a commit holds, and what waits for it.

use undying::core::limits::Bounds;
use undying::core::{Answer, Command, Outcome, Status};
use undying::store::keys::Tag;

use crate::bench::{Bench, start};
use crate::life::Over;
use crate::support::bodies::{Chain, Family, Fan, Nap};
use crate::support::events::{CauseCall, ConsequenceCall, InboxCall};
use crate::support::step_of;

#[test]
fn a_start_is_answered_when_it_is_durable_and_not_before() {
    let mut bench = Bench::new();
    let question = bench.start::<Chain>("one", 1, 0);
    assert_eq!(bench.answer(question), None);
    bench.commit();
    assert!(matches!(
        bench.answer(question),
        Some(Answer::Started { fresh: true, .. })
    ));
}

#[test]
fn an_activity_starts_when_its_request_is_durable_and_not_before() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    assert!(bench.started.is_empty());
    bench.commit();
    assert_eq!(bench.started.len(), 1);
}

#[test]
fn a_turn_is_one_commit() {
    let mut bench = Bench::new();
    bench.start::<Nap>("nap", 50, 0);
    bench.commit();
    let before = bench.disk.rows();
    bench.now.0 += 60;
    bench.settle();
    assert_eq!(
        bench.disk.rows(),
        before,
        "a turn has run, nothing of it is durable"
    );
    bench.commit();
    assert_eq!(bench.rows(Tag::Timer), 0);
    assert!(bench.value("nap") >= 50);
}

#[test]
fn what_is_not_durable_is_read_when_it_is() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    let id = "one".to_owned();
    let question = bench.ask(Command::Describe { id });
    assert_eq!(bench.answer(question), None);
    bench.commit();
    assert!(matches!(
        bench.answer(question),
        Some(Answer::Description(_))
    ));
}

#[test]
fn what_is_durable_is_read_at_once() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    let id = "one".to_owned();
    let question = bench.ask(Command::Describe { id });
    assert!(matches!(
        bench.answer(question),
        Some(Answer::Description(_))
    ));
}

#[test]
fn waiting_for_a_result_can_be_repeated_for_ever() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    let early = bench.ask(Command::Result {
        id: "one".to_owned(),
    });
    bench.finish();
    let told = bench.answer(early).cloned();
    assert!(matches!(told, Some(Answer::Ended(_))));
    assert_eq!(bench.result("one"), told);
    bench.crash();
    assert_eq!(bench.result("one"), told);
}

#[test]
fn a_second_start_of_an_id_gives_the_first_ones_instance() {
    let mut bench = Bench::new();
    let first = bench.start::<Chain>("one", 1, 0);
    let second = bench.start::<Chain>("one", 9, 9);
    bench.commit();
    let number = |answer: Option<&Answer>| match answer {
        Some(Answer::Started { number, fresh }) => (*number, *fresh),
        other => panic!("{other:?}"),
    };
    let (one, fresh) = number(bench.answer(first));
    assert!(fresh);
    assert_eq!(number(bench.answer(second)), (one, false));
    bench.finish();
    bench.crash();
    let third = bench.start::<Chain>("one", 1, 0);
    assert_eq!(number(bench.answer(third)), (one, false));
    assert_eq!(bench.value("one"), 1, "the first one's arguments count");
}

#[test]
fn an_id_of_another_orchestration_is_named() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 1, 0);
    bench.commit();
    let other = bench.start::<Fan>("one", 1, 0);
    let name = "chain".to_owned();
    let expected = Answer::AnotherOrchestration { name };
    assert_eq!(bench.answer(other), Some(&expected));
}

#[test]
fn a_message_that_is_taken_in_its_own_epoch_never_touches_the_disk() {
    for shards in [1, 4] {
        let mut bench = Bench::with(shards, Bounds::default());
        bench.start::<Family>("root", 2, 3);
        bench.commit();
        assert_eq!(bench.rows(Tag::Inst), 1 + 3 + 9, "with {shards} shards");
        assert_eq!(bench.rows(Tag::Msg), 0, "with {shards} shards");
    }
}

#[test]
fn a_message_that_outlives_its_epoch_is_taken_once_after_a_crash() {
    let bounds = Bounds {
        // Each turn fills an epoch, so its messages wait for the next.
        epoch_bytes: 1,
        ..Bounds::default()
    };
    let mut bench = Bench::with(2, bounds);
    bench.start::<Family>("root", 1, 5);
    while bench.rows(Tag::Msg) == 0 {
        bench.commit();
    }
    bench.crash();
    bench.bounds = Bounds::default();
    for _ in 0..20 {
        bench.now.0 += 10;
        bench.finish();
    }
    assert_eq!(bench.value("root"), 6);
    assert_eq!(bench.rows(Tag::Msg), 0);
    assert_eq!(bench.rows(Tag::Inst), 6);
}

#[test]
fn a_message_of_a_later_epoch_is_taken_after_the_seal() {
    // One shard is cut and goes on in the next epoch; its message has the other seal first.
    let mut bench = Bench::with(2, Bounds::default());
    bench.start::<Chain>("one", 0, 0);
    let now = bench.now;
    let life = bench.life();
    life.commit(now).unwrap();
    let shard = 0;
    while life.deliver(shard, now).unwrap() {}
    life.seal_if_asked(shard).unwrap();
    assert_eq!(life.shards[0].epoch(), life.shards[1].epoch() + 1);
    let id = ids_on(0).next().unwrap();
    let parent = start::<Family>(&id, 1, 9);
    life.ask(parent, crate::life::Question(99));
    for _ in 0..50 {
        life.deliver(0, now).unwrap();
        life.run(0, now, 8).unwrap();
    }
    while life.shards[1].epoch() < life.shards[0].epoch() {
        assert!(life.deliver(1, now).unwrap(), "a message has it seal");
    }
    bench.finish();
}

/// Ids whose instances live on a shard of two.
fn ids_on(shard: usize) -> impl Iterator<Item = String> {
    numbers_on(shard, 2).map(|n| format!("id-{n}"))
}

/// The numbers in the ids of instances that live on a shard of so many.
fn numbers_on(shard: usize, of: usize) -> impl Iterator<Item = u64> {
    let partitions = undying::core::Partitions::new(8, of);
    (0..).filter(move |n| partitions.shard(partitions.of_id(&format!("id-{n}"))) == shard)
}

#[test]
fn messages_that_outlive_a_crash_are_taken_in_the_order_of_cause_and_effect() {
    let on = |shard| numbers_on(shard, 3).next().unwrap();
    let (second, inbox, first) = (on(0), on(1), on(2));
    let mut bench = Bench::with(3, Bounds::default());
    let id = |n| format!("id-{n}");
    bench.ask(start::<InboxCall>(&id(inbox), 2, 0));
    bench.ask(start::<ConsequenceCall>(&id(second), inbox, 0));
    bench.finish();
    let now = bench.now;
    let cause = start::<CauseCall>(&id(first), inbox, second);
    bench.life().ask(cause, crate::life::Question(99));
    // The shard of the inbox receives and seals, and runs nothing.
    for _ in 0..20 {
        let life = bench.life();
        for shard in [2, 0, 1] {
            while life.deliver(shard, now).unwrap() {}
            if shard != 1 {
                life.run(shard, now, 64).unwrap();
            }
        }
        for shard in 0..3 {
            life.seal_if_asked(shard).unwrap();
        }
        life.commit(now).unwrap();
    }
    assert_eq!(bench.rows(Tag::Msg), 2, "neither was taken");
    bench.crash();
    bench.finish();
    assert_eq!(bench.value(&id(inbox)), 2, "1 came before 2");
}

#[test]
fn what_changes_after_its_rows_were_made_is_committed_as_it_is_at_the_end() {
    let id = || "one".to_owned();
    let reason = || "enough".to_owned();
    let cancel = Command::Cancel { id: id() };
    let suspend = Command::Suspend {
        id: id(),
        reason: reason(),
    };
    let terminate = Command::Terminate {
        id: id(),
        reason: reason(),
    };
    // It waits for its first activity, or has ended.
    for (calls, command, expected, marks) in [
        (2, cancel, Status::Cancelled, 0),
        (2, suspend, Status::Suspended, 1),
        (0, terminate, Status::Completed, 0),
    ] {
        let mut bench = Bench::new();
        bench.start::<Chain>("one", calls, 0);
        bench.settle();
        bench.ask(command);
        bench.commit();
        bench.crash();
        assert_eq!(bench.describe("one").status, expected);
        assert_eq!(bench.rows(Tag::Run), marks, "{expected:?}");
    }
}

#[test]
fn what_is_purged_after_its_rows_were_made_leaves_none() {
    let mut bench = Bench::new();
    bench.start::<Chain>("one", 0, 0);
    bench.settle();
    let (id, number) = ("one".to_owned(), None);
    bench.ask(Command::Purge { id, number });
    bench.commit();
    for tag in [Tag::Inst, Tag::Name, Tag::Run, Tag::Hist] {
        assert_eq!(bench.rows(tag), 0, "{tag:?}");
    }
}

#[test]
fn instances_that_idle_are_forgotten_only_when_what_they_did_is_durable() {
    let bounds = Bounds {
        idle_instances: 0,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    bench.start::<Nap>("nap", 50, 0);
    assert_eq!(bench.life().shards[0].resident(), 1);
    bench.commit();
    assert_eq!(bench.life().shards[0].resident(), 0);
    bench.now.0 += 60;
    bench.settle();
    assert_eq!(bench.life().shards[0].resident(), 1);
    bench.commit();
    assert_eq!(bench.life().shards[0].resident(), 0);
    assert!(bench.value("nap") >= 50);
}

#[test]
fn an_instance_that_was_looked_at_and_not_changed_is_forgotten_too() {
    let bounds = Bounds {
        idle_instances: 0,
        ..Bounds::default()
    };
    let mut bench = Bench::with(1, bounds);
    bench.start::<Nap>("nap", 1_000_000, 0);
    bench.commit();
    let id = "nap".to_owned();
    bench.ask(Command::Resume { id });
    assert_eq!(bench.life().shards[0].resident(), 0);
}

#[test]
fn what_ended_is_in_memory_until_one_more_commit_is_durable() {
    let mut bench = Bench::new();
    for id in ["one", "another"] {
        bench.start::<Chain>(id, 0, 0);
        bench.settle();
        bench.commit();
        assert_eq!(bench.life().shards[0].resident(), 1, "only `{id}`");
    }
}

#[test]
fn a_commit_that_failed_ends_the_life_and_loses_nothing_that_was_told() {
    use undying::store::memory::Fault;
    for fault in [Fault::Lost, Fault::Landed, Fault::Full] {
        let mut bench = Bench::new();
        bench.start::<Chain>("one", 2, 0);
        bench.commit();
        let sequence = bench.disk.sequence();
        bench.disk.fail_commit(sequence + 1, fault);
        let right = step_of(&bench.started[0]);
        bench.end(Outcome::Done(right));
        bench.commit();
        assert!(matches!(bench.over, Some(Over::Commit(_))), "{fault:?}");
        bench.started.clear();
        bench.settle();
        bench.finish();
        assert_eq!(bench.value("one"), 2, "{fault:?}");
    }
}

#[test]
fn a_number_is_not_given_again_after_its_commit_was_lost() {
    use undying::store::memory::Fault;
    // Two ids of one partition, one life after the other.
    let partitions = undying::core::Partitions::new(8, 1);
    let mut ids = (0..)
        .map(|n| format!("b{n}"))
        .filter(|id| partitions.of_id(id) == 0);
    let (lost, kept) = (ids.next().unwrap(), ids.next().unwrap());
    let mut bench = Bench::new();
    bench.disk.fail_commit(1, Fault::Lost);
    bench.start::<Chain>(&lost, 1, 0);
    bench.commit();
    assert!(bench.over.is_some());
    let second = bench.start::<Chain>(&kept, 1, 0);
    bench.commit();
    let Some(Answer::Started { number, .. }) = bench.answer(second) else {
        panic!("it is started");
    };
    assert_eq!(number.n, 2, "number 1 was given, and lost");
}
