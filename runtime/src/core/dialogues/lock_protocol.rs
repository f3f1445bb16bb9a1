//! The protocol of critical sections, model-checked: every interleaving of a few owners and entities, with owners
//! that give up or are terminated at any moment.
//!
//! `TRIES` is how many states are explored: of the small worlds all of them, then of the larger ones.

use stateright::{Checker, Expectation, Model, Property};

use super::support::Tests;
use protocol::Protocol;
use state::{Fault, Phase, State, Step};
use tally::Tally;

mod protocol;
mod state;
#[path = "../../../tests/common/tally.rs"]
mod tally;

/// Shows that owners give up in every place.
const IN_VAIN: &str = "a grant comes to nobody";

impl Model for Protocol {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![self.begin()]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        self.inner(state, steps);
        for (at, owner) in (0..).zip(&state.owners) {
            if owner.phase == Phase::Wants {
                steps.push(Step::GiveUp(at));
            }
            if owner.phase != Phase::Gone {
                steps.push(Step::Die(at));
            }
        }
        let strangers = (0..).zip(&state.strangers);
        let more = strangers.filter(|(_, left)| **left > 0);
        steps.extend(more.map(|(at, _)| Step::Stranger(at)));
        if self.fault == Fault::NotAtomic {
            let entities = (0..).zip(&state.entities);
            let locks =
                entities.filter(|(_, entity)| entity.owner.is_none() && !entity.mailbox.is_empty());
            steps.extend(locks.map(|(at, _)| Step::ServeTorn(at)));
        }
    }

    fn next_state(&self, state: &State, step: Step) -> Option<State> {
        self.step(state, step)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no two sections have one entity", Protocol::excludes),
            Property::always("who waits for a lock is not served", |_, state: &State| {
                !state.trespassed
            }),
            Property::always("no lock without its owner", Protocol::owned),
            Property::always(
                "every section has its turn or is given up",
                Protocol::goes_on,
            ),
            Property::sometimes(IN_VAIN, |_, state: &State| state.granted_in_vain),
        ]
    }
}

impl Protocol {
    /// What happens although nobody gives anything up.
    fn inner(&self, state: &State, steps: &mut Vec<Step>) {
        for (at, owner) in (0..).zip(&state.owners) {
            let sections = &self.sections[usize::from(at)];
            match owner.phase {
                Phase::Free if usize::from(owner.round) < sections.len() => {
                    steps.push(Step::Enter(at));
                }
                Phase::In => steps.push(Step::Call(at)),
                Phase::Called => steps.push(Step::Leave(at)),
                Phase::Free | Phase::Wants | Phase::Calls | Phase::Gone => {}
            }
        }
        steps.extend(
            state
                .lines
                .keys()
                .map(|(from, to)| Step::Deliver(*from, *to)),
        );
        let entities = (0..).zip(&state.entities);
        let busy = entities.filter(|(_, entity)| !entity.mailbox.is_empty());
        steps.extend(busy.map(|(at, _)| Step::Serve(at)));
    }

    /// Whoever is in a section has all its entities; so no two have one.
    fn excludes(&self, state: &State) -> bool {
        (0..).zip(&state.owners).all(|(at, owner)| {
            let inside = matches!(owner.phase, Phase::In | Phase::Calls | Phase::Called);
            let section = || &self.sections[usize::from(at)][usize::from(owner.round)];
            let has =
                |entity: &u8| state.entities[usize::from(*entity)].owner == Some((at, owner.round));
            !inside || section().iter().all(has)
        })
    }

    /// When nothing is under way, a locked entity is locked by a section that somebody is in or waits for.
    fn owned(&self, state: &State) -> bool {
        let locked = state.entities.iter().filter_map(|entity| entity.owner);
        let mut orphans = locked.filter(|(owner, round)| {
            let owner = &state.owners[usize::from(*owner)];
            matches!(owner.phase, Phase::Free | Phase::Gone) || owner.round != *round
        });
        !self.is_at_rest(state) || orphans.next().is_none()
    }

    /// When nothing is left but to give up, nobody waits, and no mailbox holds anything.
    fn goes_on(&self, state: &State) -> bool {
        let waits = |phase: Phase| {
            matches!(
                phase,
                Phase::Wants | Phase::In | Phase::Calls | Phase::Called
            )
        };
        let waiting = state.owners.iter().any(|owner| waits(owner.phase));
        let left = state
            .entities
            .iter()
            .any(|entity| !entity.mailbox.is_empty());
        !self.is_at_rest(state) || !waiting && !left
    }

    /// Whether nothing happens any more unless somebody gives up.
    fn is_at_rest(&self, state: &State) -> bool {
        if !state.lines.is_empty() {
            return false;
        }
        let mut steps = Vec::new();
        self.inner(state, &mut steps);
        steps
            .into_iter()
            .all(|step| self.step(state, step).is_none())
    }
}

/// What each owner locks, round by round.
type Sections<'a> = &'a [&'a [&'a [u8]]];

fn protocol(entities: u8, strangers: u8, sections: Sections<'_>, fault: Fault) -> Protocol {
    let rounds = |rounds: &&[&[u8]]| rounds.iter().map(|section| section.to_vec()).collect();
    Protocol {
        sections: sections.iter().map(rounds).collect(),
        entities,
        strangers,
        fault,
        program: Tests::new(),
    }
}

/// Explores a world, or so many states of it. Returns how many it were, and whether a grant came to nobody.
fn check(name: &str, protocol: Protocol, states: u64) -> (u64, bool) {
    let checker = protocol.checker().threads(2);
    let checker = checker
        .target_state_count(states as usize)
        .spawn_bfs()
        .join();
    let properties = checker.model().properties();
    let always = |property: &Property<_>| property.expectation == Expectation::Always;
    for property in properties.into_iter().filter(always) {
        if let Some(path) = checker.discovery(property.name) {
            let (steps, state) = (path.clone().into_actions(), path.last_state());
            panic!("{name}: not so: {}\n{steps:?}\n{state:#?}", property.name);
        }
    }
    let in_vain = checker.discovery(IN_VAIN).is_some();
    (checker.unique_state_count() as u64, in_vain)
}

/// What of a broken protocol is found.
fn found(protocol: Protocol) -> Vec<&'static str> {
    let checker = protocol
        .checker()
        .threads(2)
        .target_state_count(20_000)
        .spawn_bfs()
        .join();
    let mut found: Vec<_> = checker.discoveries().into_keys().collect();
    found.retain(|name| *name != IN_VAIN);
    found.sort_unstable();
    found
}

#[test]
fn the_lock_protocol_excludes_owns_and_goes_on_in_every_interleaving() {
    let mut tally = Tally::new(23, "states of the lock protocol");
    let worlds: [(&str, u8, u8, Sections<'_>); 4] = [
        ("two owners", 2, 0, &[&[&[0, 1]], &[&[1, 0]]]),
        (
            "three owners, two entities",
            2,
            0,
            &[&[&[0, 1]], &[&[1, 0]], &[&[1]]],
        ),
        (
            "calls of others",
            2,
            1,
            &[&[&[0, 1], &[1]], &[&[1, 0], &[0]]],
        ),
        (
            "three owners, three entities",
            3,
            1,
            &[&[&[0, 1], &[2]], &[&[1, 2], &[0, 2]], &[&[2, 0, 1], &[1]]],
        ),
    ];
    let mut left = tally::tries(10_000);
    let mut in_vain_once = false;
    for (name, entities, strangers, sections) in worlds {
        let world = protocol(entities, strangers, sections, Fault::Nothing);
        let (explored, in_vain) = check(name, world, left);
        in_vain_once |= in_vain;
        println!("{name}: {explored} states");
        tally.tried(explored);
        left = left.saturating_sub(explored);
        if left == 0 {
            break;
        }
    }
    assert!(in_vain_once, "{IN_VAIN} sometimes");
}

#[test]
fn a_grant_that_leaves_without_its_commit_is_refused() {
    let one: [&[&[u8]]; 1] = [&[&[0]]];
    let found = found(protocol(1, 0, &one, Fault::NotAtomic));
    assert!(found.contains(&"no lock without its owner"), "{found:?}");
}

#[test]
fn a_cancellation_that_overtakes_its_request_is_refused() {
    let two: [&[&[u8]]; 2] = [&[&[0, 1]], &[&[0, 1]]];
    let found = found(protocol(2, 0, &two, Fault::CancelsAtOnce));
    assert!(found.contains(&"no lock without its owner"), "{found:?}");
}

#[test]
fn sections_that_lock_in_different_orders_are_refused() {
    let two: [&[&[u8]]; 2] = [&[&[0, 1]], &[&[0, 1]]];
    let found = found(protocol(2, 0, &two, Fault::Unsorted));
    assert!(
        found.contains(&"every section has its turn or is given up"),
        "{found:?}"
    );
}
