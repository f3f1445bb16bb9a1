//! `Book`: what a schedule has started, and what it does when its time has come.

use serde::{Deserialize, Serialize};

use super::named::{Running, Start};
use super::when::{self, InvalidSchedule};
use super::{Missed, Overlap, Schedule, Told};
use crate::durable::Timestamp;
use crate::durable::kept::Kept;
use crate::durable::limits::SCHEDULE_GRACE;

/// What is started, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) schedule: Schedule,
    /// The orchestration's stored name.
    pub(crate) orchestration: String,
    pub(crate) args: Kept,
}

/// What clients tell a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// From now on this, if it is another plan.
    Plan(Plan),
    /// Start it now, under this id.
    Trigger(String),
    /// It is over.
    Stop,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Book {
    name: String,
    pub(super) plan: Plan,
    /// The next time; none if there will be none.
    pub(super) next: Option<Timestamp>,
    /// The id of what was started last.
    last: Option<String>,
    started: u64,
    skipped: u64,
    pub(super) running: Running,
    /// The id of what is started when that has ended.
    queued: Option<String>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    Nothing,
    /// Start it under this id.
    Start(String),
    /// Cancel what runs, and start it.
    Replace(String),
}

impl Book {
    pub(super) fn new(name: String, plan: Plan, now: Timestamp) -> Result<Self, InvalidSchedule> {
        let next = plan.schedule.next(now)?;
        Ok(Book {
            name,
            plan,
            next,
            last: None,
            started: 0,
            skipped: 0,
            running: Running(None),
            queued: None,
        })
    }

    /// From now on another plan; the same one changes nothing.
    pub(super) fn replan(&mut self, plan: Plan, now: Timestamp) -> Result<Action, InvalidSchedule> {
        if plan != self.plan {
            self.next = plan.schedule.next(now)?;
            self.plan = plan;
        }
        Ok(Action::Nothing)
    }

    /// A time may have come.
    pub(super) fn due(&mut self, now: Timestamp) -> Result<Action, InvalidSchedule> {
        let Some(due) = self.next.filter(|due| *due <= now) else {
            return Ok(Action::Nothing);
        };
        let schedule = &self.plan.schedule;
        let at = match schedule.missed {
            Missed::RunAll => due,
            Missed::RunOnce | Missed::Skip => schedule.latest(due, now)?,
        };
        self.next = schedule.next(at)?;
        if schedule.missed == Missed::Skip && at.until(now) > SCHEDULE_GRACE {
            self.skipped += 1;
            return Ok(Action::Nothing);
        }
        let id = format!("{}/{}", self.name, when::written(at));
        Ok(self.wanted(id))
    }

    /// It is to be started now; asking for it twice is asking once.
    pub(super) fn triggered(&mut self, id: String) -> Action {
        if self.last.as_ref() == Some(&id) || self.queued.as_ref() == Some(&id) {
            return Action::Nothing;
        }
        self.wanted(id)
    }

    /// It is to be started, unless the policy is against it.
    fn wanted(&mut self, id: String) -> Action {
        let is_free = self.running == Running(None);
        match self.plan.schedule.overlap {
            Overlap::Allow => Action::Start(self.start(id)),
            _ if is_free => Action::Start(self.start(id)),
            Overlap::QueueOne if self.queued.is_none() => {
                self.queued = Some(id);
                Action::Nothing
            }
            Overlap::Skip | Overlap::QueueOne => {
                self.skipped += 1;
                Action::Nothing
            }
            Overlap::CancelRunning => Action::Replace(self.start(id)),
        }
    }

    fn start(&mut self, id: String) -> String {
        self.started += 1;
        self.last = Some(id.clone());
        id
    }

    /// What ran has ended.
    pub(super) fn ended(&mut self) -> Action {
        self.running = Running(None);
        match self.queued.take() {
            Some(id) => self.wanted(id),
            None => Action::Nothing,
        }
    }

    /// The start of what is to be started.
    pub(super) fn start_of(&self, id: String) -> Start {
        Start {
            id,
            name: self.plan.orchestration.clone(),
            args: self.plan.args.clone(),
            is_awaited: self.plan.schedule.overlap != Overlap::Allow,
        }
    }

    pub(super) fn told(&self) -> Told {
        let Plan {
            schedule,
            orchestration,
            ..
        } = &self.plan;
        Told {
            schedule: schedule.to_string(),
            orchestration: orchestration.clone(),
            overlap: schedule.overlap,
            missed: schedule.missed,
            next: self.next,
            last: self.last.clone(),
            started: self.started,
            skipped: self.skipped,
        }
    }
}
