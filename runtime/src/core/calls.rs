//! What a turn asked for is taken over: its calls become operations, its messages leave.

use std::borrow::Cow;
use std::iter::Peekable;
use std::sync::Arc;
use std::vec::Drain;

use super::Parent;
use super::asks::{Asks, World};
use super::happened::{Happened, what_of};
use super::happened_brief::Brief;
use super::instance::Instance;
use super::message::Message;
use super::operation::{ActivityCall, Operation};
use super::section::Section;
use super::targets::{entry, name_of};
use crate::durable::rsm::ReplyTo;
use crate::durable::{Detached, Entry, EntryKind, OneWay, RSM_PREFIX, Raised, Request, Turn};

/// What a turn sends without waiting, in the order in which it was sent, each with the number of the
/// operation before which it leaves.
struct Sent<'a> {
    signals: Peekable<Drain<'a, (u64, OneWay)>>,
    starts: Peekable<Drain<'a, (u64, Detached)>>,
    events: Peekable<Drain<'a, (u64, Raised)>>,
}

/// What the calls of a turn come to besides operations.
struct Calls {
    /// What leaves with them, by operation.
    leaving: Vec<(u64, Option<Message>)>,
    /// The activity that was called last: mostly it is called again.
    activity: Option<Arc<Entry>>,
}

impl Instance {
    /// Takes over what the turn asked for.
    pub(super) fn take_over(&mut self, turn: &mut Turn, world: World<'_>, asks: &mut Asks) {
        let first = self.next_operation;
        self.next_operation = turn.next_operation;
        self.custom_status = turn.context.status.take();
        self.touch(world.now);
        self.failures = 0;
        self.deaths = 0;
        if let Some(event) = turn.handled.take()
            && self.history.is_on()
        {
            let states = self.custom_status.as_deref().unwrap_or_default();
            self.history.add_briefly(&Brief::Handled {
                event: &event,
                states,
            });
        }
        let mut calls = Calls {
            leaving: std::mem::take(&mut asks.leaving),
            activity: None,
        };
        self.operations.reserve(turn.requests.len());
        asks.starts.reserve(turn.requests.len());
        for request in turn.requests.drain(..) {
            let what = self.history.is_on().then(|| what_of(&request));
            let (operation, call) = self.call(request, world, &mut calls);
            if let Some(what) = what {
                self.history.add(&Happened::called(operation, &call, what));
            }
            self.operations.add(operation, call);
        }
        for operation in turn.cancels.drain(..) {
            if self.operations.is_pending(operation) {
                self.tell(Happened::GivenUp { operation });
            }
            // What was asked for in this very turn never leaves.
            if operation < first {
                self.drop_operation(operation, asks);
            } else {
                self.drop_operation(operation, &mut Asks::default());
            }
        }
        let silent = turn.signals.is_empty() && turn.detached.is_empty() && turn.raised.is_empty();
        let mut sent = (!silent).then(|| Sent {
            signals: turn.signals.drain(..).peekable(),
            starts: turn.detached.drain(..).peekable(),
            events: turn.raised.drain(..).peekable(),
        });
        let Calls {
            mut leaving,
            activity,
        } = calls;
        for operation in first..self.next_operation {
            // Messages leave in the order in which they were sent.
            if let Some(sent) = &mut sent {
                self.send_off(sent, operation, world, asks);
            }
            match self.operations.get(operation) {
                Some(Operation::Activity(call)) => match &activity {
                    Some(entry) if std::ptr::eq(entry.name, &*call.name) => {
                        asks.starts
                            .push(self.attempt(operation, call, entry.clone()));
                    }
                    _ => self.start_attempt(operation, world, asks),
                },
                Some(Operation::Timer { due }) => asks.arm.push((*due, operation)),
                Some(Operation::Request(_) | Operation::Lock(_)) => {
                    unreachable!("an instance does not ask itself")
                }
                Some(
                    Operation::Child { .. }
                    | Operation::Entity { .. }
                    | Operation::Ask { .. }
                    | Operation::Section,
                ) => {
                    let at = leaving.partition_point(|(of, _)| *of < operation);
                    if let Some((_, message)) = leaving.get_mut(at) {
                        asks.messages.extend(message.take());
                    }
                }
                Some(Operation::Event { .. }) | None => {}
            }
        }
        leaving.clear();
        asks.leaving = leaving;
        if let Some(sent) = &mut sent {
            self.send_off(sent, u64::MAX, world, asks);
        }
        drop(sent);
        asks.answer(turn.answers.drain(..));
        // Completions the turn made itself have rows like others.
        if self.operations.have_completed() {
            for operation in first..self.next_operation {
                if self.operations.has_completed(operation) {
                    self.operations.touch(operation);
                }
            }
        }
    }

    /// What was sent one way before this operation leaves.
    fn send_off(&mut self, sent: &mut Sent<'_>, until: u64, world: World<'_>, asks: &mut Asks) {
        while let Some((_, signal)) = sent.signals.next_if(|(before, _)| *before <= until) {
            self.signal(signal, asks);
        }
        while let Some((_, start)) = sent.starts.next_if(|(before, _)| *before <= until) {
            let name = entry(&start.target, "orchestration", world)
                .map_or(start.target.name(), |entry| entry.name)
                .to_owned();
            let (id, args) = (start.id, start.args);
            self.tell(Happened::Detached {
                id: id.clone(),
                name: name.clone(),
            });
            asks.messages.push(Message::Start { id, name, args });
        }
        // After what it started: an event may be for one of them.
        while let Some((_, raised)) = sent.events.next_if(|(before, _)| *before <= until) {
            self.raise(raised, asks);
        }
    }

    /// An event leaves.
    pub(super) fn raise(&mut self, raised: Raised, asks: &mut Asks) {
        let Raised { id, name, value } = raised;
        self.history.add_briefly(&Brief::EventRaised {
            id: &id,
            name: &name,
        });
        self.marks.dirty = true;
        asks.messages.push(Message::Event {
            id,
            name,
            value,
            reply_to: ReplyTo::Nobody,
        });
    }

    fn call(&mut self, request: Request, world: World<'_>, calls: &mut Calls) -> (u64, Operation) {
        match request {
            Request::Timer { operation, due } => (operation, Operation::Timer { due }),
            Request::Operate {
                operation,
                entity,
                name,
                method,
                args,
            } => {
                let (call, message) = self.call_entity(operation, entity, name, method, args);
                calls.leaving.push((operation, Some(message)));
                (operation, call)
            }
            Request::Ask {
                operation,
                machine,
                name,
                value,
            } => {
                let asker = Parent {
                    number: self.number,
                    operation,
                };
                let message = Message::Event {
                    id: machine.as_str().into(),
                    name: Cow::Borrowed(name),
                    value,
                    reply_to: asker.into(),
                };
                calls.leaving.push((operation, Some(message)));
                (operation, Operation::Ask { id: machine })
            }
            Request::Event { operation, name } => (operation, Operation::Event { name }),
            Request::Lock {
                operation,
                entities,
            } => {
                let message = self.enter(operation, Section::over(entities));
                calls.leaving.push((operation, Some(message)));
                (operation, Operation::Section)
            }
            Request::Activity {
                operation,
                target,
                args,
                retry,
                timeout,
            } => {
                let again = calls.activity.take().filter(|entry| target.is(entry));
                let entry = again.or_else(|| entry(&target, "activity", world));
                let options = entry.as_ref().and_then(|entry| match &entry.kind {
                    EntryKind::Activity(activity) => Some(activity.options),
                    EntryKind::Orchestration(_) | EntryKind::Entity(_) | EntryKind::Rsm(_) => None,
                });
                let call = ActivityCall {
                    name: name_of(entry.as_deref(), target),
                    args,
                    retry: retry
                        .or(options.map(|options| options.retry))
                        .unwrap_or_default(),
                    timeout: timeout.or(options.and_then(|options| options.timeout)),
                    made_at: world.now,
                    attempt: 1,
                    before: 0,
                    retry_at: None,
                    restarts: 0,
                    halted: false,
                };
                calls.activity = entry.filter(|_| options.is_some());
                (operation, Operation::Activity(Box::new(call)))
            }
            Request::Child {
                operation,
                target,
                id,
                args,
            } => {
                let found = entry(&target, "orchestration", world);
                let name = name_of(found.as_deref(), target);
                // Only machines have ids that begin as theirs do.
                let own = self.id.trim_start_matches(RSM_PREFIX);
                let id = id.unwrap_or_else(|| format!("{own}/{operation}"));
                let parent = Parent {
                    number: self.number,
                    operation,
                };
                let message = Message::StartChild {
                    parent,
                    id: id.clone(),
                    name: name.clone().into_owned(),
                    args,
                };
                calls.leaving.push((operation, Some(message)));
                (operation, Operation::Child { id, name })
            }
        }
    }

    fn signal(&mut self, mut signal: OneWay, asks: &mut Asks) {
        let signalled = Happened::Signalled {
            entity: signal.entity,
            method: Cow::Borrowed(signal.method),
        };
        self.history.add(&signalled);
        self.marks.dirty = true;
        let Happened::Signalled { entity, .. } = signalled else {
            unreachable!("it was just made")
        };
        signal.entity = entity;
        asks.messages.push(Message::one_way(signal, self.number));
    }
}
