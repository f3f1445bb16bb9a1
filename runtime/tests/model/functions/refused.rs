//! What the model refuses: states that a kernel with a fault would come to.

use undying::store::keys::Tag;

use super::abstraction::{Abstract, origin};
use super::spec::Stage;
use super::{run, world};
use crate::panics;

/// In runs in which this can be done to a state, that is refused.
fn check(tampers: fn(&mut Abstract) -> bool) {
    panics::quiet();
    let mut refused = 0;
    for seed in 0..60 {
        let mut world = world(seed);
        world.observer.tampers = Some(tampers);
        let _ = world.run();
        match world.observer.refused {
            Some(true) => refused += 1,
            Some(false) => panic!("with seed {seed} it is not refused"),
            None => {}
        }
    }
    assert!(refused >= 5, "it can be done in {refused} runs only");
}

/// A store that loses one row of this kind in a crash is found out, if anybody needs that row.
fn check_lost(tag: Tag) {
    let (mut lost, mut found) = (0, 0);
    for seed in 0..60 {
        let mut world = world(seed);
        world.loses = Some(tag);
        let fails = panics::fails(|| run(&mut world));
        let has_lost = world.loses.is_none();
        assert!(has_lost || !fails, "seed {seed} fails by itself");
        lost += usize::from(has_lost);
        found += usize::from(fails);
    }
    assert!(lost >= 5 && found * 10 >= lost * 7, "{found} of {lost}");
}

#[test]
fn a_store_that_loses_a_message_is_refused() {
    check_lost(Tag::Msg);
}

#[test]
fn a_store_that_loses_a_call_is_refused() {
    check_lost(Tag::Op);
}

#[test]
fn a_store_that_loses_a_timer_is_refused() {
    check_lost(Tag::Timer);
}

#[test]
fn what_an_orchestration_sees_twice_is_refused() {
    check(|state| {
        let mut all = state.orchestrations.values_mut();
        let seen = |value: &String| value.starts_with('c') || value.contains('=');
        let one = all.find(|one| one.seen.last().is_some_and(seen));
        one.is_some_and(|one| {
            let again = one.seen.last().cloned();
            one.seen.extend(again);
            true
        })
    });
}

#[test]
fn a_request_that_is_served_twice_is_refused() {
    check(|state| {
        let mut books = state.books.values_mut();
        books.find(|book| !book.log.is_empty()).is_some_and(|book| {
            let again = book.log.last().cloned();
            book.log.extend(again);
            true
        })
    });
}

#[test]
fn a_request_that_is_lost_is_refused() {
    check(|state| {
        let queues = state.books.values_mut().map(|book| &mut book.queue);
        for queue in queues {
            let lost = queue.keys().find(|origin| origin.starts_with('o')).cloned();
            if let Some(lost) = lost {
                queue.remove(&lost);
                return true;
            }
        }
        false
    });
}

#[test]
fn requests_of_one_sender_out_of_order_are_refused() {
    check(|state| {
        for book in state.books.values_mut() {
            let log = &mut book.log;
            let pair = (1..log.len()).find(|at| origin(&log[at - 1]) == origin(&log[*at]));
            if let Some(at) = pair {
                log.swap(at - 1, at);
                return true;
            }
        }
        false
    });
}

#[test]
fn a_lock_that_is_given_twice_is_refused() {
    check(|state| {
        let mut books = state.books.values_mut();
        let locked = books.find(|book| book.lock.as_deref() == Some("o0"));
        locked.is_some_and(|book| {
            book.lock = Some("o1".to_owned());
            true
        })
    });
}

#[test]
fn an_activity_with_a_result_that_it_never_had_is_refused() {
    check(|state| {
        let mut all = state.orchestrations.values_mut();
        let mut done = all.find_map(|one| one.done.pop_first().map(|value| (one, value)));
        done.as_mut()
            .is_some_and(|(one, value)| one.done.insert(format!("{value}0")))
    });
}

#[test]
fn an_orchestration_that_is_forgotten_is_refused() {
    check(|state| {
        let over =
            |(_, one): &(&String, &super::abstraction::One)| matches!(one.stage, Stage::Over(_));
        let id = state
            .orchestrations
            .iter()
            .find(over)
            .map(|(id, _)| id.clone());
        id.is_some_and(|id| state.orchestrations.remove(&id).is_some())
    });
}
