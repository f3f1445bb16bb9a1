//! The world of the lock protocol as a checker sees it: every step of it is the kernel's own code.
//!
//! A state is plain data. A step makes an [`Instance`] of the part that it is a step of, has that do what the
//! kernel does, and reads the part back. Messages wait in one line for each pair, which is less than the kernel
//! keeps: there they arrive in an order of cause and effect.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::super::support::Tests;
use super::super::{lockable, number};
use super::state::{Entity, Fault, Letter, Of, Owner, Phase, Said, State, Step, Who};
use crate::core::asks::{Asks, World};
use crate::core::instance::Instance;
use crate::core::message::Message;
use crate::core::operation::{Caller, EntityRequest, Operation};
use crate::core::queue::Queue;
use crate::core::section::{LockMessage, Lockable, Section};
use crate::core::{Number, Parent};
use crate::durable::{Parts, Timestamp};
use crate::schema::Stored;

/// The owners, what they lock, and what is done wrong.
pub(super) struct Protocol {
    /// The entities of each section, by owner and round.
    pub(super) sections: Vec<Vec<Vec<u8>>>,
    pub(super) entities: u8,
    /// Calls of those who lock nothing, for each entity.
    pub(super) strangers: u8,
    pub(super) fault: Fault,
    pub(super) program: Arc<Tests>,
}

fn id(entity: u8) -> String {
    format!("@purse@{entity}")
}

fn place(id: &str) -> u8 {
    id.rsplit('@')
        .next()
        .and_then(|place| place.parse().ok())
        .expect("an entity of the protocol")
}

fn places(entities: &[Lockable]) -> Vec<u8> {
    entities.iter().map(|entity| place(&entity.id)).collect()
}

fn lockables(places: &[u8]) -> Vec<Lockable> {
    places.iter().map(|place| lockable(&id(*place))).collect()
}

fn owner_number(owner: u8) -> Number {
    Number {
        partition: 1,
        n: owner.into(),
    }
}

fn part((owner, round): Of) -> Parent {
    Parent {
        number: owner_number(owner),
        operation: round.into(),
    }
}

fn of(parent: Parent) -> Of {
    (parent.number.n as u8, parent.operation as u8)
}

/// Written once: to find its schema takes longer than a step.
static NOTHING: LazyLock<Stored> = LazyLock::new(|| number(0));

fn fresh(number: Number, id: String) -> Instance {
    let nothing = NOTHING.clone();
    Instance::begin(
        number,
        id.into(),
        "purse".into(),
        None,
        nothing,
        Timestamp(0),
    )
}

impl Protocol {
    pub(super) fn begin(&self) -> State {
        let entities = usize::from(self.entities);
        State {
            owners: vec![
                Owner {
                    round: 0,
                    phase: Phase::Free
                };
                self.sections.len()
            ],
            entities: vec![Entity::default(); entities],
            lines: BTreeMap::new(),
            strangers: vec![self.strangers; entities],
            trespassed: false,
            granted_in_vain: false,
        }
    }

    fn section(&self, (owner, round): Of) -> Section {
        let entities = &self.sections[usize::from(owner)][usize::from(round)];
        Section::over(
            entities
                .iter()
                .map(|entity| (id(*entity), "purse"))
                .collect(),
        )
    }

    /// What the kernel has in memory of an owner.
    fn owner(&self, at: u8, owner: &Owner) -> Instance {
        let mut instance = fresh(owner_number(at), format!("owner-{at}"));
        if !matches!(owner.phase, Phase::Free | Phase::Gone) {
            let _ = instance.enter(owner.round.into(), self.section((at, owner.round)));
        }
        if matches!(owner.phase, Phase::In | Phase::Calls | Phase::Called) {
            instance.granted(owner.round.into());
        }
        instance
    }

    /// What the kernel has in memory of an entity.
    fn entity(at: u8, entity: &Entity) -> Instance {
        let number = Number {
            partition: 0,
            n: at.into(),
        };
        let mut instance = fresh(number, id(at));
        instance.queue = Queue::owned_by(entity.owner.map(part));
        for letter in &entity.mailbox {
            match letter {
                Letter::Lock(owner, rest) => instance.lock_asked(part(*owner), lockables(rest)),
                Letter::Call(from) => {
                    let request = Operation::Request(request(*from));
                    let number = instance.next_operation;
                    instance.next_operation += 1;
                    instance.queue.put(number, &request);
                    instance.operations.add_own(number, request);
                }
            }
        }
        instance
    }

    /// What is stored of an entity.
    fn stored(instance: &Instance) -> Entity {
        let letter = |number: &u64| match instance.operations.get(*number) {
            Some(Operation::Lock(lock)) => Letter::Lock(of(lock.owner), places(&lock.rest)),
            Some(Operation::Request(request)) => {
                Letter::Call(request.from.map(|number| number.n as u8))
            }
            other => unreachable!("{other:?} in a mailbox"),
        };
        Entity {
            owner: instance.queue.owner().map(of),
            mailbox: instance.operations.numbers().iter().map(letter).collect(),
        }
    }

    /// Does a step. `None`: it cannot be done now.
    pub(super) fn step(&self, before: &State, step: Step) -> Option<State> {
        let mut state = before.clone();
        let program = self.program.as_ref();
        let world = World {
            program,
            now: Timestamp(0),
        };
        let mut asks = Asks::default();
        let speaker = match step {
            Step::Enter(at) => {
                let owner = &mut state.owners[usize::from(at)];
                let mut instance = self.owner(at, owner);
                let asked = instance.enter(owner.round.into(), self.section((at, owner.round)));
                asks.messages.push(self.perhaps_unsorted(at, asked));
                owner.phase = Phase::Wants;
                Who::Owner(at)
            }
            Step::Call(at) => {
                let owner = &mut state.owners[usize::from(at)];
                let first = self.sections[usize::from(at)][usize::from(owner.round)][0];
                owner.phase = Phase::Calls;
                state.say(Who::Owner(at), Who::Entity(first), Said::Call(at));
                Who::Owner(at)
            }
            Step::Leave(at) | Step::GiveUp(at) | Step::Die(at) => {
                let owner = &mut state.owners[usize::from(at)];
                let mut instance = self.owner(at, owner);
                match step {
                    Step::Die(_) => {
                        instance.terminate("enough".to_owned(), world.now, &mut asks);
                        owner.phase = Phase::Gone;
                    }
                    _ => {
                        instance.leave(owner.round.into(), &mut asks);
                        owner.phase = Phase::Free;
                        owner.round += 1;
                    }
                }
                if self.fault == Fault::CancelsAtOnce {
                    asks.messages = asks.messages.into_iter().flat_map(at_once).collect();
                }
                Who::Owner(at)
            }
            Step::Deliver(from, to) => {
                let said = state.hear(from, to)?;
                match to {
                    Who::Owner(at) => self.owner_hears(&mut state, at, &said),
                    Who::Entity(at) => {
                        let entity = &mut state.entities[usize::from(at)];
                        let mut instance = Self::entity(at, entity);
                        match said {
                            Said::Ask(owner, rest) => {
                                instance.lock_asked(part(owner), lockables(&rest));
                            }
                            Said::Cancel(owner, rest) => {
                                let rest = lockables(&rest);
                                instance.cancel_lock(part(owner), rest, world, &mut asks);
                            }
                            Said::Unlock(owner) => instance.unlock(part(owner), world, &mut asks),
                            Said::Call(owner) => {
                                instance.receive(request(Some(owner)), world, &mut asks);
                            }
                            Said::Granted(_) | Said::Answer => unreachable!("owners are told"),
                        }
                        *entity = Self::stored(&instance);
                    }
                }
                to
            }
            Step::Serve(at) | Step::ServeTorn(at) => {
                let entity = &mut state.entities[usize::from(at)];
                let mut instance = Self::entity(at, entity);
                let next = instance.queue.next()?;
                match instance.operations.get(next) {
                    Some(Operation::Lock(_)) => {
                        let turn = instance.serve(
                            Parts::default(),
                            world,
                            super::super::CAPS,
                            1,
                            &mut asks,
                        );
                        assert!(turn.is_ok(), "a lock is given without user code");
                    }
                    Some(Operation::Request(request)) => {
                        let from = request.from.map(|number| number.n as u8);
                        instance.queue.remove(next);
                        instance.operations.remove(next);
                        let holder = entity.owner.map(|(owner, _)| owner);
                        state.trespassed |= holder.is_some() && holder != from;
                        if let Some(from) = from {
                            let line = (Who::Entity(at), Who::Owner(from));
                            state.lines.entry(line).or_default().push_back(Said::Answer);
                        }
                    }
                    other => unreachable!("{other:?} is next"),
                }
                if matches!(step, Step::Serve(_)) {
                    *entity = Self::stored(&instance);
                }
                Who::Entity(at)
            }
            Step::Stranger(at) => {
                state.strangers[usize::from(at)] -= 1;
                let entity = &mut state.entities[usize::from(at)];
                let mut instance = Self::entity(at, entity);
                instance.receive(request(None), world, &mut asks);
                *entity = Self::stored(&instance);
                Who::Entity(at)
            }
        };
        for message in asks.messages {
            let Message::Lock(message) = message else {
                continue;
            };
            let (to, said) = addressed(message);
            state.say(speaker, to, said);
        }
        Some(state)
    }

    /// An owner hears something.
    fn owner_hears(&self, state: &mut State, at: u8, said: &Said) {
        let owner = &mut state.owners[usize::from(at)];
        match said {
            Said::Granted((_, round)) => {
                let mut instance = self.owner(at, owner);
                instance.granted((*round).into());
                let enters = instance
                    .sections
                    .values()
                    .any(|section| section.held().count() > 0);
                match (owner.phase, enters && owner.round == *round) {
                    (Phase::Wants, true) => owner.phase = Phase::In,
                    _ => state.granted_in_vain = true,
                }
            }
            // Nobody waits for it if the owner is gone.
            Said::Answer if owner.phase == Phase::Calls => owner.phase = Phase::Called,
            Said::Answer => {}
            other => unreachable!("{other:?} is for entities"),
        }
    }

    fn perhaps_unsorted(&self, owner: u8, asked: Message) -> Message {
        match asked {
            Message::Lock(LockMessage::Ask {
                owner: part,
                mut entities,
            }) if self.fault == Fault::Unsorted && owner % 2 == 1 => {
                entities.reverse();
                LockMessage::Ask {
                    owner: part,
                    entities,
                }
                .into()
            }
            other => other,
        }
    }
}

/// A call of an owner, or of somebody who locks nothing.
fn request(from: Option<u8>) -> Box<EntityRequest> {
    Box::new(EntityRequest {
        method: "look".into(),
        args: NOTHING.clone(),
        caller: Caller::Nobody,
        from: from.map(owner_number),
        due: None,
    })
}

/// Who is told what.
fn addressed(message: LockMessage) -> (Who, Said) {
    let next = |entities: &mut Vec<Lockable>| {
        let next = entities.pop().expect("a request goes to somebody");
        Who::Entity(place(&next.id))
    };
    match message {
        LockMessage::Ask {
            owner,
            mut entities,
        } => {
            let to = next(&mut entities);
            (to, Said::Ask(of(owner), places(&entities)))
        }
        LockMessage::Cancel {
            owner,
            mut entities,
        } => {
            let to = next(&mut entities);
            (to, Said::Cancel(of(owner), places(&entities)))
        }
        LockMessage::Granted { owner } => (Who::Owner(of(owner).0), Said::Granted(of(owner))),
        LockMessage::Unlock { owner, entity } => {
            (Who::Entity(place(&entity)), Said::Unlock(of(owner)))
        }
    }
}

/// What is wrong to say instead of a cancellation that travels.
fn at_once(message: Message) -> Vec<Message> {
    match message {
        Message::Lock(LockMessage::Cancel { owner, entities }) => {
            let one = |entity: Lockable| {
                let entities = vec![entity];
                Message::from(LockMessage::Cancel { owner, entities })
            };
            entities.into_iter().map(one).collect()
        }
        other => vec![other],
    }
}
