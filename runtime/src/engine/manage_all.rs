//! What operators do to all instances that fit a filter.

use tokio::task::JoinSet;

use super::Engine;
use crate::core::{Answer, Command, Description, Filter, Status};
use crate::durable::limits::REASON_BYTES_MAX;
use crate::durable::{ENTITY_PREFIX, SYSTEM_PREFIX};
use crate::error::{Error, Result};
use crate::store::StoreError;

/// Each goes through the list once, a page at a time, and returns how many instances it was done
/// to; those that it cannot be done to stay as they are and are not counted. [`Filter::limit`] is
/// the length of a page.
///
/// It is no transaction: what was done before an error, or before the future was dropped, stays
/// done. What is started meanwhile may be found or not.
impl Engine {
    /// [Purges](Self::purge) all instances that fit the filter and have ended; the others stay.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn purge_all(&self, filter: Filter) -> Result<u64> {
        self.each(filter, |one| {
            let (id, number) = (one.id, Some(one.number));
            let purge = Command::Purge { id, number };
            one.status.has_ended().then_some(purge)
        })
        .await
    }

    /// [Cancels](super::Handle::cancel) all instances that fit the filter and have not ended, except
    /// entities and schedules.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn cancel_all(&self, filter: Filter) -> Result<u64> {
        self.each(filter, |one| {
            let may = is_live(&one);
            may.then_some(Command::Cancel { id: one.id })
        })
        .await
    }

    /// [Terminates](Self::terminate) all instances that fit the filter and have not ended, except
    /// entities and schedules, which [`unschedule`](Self::unschedule) ends.
    ///
    /// ```standalone_crate
    /// use std::time::Duration;
    /// use undying::prelude::*;
    /// use undying::{Filter, Status};
    ///
    /// #[orchestration]
    /// async fn remind(minutes: u64) -> u64 {
    ///     sleep(Duration::from_secs(60 * minutes)).await;
    ///     minutes
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::open_in_memory().await?;
    /// for minutes in [10, 20, 30] {
    ///     engine.start(format!("remind-{minutes}"), remind(minutes)).await?;
    /// }
    /// let reminders = Filter { orchestrations: vec!["remind".into()], ..Filter::default() };
    /// assert_eq!(engine.suspend_all(reminders.clone(), "at night").await?, 3);
    /// assert_eq!(engine.resume_all(reminders.clone()).await?, 3);
    /// assert_eq!(engine.terminate_all(reminders.clone(), "not needed").await?, 3);
    /// assert_eq!(engine.count(reminders).await?[&Status::Terminated], 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Closed`], and [`Error::Invalid`] for a reason that is too long.
    pub async fn terminate_all(&self, filter: Filter, reason: impl Into<String>) -> Result<u64> {
        let reason = checked(reason)?;
        self.each(filter, |one| {
            let (may, id, reason) = (is_live(&one), one.id, reason.clone());
            may.then_some(Command::Terminate { id, reason })
        })
        .await
    }

    /// [Suspends](Self::suspend) all instances that fit the filter and neither have ended nor are
    /// suspended, except entities and schedules.
    ///
    /// # Errors
    /// [`Error::Closed`], and [`Error::Invalid`] for a reason that is too long.
    pub async fn suspend_all(&self, filter: Filter, reason: impl Into<String>) -> Result<u64> {
        let reason = checked(reason)?;
        self.each(filter, |one| {
            let may = is_live(&one) && one.status != Status::Suspended;
            let (id, reason) = (one.id, reason.clone());
            may.then_some(Command::Suspend { id, reason })
        })
        .await
    }

    /// [Resumes](Self::resume) all instances that fit the filter and are suspended, except entities
    /// and schedules.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn resume_all(&self, filter: Filter) -> Result<u64> {
        self.each(filter, |one| {
            let may = is_live(&one) && one.status == Status::Suspended;
            may.then_some(Command::Resume { id: one.id })
        })
        .await
    }

    /// [Retries](Self::retry) all instances that fit the filter and are parked, entities too.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn retry_all(&self, filter: Filter) -> Result<u64> {
        self.each(filter, |one| {
            let may = one.status == Status::Parked;
            may.then_some(Command::Retry { id: one.id })
        })
        .await
    }

    /// [Rewinds](Self::rewind) all instances that fit the filter and have failed, as far as a call
    /// of theirs had failed that can be made again. Children are not looked at: those that failed
    /// are rewound with their parents.
    ///
    /// # Errors
    /// [`Error::Closed`], and [`Error::Invalid`] for a reason that is too long; [`Error::Busy`] when the
    /// engine has [too much to do](super::EngineBuilder::work_max): some were rewound, ask again for the
    /// others.
    pub async fn rewind_all(&self, filter: Filter, reason: impl Into<String>) -> Result<u64> {
        let reason = checked(reason)?;
        self.each(filter, |one| {
            let may = one.status == Status::Failed && one.parent.is_none();
            let (id, reason, count) = (one.id, reason.clone(), one.rewound);
            may.then_some(Command::Rewind { id, reason, count })
        })
        .await
    }

    /// Asks what `command` says of each instance that fits the filter. Returns how many it was
    /// done to.
    async fn each(
        &self,
        mut filter: Filter,
        command: impl Fn(Description) -> Option<Command>,
    ) -> Result<u64> {
        let mut done = 0;
        loop {
            let page = self.list(filter.clone()).await?;
            let mut asked = JoinSet::new();
            for command in page.instances.into_iter().filter_map(&command) {
                // All at once: those of one moment share a commit.
                asked.spawn(self.link.ask(command));
            }
            for answer in asked.join_all().await {
                match answer {
                    Ok(Answer::Done) => done += 1,
                    Ok(Answer::Busy { why }) => return Err(Error::Busy { why }),
                    Ok(_) => {}
                    // One that cannot be read does not keep the others from it.
                    Err(error) if is_damage(&error) => {}
                    Err(error) => return Err(error),
                }
            }
            filter.after = page.next;
            if filter.after.is_none() {
                return Ok(done);
            }
        }
    }
}

/// Whether it has not ended and is what a program started: no entity and nothing of the engine's.
fn is_live(one: &Description) -> bool {
    !one.status.has_ended() && !one.id.starts_with([ENTITY_PREFIX, SYSTEM_PREFIX])
}

/// Whether a row is damaged or of another form.
fn is_damage(error: &Error) -> bool {
    match error {
        Error::Unreadable { .. } => true,
        Error::Store(error) => matches!(**error, StoreError::Corrupt { .. }),
        _ => false,
    }
}

fn checked(reason: impl Into<String>) -> Result<String> {
    let (reason, id) = (reason.into(), String::new());
    let bytes = reason.len();
    if bytes > REASON_BYTES_MAX {
        let why = format!("the reason is {bytes} bytes, more than {REASON_BYTES_MAX}");
        return Err(Error::Invalid { id, why });
    }
    Ok(reason)
}
