//! The attributes of `undying`.
//!
//! A compiler in stages, named after what they produce; `expand` is the pipeline.

mod arena;
mod attribute;
mod chart;
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
mod simulated;
mod syntax;
#[cfg(test)]
mod tests;
mod within;

use proc_macro::TokenStream;

use envelope::rsm::Sort;
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
///
/// `#[resumable(orchestration, section, entity, rsm)]` says where else, or instead, it may be awaited;
/// its body is checked against each of them.
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

/// A reliable state machine: on a struct, its fields, and on an `impl`, its chart and its handlers.
///
/// A machine handles one event at a time, and all of that is one commit: the event, what its handlers
/// change, send, create and start, and the state it is in. The semantics are those of P# state machines
/// made reliable (Reliable State Machines, ECOOP 2019).
///
/// # On the struct
///
/// Its fields are stored; `Serialize` and `Deserialize` are derived unless they are already.
/// A `#[volatile]` field is not: its type has a `Default`, and `#[activate]` fills it.
/// `name = ".."` is the name it is stored under. `Pool::at("main")` is the address of the machine of
/// a name.
///
/// # On the `impl`
///
/// - [`chart!`](macro@chart), once: what is done about which event in which state. `Pool::chart()`
///   gives it as data.
/// - `fn new(init: Init, cx: &mut Cx<Self>) -> Self`, both optional: how a machine is made of what it
///   is created with.
/// - `#[activate] fn warm(&mut self)`, optional: makes the volatile fields anew, at creation and after
///   every recovery and rollback, before anything is handled.
/// - The handlers that the chart names. Every other method is plain Rust.
///
/// # Handlers
///
/// ```text
/// fn resize(&mut self, event: Resize, cx: &mut Cx<Self>) -> Next<Self>
/// async fn resize(&mut self, event: Resize, cx: &mut Cx<Self>) -> Result<Next<Self>, Failed>
/// ```
///
/// A handler takes `&mut self`, the event and `cx`, each but the first optional and in any order. It
/// returns what comes next, or nothing, which is [`Next::stay`](../undying/struct.Next.html); a `Result`
/// of either undoes the event by an `Err`, and has it handled again later. What else it does goes
/// through [`cx`](../undying/struct.Cx.html), and leaves with the commit.
///
/// | it is run for | its event |
/// |---|---|
/// | one event | `Resize`, or `Asked<Resize>` to answer it |
/// | several, or `_` | the enum of all events, which the chart names |
/// | `entry`, besides others perhaps | `Option<..>` of that: there is none at creation |
/// | `default` | none |
/// | `exit` | none; and it returns nothing |
///
/// An `async` handler may await activities, orchestrations and calls of entities. Meanwhile the machine
/// takes no other event; killed, it goes on where it was.
#[proc_macro_attribute]
pub fn rsm(args: TokenStream, item: TokenStream) -> TokenStream {
    envelope::rsm::expand(Sort::Rsm, args.into(), item.into()).into()
}

/// A specification: a machine that is told what others do, and judges it. On a struct and on its `impl`.
///
/// It is written like an [`#[rsm]`](macro@rsm), with these differences:
///
/// - A state may be `hot`, where something is owed and nobody may stay for ever, or `cold`, where
///   nothing is: `start cold Home { .. }`, `hot Away { .. }`. With `#[monitor(temperature_max = 100)]`
///   on the struct it is violated by the 101st event that finds or leaves it hot since it was cold.
/// - Handlers do not wait. `cx.assert(holds, why)` says what must never happen.
/// - It is created by whoever tells it something first, so `new` is given nothing; without a `new` it
///   is made by `Default`.
///
/// Machines tell it something by `cx.monitor::<Lending, _>(|| Lent)`, which takes effect with their
/// commit. That is nothing at all in a build without debug assertions and without the feature `monitors`.
#[proc_macro_attribute]
pub fn monitor(args: TokenStream, item: TokenStream) -> TokenStream {
    envelope::rsm::expand(Sort::Monitor, args.into(), item.into()).into()
}

/// A state chart, at the head of the `impl` of an [`#[rsm]`](macro@rsm) or a [`#[monitor]`](macro@monitor).
///
/// ```text
/// chart! {
///     pub enum PoolState;              // the enum of the states
///     pub enum PoolEvent;              // optional: names the enum of all events
///     start Idle {                     // the state in which a machine is created
///         Resize   => resize,          // runs a handler, a method of this `impl`
///         Shutdown => goto Draining,   // leaves the state for another one
///         Probe    => push Probing,    // puts a state on top of this one
///         VmReady  => defer,           // leaves the event in the mailbox, until another state
///         Noise    => ignore,          // drops the event
///         Timeout  => timed_out,       // a timer has run out
///         default  => idle,            // there is no event that can be taken
///     }
///     Probing {
///         entry    => begin,           // when the state is entered: a handler
///         exit     => end,             // when it is left: a handler that takes no event
///         Done     => pop,             // goes back to the state below
///         Stop     => halt,            // ends the machine
///         _        => unexpected,      // every other event; also `defer`, `ignore`, `goto ..`
///     }
///     Draining {}
///     always {                         // for events that no state on the stack says anything about
///         HowMany  => how_many,
///     }
/// }
/// ```
///
/// What the states on the stack say about an event (P# rules 2 and 4): first the row for it in the state
/// on top. Then the topmost of the wildcards, and of the rows for it that are inherited from below; of one
/// state, the row for it. A state inherits handlers, `defer` and `ignore`, and no `goto`, `push`, `pop` or
/// `halt`. Then `always`. Then the state on top is left for the one below, and if there is none, the event
/// was unexpected and the machine is parked, but for `Halt`, which every machine takes.
///
/// Events are paths; an event is stored under its last name. The enums take attributes, and the states
/// documentation. A chart is refused, where it is wrong, if it has no start or two, an unknown state, one
/// that nothing leads to, two rows for one event in one state, or a row whose handler is not there or is
/// for something else. A state is led to by the rows of states that are, and by the methods that name it,
/// as in `Next::goto(PoolState::Draining)`.
#[proc_macro]
pub fn chart(_: TokenStream) -> TokenStream {
    envelope::rsm::stray_chart().into()
}

/// An `impl` whose methods may be activities, orchestrations and helpers.
#[proc_macro_attribute]
pub fn methods(args: TokenStream, item: TokenStream) -> TokenStream {
    envelope::methods::expand(args.into(), item.into()).into()
}

/// A test that runs in the simulation: an `async fn`, whose engine is on a disk in memory, under a clock
/// that jumps to the next timer whenever nothing else can be done. A sleep of 30 days is over at once.
///
/// It takes what it needs, each of it optional: an `Engine` with the default options, the `VirtualClock`,
/// and a [`Test`](../undying/testing/struct.Test.html), which opens engines with options and crashes them.
/// It returns nothing, or a `Result`.
///
/// ```text
/// #[undying::test]
/// async fn a_reminder_is_sent_after_three_days(engine: Engine, clock: VirtualClock) -> undying::Result<()> {
/// ```
///
/// Other attributes of tests, like `#[should_panic]`, go with it.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    simulated::expand(args.into(), item.into()).into()
}
