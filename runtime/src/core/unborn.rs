//! An instance that nobody has started: events that came too early wait for it (rule 25).

use std::borrow::Cow;
use std::sync::Arc;

use super::asks::{Asks, World};
use super::happened::Happened;
use super::instance::{Instance, State};
use super::manage::EXPIRY;
use super::{Number, Parent, Starter};
use crate::durable::Timestamp;
use crate::schema::Stored;

impl Instance {
    /// Somebody may start it later.
    pub(crate) fn unborn(number: Number, id: Arc<str>, now: Timestamp) -> Self {
        let nothing = Stored::write(&()).expect("the unit can be stored");
        let mut instance = Instance::begin(number, id, Cow::Borrowed(""), None, nothing, now);
        instance.state = State::Unborn;
        instance.origin = None;
        instance
    }

    pub(crate) fn is_born(&self) -> bool {
        !matches!(self.state, State::Unborn)
    }

    /// An event came for it. It expires so much time after the last one; the timer that sees to
    /// that is armed once.
    pub(crate) fn keep_unborn(&mut self, now: Timestamp, kept_ms: u64, asks: &mut Asks) {
        self.touch(now);
        if self.expires.is_none() {
            let at = Timestamp(now.0.saturating_add(kept_ms));
            self.expires = Some(at);
            asks.arm.push((at, EXPIRY));
        }
    }

    /// The time for which it was to be kept is over, unless more came for it meanwhile. Returns
    /// whether it is.
    pub(crate) fn expire_unborn(&mut self, now: Timestamp, kept_ms: u64, asks: &mut Asks) -> bool {
        let at = Timestamp(self.updated.0.saturating_add(kept_ms));
        if at <= now {
            return true;
        }
        self.expires = Some(at);
        self.marks.dirty = true;
        asks.arm.push((at, EXPIRY));
        false
    }

    /// It is started, and takes what waits for it.
    pub(crate) fn be_born(
        &mut self,
        orchestration: Cow<'static, str>,
        parent: Option<Parent>,
        args: Stored,
        by: Starter,
        world: World<'_>,
        asks: &mut Asks,
    ) {
        if let Some(at) = self.expires.take() {
            asks.disarm.push((at, EXPIRY));
        }
        self.orchestration = orchestration;
        self.stamp(world.program.versioning());
        self.parent = parent;
        self.created = world.now;
        self.origin = Some(args.clone());
        let args_bytes = args.bytes.len() as u64;
        self.state = State::Begun(args);
        self.marks.born = true;
        self.touch(world.now);
        // Its history begins now: what had arrived is told again.
        self.tell(Happened::Started { by, args_bytes });
        for (name, bytes) in self.events.waiting() {
            let name = name.to_string();
            self.tell(Happened::EventArrived { name, bytes });
        }
    }
}
