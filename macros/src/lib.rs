//! The attributes of `undying`.
//!
//! A compiler in stages, named after what they produce; `expand` is the pipeline.

mod arena;
mod attribute;
mod check;
mod debug;
mod diagnostics;
mod emit;
mod envelope;
mod expand;
mod graph;
mod item;
mod known;
mod layout;
mod local_types;
mod lower;
mod marker;
mod messages;
mod names;
mod predicates;
mod replay;
mod set;
mod syntax;
#[cfg(test)]
mod tests;
mod within;

use proc_macro::TokenStream;

use item::Flavour;

/// A side effect: an ordinary `async fn` that orchestrations await.
///
/// Calling it makes a description, `undying::Activity<..>`; nothing happens before it is awaited.
/// It may run more than once; its completion is accepted once.
///
/// `retry(max_attempts = 5, within = "1h", first = "200ms", factor = 2.0, max = "1m", jitter = 0.2,
/// only = is_transient)` says when a failed attempt is made again. `jitter` shortens each pause by
/// up to this fraction, and `only` is a `fn(&Error) -> bool`: an error that it denies is the
/// result at once. `timeout = "10s"` limits each attempt, and `concurrency = 8` says how many run
/// at once in this process.
#[proc_macro_attribute]
pub fn activity(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::function(Flavour::Activity, args.into(), item.into()).into()
}

/// A durable function: killed at any instruction, it goes on where it was.
///
/// `name = ".."` is the name it is stored under, `call = Name` that of the type of its calls, and
/// `replay` another way to run it.
///
/// # replay
///
/// `#[orchestration(replay)]` declares the same function, with the same callers, calls and guarantees.
/// But it is not compiled and saved at its awaits. What its turns took in and asked for is recorded,
/// and to go on after a crash, or after it was idle and left memory, its body runs again from the
/// beginning, led through that recording (as in Durable Functions, OOPSLA 2021, section 6).
///
/// Use it when a value must live across an `.await` that cannot be saved: a borrow, an iterator, a
/// trait object, a closure, a type without serde. Else do without it, since it costs:
///
/// - Resuming takes as long as all turns of the run together, and the recording grows with each of
///   them: at most 10,000 turns and 16 MiB. `continue_as_new` begins another one.
/// - The code between awaits runs again in every replay: what it says to a log is said again.
/// - The code must do the same again, in the same order. Take the time and random numbers from
///   [`ReplayContext`](../undying/struct.ReplayContext.html), an optional first parameter
///   `cx: &ReplayContext`. What comes from elsewhere (a clock, `rand`, the order of a `HashMap`, a
///   static, the environment) belongs in an activity, unless nothing that is asked for depends on it.
/// - A new version of the code must do the same as the old one up to where its instances are.
/// - One that failed is restarted, not rewound; as a child of one that is rewound it begins again.
///
/// Each call is compared with the recorded one: what is called, its arguments, ids and times. Where
/// they differ the instance is parked with a refusal that names the step, what was recorded and what
/// is done now; the version that fits goes on with it. Retry policies and timeouts may change.
///
/// The future must be `Send`. Only durable things can be awaited, `async` blocks only as operands
/// of an `.await`; here a closure may make them, as many as there are items:
/// `join_all(items.iter().map(|item| async { .. })).await`. Resume points have no names, and it has no
/// critical sections of its own: [`lock`](../undying/fn.lock.html) in a `#[resumable]` helper that it
/// awaits.
#[proc_macro_attribute]
pub fn orchestration(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::function(Flavour::Orchestration, args.into(), item.into()).into()
}

/// A helper that orchestrations await inline; its frame is nested in theirs.
#[proc_macro_attribute]
pub fn resumable(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::function(Flavour::Resumable, args.into(), item.into()).into()
}

/// Addressable state that always exists: on a struct, and on the `impl` with its operations.
///
/// Public methods are operations: `&self` only reads, `&mut self` changes the state, one operation
/// at a time. Private methods are plain Rust. `Account::at("alice")` refers to an entity, and the
/// methods of that reference are calls, `undying::Operation<..>`, to be awaited in an
/// orchestration, or sent one way by `.signal()`.
#[proc_macro_attribute]
pub fn entity(args: TokenStream, item: TokenStream) -> TokenStream {
    envelope::entity::expand(args.into(), item.into()).into()
}

/// An `impl` whose methods may be activities, orchestrations and helpers.
#[proc_macro_attribute]
pub fn methods(args: TokenStream, item: TokenStream) -> TokenStream {
    envelope::methods::expand(args.into(), item.into()).into()
}
