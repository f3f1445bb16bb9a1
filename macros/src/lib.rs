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
