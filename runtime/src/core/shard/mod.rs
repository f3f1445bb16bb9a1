//! `Shard`: the instances of a range of virtual partitions, advanced by one driver at a time.
//!
//! A driver gives it commands, ended attempts and messages, lets it run, seals the epoch when the
//! committer asks, and tells it when that is durable. Nothing it does leaves it before that.

mod children;
mod commands;
mod describe;
mod entities;
mod events;
mod find;
mod history;
mod list;
mod list_entities;
mod locks;
mod mailbox;
mod manage;
mod once;
mod open;
mod requests;
mod residents;
mod rewind;
mod rsm;
mod run;
mod seal;
mod unborn;
mod work;

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

pub use open::{Opening, Suspects};
pub use run::{Ran, RunError};
pub use seal::{CannotSeal, Sealed, merge};

use super::asks::Asks;
use super::books::Books;
use super::ids::Ids;
use super::limits::{Bounds, CUT_BYTES};
use super::message::{Bundle, Envelope, MessageKey};
use super::numbers::Numbers;
use super::onces::Onces;
use super::timers::Timers;
use super::work::Work;
use super::{Answer, Number, Partitions, Program, StartAttempt};
use crate::durable::{Timestamp, Writing};
use crate::planted::planted;
use crate::store::{Batch, Caps};
use open::Recovery;
use residents::Residents;

/// Who asked, and how to tell them.
pub trait Reply: Send {
    /// Whether nobody listens any more.
    fn is_gone(&self) -> bool;
}

/// What leaves when a commit is durable (rules 10, 11 and 15).
#[derive(Debug)]
pub struct Effects<R> {
    /// Answers to clients.
    pub replies: Vec<(R, Answer)>,
    /// Attempts to begin.
    pub starts: Vec<StartAttempt>,
    /// Calls whose result is not wanted any more.
    pub cancels: Vec<(Number, u64)>,
}

impl<R> Default for Effects<R> {
    fn default() -> Self {
        Effects {
            replies: Vec::new(),
            starts: Vec::new(),
            cancels: Vec::new(),
        }
    }
}

impl<R> Effects<R> {
    /// Takes all, and leaves room for as much: epochs are alike.
    fn take(&mut self) -> Self {
        let next = Effects {
            replies: Vec::with_capacity(self.replies.len()),
            starts: Vec::with_capacity(self.starts.len()),
            cancels: Vec::new(),
        };
        std::mem::replace(self, next)
    }

    /// Whether nothing leaves.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.replies.is_empty() && self.starts.is_empty() && self.cancels.is_empty()
    }
}

/// See the module.
#[allow(missing_debug_implementations)]
pub struct Shard<R> {
    index: usize,
    partitions: Partitions,
    program: Arc<dyn Program>,
    /// The open epoch; all earlier ones are sealed.
    epoch: u64,
    /// The last epoch known to be durable.
    durable: u64,
    residents: Residents,
    work: Work,
    /// Messages that have arrived, in order.
    mailbox: VecDeque<Envelope>,
    /// How many of them have no row.
    unwritten: usize,
    ready: VecDeque<Number>,
    /// Suspects that wait until their state is durable.
    postponed: Vec<Number>,
    /// Messages for other shards, by shard.
    outgoing: Vec<Vec<Envelope>>,
    /// The count of the next message of this epoch.
    sent: u32,
    puts: Vec<(MessageKey, Vec<u8>)>,
    deletes: Vec<MessageKey>,
    timers: Timers,
    numbers: Numbers,
    books: Books,
    /// Where frames are encoded, one after the other.
    writing: Writing,
    /// Instances that the open epoch has changed.
    dirty: Vec<Number>,
    /// The rows of some of them, which were written before the seal.
    early: Batch,
    /// One that could not be written then.
    cannot_seal: Option<CannotSeal>,
    waiters: FxHashMap<Number, Vec<R>>,
    /// Clients that wait for a request to an entity, by its number there.
    askers: FxHashMap<(Number, u64), R>,
    /// Clients that wait for a request with an idempotency key: mostly one.
    listeners: FxHashMap<String, SmallVec<[R; 1]>>,
    onces: Onces,
    /// Which names there are.
    names: Ids,
    /// Messages that nobody can take, since the last run.
    dead_letters: usize,
    /// Answers that depend on nothing that is not durable.
    answers: Vec<(R, Answer)>,
    effects: Effects<R>,
    sealed: Option<Waiting<R>>,
    /// What sealed epochs changed that are durable; some of it need not stay in memory.
    rested: Vec<Number>,
    /// Those that ended in the last of them.
    ended: Vec<Number>,
    /// About how much the open epoch will write.
    bytes: usize,
    bytes_max: usize,
    bounds: Bounds,
    caps: Caps,
    asks: Asks,
    recovery: Option<Recovery>,
    /// The epoch in which the last of it was read.
    recovered: u64,
    /// Up to this epoch every turn is measured, and an epoch is small.
    careful_until: u64,
    suspects: Suspects,
}

/// A sealed epoch whose commit is under way.
struct Waiting<R> {
    epoch: u64,
    effects: Effects<R>,
    written: Vec<Number>,
}

impl<R: Reply> Shard<R> {
    /// The open epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether the open epoch has anything to commit, or to release after earlier ones.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        !self.dirty.is_empty()
            || !self.effects.is_empty()
            || !self.puts.is_empty()
            || !self.deletes.is_empty()
            || self.unwritten > 0
            || self.timers.changes() > 0
            || self.onces.are_dirty()
    }

    /// Whether an epoch is sealed that is not known to be durable.
    #[must_use]
    pub fn is_committing(&self) -> bool {
        self.sealed.is_some()
    }

    /// Whether [`run`](Self::run) has something to do now.
    #[must_use]
    pub fn has_work(&self) -> bool {
        let work = !self.mailbox.is_empty() || !self.ready.is_empty() || self.recovery.is_some();
        let work = work || self.onces.are_swept();
        work && !self.is_full()
    }

    /// How many instances the open epoch has changed, or how many answers wait for it, if those are more:
    /// many may ask the same instance.
    #[must_use]
    pub fn changed(&self) -> usize {
        self.dirty.len().max(self.effects.replies.len())
    }

    /// How many messages and instances wait to be run.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.mailbox.len() + self.ready.len()
    }

    /// Whether it runs nothing more until it is sealed (rule 32). It still receives.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let careful = CUT_BYTES / 16;
        self.bytes >= self.bytes_max || (self.is_careful() && self.bytes >= careful)
    }

    fn is_careful(&self) -> bool {
        self.epoch < self.careful_until
    }

    /// About how many bytes the open epoch will write.
    #[must_use]
    pub fn open_bytes(&self) -> usize {
        self.bytes
    }

    /// When there is something to do even if nothing arrives.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    /// How many instances are in memory.
    #[must_use]
    pub fn resident(&self) -> usize {
        self.residents.len()
    }

    /// Answers that can be given at once.
    pub fn take_answers(&mut self) -> Vec<(R, Answer)> {
        std::mem::take(&mut self.answers)
    }

    /// The epoch whose commit is under way, and the answers that wait for it: when this life ends,
    /// they are right if that epoch turns out to be durable.
    pub fn take_unsure(&mut self) -> Option<(u64, Vec<(R, Answer)>)> {
        let sealed = self.sealed.as_mut()?;
        let replies = std::mem::take(&mut sealed.effects.replies);
        (!replies.is_empty()).then_some((sealed.epoch, replies))
    }

    /// Messages for other shards, by shard; they leave as soon as they are sent, tagged with their
    /// epoch (rule 3).
    pub fn take_outgoing(&mut self, shard: usize) -> Option<Bundle> {
        let envelopes = std::mem::take(&mut self.outgoing[shard]);
        let epoch = self.epoch - u64::from(planted!(MessageOfEarlierEpoch));
        (!envelopes.is_empty()).then_some(Bundle { epoch, envelopes })
    }

    /// Messages from another shard. Those of a later epoch may come only after this one's seal
    /// (rule 3); the driver sees to that.
    pub fn receive(&mut self, bundle: Bundle) {
        assert!(
            bundle.epoch <= self.epoch,
            "a shard seals before it takes a message of a later epoch"
        );
        if let Some(last) = bundle.envelopes.last()
            && bundle.epoch == self.epoch
            && !planted!(LamportClockStands)
        {
            self.sent = self.sent.max((last.key.index >> 8) + 1);
        }
        self.mailbox.extend(bundle.envelopes);
    }

    /// The next instance number of each partition, for the life after this one (rule 6).
    #[must_use]
    pub fn next_numbers(&self) -> Vec<(u16, u64)> {
        self.numbers.next()
    }
}
