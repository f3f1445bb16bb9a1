//! Entities: requests are served once, in order, one at a time.

use undying::core::{Answer, Command, Filter, Status};
use undying::durable::Completion;
use undying::durable::Failure;

use crate::bench::Bench;
use crate::support::entities::{Earn, Look, Pay, Purse, Put, Take, Tell, ask};

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
        *method = "spend".to_owned();
    }
    let question = bench.ask(command);
    let Some(Answer::Invalid { why }) = bench.answer(question) else {
        panic!("{:?}", bench.answer(question));
    };
    assert_eq!(why, "`purse` has no operation `spend`");
}
