//! The messages about charts, machines and their handlers: one rule and one remedy.

use crate::messages::{Refusal, refusal};

// The chart's syntax.

pub(crate) fn chart_syntax() -> Refusal {
    refusal(
        "a chart is made of its enums, of states, and of `always`",
        "write `pub enum PoolState;`, then states: `start Idle { Resize => resize, }`",
    )
}

pub(crate) fn state_syntax() -> Refusal {
    refusal(
        "a state is its name and its rows in braces",
        "write `Idle { Resize => resize, }`, or `Idle {}`",
    )
}

pub(crate) fn row_syntax() -> Refusal {
    refusal(
        "a row is an event and what is done about it",
        "write `Resize => resize`; besides events there are `entry`, `exit`, `default` and `_`",
    )
}

pub(crate) fn row_end() -> Refusal {
    refusal(
        "a row ends with a comma",
        "write `Resize => resize,`; what is more than a call belongs in the handler",
    )
}

pub(crate) fn action_syntax() -> Refusal {
    refusal(
        "what a row does is a handler, or one of `goto`, `push`, `pop`, `halt`, `defer`, `ignore`",
        "write the name of a method, or `goto Draining`",
    )
}

pub(crate) fn state_missing(word: &str) -> Refusal {
    refusal(
        format!("`{word}` leads to a state"),
        format!("name it: `{word} Draining`"),
    )
}

pub(crate) fn unknown_word(word: &str) -> Refusal {
    refusal(
        format!("`{word}` says nothing about a state"),
        "before the name of a state there may be `start`, `hot` or `cold`",
    )
}

pub(crate) fn word_twice(word: &str) -> Refusal {
    refusal(
        format!("`{word}` says once more how this state is"),
        "remove it",
    )
}

pub(crate) fn attribute_in_chart() -> Refusal {
    refusal(
        "a chart takes no attributes besides documentation",
        "remove it; `#[cfg(..)]` can be on the whole `impl`, one for each case",
    )
}

// The chart.

pub(crate) fn no_chart(attribute: &str) -> Refusal {
    refusal(
        format!("the `impl` of an `#[{attribute}]` begins with its state chart"),
        "write `chart! { pub enum PoolState; start Idle { .. } }`; methods without a chart belong in an `impl` of their own",
    )
}

pub(crate) fn two_charts() -> Refusal {
    refusal(
        "a machine has one state chart",
        "move these states into the first one",
    )
}

pub(crate) fn no_enum() -> Refusal {
    refusal(
        "the chart does not name the enum of its states",
        "begin with `enum PoolState;`, or `pub enum PoolState;`",
    )
}

pub(crate) fn third_enum() -> Refusal {
    refusal(
        "a chart has two enums: that of its states, and perhaps that of its events",
        "remove this one",
    )
}

pub(crate) fn no_start() -> Refusal {
    refusal(
        "the chart has no start",
        "write `start` before the state that a machine is created in",
    )
}

pub(crate) fn two_starts(first: &str) -> Refusal {
    refusal(
        format!("a machine is created in one state, and that is `{first}`"),
        "remove one `start`",
    )
}

pub(crate) fn state_twice(name: &str) -> Refusal {
    refusal(
        format!("the state `{name}` is there already"),
        "move these rows there, or give this state another name",
    )
}

pub(crate) fn unknown_state(name: &str, nearest: Option<&str>) -> Refusal {
    refusal(
        format!("the chart has no state `{name}`"),
        match nearest {
            Some(nearest) => format!("is `{nearest}` meant?"),
            None => format!("add it: `{name} {{}}`"),
        },
    )
}

pub(crate) fn unreachable_state(name: &str, states: &str) -> Refusal {
    refusal(
        format!("nothing leads to the state `{name}`"),
        format!(
            "add a row `goto {name}` or `push {name}` to a state that is reached, return `Next::goto({states}::{name})` from a handler, or remove the state"
        ),
    )
}

pub(crate) fn event_twice(event: &str, place: &str) -> Refusal {
    refusal(
        format!("{place} has a row for `{event}` already"),
        "keep one of them: what depends on more than the event is decided in the handler",
    )
}

pub(crate) fn action_twice(word: &str, state: &str) -> Refusal {
    refusal(
        format!("the state `{state}` has a row for `{word}` already"),
        "keep one of them; it may call other methods",
    )
}

pub(crate) fn other_spelling(event: &str, first: &str) -> Refusal {
    refusal(
        format!("an event is known by its last name, and `{event}` is spelled `{first}` elsewhere"),
        format!("write `{first}` here too; another event needs another name"),
    )
}

pub(crate) fn not_a_handler(word: &str) -> Refusal {
    refusal(
        format!(
            "`{word}` runs a handler: a state that is entered or left has no event to be moved by"
        ),
        "name a method; an `entry` handler may return `Next::goto(..)`",
    )
}

pub(crate) fn nothing_to_keep(does: &str) -> Refusal {
    refusal(
        format!("`default` is for when no event can be taken: there is nothing to {does}"),
        "name a handler, or a state to go to; without a `default` the machine just waits",
    )
}

pub(crate) fn not_in_always(word: &str) -> Refusal {
    refusal(
        format!("`{word}` belongs to a state; `always` says what is done about events by name"),
        "move the row into a state",
    )
}

pub(crate) fn heat_of_a_machine(word: &str) -> Refusal {
    refusal(
        format!("`{word}` is what a monitor says about a state"),
        "remove it, or make this a `#[monitor]`",
    )
}

pub(crate) fn outside_of_a_machine() -> Refusal {
    refusal(
        "a `chart!` is read by the `#[rsm]` or the `#[monitor]` of the `impl` it is in",
        "write `#[rsm] impl Pool { chart! { .. } .. }`",
    )
}

// The struct and the impl.

pub(crate) fn hash_in_name() -> Refusal {
    refusal(
        "the name of a machine cannot contain `#`",
        "ids are made of names, as in `#Pool#main`: write another character",
    )
}

pub(crate) fn not_a_machine(attribute: &str) -> Refusal {
    refusal(
        format!("`#[{attribute}]` is for a struct, and for an `impl` of its own methods"),
        "put it on the struct with the fields, and on the `impl` with the chart and the handlers",
    )
}

pub(crate) fn machine_of_trait(attribute: &str) -> Refusal {
    refusal(
        format!("`#[{attribute}]` is for an `impl` of a type's own methods"),
        "move the chart and the handlers to `impl Pool { .. }`",
    )
}

pub(crate) fn generic_machine() -> Refusal {
    refusal(
        "a machine cannot be generic: what is stored finds it by its name",
        "write a type for each, and share the code through a generic field",
    )
}

pub(crate) fn machine_options(attribute: &str) -> Refusal {
    refusal(
        format!("the options of an `#[{attribute}]` belong to its struct"),
        format!("write `#[{attribute}]` here, and the options on the struct"),
    )
}

/// Said by the constant that compares the two.
pub(crate) fn other_sort() -> &'static str {
    "one of the struct and its `impl` is an `#[rsm]`, the other a `#[monitor]`: write the same on both"
}

pub(crate) fn volatile_value() -> Refusal {
    refusal("`#[volatile]` takes no value", "write just `#[volatile]`")
}

// Methods that are not handlers.

pub(crate) fn no_constructor() -> Refusal {
    refusal(
        "a machine is made by `new`, and there is none",
        "write `fn new(init: PoolInit) -> Self`, or `fn new() -> Self`",
    )
}

pub(crate) fn constructor(what: &str) -> Refusal {
    refusal(
        format!("`new` makes the machine at its creation: it {what}"),
        "write `fn new(init: PoolInit, cx: &mut Cx<Self>) -> Self`; what it was created with and `cx` are optional",
    )
}

pub(crate) fn init_of_a_monitor() -> Refusal {
    refusal(
        "a monitor is created by whoever tells it something first: `new` is given nothing",
        "write `fn new() -> Self`, or derive `Default`",
    )
}

pub(crate) fn two_activates() -> Refusal {
    refusal(
        "one method makes the volatile fields anew",
        "call this one from the first",
    )
}

pub(crate) fn activate_signature() -> Refusal {
    refusal(
        "`#[activate]` is run after every recovery, before anything else: it takes `&mut self` alone",
        "write `fn warm(&mut self)`",
    )
}

pub(crate) fn reserved_method(name: &str) -> Refusal {
    let what = match name {
        "at" => "makes the address of a machine from its name",
        _ => "gives the state chart",
    };
    refusal(
        format!("`{name}` {what}: it cannot be another method"),
        "give it another name",
    )
}

// Handlers.

pub(crate) fn unknown_handler(name: &str, ty: &str, nearest: Option<&str>) -> Refusal {
    refusal(
        format!("this `impl` of `{ty}` has no method `{name}`"),
        match nearest {
            Some(nearest) => format!("is `{nearest}` meant?"),
            None => format!("add it: `fn {name}(&mut self) {{}}`"),
        },
    )
}

pub(crate) fn handler_self() -> Refusal {
    refusal(
        "a handler works on its machine: it takes `&mut self`",
        "write `&mut self`",
    )
}

pub(crate) fn generic_handler() -> Refusal {
    refusal(
        "a handler cannot be generic: its row names one function",
        "take the event that is meant",
    )
}

pub(crate) fn second_event() -> Refusal {
    refusal(
        "a handler takes one event",
        "remove this parameter; what else it needs is in a field or in the event",
    )
}

pub(crate) fn second_context() -> Refusal {
    refusal("a handler has one context", "remove this parameter")
}

pub(crate) fn borrowed_event() -> Refusal {
    refusal(
        "the event is the handler's own: it is not lent",
        "take it by value, without `&`",
    )
}

pub(crate) fn context_by_value() -> Refusal {
    refusal("the context is lent to a handler", "take `&mut Cx<Self>`")
}

pub(crate) fn event_of_an_exit() -> Refusal {
    refusal(
        "a state is left without an event: an exit action takes at most `cx: &mut Cx<Self>`",
        "remove this parameter; the handler of the event can keep what is needed in a field",
    )
}

pub(crate) fn exit_returns() -> Refusal {
    refusal(
        "an exit action is part of a transition: it returns nothing, and cannot begin another one",
        "remove the return type, or return `Next<Self>` from the handler of the event",
    )
}

pub(crate) fn event_of_a_default() -> Refusal {
    refusal(
        "a handler of `default` is run because there is no event: it takes at most `cx: &mut Cx<Self>`",
        "remove this parameter",
    )
}

pub(crate) fn enum_of_events(perhaps: bool) -> Refusal {
    let taken = match perhaps {
        true => "Option<PoolEvent>",
        false => "PoolEvent",
    };
    refusal(
        "this handler is run for one of several events, and the chart does not name their enum",
        format!(
            "write `pub enum PoolEvent;` behind the enum of the states, and take `{taken}` here"
        ),
    )
}

pub(crate) fn waiting_monitor() -> Refusal {
    refusal(
        "a monitor judges what has happened: it waits for nothing",
        "remove `async`",
    )
}
