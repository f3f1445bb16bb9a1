//! Schedules from outside: orchestrations that are started again and again.

use std::time::SystemTime;

use super::Engine;
use super::client::encode;
use crate::core::{Answer, Command, Description, Filter, Status, Tags};
use crate::durable::limits::SCHEDULE_NAME_BYTES_MAX;
use crate::durable::{
    ENTITY_PREFIX, KEEPER, Kept, Missed, ORDER, Orchestration, OrchestrationCall, Order, Overlap,
    Plan, Refusal, SYSTEM_PREFIX, Schedule, Told, keeper_args, keeper_id,
};
use crate::error::{Error, Result};
use crate::schema::Stored;

/// A schedule, as [`Engine::schedules`] shows it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScheduleDescription {
    /// Its name.
    pub name: String,
    /// When it starts something, in words: `0 3 * * * in Europe/Berlin`.
    pub schedule: String,
    /// The stored name of the orchestration it starts.
    pub orchestration: String,
    /// What happens when the last one has not ended.
    pub overlap: Overlap,
    /// What happens at times that have passed unseen.
    pub missed: Missed,
    /// The next time; `None` when there will be none. That of a paused schedule may have passed.
    pub next: Option<SystemTime>,
    /// The id of the instance that was started last.
    pub last: Option<String>,
    /// How many were started since it was made.
    pub started: u64,
    /// How many times nothing was started, because of [`Overlap`] or [`Missed::Skip`].
    pub skipped: u64,
    /// Why it is paused, if it is.
    pub paused: Option<String>,
    /// Why it cannot go on with this program, if it cannot: the orchestration is gone, say. It does
    /// when it is [scheduled](Engine::schedule) again, or [retried](Engine::retry) as the instance
    /// `$schedule/` and its name.
    pub parked: Option<Refusal>,
}

impl Engine {
    /// Starts the orchestration at the times of the schedule, from now on and in all later runs of the
    /// program; returns once that is durable. The same name again is the same schedule: with the same
    /// times, policies and arguments nothing changes, so call this at every start of the program; with
    /// others these hold from now on.
    ///
    /// Each time of the schedule starts one instance, however often the process dies. Its id is made
    /// of the name and that time in UTC, `nightly/2026-11-28T03:00:00Z`, and
    /// [`Schedule::time_of`] reads the time off it. If there is an instance of this id already,
    /// nothing is started. But for [`Overlap::Allow`] the instances are children of the schedule's own
    /// instance, `$schedule/nightly`.
    ///
    /// ```standalone_crate
    /// use std::time::{Duration, SystemTime};
    ///
    /// use undying::prelude::*;
    /// use undying::testing::VirtualClock;
    /// use undying::{Overlap, Schedule};
    ///
    /// #[orchestration]
    /// async fn report(city: String) -> String {
    ///     format!("the report on {city}")
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// // 28 November 2026, noon in UTC.
    /// let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_867_200);
    /// let clock = VirtualClock::starting_at(noon);
    /// let engine = Engine::builder().clock(&clock).open_in_memory().await?;
    ///
    /// let nightly = Schedule::cron("0 3 * * *")?.time_zone("Europe/Berlin")?.overlap(Overlap::Skip);
    /// engine.schedule("nightly", nightly, report("Bern".into())).await?;
    ///
    /// clock.advance(days(2)).await;
    /// let first = engine.get::<ReportCall>("nightly/2026-11-29T02:00:00Z").await?;
    /// assert_eq!(first.result().await?, "the report on Bern");
    /// assert_eq!(engine.schedules().await?[0].started, 2);
    /// engine.shutdown().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// Nothing was changed when
    /// - the name is empty, longer than
    ///   [256 bytes](crate::durable::limits::SCHEDULE_NAME_BYTES_MAX), or begins with `@` or `$`:
    ///   [`Error::Invalid`];
    /// - the arguments are too large or cannot be written: [`Error::PayloadTooLarge`],
    ///   [`Error::BadArguments`];
    /// - a generic orchestration was never registered: [`Error::UnregisteredCall`];
    /// - the engine has [too much to do](super::EngineBuilder::work_max), or is short of disk:
    ///   [`Error::Busy`].
    ///
    /// After [`Error::Closed`] it may have been changed.
    pub async fn schedule<O: OrchestrationCall>(
        &self,
        name: &str,
        schedule: Schedule,
        call: Orchestration<O>,
    ) -> Result<()> {
        check_name(name)?;
        let orchestration = self.entry::<O>()?.name;
        let args = encode(orchestration, &call.into_args())?;
        let plan = Plan {
            schedule,
            orchestration: orchestration.to_owned(),
            args: Kept::of(args),
        };
        let id = keeper_id(name);
        loop {
            if self.begin_schedule(name, plan.clone()).await? {
                return Ok(());
            }
            match self.order(&id, Order::Plan(plan.clone())).await? {
                // One that was parked because of its old plan goes on with this one.
                Answer::Done => return self.retry(&id).await,
                // It was unscheduled, and its instance is still there.
                Answer::WrongStatus { .. } => match self.purge(&id).await {
                    Ok(_) | Err(Error::WrongStatus { .. }) => {}
                    Err(error) => return Err(error),
                },
                Answer::NotFound => {}
                answer => return Err(Error::refused(&id, KEEPER, answer)),
            }
        }
    }

    /// Starts nothing for this schedule any more, and forgets it; returns whether there was one. What
    /// it has started goes on.
    ///
    /// A parked schedule is terminated, and with it what it has started and awaits.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn unschedule(&self, name: &str) -> Result<bool> {
        let id = keeper_id(name);
        match self.order(&id, Order::Stop).await? {
            Answer::Done => {}
            Answer::NotFound => return Ok(false),
            Answer::WrongStatus { .. } => return self.purge(&id).await.map(|_| false),
            answer => return Err(Error::refused(&id, KEEPER, answer)),
        }
        // It may be paused.
        self.go_on(&id).await?;
        let ended = Command::Result { id: id.clone() };
        if let Answer::Parked(_) = self.command(ended).await? {
            self.terminate(&id, "it was unscheduled").await?;
        }
        self.purge(&id).await?;
        Ok(true)
    }

    /// Lets a schedule start nothing until it is [resumed](Self::resume_schedule), also after a
    /// restart of the program; what it has started goes on. The times that pass meanwhile are
    /// [missed](Missed). The reason has at most 4 KiB.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`], and [`Error::Invalid`] for a reason that is too long.
    pub async fn pause_schedule(&self, name: &str, reason: impl Into<String>) -> Result<()> {
        self.suspend(&keeper_id(name), reason).await
    }

    /// Lets a paused schedule go on. Does nothing to one that is not paused.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`].
    pub async fn resume_schedule(&self, name: &str) -> Result<()> {
        self.resume(&keeper_id(name)).await
    }

    /// Starts what a schedule starts now, once, beside its times; returns the id of the instance. Twice
    /// within a millisecond is once. It is subject to the schedule's [overlap policy](Overlap) as at any other time, and waits while
    /// the schedule is paused.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Closed`].
    pub async fn trigger_schedule(&self, name: &str) -> Result<String> {
        let id = keeper_id(name);
        let instance = Schedule::id_of_trigger(name, self.link.now());
        match self.order(&id, Order::Trigger(instance.clone())).await? {
            Answer::Done => Ok(instance),
            Answer::WrongStatus { .. } => Err(Error::NotFound { id }),
            answer => Err(Error::refused(&id, KEEPER, answer)),
        }
    }

    /// All schedules, in the order of their names.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn schedules(&self) -> Result<Vec<ScheduleDescription>> {
        let mut filter = Filter {
            orchestrations: vec![KEEPER.to_owned()],
            ..Filter::default()
        };
        let mut schedules = Vec::new();
        loop {
            let page = self.list(filter.clone()).await?;
            for keeper in page.instances {
                if !keeper.status.has_ended() {
                    schedules.extend(self.describe_schedule(keeper).await?);
                }
            }
            filter.after = page.next;
            if filter.after.is_none() {
                schedules.sort_by(|a, b| a.name.cmp(&b.name));
                return Ok(schedules);
            }
        }
    }

    async fn describe_schedule(&self, keeper: Description) -> Result<Option<ScheduleDescription>> {
        let name = keeper_name(&keeper.id).to_owned();
        let said = keeper.custom_status.as_deref().map(Told::read);
        let told = match said {
            Some(told) => told,
            // It was made just now and has not run, or it cannot.
            None => match self.command(Command::Origin { id: keeper.id }).await? {
                Answer::Origin(origin) => Told::before(&name, &origin.args, self.link.now()),
                _ => return Ok(None),
            },
        };
        Ok(Some(ScheduleDescription {
            name,
            next: told.next(),
            schedule: told.schedule,
            orchestration: told.orchestration,
            overlap: told.overlap,
            missed: told.missed,
            last: told.last,
            started: told.started,
            skipped: told.skipped,
            paused: keeper.reason.filter(|_| keeper.status == Status::Suspended),
            parked: keeper.parked,
        }))
    }

    /// Makes a schedule, unless there is one of this name.
    async fn begin_schedule(&self, name: &str, plan: Plan) -> Result<bool> {
        let args = keeper_args(name, plan);
        let args = args.map_err(|source| Error::BadArguments {
            call: KEEPER,
            source,
        })?;
        Error::check_payload(KEEPER, args.bytes.len())?;
        let start = Command::Start {
            id: keeper_id(name),
            name: KEEPER.to_owned(),
            args,
            tags: Tags::new(),
            replaces: None,
        };
        match self.command(start).await? {
            Answer::Started { fresh, .. } => Ok(fresh),
            answer => Err(Error::refused(name, KEEPER, answer)),
        }
    }

    async fn order(&self, id: &str, order: Order) -> Result<Answer> {
        let value = Stored::write(&order).map_err(|source| Error::BadEvent {
            event: ORDER.to_owned(),
            source,
        })?;
        let (id, name) = (id.to_owned(), ORDER.to_owned());
        self.command(Command::Raise {
            id,
            name,
            value,
            waits: false,
            key: None,
            early: false,
        })
        .await
    }

    /// Resumes an instance that may have ended meanwhile.
    async fn go_on(&self, id: &str) -> Result<()> {
        match self.resume(id).await {
            Err(Error::NotFound { .. } | Error::WrongStatus { .. }) => Ok(()),
            resumed => resumed,
        }
    }
}

fn keeper_name(id: &str) -> &str {
    id.strip_prefix(&keeper_id("")).unwrap_or(id)
}

fn check_name(name: &str) -> Result<()> {
    let bad = |why: String| {
        let id = name.chars().take(32).collect();
        Err(Error::Invalid { id, why })
    };
    if name.is_empty() || name.len() > SCHEDULE_NAME_BYTES_MAX {
        return bad(format!(
            "the name of a schedule has 1 to {SCHEDULE_NAME_BYTES_MAX} bytes, this one {}",
            name.len()
        ));
    }
    if name.starts_with([ENTITY_PREFIX, SYSTEM_PREFIX]) {
        return bad(format!(
            "the name of a schedule does not begin with `{ENTITY_PREFIX}` or `{SYSTEM_PREFIX}`: the \
             ids of its instances do"
        ));
    }
    Ok(())
}
