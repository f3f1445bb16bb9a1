//! I3: nothing is lost and nothing is there twice: what an instance waits for is in exactly one place.

use std::collections::BTreeMap;

use undying::core::Parent;
use undying::core::standing::{Call, Stage, Standing, Word};

pub(crate) fn check(standing: &Standing) {
    let places = places(standing);
    let mut known = BTreeMap::new();
    for (number, one) in &standing.instances {
        if matches!(one.stage, Stage::Ended(_)) {
            continue;
        }
        for (operation, call) in &one.calls {
            let parent = Parent {
                number: *number,
                operation: *operation,
            };
            let key = (*number, *operation);
            let there = places.get(&key).map_or(&[][..], Vec::as_slice);
            match call {
                Call::Operation { .. } | Call::Child { .. } | Call::Section => {
                    assert!(
                        there.len() == 1,
                        "I3: {} waits in {parent:?} for {call:?}, which is in {there:?}",
                        one.id
                    );
                }
                Call::Timer { due } => {
                    let timer = (*number, *operation, *due);
                    assert!(
                        standing.timers.contains(&timer),
                        "I3: nothing wakes {} for {call:?}",
                        one.id
                    );
                }
                Call::Activity { .. } | Call::Event { .. } => {}
            }
            known.insert(key, ());
        }
    }
    for (number, one) in &standing.instances {
        for section in one.sections.keys() {
            // Until it knows that it has its section it waits for that.
            let waits = one.calls.get(section) == Some(&Call::Section);
            let granted = one.sections[section].1;
            assert!(
                waits != granted,
                "I3: {} of {number:?} neither waits for its section nor has it",
                one.id
            );
        }
    }
}

/// Where what calls wait for is.
fn places(standing: &Standing) -> BTreeMap<(undying::core::Number, u64), Vec<String>> {
    let mut places: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut put = |parent: Parent, place: String| {
        let key = (parent.number, parent.operation);
        places.entry(key).or_default().push(place);
    };
    for one in standing.instances.values() {
        for request in one.requests.values() {
            if let Some(caller) = request.caller {
                put(caller, format!("the mailbox of {}", one.id));
            }
        }
        for section in one.locks.values() {
            put(*section, format!("the mailbox of {}", one.id));
        }
        if let (Some(parent), false) = (one.parent, matches!(one.stage, Stage::Ended(_))) {
            put(parent, one.id.clone());
        }
    }
    for word in standing.messages.values() {
        match word {
            Word::Start {
                parent: Some(parent),
                id,
                ..
            } => put(*parent, format!("the start of {id}")),
            Word::Operate { entity, request } => {
                if let Some(caller) = request.caller {
                    put(caller, format!("a request to {entity}"));
                }
            }
            Word::Completed { parent, .. } | Word::ChildEnded { parent, .. } => {
                put(*parent, "an answer".to_owned());
            }
            Word::Lock { owner, what, .. } if matches!(*what, "ask" | "granted") => {
                put(*owner, (*what).to_owned());
            }
            _ => {}
        }
    }
    places
}
