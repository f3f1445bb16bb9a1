//! `Test`: what one test runs on, and how it is run.

use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;

use super::driver::{Choice, Driver, Stopped};
use super::process::Process;
use super::tried::{clock, in_a_process};
use super::watch::{Deaths, Watch};
use crate::engine::{Engine, EngineBuilder, VirtualClock};
use crate::error::Result;

/// What one test runs on: a disk in memory, a clock, and one thread that does everything. Given by
/// [`run`] and by [`#[undying::test]`](macro@crate::test). Cloning gives another name of the same.
#[derive(Clone, Debug)]
pub struct Test {
    process: Arc<Process>,
    watch: Watch,
}

impl Test {
    /// Opens the disk of this test, with an engine of these options. Its clock is that of the test.
    ///
    /// # Errors
    /// As [`EngineBuilder::open`]; the disk belongs to one engine at a time.
    pub async fn open(&self, builder: EngineBuilder) -> Result<Engine> {
        let builder = builder.simulated(self.process.clone(), 1);
        builder.open_store(Arc::new(self.watch.clone())).await
    }

    /// The clock. It jumps to the next timer whenever nothing else can be done and the test waits for
    /// something; to stop on the way, await [`VirtualClock::advance`].
    #[must_use]
    pub fn clock(&self) -> VirtualClock {
        self.process.clock.clone()
    }

    /// Kills the process as `kill -9` would: engines are closed, attempts of activities are gone, and on
    /// the disk is what was durable. [`open`](Self::open) is the next process.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    /// use undying::testing;
    ///
    /// #[orchestration]
    /// async fn nap() -> u32 {
    ///     sleep(days(2)).await;
    ///     1
    /// }
    ///
    /// # fn main() -> undying::Result<()> {
    /// testing::run(async |test| {
    ///     let engine = test.open(Engine::builder()).await?;
    ///     engine.start("1", nap()).await?;
    ///     test.clock().advance(days(1)).await;
    ///     test.crash();
    ///
    ///     let engine = test.open(Engine::builder()).await?;
    ///     assert_eq!(engine.get::<NapCall>("1").await?.result().await?, 1);
    ///     Ok(())
    /// })
    /// # }
    /// ```
    pub fn crash(&self) {
        self.process.kill();
        self.watch.bury();
    }
}

/// Runs a test in the simulation, on this thread: what [`#[undying::test]`](macro@crate::test) makes of
/// a function.
///
/// # Panics
/// When the test panics, or waits for something that nobody is going to do.
pub fn run<T>(test: impl AsyncFnOnce(Test) -> T) -> T {
    let watch = Watch::new(Deaths::Never, 0);
    let process = Arc::new(Process::new(clock()));
    let ended = in_a_process(&process, async |process| {
        let given = Test {
            process: process.clone(),
            watch: watch.clone(),
        };
        let mut driver = Driver::new(process.clone(), watch.clone(), Choice::InTurn);
        driver.run(pin!(test(given)), || {}).await
    });
    match ended {
        Ok(Ok(output)) => output,
        Ok(Err(Stopped::Stuck(why))) => panic!("the test does not end: {why}"),
        Ok(Err(Stopped::Died)) => unreachable!("a test dies only where it says so"),
        Err(panic) => resume_unwind(panic),
    }
}

/// What a function under [`#[undying::test]`](macro@crate::test) can take.
#[diagnostic::on_unimplemented(
    message = "a test cannot take a `{Self}`",
    label = "nobody gives this to a test",
    note = "it takes an `Engine`, an `undying::testing::VirtualClock`, or an `undying::testing::Test`"
)]
pub trait TestArgument: Sized {
    /// Takes it from the test.
    ///
    /// # Errors
    /// An engine cannot be opened.
    fn take(test: &Test) -> impl Future<Output = Result<Self>>;
}

impl TestArgument for Test {
    async fn take(test: &Test) -> Result<Self> {
        Ok(test.clone())
    }
}

impl TestArgument for VirtualClock {
    async fn take(test: &Test) -> Result<Self> {
        Ok(test.clock())
    }
}

impl TestArgument for Engine {
    async fn take(test: &Test) -> Result<Self> {
        test.open(Engine::builder()).await
    }
}

/// What generated code calls.
#[doc(hidden)]
pub async fn given<T: TestArgument>(test: &Test) -> T {
    match T::take(test).await {
        Ok(given) => given,
        Err(error) => panic!("the test cannot begin: {error}"),
    }
}
