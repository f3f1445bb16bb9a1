//! One turn of one instance: user code runs here, and nowhere else in the core.

use std::any::Any;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use rustc_hash::FxHashSet;

use super::asks::{Asks, World};
use super::groups::Groups;
use super::happened::{Happened, what_of};
use super::instance::{Instance, State, unregistered};
use super::limits::{INSTANCE_BYTES_ASSUMED, PANIC_BYTES_MAX};
use super::message::Message;
use super::operation::{ActivityCall, Operation};
use super::requested::args_of;
use super::section::Section;
use super::targets::{entry, known, name_of, registered};
use super::{Ending, Parent};
use crate::durable::{
    Context, EntryKind, Machine, OneWay, Parts, Refusal, Request, Turn, Waits, Writing, limits,
};
use crate::schema::Stored;
use crate::store::Caps;

/// A turn that changed nothing: the instance is as it was, except that its frame is gone from
/// memory and has to be read again.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) why: Refusal,
}

/// How a turn came out.
enum Came {
    Ended(Ending),
    Waiting(Waits, Groups, Option<Writing>),
    /// It begins again, with these arguments.
    Again(Stored),
}

impl Instance {
    /// Advances it by one turn. A suspect's frame is encoded before the turn counts.
    pub(crate) fn advance(
        &mut self,
        parts: Parts,
        world: World<'_>,
        caps: Caps,
        asks: &mut Asks,
    ) -> Result<(), Failed> {
        if self.is_entity() {
            return self.serve(parts, world, caps, asks);
        }
        let mut machine = self.machine(parts, world).map_err(|why| Failed { why })?;
        let context = Context::new(self.id.clone(), world.now, self.custom_status.clone());
        let completions = self.operations.lend();
        let under_way = self.operations.pending() + completions.len();
        let mut turn = Turn::new(context, self.next_operation, completions, under_way)
            .with_mailbox(self.events.lend());

        let rewind = self.rewind_point(machine.as_mut(), &turn.completions, caps);
        let came = self.poll(machine.as_mut(), &mut turn, world, caps);
        let taken = std::mem::take(&mut turn.taken);
        let came = match came {
            Ok(came) => came,
            Err(why) => {
                // Dropping what is left of it runs user code too.
                let _ = guard(&self.orchestration, || drop(machine));
                self.undo(turn, taken);
                return Err(Failed { why });
            }
        };
        self.operations.give_back(
            std::mem::take(&mut turn.completions),
            taken.iter().map(|(operation, _)| *operation),
        );
        if matches!(came, Came::Again(_)) {
            // What was asked for in this very turn is given up before it leaves.
            turn.requests.clear();
        }
        let arrived = self.events.give_back(std::mem::take(&mut turn.mailbox));
        self.commit(turn, world, asks);
        for operation in arrived {
            self.operations.remove(operation);
        }
        match came {
            Came::Ended(ending) => {
                let _ = guard(&self.orchestration, || drop(machine));
                self.end(ending, world.now, asks);
                self.keep_rewind_point(rewind);
            }
            Came::Again(args) => {
                let _ = guard(&self.orchestration, || drop(machine));
                self.marks.tried = args.bytes.len();
                self.begin_again(args, world.now, asks);
            }
            Came::Waiting(waits, groups, writing) => {
                if let Some(writing) = writing {
                    self.tried(writing);
                }
                self.state = State::Hot(machine);
                self.waits = waits;
                self.groups = groups;
            }
        }
        Ok(())
    }

    /// Its machine: begun, woken or read.
    fn machine(&mut self, parts: Parts, world: World<'_>) -> Result<Box<dyn Machine>, Refusal> {
        let entry = world.program.orchestration(&self.orchestration);
        let Some(entry) = entry else {
            return Err(unregistered("orchestration", &self.orchestration));
        };
        let EntryKind::Orchestration(orchestration) = &entry.kind else {
            return Err(unregistered("orchestration", &self.orchestration));
        };
        if let State::Begun(args) = &self.state {
            // Reading arguments runs user code.
            return guard(&self.orchestration, || (orchestration.start)(args))?;
        }
        match std::mem::replace(&mut self.state, State::Undone) {
            State::Hot(machine) => Ok(machine),
            State::Cold(frame) => Ok((orchestration.load)(frame, parts)),
            State::Begun(_)
            | State::Entity(_)
            | State::Undone
            | State::Ended(_)
            | State::Unborn => {
                unreachable!("a turn is given to an instance that has a frame")
            }
        }
    }

    fn poll(
        &self,
        machine: &mut dyn Machine,
        turn: &mut Turn,
        world: World<'_>,
        caps: Caps,
    ) -> Result<Came, Refusal> {
        let polled = guard(&self.orchestration, || {
            let polled = machine.poll(turn);
            // A failure that no output type could say ends the instance: what it awaits is cancelled.
            if polled.is_pending() && turn.refusal.is_none() && turn.unsaid.is_some() {
                machine.cancel(turn);
            }
            polled
        })?;
        if let Some(why) = turn.refusal.take() {
            return Err(why);
        }
        let again = turn.again.take().filter(|_| turn.unsaid.is_none());
        let came = match (polled, again) {
            (_, Some(again)) => Came::Again(self.again(again, world)?),
            (Poll::Ready(value), None) => Came::Ended(Ending::of(self.sized(value?)?)),
            (Poll::Pending, None) => match turn.unsaid.take() {
                Some(failure) => Came::Ended(Ending::Failed(failure)),
                None => self.waiting(machine, turn, caps)?,
            },
        };
        self.asked(turn, caps, world)?;
        self.told(turn.context.status.as_deref())?;
        Ok(came)
    }

    /// What the turn asks for has to be known, and to fit.
    pub(super) fn asked(&self, turn: &Turn, caps: Caps, world: World<'_>) -> Result<(), Refusal> {
        let mut bytes = 0;
        for request in &turn.requests {
            bytes += args_of(request);
            registered(request, world)?;
        }
        for (_, signal) in &turn.signals {
            bytes += signal.args.bytes.len();
            if world.program.entity(signal.name).is_none() {
                return Err(unregistered("entity", signal.name));
            }
        }
        for start in &turn.detached {
            bytes += start.args.bytes.len();
            known(&start.target, "orchestration", world)?;
        }
        for raised in &turn.raised {
            bytes += raised.id.len() + raised.name.len() + raised.value.bytes.len();
            bytes += INSTANCE_BYTES_ASSUMED;
        }
        self.bounded(bytes, caps)
    }

    fn waiting(&self, machine: &mut dyn Machine, turn: &Turn, caps: Caps) -> Result<Came, Refusal> {
        let mut waits = Waits::default();
        machine.waits(&mut waits);
        let groups = self.hopeful(&waits, turn)?;
        let writing = self.trial(caps, |trial| machine.save(trial))?;
        Ok(Came::Waiting(waits, groups, writing))
    }

    /// What it waits for, which must be able to come.
    pub(super) fn hopeful(&self, waits: &Waits, turn: &Turn) -> Result<Groups, Refusal> {
        let groups = Groups::new(waits, |operation| turn.has_completed(operation));
        let requested = |operation| {
            operation >= self.next_operation && operation < turn.next_operation
                || self.operations.is_pending(operation)
        };
        let cancelled: FxHashSet<u64> = turn.cancels.iter().copied().collect();
        if groups.are_hopeless(|operation| requested(operation) && !cancelled.contains(&operation))
        {
            return Err(Refusal::Stuck {
                body: self.orchestration.clone().into_owned(),
                why: "it waits for calls that were cancelled or awaited before, so nothing can \
                      ever wake it"
                    .to_owned(),
            });
        }
        Ok(groups)
    }

    fn sized(&self, value: Stored) -> Result<Stored, Refusal> {
        if value.bytes.len() <= limits::PAYLOAD_BYTES_MAX {
            return Ok(value);
        }
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why: format!(
                "its result is {} bytes, more than {}: return a reference to it instead",
                value.bytes.len(),
                limits::PAYLOAD_BYTES_MAX
            ),
        })
    }

    /// A turn whose requests would not fit into a batch fails alone (rule 33).
    fn bounded(&self, bytes: usize, caps: Caps) -> Result<(), Refusal> {
        let max = caps.turn_bytes();
        if bytes <= max {
            return Ok(());
        }
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why: format!(
                "one turn makes calls with {bytes} bytes of arguments, more than {max}: make fewer \
                 at once, or give them references"
            ),
        })
    }

    /// Its status lies in its row, and in every list.
    fn told(&self, status: Option<&str>) -> Result<(), Refusal> {
        let bytes = status.map_or(0, str::len);
        if bytes <= limits::STATUS_BYTES_MAX {
            return Ok(());
        }
        Err(Refusal::Stuck {
            body: self.orchestration.clone().into_owned(),
            why: format!(
                "its status is {bytes} bytes, more than {}: say it in a line",
                limits::STATUS_BYTES_MAX
            ),
        })
    }

    /// Puts everything back as it was before the turn.
    pub(super) fn undo(&mut self, mut turn: Turn, taken: Vec<(u64, crate::durable::Completion)>) {
        self.events.take_back(std::mem::take(&mut turn.mailbox));
        let before = self.next_operation;
        let mut completions = turn.completions;
        completions.extend(taken);
        completions.retain(|operation, _| *operation < before);
        self.operations.give_back(completions, []);
    }

    /// Takes over what the turn asked for.
    pub(super) fn commit(&mut self, turn: Turn, world: World<'_>, asks: &mut Asks) {
        let first = self.next_operation;
        self.next_operation = turn.next_operation;
        self.custom_status = turn.context.status;
        self.touch(world.now);
        self.failures = 0;
        self.deaths = 0;
        let mut children = Vec::new();
        for request in turn.requests {
            let what = what_of(&request);
            let (operation, call) = self.call(request, world, &mut children);
            if self.history.is_on() {
                self.history.add(&Happened::called(operation, &call, what));
            }
            self.operations.add(operation, call);
        }
        let mut dropped = Asks::default();
        for operation in turn.cancels {
            if self.operations.is_pending(operation) {
                self.tell(Happened::GivenUp { operation });
            }
            // What was asked for in this very turn never leaves.
            let asks = if operation < first {
                &mut *asks
            } else {
                &mut dropped
            };
            self.drop_operation(operation, asks);
        }
        let mut signals = turn.signals.into_iter().peekable();
        for operation in first..self.next_operation {
            // Messages leave in the order in which they were sent.
            while let Some((_, signal)) = signals.next_if(|(before, _)| *before <= operation) {
                self.signal(signal, asks);
            }
            match self.operations.get(operation) {
                Some(Operation::Activity(_)) => self.start_attempt(operation, world, asks),
                Some(Operation::Timer { due }) => asks.arm.push((*due, operation)),
                Some(Operation::Request(_) | Operation::Lock(_)) => {
                    unreachable!("an instance does not ask itself")
                }
                Some(Operation::Child { .. } | Operation::Entity { .. } | Operation::Section) => {
                    let at = children.partition_point(|(of, _)| *of < operation);
                    if let Some((_, message)) = children.get_mut(at) {
                        asks.messages.extend(message.take());
                    }
                }
                Some(Operation::Event { .. }) | None => {}
            }
        }
        for (_, signal) in signals {
            self.signal(signal, asks);
        }
        for start in turn.detached {
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
        // After the children it started: an event may be for one of them.
        for raised in turn.raised {
            let (id, name, value) = (raised.id, raised.name, raised.value);
            self.tell(Happened::EventRaised {
                id: id.clone(),
                name: name.clone(),
            });
            asks.messages.push(Message::Event { id, name, value });
        }
        // Completions the turn made itself have rows like others.
        for operation in first..self.next_operation {
            if self.operations.has_completed(operation) {
                self.operations.touch(operation);
            }
        }
    }

    fn call(
        &mut self,
        request: Request,
        world: World<'_>,
        children: &mut Vec<(u64, Option<Message>)>,
    ) -> (u64, Operation) {
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
                children.push((operation, Some(message)));
                (operation, call)
            }
            Request::Event { operation, name } => (operation, Operation::Event { name }),
            Request::Lock {
                operation,
                entities,
            } => {
                let message = self.enter(operation, Section::over(entities));
                children.push((operation, Some(message)));
                (operation, Operation::Section)
            }
            Request::Activity {
                operation,
                target,
                args,
                retry,
                timeout,
            } => {
                let entry = entry(&target, "activity", world);
                let options = entry.as_ref().and_then(|entry| match &entry.kind {
                    EntryKind::Activity(activity) => Some(activity.options),
                    EntryKind::Orchestration(_) | EntryKind::Entity(_) => None,
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
                let id = id.unwrap_or_else(|| format!("{}/{operation}", self.id));
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
                children.push((operation, Some(message)));
                (operation, Operation::Child { id, name })
            }
        }
    }

    fn signal(&mut self, signal: OneWay, asks: &mut Asks) {
        self.tell(Happened::Signalled {
            entity: signal.entity.clone(),
            method: Cow::Borrowed(signal.method),
        });
        asks.messages.push(Message::one_way(signal, self.number));
    }

    /// Writes its frame, if it has one in memory.
    pub(crate) fn save(&mut self, writing: &mut Writing) -> Result<(), Refusal> {
        match &mut self.state {
            State::Hot(machine) => {
                let machine = machine.as_mut();
                guard(&self.orchestration, || machine.save(writing))?
            }
            State::Entity(machine) => {
                let machine = machine.as_mut();
                guard(&self.orchestration, || machine.save(writing))?
            }
            _ => Ok(()),
        }
    }
}

/// Runs user code; a panic becomes a refusal with its message.
pub(super) fn guard<T>(body: &str, run: impl FnOnce() -> T) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| Refusal::Panicked {
        body: body.to_owned(),
        message: message_of(panic.as_ref()),
    })
}

/// What a panic said.
pub(crate) fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    let mut text = text.unwrap_or_else(|| "a panic without a message".to_owned());
    text.truncate(text.floor_char_boundary(PANIC_BYTES_MAX));
    text
}
