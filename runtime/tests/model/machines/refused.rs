//! What the model of machines refuses: what a kernel with a fault would have them do.

use undying::store::keys::Tag;

use super::watched::Known;
use super::{run, world};
use crate::panics;

/// In runs in which this can be done to what is known, that is refused.
fn check(tampers: fn(&mut Known) -> bool) {
    let (refused, not) = outcomes(tampers);
    assert_eq!(not, [0; 0], "with these seeds it is not refused");
    assert!(refused >= 5, "it can be done in {refused} runs only");
}

/// In how many runs it is refused, and with which seeds it is not.
fn outcomes(tampers: fn(&mut Known) -> bool) -> (usize, Vec<u64>) {
    panics::quiet();
    let (mut refused, mut not) = (0, Vec::new());
    for seed in 0..24 {
        let mut world = world(seed);
        world.observer.tampers = Some(tampers);
        let _ = world.run();
        match world.observer.refused {
            Some(true) => refused += 1,
            Some(false) => not.push(seed),
            None => {}
        }
    }
    (refused, not)
}

/// Whether a line of a log is the last of an event from a machine or a client.
fn of_event(line: &str) -> bool {
    line.contains('>')
}

#[test]
fn an_event_that_is_handled_twice_is_refused() {
    check(|known| {
        let mut logs = known.logs.values_mut();
        let log = logs.find(|log| log.last().is_some_and(|line| of_event(line)));
        log.is_some_and(|log| {
            let again = log.last().cloned();
            log.extend(again);
            true
        })
    });
}

#[test]
fn an_event_that_is_lost_is_refused() {
    // Those of clients may not have been asked for; and what somebody ignores is dropped.
    let (refused, not) = outcomes(|known| {
        let lost = known
            .waiting
            .iter()
            .position(|tag| tag.starts_with('m') && !tag.contains('/'));
        lost.is_some_and(|lost| {
            known.waiting.remove(lost);
            true
        })
    });
    assert!(
        refused >= 3 && refused >= not.len(),
        "{refused}, not with {not:?}"
    );
}

#[test]
fn an_event_that_waits_although_it_was_handled_is_refused() {
    check(|known| {
        let lines = known.logs.values().flatten();
        let mut tags = lines.filter_map(|line| line.split('|').nth(3));
        let handled = tags.find(|tag| tag.contains('>') && !tag.ends_with('^'));
        let handled = handled.map(str::to_owned);
        let found = handled.is_some();
        known.waiting.extend(handled);
        found
    });
}

#[test]
fn a_handler_that_is_not_run_is_refused() {
    check(|known| {
        let mut logs = known.logs.values_mut();
        logs.find(|log| log.len() > 2).is_some_and(|log| {
            log.remove(1);
            true
        })
    });
}

#[test]
fn a_machine_that_nobody_has_created_is_refused() {
    check(|known| {
        let log = known.logs.get("m0").cloned();
        let found = log.is_some();
        known.logs.extend(log.map(|log| ("m9".to_owned(), log)));
        found
    });
}

#[test]
fn a_store_that_loses_an_event_of_a_machine_is_refused() {
    let (mut lost, mut found) = (0, 0);
    for seed in 0..48 {
        let mut world = world(seed);
        world.loses = Some(Tag::Op);
        let fails = panics::fails(|| run(&mut world));
        let has_lost = world.loses.is_none();
        assert!(has_lost || !fails, "seed {seed} fails by itself");
        lost += usize::from(has_lost);
        found += usize::from(fails);
    }
    assert!(lost >= 5 && found * 10 >= lost * 7, "{found} of {lost}");
}
