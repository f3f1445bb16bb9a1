//! An entity's instance: its mailbox, and one turn of one operation.

use std::borrow::Cow;
use std::task::Poll;

use super::advance::{Failed, guard};
use super::asks::{Asks, World};
use super::groups::Groups;
use super::happened::{Happened, error_of};
use super::happened_brief::Brief;
use super::instance::{Instance, State, in_words, unregistered};
use super::limits::VISIT_BYTES;
use super::message::Message;
use super::once::Told;
use super::operation::{Caller, EntityRequest, Operation};
pub(crate) use crate::durable::ENTITY_PREFIX;
use crate::durable::{
    Completion, Context, Effect, EntityEntry, EntityMachine, EntryKind, Failure, Operated, Parts,
    Refusal, Turn, Waits, Writing,
};
use crate::store::Caps;

impl Instance {
    pub(crate) fn is_entity(&self) -> bool {
        self.id.starts_with(ENTITY_PREFIX)
    }

    /// A request comes into its mailbox, behind all others. One that is not due waits for its time.
    pub(crate) fn receive(
        &mut self,
        request: Box<EntityRequest>,
        world: World<'_>,
        asks: &mut Asks,
    ) {
        let operation = self.next_operation;
        self.next_operation += 1;
        let due = request.due;
        let request = Operation::Request(request);
        match due {
            Some(due) if due > world.now => {
                // The number of a timer is not used again.
                self.marks.dirty = true;
                asks.arm.push((due, operation));
            }
            _ => {
                self.queue.put(operation, &request);
            }
        }
        self.operations.add_own(operation, request);
    }

    /// The time of a request has come.
    pub(super) fn request_due(&mut self, operation: u64) {
        let queue = &mut self.queue;
        self.operations.change(operation, |there| {
            if let Operation::Request(request) = there {
                request.due = None;
                queue.put(operation, there);
            }
        });
    }

    /// Whether a turn would advance it: the operation under way can go on, or a request waits.
    pub(super) fn entity_is_ready(&self) -> bool {
        match self.serving {
            Some(_) => self.groups.hold(),
            None => self.queue.is_ready(),
        }
    }

    /// One visit: goes on with the operation under way, or serves the next requests, so many at
    /// most, while each is over at once and says nothing but its answer. Gives how many that were.
    pub(crate) fn serve(
        &mut self,
        parts: Parts,
        world: World<'_>,
        caps: Caps,
        at_most: usize,
        asks: &mut Asks,
    ) -> Result<usize, Failed> {
        let mut visit = Visit::default();
        let Some(mut serving) = self.serving.or_else(|| self.queue.next()) else {
            return Ok(visit.turns);
        };
        if let Some(Operation::Lock(lock)) = self.operations.get(serving) {
            let lock = (**lock).clone();
            self.lock(serving, lock, world, asks);
            return Ok(1);
        }
        let entry = world.program.entity(&self.orchestration);
        let Some(EntryKind::Entity(entity)) = entry.as_ref().map(|entry| &entry.kind) else {
            return Err(Failed::at_once(unregistered("entity", &self.orchestration)));
        };
        let mut machine = self.entity_machine(entity, parts);
        let context = Context::new(self.id.clone(), self.number.pair(), world.now, None);
        let completions = self.operations.lend();
        let under_way = self.operations.calls() + completions.len();
        let mut turn = asks.turn(context, self.next_operation, completions, under_way);

        let begins = self.serving.is_none();
        let said = loop {
            let Some(Operation::Request(request)) = self.operations.get(serving) else {
                break None;
            };
            let polled = guard(&self.orchestration, || match begins {
                true => machine.begin(&request.method, &request.args, &mut turn),
                false => machine.poll(&mut turn),
            });
            let came = self.entity_came(
                polled,
                &mut *machine,
                &mut turn,
                entity,
                request,
                caps,
                world,
            );
            let came = match came {
                Ok(came) => came,
                Err(why) => {
                    let _ = guard(&self.orchestration, || drop(machine));
                    let taken = std::mem::take(&mut turn.taken);
                    self.undo(&mut turn, taken);
                    if visit.has_changed {
                        self.has_served(world);
                    }
                    let before = visit.turns;
                    return Err(Failed { why, before });
                }
            };
            visit.turns += 1;
            match came {
                Came::Over(operated) if begins && turn.is_silent() => {
                    visit.counts(&operated);
                    self.served(serving, operated, entity, &mut machine, asks);
                }
                came => break Some(came),
            }
            match self.queue.next() {
                Some(next) if visit.goes_on(at_most) => serving = next,
                _ => break None,
            }
        };
        self.operations.give_back(
            std::mem::take(&mut turn.completions),
            turn.taken.iter().map(|(operation, _)| *operation),
        );
        match said {
            None => {
                if visit.has_changed || self.deaths > 0 {
                    self.has_served(world);
                }
                asks.turn_is_over(turn);
            }
            Some(came) => {
                self.take_over(&mut turn, world, asks);
                asks.turn_is_over(turn);
                match came {
                    Came::Over(mut operated) => {
                        // Something is written, so that its history tells of it.
                        if operated.effect == Effect::Read {
                            operated.effect = Effect::Changed;
                        }
                        self.served(serving, operated, entity, &mut machine, asks);
                    }
                    Came::Waiting(waits, groups, writing) => {
                        if let Some(writing) = writing {
                            self.tried(writing);
                        }
                        self.queue.remove(serving);
                        self.serving = Some(serving);
                        self.waits = waits;
                        self.groups = groups;
                    }
                }
            }
        }
        self.failures = 0;
        self.state = State::Entity(machine);
        self.vanish(asks);
        Ok(visit.turns)
    }

    /// Operations that said nothing but their answers have changed it.
    fn has_served(&mut self, world: World<'_>) {
        self.touch(world.now);
        self.failures = 0;
        self.deaths = 0;
    }

    /// One that is as if it had never been used leaves nothing.
    pub(super) fn vanish(&mut self, asks: &mut Asks) {
        let blank = match &self.state {
            State::Entity(machine) => machine.is_blank(),
            State::Begun(_) => true,
            _ => false,
        };
        if blank && self.pending() == 0 && self.queue.owner().is_none() {
            self.purge(asks);
        }
    }

    /// Whether it is as if it had never been used, as far as its mailbox shows.
    pub(crate) fn is_blank(&self) -> bool {
        match &self.state {
            State::Entity(machine) => machine.is_blank() && self.serving.is_none(),
            _ => false,
        }
    }

    fn entity_machine(&mut self, entity: &EntityEntry, parts: Parts) -> Box<dyn EntityMachine> {
        match std::mem::replace(&mut self.state, State::Undone) {
            State::Entity(machine) => machine,
            State::Cold(frame) => (entity.load)(frame, parts),
            State::Begun(_) => (entity.fresh)(),
            State::Hot(_) | State::Undone | State::Ended(_) | State::Unborn => {
                unreachable!("an entity is never over, and its failed turns are undone")
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all of one turn")]
    fn entity_came(
        &self,
        polled: Result<Poll<Result<Operated, Refusal>>, Refusal>,
        machine: &mut dyn EntityMachine,
        turn: &mut Turn,
        entity: &EntityEntry,
        request: &EntityRequest,
        caps: Caps,
        world: World<'_>,
    ) -> Result<Came, Refusal> {
        let operated = match polled {
            // A panic is its caller's failure; the entity is as it was before.
            Err(Refusal::Panicked { message, .. }) => {
                guard(&self.orchestration, || machine.roll_back())?;
                forget(turn);
                let call = format!("{}::{}", self.orchestration, request.method);
                Operated {
                    completion: self.said(entity, request, Failure::Panicked { call, message }),
                    effect: Effect::Failed,
                }
            }
            Err(why) => return Err(why),
            Ok(_) if turn.refusal.is_some() => {
                return Err(turn.refusal.take().expect("it is there"));
            }
            Ok(Poll::Ready(operated)) => operated?,
            Ok(Poll::Pending) => match turn.unsaid.take() {
                // A failure that the operation's type could not say ends it.
                Some(failure) => {
                    guard(&self.orchestration, || machine.cancel(turn))?;
                    Operated {
                        completion: self.said(entity, request, failure),
                        effect: Effect::Failed,
                    }
                }
                None => {
                    let mut waits = Waits::default();
                    machine.waits(&mut waits);
                    return self.entity_waits(waits, machine, turn, caps, world);
                }
            },
        };
        self.asked(turn, caps, world)?;
        Ok(Came::Over(operated))
    }

    fn entity_waits(
        &self,
        waits: Waits,
        machine: &mut dyn EntityMachine,
        turn: &Turn,
        caps: Caps,
        world: World<'_>,
    ) -> Result<Came, Refusal> {
        let groups = self.hopeful(&waits, turn)?;
        let writing = self.trial(caps, |trial| machine.save(trial))?;
        self.asked(turn, caps, world)?;
        Ok(Came::Waiting(waits, groups, writing))
    }

    /// An operation is over: its caller is told, what it still has under way is given up.
    fn served(
        &mut self,
        serving: u64,
        operated: Operated,
        entity: &EntityEntry,
        machine: &mut Box<dyn EntityMachine>,
        asks: &mut Asks,
    ) {
        let quiet = operated.effect == Effect::Read;
        if operated.effect == Effect::Deleted {
            *machine = (entity.fresh)();
        }
        // The mailbox may be long: it is looked through only if the operation left calls.
        let left = match self.operations.calls() {
            0 => Vec::new(),
            _ => self.operations.numbers(),
        };
        for operation in left {
            let call = self.operations.get(operation);
            let stays =
                |call: &Operation| call.is_asked_for() || matches!(call, Operation::Activity(_));
            if !call.is_none_or(stays) {
                self.drop_operation(operation, asks);
            }
        }
        self.operations.drop_completions();
        self.serving = None;
        self.queue.remove(serving);
        self.waits = Waits::default();
        self.groups = Groups::default();
        let Some(Operation::Request(request)) = self.operations.remove(serving) else {
            unreachable!("a request is pending until it has been served")
        };
        let EntityRequest { method, caller, .. } = *request;
        let completion = operated.completion;
        if self.history.is_on() && !quiet {
            let caller = match caller {
                Caller::Instance(caller) => Some(caller),
                Caller::Nobody | Caller::Client | Caller::Key(_) => None,
            };
            match error_of(&completion) {
                None => {
                    let method = &method;
                    self.history.add_briefly(&Brief::Served { method, caller });
                    self.marks.dirty = true;
                }
                error => self.tell(Happened::Served {
                    method,
                    caller,
                    error,
                }),
            }
        }
        match caller {
            Caller::Nobody => {}
            Caller::Client => asks.answers.push((serving, completion)),
            Caller::Key(key) => {
                let told = Box::new(Told::Operated(completion));
                asks.messages.push(Message::Told { key, told });
            }
            Caller::Instance(parent) => {
                asks.messages.push(Message::Operated { parent, completion })
            }
        }
    }

    /// Says a failure in the words of the operation's output type, if that has any.
    fn said(&self, entity: &EntityEntry, request: &EntityRequest, failure: Failure) -> Completion {
        let Some(method) = entity.method(&request.method) else {
            return Completion::Failed(failure);
        };
        in_words(method.failed, failure)
    }

    /// An entity has answered a call of this instance.
    pub(crate) fn operated(&mut self, operation: u64, completion: Completion) -> bool {
        let Some(Operation::Entity { id }) = self.operations.get(operation) else {
            return false;
        };
        if self.history.is_on() {
            let answered = Happened::EntityAnswered {
                operation,
                entity: id.clone(),
                error: error_of(&completion),
            };
            self.tell_with(operation, answered);
        }
        self.complete(operation, completion);
        true
    }

    /// A call of an entity, as its operation and the message that carries it.
    pub(super) fn call_entity(
        &self,
        operation: u64,
        entity: String,
        name: &'static str,
        method: &'static str,
        args: crate::schema::Stored,
    ) -> (Operation, Message) {
        let parent = super::Parent {
            number: self.number,
            operation,
        };
        let request = EntityRequest {
            method: Cow::Borrowed(method),
            args,
            caller: Caller::Instance(parent),
            from: Some(self.number),
            due: None,
        };
        let message = Message::Operate {
            entity: entity.clone(),
            name: Cow::Borrowed(name),
            request: Box::new(request),
        };
        (Operation::Entity { id: entity }, message)
    }
}

/// How a turn of an operation came out.
enum Came {
    Over(Operated),
    Waiting(Waits, Groups, Option<Writing>),
}

/// What one visit to an entity has come to so far.
#[derive(Default)]
struct Visit {
    turns: usize,
    /// Of the results.
    bytes: usize,
    /// An operation did more than read.
    has_changed: bool,
    /// An operation failed.
    has_failed: bool,
}

impl Visit {
    fn counts(&mut self, operated: &Operated) {
        self.bytes += operated.completion.bytes();
        self.has_changed |= operated.effect != Effect::Read;
        self.has_failed |= operated.effect == Effect::Failed;
    }

    /// Whether another request can be served in it.
    fn goes_on(&self, at_most: usize) -> bool {
        self.turns < at_most && self.bytes < VISIT_BYTES && !self.has_failed
    }
}

/// Takes back what a turn said besides its calls, which nobody will wait for.
fn forget(turn: &mut Turn) {
    turn.signals.clear();
    turn.detached.clear();
    turn.requests.clear();
    turn.raised.clear();
}
