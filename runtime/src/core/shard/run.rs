//! Running: messages are taken, ready instances get their turns.

use std::sync::Arc;

use super::super::asks::World;
use super::super::format::ReadError;
use super::super::instance::{Instance, State};
use super::super::limits::{
    HANDLED_BYTES_ASSUMED, INSTANCE_BYTES_ASSUMED, REST_MS, TURN_FAILURES_MAX,
};
use super::super::manage::REST;
use super::super::record::Progress;
use super::super::rows::Rows;
use super::super::{Number, record};
use super::{Reply, Shard};
use crate::durable::{Parts, Refusal, Timestamp};
use crate::planted::planted;
use crate::store::StoreError;
use crate::store::keys::Row;

/// What a slice of running did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Turns of user code.
    pub turns: usize,
    /// Messages taken.
    pub messages: usize,
    /// Messages that nobody can take any more.
    pub dead_letters: usize,
}

/// Why a shard cannot go on in this life.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The store failed, or a row cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A turn failed whose instance has no durable frame to go back to: the whole engine goes back
    /// to what is durable, and the instance is a suspect from now on (rule 23).
    #[error("a turn of instance {number} (`{id}`) failed: {why}")]
    Rollback {
        /// The instance.
        number: Number,
        /// Its id.
        id: Arc<str>,
        /// Its failures in a row.
        failures: u32,
        /// Why.
        why: Box<Refusal>,
    },
}

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        RunError::Read(error.into())
    }
}

impl<R: Reply> Shard<R> {
    /// Takes up to `budget` messages and turns.
    ///
    /// # Errors
    /// This life of the shard is over.
    pub fn run(&mut self, now: Timestamp, rows: &dyn Rows, budget: usize) -> Result<Ran, RunError> {
        let mut ran = Ran::default();
        self.tick(now, rows)?;
        while ran.turns + ran.messages < budget && !self.is_full() {
            if let Some(envelope) = self.mailbox.pop_front() {
                let (waiting, has_row) = (self.ready.len(), envelope.has_row);
                self.take_message(envelope, now, rows)?;
                ran.messages += 1;
                if self.ready.len() > waiting && ran.turns + ran.messages < budget {
                    ran.turns += self.machine_turns(waiting, has_row, now, rows)?;
                }
            } else if let Some(number) = self.ready.pop_front() {
                ran.turns += self.turns(number, now, rows)?;
            } else if self.recovery.is_some() {
                self.recover(now, rows)?;
                if self.ready.is_empty() {
                    break;
                }
            } else {
                break;
            }
        }
        ran.dead_letters = std::mem::take(&mut self.dead_letters);
        Ok(ran)
    }

    /// Gives a machine its turn at once that a message has made ready. It handles one event in a turn,
    /// so nothing is gained if more of them come before, and all that it consists of is in the caches
    /// of the processor now. It went ahead of those that waited, of which one gets its turns then.
    fn machine_turns(
        &mut self,
        waiting: usize,
        has_row: bool,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<usize, RunError> {
        let residents = &self.residents;
        let is_machine = |number: &mut Number| residents.get(*number).is_some_and(Instance::is_rsm);
        let Some(machine) = self.ready.pop_back_if(is_machine) else {
            return Ok(0);
        };
        let mut turns = self.turns(machine, now, rows)?;
        if turns > 0 && !has_row {
            // The message came and went in this epoch.
            let gone = INSTANCE_BYTES_ASSUMED - HANDLED_BYTES_ASSUMED;
            self.bytes = self.bytes.saturating_sub(gone);
        }
        if waiting > 0
            && let Some(first) = self.ready.pop_front()
        {
            turns += self.turns(first, now, rows)?;
        }
        Ok(turns)
    }

    /// Lists an instance as one to write, or to run. Returns whether it is ready.
    pub(super) fn list(&mut self, number: Number) -> bool {
        let Some(instance) = self.residents.get_mut(number) else {
            return false;
        };
        if !instance.marks.listed && instance.is_changed() {
            instance.marks.listed = true;
            // One that was written early stands there already.
            if instance.marks.written < self.epoch {
                self.dirty.push(number);
            }
            self.bytes += instance.marks.bytes.max(INSTANCE_BYTES_ASSUMED);
        }
        let is_ready = instance.is_ready();
        self.work.weigh(instance, is_ready);
        if is_ready && !instance.marks.queued {
            instance.marks.queued = true;
            self.ready.push_back(number);
        }
        is_ready
    }

    /// Gives an instance its turns: as many as it is ready for, but not too many (rule 31).
    fn turns(
        &mut self,
        number: Number,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<usize, RunError> {
        let (mut turns, mut postponed) = (0, false);
        let at_most = self.bounds.turns_in_a_row as usize;
        let mut is_ready = None;
        // It stays marked as queued meanwhile, so that it is queued once more at the end at most.
        while turns < at_most
            && is_ready != Some(false)
            && !self.is_full()
            && let Some(instance) = self.residents.get(number)
        {
            if is_ready.is_none() && !instance.is_ready() {
                is_ready = Some(false);
                break;
            }
            is_ready = Some(true);
            if instance.marks.suspect && instance.marks.frame > self.durable {
                // It runs when its state is durable, so that its next failure undoes one turn.
                self.postponed.push(number);
                postponed = true;
                break;
            }
            let is_cold = matches!(instance.state, State::Cold(_));
            if instance.is_entity() && !self.refill(number, now, rows)? {
                break;
            }
            let parts = match is_cold {
                true => self.parts(number, rows)?,
                false => Parts::default(),
            };
            let (made, again) = self.turn(number, parts, at_most - turns, now, rows)?;
            turns += made.max(1);
            is_ready = Some(again);
        }
        if let Some(instance) = self.residents.get_mut(number) {
            instance.marks.queued = postponed;
        }
        if is_ready != Some(false) {
            self.list(number);
        }
        Ok(turns)
    }

    /// A turn, or as many of an entity as it gets in one visit. Gives how many, and whether it is ready
    /// again.
    fn turn(
        &mut self,
        number: Number,
        parts: Parts,
        at_most: usize,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(usize, bool), RunError> {
        let Some(instance) = self.residents.get_mut(number) else {
            return Ok((0, false));
        };
        let probation = std::mem::take(&mut instance.marks.probation);
        // What is watched gets one turn at a time.
        let at_most = match probation || instance.marks.suspect {
            true => 1,
            false => at_most,
        };
        if probation {
            rows.turn_begins(number);
        }
        instance.history.now = now;
        let world = World {
            program: self.program.as_ref(),
            now,
        };
        let span = tracing::debug_span!("turn", instance = %instance.id, number = %number);
        let entered = span.enter();
        let (caps, asks) = (self.caps, &mut self.asks);
        let result = match instance.is_entity() {
            true => instance.serve(parts, world, caps, at_most, asks),
            false => instance.advance(parts, world, caps, asks).map(|()| 1),
        };
        drop(entered);
        let came = result.as_ref();
        let counts = came.map_or_else(|failed| failed.before, |turns| *turns) > 0;
        if counts && instance.marks.dirty {
            instance.marks.frame = self.epoch;
        }
        self.bytes += std::mem::take(&mut instance.marks.tried);
        if probation {
            rows.turn_ended();
        }
        let starts = self.asks.starts.len();
        let is_ready = self.settle(number, now);
        match result {
            Ok(turns) => {
                self.write_early(number, starts);
                Ok((turns, is_ready))
            }
            Err(failed) => {
                self.turn_failed(number, failed.why, now, rows)?;
                Ok((failed.before + 1, self.list(number)))
            }
        }
    }

    /// The rows of the large slots of an instance that wakes.
    fn parts(&self, number: Number, rows: &dyn Rows) -> Result<Parts, RunError> {
        let mut parts = Parts::default();
        let Some(instance) = self.residents.get(number) else {
            return Ok(parts);
        };
        for part in &instance.parts {
            let key = Row::Part {
                vp: number.partition,
                n: number.n,
                part: *part,
            };
            // A missing one is refused by the frame, in its words; so is one that is damaged.
            match rows.get(&key.key()) {
                Ok(Some(bytes)) => {
                    parts.insert(*part, bytes);
                }
                Ok(None) => {}
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::error!(%number, %error, "a local of an instance cannot be read");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(parts)
    }

    /// Takes a failed turn back (rule 23), and parks what fails too often (rule 34).
    fn turn_failed(
        &mut self,
        number: Number,
        why: Refusal,
        now: Timestamp,
        rows: &dyn Rows,
    ) -> Result<(), RunError> {
        let durable = self.durable;
        let Some(instance) = self.residents.get_mut(number) else {
            return Ok(());
        };
        instance.failures += 1;
        let failures = instance.failures;
        if matches!(instance.state, State::Undone) {
            let frame = if instance.marks.frame <= durable || planted!(StaleFrame) {
                read_frame(number, rows)?
            } else {
                None
            };
            let Some(frame) = frame else {
                return Err(RunError::Rollback {
                    number,
                    id: instance.id.clone(),
                    failures,
                    why: Box::new(why),
                });
            };
            instance.state = State::Cold(frame);
        }
        let again = matches!(why, Refusal::Panicked { .. } | Refusal::Failed { .. })
            && failures < TURN_FAILURES_MAX;
        tracing::info!(instance = %instance.id, %number, %why, again, "a turn failed");
        if again && instance.is_rsm() {
            let until = Timestamp(now.0.saturating_add(REST_MS << (failures - 1).min(16)));
            instance.resting = Some(until);
            self.timers.remind((until, number, REST));
        }
        if !again {
            self.with(number, now, |instance, _, asks| instance.park(why, asks));
        }
        Ok(())
    }
}

fn read_frame(number: Number, rows: &dyn Rows) -> Result<Option<Vec<u8>>, ReadError> {
    let Number { partition: vp, n } = number;
    let key = Row::Inst { vp, n }.key();
    let Some(row) = rows.get(&key)? else {
        return Ok(None);
    };
    let (_, body) = record::read(&row).map_err(|why| ReadError::row(&key, why))?;
    Ok(match body.progress {
        Progress::Suspended(frame) => Some(frame.0.into_owned()),
        Progress::Begun(_) | Progress::Ended(_) | Progress::Unborn => None,
    })
}
