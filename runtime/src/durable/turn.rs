//! `Turn`: what an instance is given to advance, and what it asks for in return.

use std::any::Any;
use std::borrow::Cow;
use std::time::Duration;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::branch::Signals;
use super::call::Named;
use super::continue_as_new::Again;
use super::detached::Detached;
use super::entity::{Entity, EntityContext, OneWay};
use super::event::Raised;
use super::limits::{OPERATIONS_MAX, PAYLOAD_BYTES_MAX};
use super::rsm::{Cx, ReplyTo, Rsm};
use super::{Call, Context, Failure, Mailbox, Refusal, Retry, Target, Timestamp, Waits};
use crate::schema::Stored;

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Completion {
    /// With a value of the call's declared output type.
    Value(Stored),
    /// With a failure that the call's output type cannot say.
    Failed(Failure),
}

impl Completion {
    /// The size of its value, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Completion::Value(value) => value.bytes.len(),
            Completion::Failed(_) => 0,
        }
    }

    /// Whether the call has failed: with an `Err`, or with what its type cannot say.
    pub(crate) fn is_failure(&self) -> bool {
        match self {
            Completion::Value(value) => value.is_err(),
            Completion::Failed(_) => true,
        }
    }
}

/// What a turn asks for; it leaves when the turn's commit is durable.
#[derive(Debug)]
pub enum Request {
    /// Run an activity.
    Activity {
        /// Its number within the instance.
        operation: u64,
        /// The activity.
        target: Target,
        /// The encoded arguments.
        args: Stored,
        /// Overrides the declared retry policy.
        retry: Option<Retry>,
        /// Overrides the declared timeout of each attempt.
        timeout: Option<Duration>,
    },
    /// Run a child orchestration.
    Child {
        /// Its number within the instance.
        operation: u64,
        /// The orchestration.
        target: Target,
        /// The id the user chose, or none for one derived from the parent's.
        id: Option<String>,
        /// The encoded arguments.
        args: Stored,
    },
    /// Call an operation of an entity and wait for its result.
    Operate {
        /// Its number within the instance.
        operation: u64,
        /// The entity's id.
        entity: String,
        /// The entity's stored name.
        name: &'static str,
        /// The operation of the entity.
        method: &'static str,
        /// The encoded arguments.
        args: Stored,
    },
    /// Send an event to a machine and wait for its answer.
    Ask {
        /// Its number within the instance.
        operation: u64,
        /// The machine's id.
        machine: String,
        /// The event's name.
        name: &'static str,
        /// Its value.
        value: Stored,
    },
    /// Complete at an instant.
    Timer {
        /// Its number within the instance.
        operation: u64,
        /// When.
        due: Timestamp,
    },
    /// Lock entities for a critical section; completes when all of them are.
    Lock {
        /// Its number within the instance.
        operation: u64,
        /// The id and the stored name of each, in any order.
        entities: Vec<(String, &'static str)>,
    },
    /// Wait for an event.
    Event {
        /// Its number within the instance.
        operation: u64,
        /// The event's name.
        name: String,
    },
}

/// One advance of one instance: from a wake-up to the next suspension; the unit of commit.
#[derive(Debug)]
pub struct Turn {
    pub(crate) context: Context,
    pub(crate) next_operation: u64,
    pub(crate) completions: FxHashMap<u64, Completion>,
    /// Completions that were used or cancelled: kept, so that a turn that fails can be undone.
    pub(crate) taken: Vec<(u64, Completion)>,
    pub(crate) requests: Vec<Request>,
    pub(crate) cancels: Vec<u64>,
    /// The events that have arrived, and who waits for them.
    pub(crate) mailbox: Mailbox,
    /// Events for other instances, like `signals`.
    pub(crate) raised: Vec<(u64, Raised)>,
    /// What a machine has handled.
    pub(crate) handled: Option<Cow<'static, str>>,
    /// The machine waits for what it waited for before.
    pub(crate) waits_as_before: bool,
    /// Answers to what machines were asked.
    pub(crate) answers: Vec<(ReplyTo, Completion)>,
    /// The instance begins again with this.
    pub(crate) again: Option<Again>,
    /// Where the innermost frame that was polled last came to wait.
    pub(crate) suspended_on: Waits,
    /// A failure that no output type could say so far.
    pub(crate) unsaid: Option<Failure>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) cancelling: bool,
    pub(crate) depth: usize,
    /// What the branches of frames under way say to what awaits them.
    pub(crate) branch_signals: Signals,
    /// Signals to entities in the order in which they are sent, each with the number of the
    /// operation before which it leaves.
    pub(crate) signals: Vec<(u64, OneWay)>,
    /// Instances to start that nobody waits for, like `signals`.
    pub(crate) detached: Vec<(u64, Detached)>,
    /// The state that the `async` operation under way works on, or the machine and its context.
    pub(crate) entity: Option<Box<dyn Any + Send>>,
    entity_context: EntityContext,
    /// How many operations of the instance have not been cancelled or handed over.
    pub(crate) under_way: usize,
}

/// Room for more than so many is not kept.
const ROOM_MAX: usize = 256;

fn empty<T>(list: &mut Vec<T>) {
    list.clear();
    if list.capacity() > ROOM_MAX {
        *list = Vec::new();
    }
}

impl Request {
    /// Its number within the instance.
    #[must_use]
    pub fn operation(&self) -> u64 {
        match self {
            Request::Activity { operation, .. }
            | Request::Child { operation, .. }
            | Request::Operate { operation, .. }
            | Request::Ask { operation, .. }
            | Request::Timer { operation, .. }
            | Request::Lock { operation, .. }
            | Request::Event { operation, .. } => *operation,
        }
    }
}

impl Turn {
    /// A turn at `context.now()`, with what has arrived; `under_way` counts the pending operations.
    pub(crate) fn new(
        context: Context,
        next_operation: u64,
        completions: FxHashMap<u64, Completion>,
        under_way: usize,
    ) -> Self {
        Turn {
            context,
            next_operation,
            completions,
            taken: Vec::new(),
            requests: Vec::new(),
            cancels: Vec::new(),
            mailbox: Mailbox::default(),
            raised: Vec::new(),
            handled: None,
            waits_as_before: false,
            answers: Vec::new(),
            again: None,
            suspended_on: Waits::default(),
            unsaid: None,
            refusal: None,
            cancelling: false,
            depth: 0,
            branch_signals: Signals::default(),
            signals: Vec::new(),
            detached: Vec::new(),
            entity: None,
            entity_context: EntityContext::default(),
            under_way,
        }
    }

    /// The same for another instance or another time, in a turn of which nothing is left.
    pub(crate) fn renew(
        &mut self,
        context: Context,
        next_operation: u64,
        completions: FxHashMap<u64, Completion>,
        under_way: usize,
    ) {
        self.context = context;
        self.next_operation = next_operation;
        self.completions = completions;
        self.under_way = under_way;
    }

    /// Leaves nothing of it but room for what others ask for.
    pub(crate) fn clear(&mut self) {
        debug_assert!(
            self.completions.is_empty() && self.mailbox.count() == 0,
            "what has arrived was given back"
        );
        empty(&mut self.taken);
        empty(&mut self.requests);
        empty(&mut self.cancels);
        empty(&mut self.raised);
        empty(&mut self.answers);
        empty(&mut self.signals);
        empty(&mut self.detached);
        self.handled = None;
        self.waits_as_before = false;
        self.again = None;
        if !self.suspended_on.is_empty() {
            self.suspended_on = Waits::default();
        }
        self.unsaid = None;
        self.refusal = None;
        self.cancelling = false;
        self.depth = 0;
        self.branch_signals = Signals::default();
        self.entity = None;
    }

    /// Whether it asked for nothing but what leaves at once, as messages.
    pub(crate) fn only_sends(&self) -> bool {
        self.requests.is_empty()
            && self.cancels.is_empty()
            && self.signals.is_empty()
            && self.detached.is_empty()
    }

    /// The same with the events that have arrived.
    pub(crate) fn with_mailbox(mut self, mailbox: Mailbox) -> Self {
        self.mailbox = mailbox;
        self
    }

    /// The instance's context: its id, the time, its status.
    pub fn context(&mut self) -> &mut Context {
        &mut self.context
    }

    /// The state of the entity that this turn is of, and its context.
    ///
    /// # Panics
    /// When the turn is not of an `E`, which the lowering excludes.
    pub fn entity<E: Entity>(&mut self) -> (&mut E, &mut EntityContext) {
        let state = self.entity.as_mut().and_then(|state| state.downcast_mut());
        let state = state.expect("a step of an operation is lent its entity");
        (state, &mut self.entity_context)
    }

    /// The machine that this turn is of, and its context.
    ///
    /// # Panics
    /// When the turn is not of an `M`, which the lowering excludes.
    pub fn machine<M: Rsm>(&mut self) -> (&mut M, &mut Cx<M>) {
        let pair = self.entity.as_mut().and_then(|pair| pair.downcast_mut());
        let (machine, cx): &mut (M, Cx<M>) = pair.expect("a step of a handler is lent its machine");
        (machine, cx)
    }

    /// The context of an operation's share of this turn, `deleted` before or not.
    pub(crate) fn entity_context(&mut self, deleted: bool) -> &mut EntityContext {
        let Context {
            instance_id, now, ..
        } = &self.context;
        self.entity_context.begin(instance_id, *now, deleted);
        &mut self.entity_context
    }

    /// Whether it asked for nothing and says nothing.
    pub(crate) fn is_silent(&self) -> bool {
        self.requests.is_empty()
            && self.cancels.is_empty()
            && self.signals.is_empty()
            && self.detached.is_empty()
            && self.raised.is_empty()
            && self.answers.is_empty()
            && self.taken.is_empty()
            && self.completions.is_empty()
    }

    /// Takes over what the operation said to its context; gives whether it has deleted its entity.
    pub(crate) fn absorb(&mut self) -> bool {
        let cx = &mut self.entity_context;
        if cx.is_silent() {
            return cx.is_deleted();
        }
        let before = self.next_operation;
        let signals = cx.signals.drain(..).map(|signal| (before, signal));
        self.signals.extend(signals);
        let detached = cx.detached.drain(..).map(|start| (before, start));
        self.detached.extend(detached);
        let raised = cx.raised.drain(..).map(|raised| (before, raised));
        self.raised.extend(raised);
        if let Some(refusal) = cx.refusal.take() {
            self.refusal.get_or_insert(refusal);
        }
        cx.is_deleted()
    }

    pub(crate) fn send(&mut self, signal: Result<OneWay, Refusal>) {
        self.absorb();
        match signal {
            Ok(signal) => self.signals.push((self.next_operation, signal)),
            Err(refusal) => self.refuse(refusal),
        }
    }

    pub(crate) fn start(&mut self, start: Result<Detached, Refusal>) {
        self.absorb();
        match start {
            Ok(start) => self.detached.push((self.next_operation, start)),
            Err(refusal) => self.refuse(refusal),
        }
    }

    pub(crate) fn raise(&mut self, raised: Result<Raised, Refusal>) {
        match raised {
            Ok(raised) => self.raised.push((self.next_operation, raised)),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Whether the instance can no longer advance in this turn.
    pub(crate) fn is_over(&self) -> bool {
        self.refusal.is_some() || self.unsaid.is_some() || self.again.is_some()
    }

    pub(crate) fn operation(&mut self) -> u64 {
        let operation = self.next_operation;
        self.next_operation += 1;
        self.under_way += 1;
        operation
    }

    /// Requests a call of `C`; one over a limit completes at once, with a failure that names it.
    pub(crate) fn call<C: Call>(
        &mut self,
        args: &Named<C>,
        request: impl FnOnce(u64, Stored) -> Request,
    ) -> u64 {
        let over = self.under_way >= OPERATIONS_MAX;
        let operation = self.operation();
        let limit = match Stored::write(args) {
            Err(error) => {
                self.refuse(Refusal::value(
                    format!("the arguments of `{}`", C::NAME),
                    error,
                ));
                return operation;
            }
            Ok(args) if args.bytes.len() > PAYLOAD_BYTES_MAX => format!(
                "its arguments are {} bytes, more than {PAYLOAD_BYTES_MAX}",
                args.bytes.len()
            ),
            Ok(_) if over => format!("{OPERATIONS_MAX} calls are under way in this instance"),
            Ok(args) => {
                self.requests.push(request(operation, args));
                return operation;
            }
        };
        let failure = Failure::LimitExceeded {
            call: C::NAME.to_owned(),
            limit,
        };
        let completion = match C::failed(failure) {
            Ok(output) => match Stored::write(&output) {
                Ok(stored) => Completion::Value(stored),
                Err(error) => {
                    self.refuse(Refusal::value(
                        format!("the result of `{}`", C::NAME),
                        error,
                    ));
                    return operation;
                }
            },
            Err(failure) => Completion::Failed(failure),
        };
        self.completions.insert(operation, completion);
        operation
    }

    pub(crate) fn has_completed(&self, operation: u64) -> bool {
        self.completions.contains_key(&operation) || self.mailbox.has(operation)
    }

    /// Uses up the completion of `operation`, if it has come.
    pub(crate) fn take(&mut self, operation: u64) -> Option<&Completion> {
        let completion = self.completions.remove(&operation)?;
        self.taken.push((operation, completion));
        self.taken.last().map(|(_, completion)| completion)
    }

    /// Takes the event that `operation` waits for, if it has come.
    pub(crate) fn take_event(&mut self, operation: u64) -> Option<&Stored> {
        let event = self.mailbox.take(operation)?;
        self.under_way = self.under_way.saturating_sub(1);
        Some(event)
    }

    pub(crate) fn cancel(&mut self, operation: u64) {
        self.take(operation);
        self.mailbox.cancel(operation);
        self.cancels.push(operation);
    }

    /// Stops the turn: nothing of it is committed, the instance is parked. The first refusal counts.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        self.refusal.get_or_insert(refusal);
    }

    /// The same for a rule that the instance has broken.
    pub(crate) fn refuse_because(&mut self, why: String) {
        let body = self.context.instance_id.to_string();
        self.refuse(Refusal::Stuck { body, why });
    }
}

#[cfg(test)]
mod tests;
