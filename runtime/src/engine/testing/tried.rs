//! `Try`: a scenario from its start to its end, through as many processes as it takes.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::driver::{Choice, Driver, Stopped};
use super::process::Process;
use super::scenario::Scenario;
use super::watch::{Counted, Place, Watch};
use crate::core::message_of;
use crate::engine::{Engine, MonitorReport, VirtualClock};

/// How often the clock is moved for monitors that are hot, in the end.
const COOLING_MAX: u32 = 1_000;
/// The time at which every try begins: 2024-01-01.
const BEGINNING: Duration = Duration::from_secs(1_704_067_200);

/// Why a try is no good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The scenario gave up.
    Error(String),
    /// It panicked, or what it says must always hold does not.
    Panicked(String),
    /// It does not end.
    Stuck(String),
    /// A monitor is violated, or hot in the end.
    Monitor(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Error(error) => write!(f, "the scenario failed: {error}"),
            Fault::Panicked(message) => write!(f, "it panicked: {message}"),
            Fault::Stuck(why) => f.write_str(why),
            Fault::Monitor(report) => write!(f, "the monitor {report}"),
        }
    }
}

/// What one try came to.
pub(super) struct Tried<T> {
    pub(super) outcome: Result<T, Fault>,
    /// Where processes died, in order.
    pub(super) deaths: Vec<Place>,
    pub(super) counted: Counted,
    /// A number for all that was chosen, run and committed.
    pub(super) trace: u64,
}

enum Ended<T> {
    Died,
    Done(T),
    Bad(Fault),
}

/// A new clock, that every try of a test begins with.
pub(super) fn clock() -> VirtualClock {
    VirtualClock::starting_at(UNIX_EPOCH + BEGINNING)
}

/// Runs a scenario to its end, with so many shards.
pub(super) fn try_once<S: Scenario>(
    scenario: &S,
    watch: &Watch,
    mut choice: Choice,
    shards: usize,
) -> Tried<S::Outcome> {
    let clock = clock();
    let mut deaths = Vec::new();
    let outcome = loop {
        let process = Arc::new(Process::new(clock.clone()));
        let mut driver = Driver::new(process.clone(), watch.clone(), choice);
        let ended = in_a_process(&process, async |process| {
            life(scenario, process, watch, &mut driver, shards).await
        });
        choice = driver.into_choice();
        deaths.extend(watch.bury());
        match ended {
            Ok(Ended::Died) => {}
            Ok(Ended::Done(outcome)) => break Ok(outcome),
            Ok(Ended::Bad(fault)) => break Err(fault),
            Err(panic) => break Err(Fault::Panicked(message_of(panic.as_ref()))),
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| scenario.always())) {
            break Err(Fault::Panicked(message_of(panic.as_ref())));
        }
    };
    Tried {
        outcome,
        deaths,
        counted: watch.counted(),
        trace: watch.trace(),
    }
}

/// Runs what a process does on a tokio runtime of its own, which ends with it. A panic is given back.
pub(super) fn in_a_process<T>(
    process: &Arc<Process>,
    run: impl AsyncFnOnce(&Arc<Process>) -> T,
) -> Result<T, Box<dyn Any + Send>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Box::new(format!("there is no tokio runtime: {error}")) as Box<_>)?;
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(run(process))));
    process.kill();
    // What was spawned on it dies with it; what blocks a thread of it cannot be ended.
    runtime.shutdown_background();
    ended
}

async fn life<S: Scenario>(
    scenario: &S,
    process: &Arc<Process>,
    watch: &Watch,
    driver: &mut Driver,
    shards: usize,
) -> Ended<S::Outcome> {
    let builder = scenario.engine().simulated(process.clone(), shards);
    let engine = match builder.open_store(Arc::new(watch.clone())).await {
        Ok(engine) => engine,
        Err(error) => return Ended::Bad(Fault::Error(error.to_string())),
    };
    let always = || scenario.always();
    let mut run = pin!(scenario.run(engine.clone()));
    let outcome = match driver.run(run.as_mut(), always).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => return Ended::Bad(Fault::Error(error.to_string())),
        Err(stopped) => return stopped.into(),
    };
    let cool = cool_down(&engine, driver, always).await;
    cool.map_or_else(|ended| ended, |()| Ended::Done(outcome))
}

/// Comes to rest, and asks the monitors. One that is hot is given time.
async fn cool_down<T>(
    engine: &Engine,
    driver: &mut Driver,
    always: impl Fn(),
) -> Result<(), Ended<T>> {
    for _ in 0..COOLING_MAX {
        driver.settle(&always).await?;
        let reports = {
            let mut asked = pin!(engine.monitors());
            driver.run(asked.as_mut(), &always).await?
        };
        let reports = reports.map_err(|error| Ended::Bad(Fault::Error(error.to_string())))?;
        let bad = |report: &&MonitorReport| !report.is_satisfied();
        let Some(report) = reports.iter().find(bad) else {
            return Ok(());
        };
        if report.violation.is_some() || !driver.pass() {
            return Err(Ended::Bad(Fault::Monitor(report.to_string())));
        }
    }
    Err(Ended::Bad(Fault::Stuck(
        "a monitor stays hot, although the clock was moved a thousand times".to_owned(),
    )))
}

impl<T> From<Stopped> for Ended<T> {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Died => Ended::Died,
            Stopped::Stuck(why) => Ended::Bad(Fault::Stuck(why)),
        }
    }
}
