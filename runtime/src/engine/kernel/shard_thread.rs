//! The thread of one shard: inputs in, turns, messages out, and a seal when the committer asks.

mod seal;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::committer::Committer;
use super::crumbs::Reader;
use super::desk::{Cause, Dropped};
use super::hub::{Asker, Hub, Input};
use super::inbox::Patience;
use super::metrics::ShardMetrics;
use crate::core::limits::{
    CLOSED_CHANGED, CUT_AFTER_MS, CUT_BYTES, ENDS_A_TURN, SLICE_COMMANDS, SLICE_INPUTS_MIN,
    SLICE_READY, SLICE_TURNS,
};
use crate::core::{
    Answer, AttemptEnded, Bundle, Command, Effects, HighWater, ReadError, RunError, Shard,
};
use crate::durable::Timestamp;
use crate::engine::KernelError;
use crate::engine::sync::Mutex;
use crate::engine::sync::atomic::Ordering;
use crate::store::{Pressure, Store};

/// See the module.
pub(super) struct ShardThread {
    hub: Arc<Hub>,
    index: usize,
    /// None between two lives of the store.
    life: Option<Life>,
    /// What the life left that ended here.
    dropped: Dropped,
    /// Answers of the life that ended which are right if the epoch is durable: then they are given,
    /// so that a command that was done is not asked again.
    unsure: Vec<(u64, Vec<(Asker, Answer)>)>,
    /// What arrived and was not looked at. Nothing of it is in the memory of a life, so the next one
    /// can take it (rule 5).
    queue: VecDeque<Work>,
    /// Attempts that ended and were not looked at; they wait for room in the epoch too.
    late: VecDeque<AttemptEnded>,
    stopping: bool,
    metrics: ShardMetrics,
    /// The committer, if there is no other shard that it waits for.
    committer: Option<Arc<Mutex<Committer>>>,
}

struct Life {
    shard: Shard<Asker>,
    rows: Reader,
    /// The committer wants this epoch sealed, since when.
    cut: Option<Instant>,
    /// The last epoch the committer was told is dirty.
    announced: u64,
    /// The last commit let at most one leave: who comes next is not one of many.
    alone: bool,
}

/// What a shard takes a few of at a time: what changes it is run before more is taken, so that an
/// epoch can end between the two.
enum Work {
    Command(Arc<Command>, Asker),
    Bundle(Bundle),
}

/// How far one round of a shard goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How many turns there are to be made when it takes no more of what arrived.
    pub(super) inputs: usize,
    /// How many turns it makes at most.
    pub(super) turns: usize,
    /// Whether it seals while it has work, if a cut is wanted. None: when that has waited long enough.
    pub(super) seals: Option<bool>,
}

impl Pace {
    /// That of the shard's own thread.
    const USUAL: Pace = Pace {
        inputs: SLICE_READY,
        turns: SLICE_TURNS,
        seals: None,
    };
}

/// So many answers are given where the clients run.
const MANY_REPLIES: usize = 32;

/// Answers that may be given. They are whatever becomes of who was to do it: a client that is told
/// nothing takes it that nothing was done.
struct Replies(Vec<(Asker, Answer)>);

impl Drop for Replies {
    fn drop(&mut self) {
        for (asker, answer) in self.0.drain(..) {
            let _ = asker.0.send(Ok(answer));
        }
    }
}

/// Why a life ended within a shard.
enum Over {
    Run(RunError),
    Seal(crate::core::CannotSeal),
}

impl From<RunError> for Over {
    fn from(error: RunError) -> Self {
        Over::Run(error)
    }
}

impl From<ReadError> for Over {
    fn from(error: ReadError) -> Self {
        Over::Run(error.into())
    }
}

impl ShardThread {
    pub(super) fn new(hub: Arc<Hub>, index: usize) -> Self {
        ShardThread {
            hub,
            index,
            life: None,
            dropped: Dropped::default(),
            unsure: Vec::new(),
            queue: VecDeque::new(),
            late: VecDeque::new(),
            stopping: false,
            metrics: ShardMetrics::new(index),
            committer: None,
        }
    }

    /// The only shard: it may make the committer's steps itself.
    pub(super) fn with_committer(mut self, committer: Arc<Mutex<Committer>>) -> Self {
        self.committer = Some(committer);
        self
    }

    /// Runs until the inbox is closed.
    pub(super) fn run(mut self) {
        let hub = self.hub.clone();
        let mut inputs = Vec::new();
        while hub.inboxes[self.index].take(self.patience(), &mut inputs) {
            self.round(&mut inputs, Pace::USUAL);
        }
    }

    /// As much of [`run`](Self::run) as does not wait. Returns whether there is anything left that can
    /// be done at once.
    pub(super) fn go(&mut self, pace: Pace) -> bool {
        let mut taken = Vec::new();
        let inbox = &self.hub.inboxes[self.index];
        if !inbox.try_take(self.patience(), pace.inputs, &mut taken) {
            return false;
        }
        if inbox.rest().is_some() {
            return false;
        }
        self.round(&mut taken, pace);
        true
    }

    fn round(&mut self, inputs: &mut Vec<Input>, pace: Pace) {
        for input in inputs.drain(..) {
            if let Err(over) = self.input(input) {
                self.end_life(over);
            }
        }
        if let Err(over) = self.work(pace.inputs).and_then(|()| self.step(pace)) {
            self.end_life(over);
        }
        if let Some(life) = &mut self.life {
            life.shard.tidy();
            self.hub.resident[self.index].store(life.shard.resident(), Ordering::Relaxed);
            self.hub.work[self.index].store(life.shard.work(), Ordering::Relaxed);
        }
    }

    /// How long to wait for inputs. Whatever makes the shard able to go on without one is looked at
    /// here, after every step; everything else arrives as an input.
    fn patience(&self) -> Patience {
        let life = self.life.as_ref().filter(|_| !self.stopping);
        let wake = life.and_then(|life| life.shard.next_wake());
        let wake_ms = wake.map_or(u64::MAX, |at| at.0);
        self.hub.wakes[self.index].store(wake_ms, Ordering::Relaxed);
        if life.is_none() {
            return Patience::Endless;
        }
        if self.has_work() {
            return Patience::None;
        }
        wake.map_or(Patience::Endless, |at| self.hub.clock.patience(at))
    }

    /// Whether there is something it can do in this life and this epoch.
    fn has_work(&self) -> bool {
        let Some(life) = &self.life else {
            return false;
        };
        let arrived = !self.queue.is_empty() || !self.late.is_empty();
        life.shard.has_work() || arrived && !life.shard.is_full()
    }

    fn input(&mut self, input: Input) -> Result<(), Over> {
        match input {
            Input::Drop => {
                let dropped = match self.life.take() {
                    Some(life) => self.drop_life(life),
                    None => std::mem::take(&mut self.dropped),
                };
                self.hub.desk.put(|papers| papers.dropped.push(dropped));
            }
            Input::Open(shard, store) => {
                let first = shard.epoch();
                self.make_sure(&store)?;
                self.life = Some(Life {
                    announced: shard.epoch() - 1,
                    shard: *shard,
                    rows: Reader::new(store, self.hub.crumbs.as_ref(), self.index),
                    cut: None,
                    alone: true,
                });
                if self.stopping {
                    self.finish_recovery()?;
                }
                // What the old life sent is durable, or it never happened.
                self.queue
                    .retain(|work| !matches!(work, Work::Bundle(bundle) if bundle.epoch() < first));
            }
            Input::Stop => {
                self.stopping = true;
                // What came before changes something, or fails: that is announced before the stop.
                let done = self.work(usize::MAX);
                if let Err(over) = done.and_then(|()| self.finish_recovery()) {
                    self.end_life(over);
                }
                self.publish();
                self.hub.desk.put(|papers| papers.stopped += 1);
            }
            Input::Command(command, asker) => self.queue.push_back(Work::Command(command, asker)),
            Input::Ended(ended) => self.late.extend(ended),
            // A shard that was opened before this one may send already.
            Input::Bundle(bundle) => self.queue.push_back(Work::Bundle(bundle)),
            Input::Cut(epoch) => {
                if let Some(life) = &mut self.life
                    && life.shard.epoch() == epoch
                {
                    life.cut = Some(Instant::now());
                }
            }
            // What is due is looked at after every round of inputs.
            Input::Tick => {}
            Input::Durable(epoch) => {
                if let Some(life) = &mut self.life {
                    let effects = life.shard.durable(epoch);
                    life.alone = effects.replies.len().max(effects.starts.len()) <= 1;
                    self.release(effects);
                }
            }
        }
        Ok(())
    }

    /// Keeps of a life what the next one or the committer may need.
    fn drop_life(&mut self, mut life: Life) -> Dropped {
        self.hub.work[self.index].store(0, Ordering::Relaxed);
        self.unsure.extend(life.shard.take_unsure());
        Dropped::of(&life.shard)
    }

    /// Gives the answers whose commit turned out to be durable. Who is told nothing asks again.
    fn make_sure(&mut self, store: &Arc<dyn Store>) -> Result<(), Over> {
        if self.unsure.is_empty() {
            return Ok(());
        }
        let durable = HighWater::read(store)?.epoch;
        for (epoch, answers) in self.unsure.drain(..) {
            for (asker, answer) in answers {
                if epoch <= durable {
                    let _ = asker.0.send(Ok(answer));
                }
            }
        }
        Ok(())
    }

    /// Before a clean close all that was left runnable is read and counted (rule 37).
    fn finish_recovery(&mut self) -> Result<(), Over> {
        if let Some(life) = &mut self.life {
            let now = self.hub.clock.now();
            life.shard.finish_recovery(now, &life.rows)?;
        }
        Ok(())
    }

    fn command(
        &mut self,
        command: &Command,
        asker: Asker,
        pressure: Pressure,
        now: Timestamp,
    ) -> Result<(), Over> {
        self.hub.waiting[self.index].fetch_sub(command.weight(), Ordering::Relaxed);
        let Some(life) = &mut self.life else {
            return Ok(());
        };
        if command.takes_space()
            && let Err(busy) = pressure.admit()
        {
            let why = busy.to_string();
            self.tell(asker, Answer::Busy { why });
            return Ok(());
        }
        let read = life.shard.command(command, asker, now, &life.rows);
        let answers = life.shard.take_answers();
        for (asker, answer) in answers {
            self.tell(asker, answer);
        }
        match read {
            Ok(()) => Ok(()),
            Err((asker, error)) if error.is_of_one_row() => {
                let _ = asker.0.send(Err(KernelError::from(error)));
                Ok(())
            }
            Err((_, error)) => Err(error.into()),
        }
    }

    fn tell(&self, asker: Asker, answer: Answer) {
        if matches!(answer, Answer::Busy { .. }) {
            self.hub.refused[self.index].increment(1);
        }
        let _ = asker.0.send(Ok(answer));
    }

    /// Takes of what arrived, and of the attempts that ended, until so many turns are to be made; a few
    /// whatever there is to do, so that nobody waits for machines that never rest. While it stops,
    /// nothing is left for later.
    fn work(&mut self, turns: usize) -> Result<(), Over> {
        let turns = if self.stopping { usize::MAX } else { turns };
        let most = turns.max(1).saturating_mul(ENDS_A_TURN);
        let most_commands = match self.stopping {
            true => usize::MAX,
            false => SLICE_COMMANDS,
        };
        let (mut taken, mut commands, now) = (0, 0, self.hub.clock.now());
        let life = self.life.as_ref();
        let pressure = life.map_or(Pressure::None, |life| life.rows.store.pressure());
        while let Some(life) = &mut self.life
            && taken < most
            && (taken < SLICE_INPUTS_MIN || life.shard.waiting() < turns)
        {
            // What keeps coming would put off the end of an epoch that is to be sealed, or make more of
            // one than the store takes. It is for the next one, which runs while this one commits.
            let is_large = life.shard.changed() >= CLOSED_CHANGED;
            let closed = life.shard.is_full() || life.cut.is_some() && is_large && !self.stopping;
            let next = self.queue.pop_front_if(|work| match work {
                Work::Command(..) => !closed && commands < most_commands,
                Work::Bundle(_) => true,
            });
            match next {
                Some(Work::Command(command, asker)) => {
                    commands += 1;
                    self.command(&command, asker, pressure, now)?;
                }
                Some(Work::Bundle(bundle)) => self.bundle(bundle)?,
                None if closed => break,
                None => match self.late.pop_front() {
                    Some(ended) => life.shard.ended(ended, now, &life.rows)?,
                    None => break,
                },
            }
            taken += 1;
        }
        Ok(())
    }

    fn bundle(&mut self, bundle: Bundle) -> Result<(), Over> {
        let later = match &self.life {
            None => return Ok(()),
            Some(life) => bundle.epoch() > life.shard.epoch(),
        };
        if later {
            // The sender sealed the present epoch, so the committer asked for that: this shard's
            // request is on its way.
            self.seal()?;
        }
        if let Some(life) = &mut self.life {
            life.shard.receive(bundle);
        }
        Ok(())
    }

    /// Runs a slice, lets leave what may, and seals if that is wanted and it is time.
    fn step(&mut self, pace: Pace) -> Result<(), Over> {
        let Some(life) = &mut self.life else {
            return Ok(());
        };
        if !self.stopping {
            let now = self.hub.clock.now();
            let ran = life.shard.run(now, &life.rows, pace.turns)?;
            self.metrics.ran(ran);
            for (asker, answer) in life.shard.take_answers() {
                let _ = asker.0.send(Ok(answer));
            }
        }
        let time = |since: Instant| match pace.seals {
            Some(seals) => seals,
            None => since.elapsed() >= Duration::from_millis(CUT_AFTER_MS),
        };
        // Not when all that has arrived is done: what is left is for the next epoch, which runs while
        // this one commits.
        let seal = life.cut.is_some_and(|since| {
            self.stopping
                || !life.shard.has_work()
                || life.shard.open_bytes() >= CUT_BYTES
                || time(since)
        });
        if !seal && self.commits_itself()? {
            return Ok(());
        }
        self.publish();
        if seal { self.seal() } else { Ok(()) }
    }

    /// The commit these waited for is durable (rules 10 and 15).
    fn release(&self, effects: Effects<Asker>) {
        let replies = Replies(effects.replies);
        // Who wakes a client from outside of its runtime takes a lock for it, and may have to wake a
        // thread.
        if replies.0.len() >= MANY_REPLIES {
            self.hub.runner.among_clients(Box::new(|| drop(replies)));
        } else {
            drop(replies);
        }
        // What would start during a shutdown starts after the next open instead.
        if self.stopping {
            return;
        }
        if !effects.starts.is_empty() {
            self.hub.runner.start(effects.starts);
        }
        for (instance, operation) in effects.cancels {
            self.hub.runner.cancel(instance, operation);
        }
    }

    fn end_life(&mut self, over: Over) {
        let Some(life) = self.life.take() else {
            return;
        };
        self.dropped = self.drop_life(life);
        let cause = match over {
            Over::Run(RunError::Read(error)) => Cause::Read(error),
            Over::Run(RunError::Rollback {
                number,
                id,
                failures,
                why,
            }) => {
                tracing::warn!(instance = %id, %number, %why, "a turn failed: going back to what is durable");
                Cause::Suspect { id, failures }
            }
            Over::Seal(cannot) => {
                tracing::warn!("{cannot}: going back to what is durable");
                Cause::Suspect {
                    id: cannot.id,
                    failures: 0,
                }
            }
        };
        self.hub.desk.put(|papers| {
            papers.cause.get_or_insert(cause);
        });
    }
}

#[cfg(test)]
mod tests;
