//! I5: at rest nothing is left over: no message, nobody who could run, no lock without its section, no request that
//! nobody will serve.

use undying::core::standing::{Stage, Standing};

pub(crate) fn check(standing: &Standing) {
    assert!(standing.messages.is_empty(), "I5: {:?}", standing.messages);
    assert!(
        standing.runnable.is_empty(),
        "I5: {:?} could run",
        standing.runnable
    );
    for one in standing.instances.values() {
        assert!(
            one.parked.is_none(),
            "I5: {} is parked: {:?}",
            one.id,
            one.parked
        );
        if let Some(section) = one.lock {
            let owner = standing.instances.get(&section.number);
            let has = owner.is_some_and(|owner| owner.sections.contains_key(&section.operation));
            assert!(
                has,
                "I5: {} is locked by a section that nobody is in",
                one.id
            );
        }
        let waiting = one.requests.len() + one.locks.len();
        assert!(
            one.lock.is_some() || waiting == 0,
            "I5: {} has not served what waits",
            one.id
        );
        if matches!(one.stage, Stage::Ended(_)) {
            let left = one.calls.len() + one.done.len() + one.events.len() + one.sections.len();
            assert!(left == 0, "I5: {} has left something: {one:?}", one.id);
        }
    }
}
