//! For the tests of programs that use `undying`: a simulation in which processes die, and time flies.
//!
//! In it one thread does everything: the clients, the engine, the activities. The disk is in memory, and
//! the clock jumps to the next timer whenever nothing else can be done. So tests are fast, and they do the
//! same again when they are run again.
//!
//! | I want to | with |
//! |---|---|
//! | test a program like any other | [`#[undying::test]`](macro@crate::test), [`run`] |
//! | know that no crash does harm, wherever it comes | [`crash_everywhere`] |
//! | know it of other orders of events, and of several crashes | [`Sim`] |
//! | replace what talks to the world | [`Stub`], [`nap`] |
//! | stop the time on the way | [`VirtualClock`] |
//! | see what an instance has done | [`assert_history`] |
//!
//! # A test
//!
//! ```
//! use undying::prelude::*;
//! use undying::testing::{Stub, Test};
//!
//! #[activity]
//! async fn charge(account: String, amount: u64) -> u64 {
//!     panic!("no test asks the bank to charge {account} with {amount}")
//! }
//!
//! #[orchestration]
//! async fn subscribe(account: String) -> u64 {
//!     sleep(days(30)).await; // the first month is free
//!     charge(account, 20).await
//! }
//!
//! #[undying::test]
//! async fn a_month_later_the_account_is_charged(test: Test) -> undying::Result<()> {
//!     let bank = Stub::<ChargeCall>::new(|(_, amount)| amount);
//!     let engine = test.open(Engine::builder().stub(&bank)).await?;
//!     let ann = engine.start("ann", subscribe("ann".into())).await?;
//!     assert_eq!(ann.result().await?, 20); // at once
//!     assert_eq!(bank.calls()[0].arguments, ("ann".to_owned(), 20));
//!     Ok(())
//! }
//! ```
//!
//! # Crashes
//!
//! What a crash can do to a program is to have code run again: the code between two awaits, an activity
//! whose end was not durable yet, a client that is started again. [`crash_everywhere`] does that to a
//! [`Scenario`] at every place there is, and compares. Two kinds of mistakes are found by it again and
//! again: an effect that is not in an activity, and an activity that is not idempotent.
//!
//! ```standalone_crate
//! use std::sync::{Arc, Mutex};
//! use undying::prelude::*;
//! use undying::testing::{Scenario, crash_everywhere};
//!
//! /// The mail server, as far as the test needs one.
//! #[derive(Clone, Default)]
//! struct Mail(Arc<Mutex<Vec<String>>>);
//!
//! #[activity]
//! async fn send(cx: ActivityContext, to: String, State(mail): State<Mail>) {
//!     let message = format!("{} to {to}", cx.idempotency_key());
//!     let mut sent = mail.0.lock().unwrap();
//!     if !sent.contains(&message) {
//!         sent.push(message); // without the `if` the test fails
//!     }
//! }
//!
//! #[orchestration]
//! async fn welcome(to: String) {
//!     send(to.clone()).await;
//!     sleep(days(3)).await;
//!     send(to).await;
//! }
//!
//! #[derive(Default)]
//! struct Welcomed {
//!     mail: Mail,
//! }
//!
//! impl Scenario for Welcomed {
//!     type Outcome = usize;
//!
//!     fn engine(&self) -> EngineBuilder {
//!         Engine::builder().state(self.mail.clone())
//!     }
//!
//!     async fn run(&self, engine: Engine) -> undying::Result<usize> {
//!         engine.start("ann", welcome("ann".into())).await?.result().await?;
//!         Ok(self.mail.0.lock().unwrap().len())
//!     }
//!
//!     fn always(&self) {
//!         assert!(self.mail.0.lock().unwrap().len() <= 2, "two mails are enough");
//!     }
//! }
//!
//! # fn main() { // a `#[test]`
//! println!("{}", crash_everywhere(Welcomed::default));
//! # }
//! ```
//!
//! The message of one that fails names the place: the commit and what happened in it, or the attempt.
//!
//! ```text
//! the process died after attempt 1 of `send` (#0 of `ann`) had run, before that was durable
//!   it panicked: two mails are enough
//!   the attempt was made again: its effect has to be idempotent, by `ActivityContext::idempotency_key` for one
//!   repeat it: UNDYING_CRASH=3 cargo test nobody_is_welcomed_twice
//! ```
//!
//! # Seeds
//!
//! [`crash_everywhere`] runs a program in one order. [`Sim`] takes the same scenario and runs it in many
//! others, on several shards, with slow activities and several crashes, all chosen by a seed. Properties of
//! many machines at once are said by [monitors](crate::monitor), which it asks in the end: one that is
//! violated or stays hot fails the run.
//!
//! # What it does not see
//!
//! Activities run as they are, so those that talk to the world are [stubbed](Stub); a test needs to give no
//! states that only they take. Threads and sockets are outside of the simulation: their time is real, and a
//! seed cannot repeat what they do. So is the time of tokio: stubs take time by [`nap`].

pub use crate::engine::VirtualClock;
#[doc(hidden)]
pub use crate::engine::testing::given;
pub use crate::engine::testing::{
    ArgumentsOf, Crashes, Explored, Scenario, Sim, Stub, StubCall, Test, TestArgument,
    assert_history, crash_everywhere, nap, run,
};
