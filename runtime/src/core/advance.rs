//! One turn of one instance: user code runs here, and nowhere else in the core.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use smallvec::SmallVec;

use super::Ending;
use super::asks::{Asks, World};
use super::groups::Groups;
use super::instance::{Instance, State, unregistered};
use super::limits::PANIC_BYTES_MAX;
use crate::durable::{
    Completion, Context, EntryKind, Machine, Parts, Refusal, Turn, Waits, Writing,
};
use crate::planted::planted;
use crate::schema::Stored;
use crate::store::Caps;

/// A turn that changed nothing: the instance is as it was, except that its frame is gone from
/// memory and has to be read again.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) why: Refusal,
    /// The turns of the same visit that came to their end before.
    pub(crate) before: usize,
}

impl Failed {
    /// The first turn failed.
    pub(crate) fn at_once(why: Refusal) -> Self {
        Failed { why, before: 0 }
    }
}

/// The completions that a turn has taken, by operation.
pub(super) type Taken = Vec<(u64, Completion)>;

/// How a turn came out.
pub(super) enum Came {
    Ended(Ending),
    /// For what, unless that is what it waited for before.
    Waiting(Option<(Waits, Groups)>, Option<Box<Writing>>),
    /// It begins again, with these arguments.
    Again(Stored),
}

impl Instance {
    /// Advances an orchestration by one turn. A suspect's frame is encoded before the turn counts.
    pub(crate) fn advance(
        &mut self,
        parts: Parts,
        world: World<'_>,
        caps: Caps,
        asks: &mut Asks,
    ) -> Result<(), Failed> {
        if self.is_rsm() {
            return self.handle(parts, world, caps, asks);
        }
        if let Some(why) = self.of_another_version(world) {
            return Err(Failed::at_once(why));
        }
        let mut machine = self.machine(parts, world).map_err(Failed::at_once)?;
        let mut turn = self.turn(self.custom_status.clone(), world, asks);
        let rewind = self.rewind_point(machine.as_mut(), &turn.completions, caps);
        let (machine, came) = self.polled(machine, &mut turn, world, caps)?;
        if matches!(came, Came::Again(_)) {
            // What was asked for in this very turn is given up before it leaves.
            turn.requests.clear();
        }
        let arrived = self.events.give_back(&mut turn.mailbox);
        self.take_over(&mut turn, world, asks);
        asks.turn_is_over(turn);
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
            Came::Waiting(wait, writing) => self.wait(machine, wait, writing),
        }
        Ok(())
    }

    /// A turn with what has arrived.
    pub(super) fn turn(
        &mut self,
        status: Option<String>,
        world: World<'_>,
        asks: &mut Asks,
    ) -> Box<Turn> {
        let context = Context::new(self.id.clone(), self.number.pair(), world.now, status)
            .of_version(self.version.clone());
        let completions = self.operations.lend();
        let under_way = self.operations.pending() + completions.len();
        let mut turn = asks.turn(context, self.next_operation, completions, under_way);
        self.events.lend(&mut turn.mailbox);
        turn
    }

    /// It waits, in memory.
    pub(super) fn wait(
        &mut self,
        machine: Box<dyn Machine>,
        wait: Option<(Waits, Groups)>,
        writing: Option<Box<Writing>>,
    ) {
        if let Some(writing) = writing {
            self.tried(*writing);
        }
        self.state = State::Hot(machine);
        if let Some((waits, groups)) = wait {
            (self.waits, self.groups) = (waits, groups);
        }
    }

    /// Its machine: begun, woken or read.
    pub(super) fn machine(
        &mut self,
        parts: Parts,
        world: World<'_>,
    ) -> Result<Box<dyn Machine>, Refusal> {
        if matches!(self.state, State::Hot(_))
            && let State::Hot(machine) = std::mem::replace(&mut self.state, State::Undone)
        {
            return Ok(machine);
        }
        let entry = world.program.orchestration(&self.orchestration);
        let Some(entry) = entry else {
            return Err(unregistered("orchestration", &self.orchestration));
        };
        let (start, load) = match &entry.kind {
            EntryKind::Orchestration(orchestration) => (orchestration.start, orchestration.load),
            EntryKind::Rsm(rsm) => (rsm.start, rsm.load),
            EntryKind::Activity(_) | EntryKind::Entity(_) => {
                return Err(unregistered("orchestration", &self.orchestration));
            }
        };
        if let State::Begun(args) = &self.state {
            // Reading arguments runs user code.
            return guard(&self.orchestration, || start(args))?;
        }
        match std::mem::replace(&mut self.state, State::Undone) {
            State::Cold(frame) => Ok(load(frame, parts)),
            State::Hot(_)
            | State::Begun(_)
            | State::Entity(_)
            | State::Undone
            | State::Ended(_)
            | State::Unborn => {
                unreachable!("a turn is given to an instance that has a frame")
            }
        }
    }

    /// Polls its machine, and takes back what that has left of the completions. A turn that fails is
    /// undone, and its machine is gone.
    pub(super) fn polled(
        &mut self,
        mut machine: Box<dyn Machine>,
        turn: &mut Turn,
        world: World<'_>,
        caps: Caps,
    ) -> Result<(Box<dyn Machine>, Came), Failed> {
        match self.poll(machine.as_mut(), turn, world, caps) {
            Ok(came) => {
                self.operations.give_back(
                    std::mem::take(&mut turn.completions),
                    turn.taken.iter().map(|(operation, _)| *operation),
                );
                Ok((machine, came))
            }
            Err(why) => {
                let taken = std::mem::take(&mut turn.taken);
                // Dropping what is left of it runs user code too.
                let _ = guard(&self.orchestration, || drop(machine));
                self.undo(turn, taken);
                Err(Failed::at_once(why))
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

    fn waiting(&self, machine: &mut dyn Machine, turn: &Turn, caps: Caps) -> Result<Came, Refusal> {
        let wait = match turn.waits_as_before {
            true => None,
            false => {
                let mut waits = Waits::default();
                machine.waits(&mut waits);
                let groups = self.hopeful(&waits, turn)?;
                Some((waits, groups))
            }
        };
        let writing = self.trial(caps, |trial| machine.save(trial))?;
        Ok(Came::Waiting(wait, writing.map(Box::new)))
    }

    /// What it waits for, which must be able to come.
    pub(super) fn hopeful(&self, waits: &Waits, turn: &Turn) -> Result<Groups, Refusal> {
        let groups = Groups::new(waits, |operation| turn.has_completed(operation));
        if waits.besides().is_some() {
            return Ok(groups);
        }
        let requested = |operation| {
            operation >= self.next_operation && operation < turn.next_operation
                || self.operations.is_pending(operation)
        };
        let mut cancelled: SmallVec<[u64; 8]> = SmallVec::new();
        if !turn.cancels.is_empty() {
            cancelled.extend_from_slice(&turn.cancels);
            cancelled.sort_unstable();
        }
        let is_cancelled = |operation| cancelled.binary_search(&operation).is_ok();
        if groups.are_hopeless(|operation| requested(operation) && !is_cancelled(operation)) {
            return Err(Refusal::Stuck {
                body: self.orchestration.clone().into_owned(),
                why: "it waits for calls that were cancelled or awaited before, so nothing can \
                      ever wake it"
                    .to_owned(),
            });
        }
        Ok(groups)
    }

    /// Puts everything back as it was before the turn.
    pub(super) fn undo(&mut self, turn: &mut Turn, taken: Taken) {
        if planted!(TurnNotUndone) {
            return;
        }
        self.events.take_back(&mut turn.mailbox);
        let before = self.next_operation;
        let mut completions = std::mem::take(&mut turn.completions);
        completions.extend(taken);
        completions.retain(|operation, _| *operation < before);
        self.operations.give_back(completions, []);
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
