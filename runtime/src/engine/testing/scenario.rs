//! `Scenario`: what a program's clients do, in the world around it.

use std::fmt;

use crate::engine::{Engine, EngineBuilder};
use crate::error::Result;

/// What the clients of a program do, and the world in which it runs: for
/// [`crash_everywhere`](crate::testing::crash_everywhere) and [`Sim`](crate::testing::Sim).
///
/// A value of it is the world: what it holds, and shares by an `Arc` with states, stubs and activities,
/// is outside of the process and survives its death. [`run`](Self::run) is inside: when the process
/// dies it is dropped at its `.await`, and begun again from its start in the next process. So it is
/// written like a program that is started again: it starts instances by the same ids, and repeats other
/// requests with an [idempotency key](crate::Request::idempotency_key).
///
/// All of it runs on one thread; a `thread_local!` of the test is seen by everything.
///
/// An `async fn(Engine) -> undying::Result<T>` is a scenario without a world:
///
/// ```standalone_crate
/// use undying::prelude::*;
/// use undying::testing::crash_everywhere;
///
/// #[activity]
/// async fn greet(name: String) -> String {
///     format!("hello {name}")
/// }
///
/// #[orchestration]
/// async fn door(name: String) -> String {
///     sleep(days(30)).await;
///     greet(name).await
/// }
///
/// async fn visit(engine: Engine) -> undying::Result<String> {
///     engine.start("front", door("Ada".into())).await?.result().await
/// }
///
/// # fn main() {
/// crash_everywhere(|| visit);
/// # }
/// ```
pub trait Scenario {
    /// What is compared: what [`run`](Self::run) has seen in the end.
    type Outcome: PartialEq + fmt::Debug;

    /// What the clients do.
    ///
    /// # Errors
    /// Whatever the scenario cannot go on with. It fails the test.
    fn run(&self, engine: Engine) -> impl Future<Output = Result<Self::Outcome>>;

    /// The options of the engine, in each process: states, stubs, registered functions.
    fn engine(&self) -> EngineBuilder {
        Engine::builder()
    }

    /// What must hold at every moment: asserted after each commit and after each death.
    fn always(&self) {}

    /// Whether an outcome after a death is as good as the one in peace.
    fn is_as_good(&self, in_peace: &Self::Outcome, outcome: &Self::Outcome) -> bool {
        in_peace == outcome
    }
}

impl<F, T, R> Scenario for F
where
    F: Fn(Engine) -> R,
    R: Future<Output = Result<T>>,
    T: PartialEq + fmt::Debug,
{
    type Outcome = T;

    fn run(&self, engine: Engine) -> impl Future<Output = Result<T>> {
        self(engine)
    }
}
