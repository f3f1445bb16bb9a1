//! Reliable state machines: the programs of the RSM literature, each with its monitors.

pub mod broker;
pub mod ping_pong;
pub mod pool_manager;
pub mod simple_timers;
pub mod survey;
pub mod wordcount;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use undying::{Engine, Filter, MonitorReport, Rsm};

/// How long what has been sent may take to be handled, when nothing new happens.
const AT_REST_WITHIN: Duration = Duration::from_secs(30);
/// How often is looked whether it was.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// What the monitors say when all that was sent has been handled: none of them is violated, none is
/// hot.
///
/// # Errors
/// A monitor is violated, or hot for too long; nothing was told to any; those of the engine.
pub async fn at_rest(engine: &Engine) -> Result<Vec<MonitorReport>> {
    let deadline = Instant::now() + AT_REST_WITHIN;
    loop {
        let reports = engine.monitors().await?;
        ensure!(!reports.is_empty(), "no monitor was told anything");
        if reports.iter().all(MonitorReport::is_satisfied) {
            return Ok(reports);
        }
        let violated = reports.iter().any(|report| report.violation.is_some());
        ensure!(
            !violated && Instant::now() < deadline,
            "{}",
            lines(&reports)
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Waits until `number` machines of the type `M` are left: those that halt leave nothing.
///
/// # Errors
/// It stays another number; those of the engine.
pub async fn left<M: Rsm>(engine: &Engine, number: u64) -> Result<()> {
    let deadline = Instant::now() + AT_REST_WITHIN;
    loop {
        let of_the_type = Filter {
            orchestrations: vec![M::NAME.to_owned()],
            ..Filter::default()
        };
        let left: u64 = engine.count(of_the_type).await?.values().sum();
        if left == number {
            return Ok(());
        }
        let name = M::NAME;
        ensure!(
            Instant::now() < deadline,
            "{left} machines `{name}` are left, not {number}"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What each of them says, on a line of its own.
#[must_use]
pub fn lines(reports: &[MonitorReport]) -> String {
    let lines = reports.iter().map(|report| format!("monitor {report}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Why a monitor is violated that is told this.
#[cfg(test)]
async fn violation<M, E>(event: E) -> String
where
    M: undying::Monitor + undying::Takes<E>,
    E: undying::Persist,
{
    let engine = Engine::open_in_memory().await.unwrap();
    let monitor = undying::RsmRef::<M>::named("monitor");
    engine.create(&monitor, ()).await.unwrap();
    engine.send(&monitor, &event).await.unwrap();
    let deadline = Instant::now() + AT_REST_WITHIN;
    loop {
        let reports = engine.monitors().await.unwrap();
        if let Some(why) = reports.into_iter().find_map(|report| report.violation) {
            return why;
        }
        assert!(Instant::now() < deadline, "it is satisfied");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
