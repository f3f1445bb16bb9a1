//! `run` and `deploy`: an orchestration, interrupted wherever it can be, also by its next version.

use undying::__private::{Driver, Memory, OrchestrationCall};
use undying::Orchestration;

/// Runs an orchestration to its end. At every suspension it is written, dropped and read back, as
/// if the process had died there; time passes only while it sleeps.
///
/// # Panics
/// When it panics, or when an engine would set it aside.
pub fn run<O: OrchestrationCall>(call: Orchestration<O>) -> O::Output {
    match Driver::new(Memory::Cold).run(call) {
        Ok(output) => output,
        Err(stop) => panic!("{stop}"),
    }
}

/// Runs `old` until it waits for the first time, then goes on as the orchestration `New`, as after
/// a deploy.
///
/// # Errors
/// Why an engine would set the instance aside.
///
/// # Panics
/// When one of the two panics, or `old` never waits.
pub fn deploy<New: OrchestrationCall>(
    old: Orchestration<impl OrchestrationCall>,
) -> Result<New::Output, String> {
    let mut driver = Driver::new(Memory::Cold);
    match driver.run_until(old, 1) {
        Ok(rest) => driver.resume::<New>(rest).map_err(|stop| stop.to_string()),
        Err(stop) => panic!("{stop}"),
    }
}
