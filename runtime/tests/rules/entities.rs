//! Entities: requests are served once, in order, one at a time.

use undying::core::{Answer, Command, Filter, Outcome, Status};
use undying::durable::Completion;
use undying::durable::Failure;

use crate::bench::Bench;
use crate::support::bodies::ATTEMPTS;
use crate::support::entities::{Close, Earn, Look, Pay, Purse, Put, Take, Tell, ask};
use undying::store::keys::Tag;

/// What a client was told.
fn told<T: undying::Persist>(bench: &Bench, question: u64) -> Option<T> {
    match bench.answer(question)? {
        Answer::Operated(Completion::Value(value)) => Some(value.read::<T>().unwrap()),
        other => panic!("{other:?}"),
    }
}

fn state(bench: &mut Bench, number: u64) -> Option<Purse> {
    let entity = format!("@purse@{number}");
    let question = bench.ask(Command::State { entity });
    bench.commit();
    match bench.answer(question) {
        Some(Answer::State(state)) => state.as_ref().map(|state| state.read().unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_entity_is_made_when_it_is_used_first() {
    let mut bench = Bench::new();
    assert_eq!(state(&mut bench, 1), None);
    let question = bench.ask(ask::<Put>(1, 5, true));
    bench.commit();
    assert_eq!(told::<u64>(&bench, question), Some(5));
    bench.crash();
    assert_eq!(state(&mut bench, 1).unwrap().coins, 5);
}

#[test]
fn an_entity_whose_first_operation_is_under_way_has_no_state_in_any_life() {
    let mut bench = Bench::new();
    bench.ask(ask::<Earn>(1, 5, true));
    bench.commit();
    assert_eq!(state(&mut bench, 1), None);
    bench.crash();
    assert_eq!(state(&mut bench, 1), None);
    bench.finish();
    assert_eq!(state(&mut bench, 1).unwrap().coins, 6);
}

#[test]
fn a_client_is_told_when_what_the_operation_did_is_durable_and_not_before() {
    let mut bench = Bench::new();
    let question = bench.ask(ask::<Put>(1, 5, true));
    assert_eq!(told::<u64>(&bench, question), None);
    bench.commit();
    assert_eq!(told::<u64>(&bench, question), Some(5));
}

#[test]
fn requests_are_served_in_the_order_in_which_they_came() {
    let mut bench = Bench::new();
    for coins in 1..=20 {
        bench.ask(ask::<Put>(1, coins + 20, false));
    }
    bench.commit();
    let log = state(&mut bench, 1).unwrap().log;
    assert_eq!(log, (21..=40).collect::<Vec<u64>>());
}

#[test]
fn calls_of_an_orchestration_move_coins_exactly_once_through_a_crash_after_every_commit() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, undying::core::limits::Bounds::default());
        bench.ask(ask::<Put>(0, 10, false));
        bench.commit();
        bench.start::<Pay>("pay", 7, 4);
        for _ in 0..8 {
            bench.commit();
            bench.crash();
        }
        bench.finish();
        assert_eq!(bench.value("pay"), 4);
        assert_eq!(state(&mut bench, 0).unwrap().coins, 6);
        assert_eq!(state(&mut bench, 7).unwrap().coins, 4);
    }
}

#[test]
fn signals_and_calls_of_one_turn_arrive_in_the_order_in_which_they_were_sent() {
    for shards in [1, 3] {
        let mut bench = Bench::with(shards, undying::core::limits::Bounds::default());
        bench.start::<Tell>("tell", 3, 12);
        bench.finish();
        assert_eq!(bench.value("tell"), 78);
        let log = state(&mut bench, 3).unwrap().log;
        assert_eq!(log, (1..=12).collect::<Vec<u64>>());
    }
}

#[test]
fn an_operation_that_fails_leaves_the_state_as_it_was() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 5, false));
    let question = bench.ask(ask::<Take>(1, 6, true));
    bench.commit();
    assert_eq!(told::<Result<u64, u64>>(&bench, question), Some(Err(5)));
    assert_eq!(state(&mut bench, 1).unwrap().coins, 5);
}

#[test]
fn an_operation_that_panics_is_its_callers_failure_and_leaves_the_state_as_it_was() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 5, false));
    let question = bench.ask(ask::<Put>(1, 13, true));
    let after = bench.ask(ask::<Look>(1, 0, true));
    bench.commit();
    let answer = bench.answer(question);
    let Some(Answer::Operated(Completion::Failed(Failure::Panicked { call, message }))) = answer
    else {
        panic!("{answer:?}");
    };
    assert_eq!(
        (&**call, &**message),
        ("purse::put", "an unlucky operation")
    );
    assert_eq!(told::<u64>(&bench, after), Some(5));
    assert_eq!(state(&mut bench, 1).unwrap().log, [5]);
}

#[test]
fn of_requests_that_are_served_together_one_that_panics_takes_back_its_own_changes_alone() {
    let mut bench = Bench::new();
    let [first, unlucky, last] = [5, 13, 7].map(|coins| bench.ask(ask::<Put>(1, coins, true)));
    bench.commit();
    assert_eq!(told::<u64>(&bench, first), Some(5));
    assert!(matches!(
        bench.answer(unlucky),
        Some(Answer::Operated(Completion::Failed(_)))
    ));
    assert_eq!(told::<u64>(&bench, last), Some(12));
    assert_eq!(state(&mut bench, 1).unwrap().log, [5, 7]);
}

#[test]
fn nobody_is_told_of_what_was_served_together_with_a_request_that_cannot_be_read() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 1, true));
    bench.commit();
    let served = bench.ask(ask::<Put>(1, 5, true));
    let mut damaged = ask::<Put>(1, 6, true);
    if let Command::Operate { args, .. } = &mut damaged {
        args.bytes.clear();
    }
    bench.ask(damaged);
    bench.commit();
    assert_eq!(bench.answer(served), None, "it went with its epoch");
    let again = bench.ask(ask::<Put>(1, 5, true));
    bench.commit();
    assert_eq!(told::<u64>(&bench, again), Some(6));
    assert_eq!(state(&mut bench, 1).unwrap().log, [1, 5]);
}

#[test]
fn an_operation_that_awaits_holds_back_the_next_and_survives_a_crash_in_its_middle() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 5, false));
    bench.ask(ask::<Earn>(1, 10, false));
    bench.ask(ask::<Put>(1, 100, false));
    bench.commit();
    let before = state(&mut bench, 1).unwrap();
    assert_eq!(
        before.log,
        [5],
        "readers see the state before the operation under way"
    );
    bench.crash();
    bench.finish();
    assert_eq!(state(&mut bench, 1).unwrap().log, [5, 11, 100]);
}

#[test]
fn an_entity_is_listed_and_is_no_orchestration() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 5, false));
    bench.commit();
    let question = bench.ask(Command::List(Filter {
        id_prefix: Some("@purse@".to_owned()),
        ..Filter::default()
    }));
    let Some(Answer::Listed(found, None)) = bench.answer(question) else {
        panic!("one page");
    };
    assert_eq!(
        (&*found[0].id, found[0].status),
        ("@purse@1", Status::Running)
    );
    let id = "@purse@1".to_owned();
    for command in [Command::Cancel { id: id.clone() }, Command::Result { id }] {
        let question = bench.ask(command);
        assert_eq!(bench.answer(question), Some(&Answer::NotFound));
    }
    let question = bench.start::<Pay>("@purse@2", 1, 1);
    assert!(matches!(
        bench.answer(question),
        Some(Answer::Invalid { .. })
    ));
}

#[test]
fn a_request_for_an_operation_that_is_not_there_is_refused() {
    let mut bench = Bench::new();
    let mut command = ask::<Put>(1, 5, true);
    if let Command::Operate { method, .. } = &mut command {
        *method = "spend".into();
    }
    let question = bench.ask(command);
    let Some(Answer::Invalid { why }) = bench.answer(question) else {
        panic!("{:?}", bench.answer(question));
    };
    assert_eq!(why, "`purse` has no operation `spend`");
}

/// Rows of instances, and what belongs to them.
fn rows(bench: &Bench) -> usize {
    let tags = [
        Tag::Name,
        Tag::Inst,
        Tag::Part,
        Tag::Op,
        Tag::Run,
        Tag::Timer,
    ];
    tags.map(|tag| bench.rows(tag)).iter().sum()
}

#[test]
fn a_deleted_entity_leaves_no_row_and_its_next_use_is_another_incarnation() {
    for crash in [false, true] {
        let mut bench = Bench::new();
        bench.ask(ask::<Put>(1, 5, false));
        bench.commit();
        let entity = || "@purse@1".to_owned();
        let first = bench.describe("@purse@1").number;
        let question = bench.ask(ask::<Close>(1, 0, true));
        bench.commit();
        assert_eq!(told::<u64>(&bench, question), Some(5));
        assert_eq!(rows(&bench), 0);
        assert_eq!(
            bench.told(Command::Describe { id: entity() }),
            Answer::NotFound
        );
        assert_eq!(state(&mut bench, 1), None);
        if crash {
            bench.crash();
        }
        bench.ask(ask::<Put>(1, 7, false));
        bench.commit();
        assert_eq!(state(&mut bench, 1).unwrap().log, [7]);
        assert!(bench.describe("@purse@1").number > first, "rule 24");
    }
}

#[test]
fn an_entity_whose_first_operation_failed_after_a_crash_leaves_no_row() {
    for crashes in [false, true] {
        let mut bench = Bench::new();
        bench.ask(ask::<Earn>(1, 10, false));
        bench.commit();
        assert!(rows(&bench) > 0, "it is under way");
        for _ in 0..ATTEMPTS {
            if crashes {
                bench.close();
                bench.commit();
            }
            bench.end(Outcome::Panicked("it broke".to_owned()));
            bench.commit();
            bench.now.0 += 2_000;
            bench.commit();
        }
        assert_eq!(rows(&bench), 0, "nothing has changed it");
    }
}

#[test]
fn a_deleted_entity_whose_mailbox_holds_a_request_stays_for_it() {
    for crash in [false, true] {
        let mut bench = Bench::new();
        bench.ask(ask::<Put>(1, 5, false));
        let mut later = ask::<Put>(1, 9, false);
        if let Command::Operate { due, .. } = &mut later {
            *due = Some(undying::Timestamp(bench.now.0 + 100));
        }
        bench.ask(later);
        bench.ask(ask::<Close>(1, 0, false));
        bench.commit();
        assert_eq!(bench.rows(Tag::Inst), 1);
        if crash {
            bench.crash();
        }
        assert_eq!(
            state(&mut bench, 1),
            None,
            "it is as if it had never been used"
        );
        bench.now.0 += 200;
        bench.commit();
        assert_eq!(state(&mut bench, 1).unwrap().log, [9]);
    }
}

#[test]
fn requests_that_follow_a_deletion_in_one_epoch_find_a_fresh_entity() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 5, false));
    bench.commit();
    bench.ask(ask::<Close>(1, 0, false));
    bench.ask(ask::<Put>(1, 7, false));
    bench.ask(ask::<Close>(1, 0, false));
    bench.ask(ask::<Put>(1, 8, false));
    bench.commit();
    bench.crash();
    assert_eq!(state(&mut bench, 1).unwrap().log, [8]);
    assert_eq!((bench.rows(Tag::Inst), bench.rows(Tag::Name)), (1, 1));
}

#[test]
fn reading_an_entity_that_was_never_used_creates_nothing() {
    let mut bench = Bench::new();
    let question = bench.ask(ask::<Look>(1, 0, true));
    bench.commit();
    assert_eq!(told::<u64>(&bench, question), Some(0));
    let question = bench.ask(ask::<Take>(1, 5, true));
    bench.commit();
    assert_eq!(told::<Result<u64, u64>>(&bench, question), Some(Err(0)));
    assert_eq!(rows(&bench), 0);
}

#[test]
fn an_operation_that_only_reads_writes_nothing_and_is_told_when_what_it_read_is_durable() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 5, false));
    let early = bench.ask(ask::<Look>(1, 0, true));
    assert_eq!(told::<u64>(&bench, early), None, "rule 11");
    bench.commit();
    assert_eq!(told::<u64>(&bench, early), Some(5));
    let sequence = bench.disk.sequence();
    for _ in 0..3 {
        let question = bench.ask(ask::<Look>(1, 0, true));
        assert_eq!(told::<u64>(&bench, question), Some(5), "without a commit");
        bench.commit();
    }
    assert_eq!(bench.disk.sequence(), sequence);
    bench.crash();
    bench.ask(ask::<Put>(1, 6, false));
    bench.commit();
    assert_eq!(state(&mut bench, 1).unwrap().log, [5, 6]);
}

#[test]
fn a_suspect_that_is_only_read_goes_on() {
    let mut bench = Bench::new();
    bench.ask(ask::<Put>(1, 5, false));
    bench.commit();
    for coins in [1, 13, 2] {
        let look = bench.ask(ask::<Look>(1, 0, true));
        let put = bench.ask(ask::<Put>(1, coins, true));
        for _ in 0..3 {
            bench.commit();
        }
        assert!(told::<u64>(&bench, look).is_some());
        assert!(bench.answer(put).is_some());
    }
    assert_eq!(state(&mut bench, 1).unwrap().log, [5, 1, 2]);
}

#[test]
fn waiting_requests_are_rows_of_their_own() {
    let mut bench = Bench::new();
    bench.ask(ask::<Earn>(1, 10, false));
    bench.commit();
    let number = bench.describe("@purse@1").number;
    let row = bench.row(number).unwrap();
    for coins in 20..=40 {
        bench.ask(ask::<Put>(1, coins, false));
    }
    bench.commit();
    assert_eq!(
        bench.row(number).unwrap(),
        row,
        "the state row is not written again (rule 30)"
    );
    assert!(bench.rows(Tag::Op) >= 20);
    bench.crash();
    bench.finish();
    let log = state(&mut bench, 1).unwrap().log;
    let expected = [&[11][..], &(20..=40).collect::<Vec<u64>>()].concat();
    assert_eq!(log, expected);
    assert_eq!(bench.rows(Tag::Op), 0);
}

#[test]
fn signals_with_a_time_arrive_in_the_order_of_their_times_after_a_crash_too() {
    let mut bench = Bench::new();
    for (coins, delay) in [(3, 30), (1, 10), (2, 20), (4, 30)] {
        let mut later = ask::<Put>(1, coins, false);
        if let Command::Operate { due, .. } = &mut later {
            *due = Some(undying::Timestamp(bench.now.0 + delay));
        }
        bench.ask(later);
    }
    bench.ask(ask::<Put>(1, 9, false));
    bench.commit();
    bench.crash();
    for _ in 0..4 {
        bench.now.0 += 11;
        bench.commit();
    }
    assert_eq!(state(&mut bench, 1).unwrap().log, [9, 1, 2, 3, 4]);
    assert_eq!((bench.rows(Tag::Timer), bench.rows(Tag::Op)), (0, 0));
}
