//! Every message of the macros: one rule and one remedy.

use std::borrow::Cow;
use std::fmt;

/// What is refused, and what to write instead.
pub(crate) struct Refusal {
    rule: Cow<'static, str>,
    remedy: Cow<'static, str>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.rule, self.remedy)
    }
}

pub(crate) fn refusal(
    rule: impl Into<Cow<'static, str>>,
    remedy: impl Into<Cow<'static, str>>,
) -> Refusal {
    Refusal {
        rule: rule.into(),
        remedy: remedy.into(),
    }
}

// What may be awaited, and where.

pub(crate) fn await_in_closure() -> Refusal {
    refusal(
        "an `.await` inside a closure cannot be resumed",
        "move the `.await` out of the closure, or use a loop",
    )
}

pub(crate) fn await_in_guard() -> Refusal {
    refusal(
        "an `.await` in a match guard cannot be resumed: guards may run more than once",
        "await into a variable before the `match`, or test it inside the arm",
    )
}

pub(crate) fn await_in_macro(name: &str) -> Refusal {
    refusal(
        format!("an `.await` inside `{name}!` cannot be seen: the macro may put it anywhere"),
        "await into a variable first: `let value = call.await;`",
    )
}

pub(crate) fn async_block() -> Refusal {
    refusal(
        "an `async` block is a branch of the await it is written in; kept as a value it could not be saved",
        "write it inside the awaited expression, as in `join((async { .. }, other)).await`, or make it a `#[resumable] async fn`",
    )
}

pub(crate) fn async_block_in_closure() -> Refusal {
    refusal(
        "how many branches these `async` blocks are is only known at run time",
        "make it a `#[resumable] async fn`: `join_all(items.map(helper)).await`",
    )
}

pub(crate) fn polls_futures(name: &str, combinator: &str) -> Refusal {
    refusal(
        format!("`{name}!` polls futures, and a durable call is not one"),
        format!("write `{combinator}((a, b)).await`"),
    )
}

pub(crate) fn async_closure() -> Refusal {
    refusal(
        "an `async` closure cannot be saved",
        "make it a `#[resumable] async fn`",
    )
}

pub(crate) fn unstable(what: &str) -> Refusal {
    refusal(
        format!("`{what}` is not understood by this macro"),
        "use stable Rust here",
    )
}

pub(crate) fn reserved_name(name: &str) -> Refusal {
    refusal(
        format!("`{name}` is a name reserved for generated code"),
        "give it another name",
    )
}

pub(crate) fn item_twice(name: &str) -> Refusal {
    refusal(
        format!(
            "`{name}` is declared in two blocks of this function; its items are moved to its top"
        ),
        "give one of them another name, or move it out of the function",
    )
}

pub(crate) fn macro_names_local(macro_name: &str, local: &str) -> Refusal {
    refusal(
        format!(
            "`{macro_name}!` names the local `{local}`, which is not where the macro is expanded"
        ),
        "pass it to the macro as an argument, or use a closure",
    )
}

pub(crate) fn point_named_twice(name: &str) -> Refusal {
    refusal(
        format!("two resume points are named `{name}`"),
        "a name belongs to one statement; give this one another",
    )
}

pub(crate) fn point_without_await() -> Refusal {
    refusal(
        "there is no `.await` in this statement to name",
        "remove `#[resume(..)]`",
    )
}

pub(crate) fn point_syntax() -> Refusal {
    refusal(
        "a resume point is named with a string",
        "write `#[resume(name = \"payment\")]`",
    )
}

pub(crate) fn not_initialised(name: &str) -> Refusal {
    refusal(
        format!("`{name}` is not initialised on every path"),
        "give it a value in every branch, or where it is declared",
    )
}

pub(crate) fn not_mutable(name: &str) -> Refusal {
    refusal(
        format!("`{name}` is assigned twice, and it is not `mut`"),
        format!("write `let mut {name}`"),
    )
}

pub(crate) fn live_at_entry(name: &str) -> Refusal {
    refusal(
        format!("internal error of `undying`: `{name}` would be read before being written"),
        "please report this function as a bug; nothing was generated for it",
    )
}

// Attribute options.

pub(crate) fn option_twice(name: &str) -> Refusal {
    refusal(format!("`{name}` is given twice"), "keep one of them")
}

pub(crate) fn option_zero(name: &str) -> Refusal {
    refusal(
        format!("`{name}` must be above zero"),
        "leave it out if it is not wanted",
    )
}

pub(crate) fn option_empty(name: &str) -> Refusal {
    refusal(
        format!("`{name}` is empty"),
        "leave it out, or write something",
    )
}

pub(crate) fn option_syntax() -> Refusal {
    refusal(
        "an option is a name and its value",
        "write it as `name = value`",
    )
}

pub(crate) fn endless_retry() -> Refusal {
    refusal("`retry` needs an end", "give it `max_attempts` or `within`")
}

pub(crate) fn methods_options() -> Refusal {
    refusal(
        "`#[undying::methods]` takes no options",
        "put them on the methods",
    )
}

pub(crate) fn not_an_impl() -> Refusal {
    refusal(
        "`#[undying::methods]` is for an `impl` of a type's own methods",
        "put it on the `impl`; a function outside of one takes its attribute alone",
    )
}

pub(crate) fn option_without_value(name: &str) -> Refusal {
    refusal(
        format!("`{name}` takes no value"),
        format!("write just `{name}`"),
    )
}

pub(crate) fn wrong_value(name: &str, what: &str, example: &str) -> Refusal {
    let example = if example.starts_with('(') {
        format!("{name}{example}")
    } else {
        format!("{name} = {example}")
    };
    refusal(
        format!("`{name}` is {what}"),
        format!("write it as `{example}`"),
    )
}

pub(crate) fn bad_duration(text: &str) -> Refusal {
    refusal(
        format!("`{text}` is not a duration"),
        "write a whole number and a unit: ms, s, m, h or d, as in `\"30s\"`",
    )
}

/// The options of `retry(..)`.
pub(crate) const RETRY_OPTIONS: [&str; 7] = [
    "max_attempts",
    "first",
    "factor",
    "max",
    "within",
    "jitter",
    "only",
];

pub(crate) fn unknown_option(name: &str, known: &[&str]) -> Refusal {
    let of_retry = RETRY_OPTIONS.contains(&name);
    if of_retry && known.contains(&"retry(..)") {
        return refusal(
            format!("`{name}` is an option of `retry`"),
            format!("write it as `retry({name} = ..)`"),
        );
    }
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    refusal(
        format!("there is no option `{name}`"),
        format!("the options are {}", known.join(", ")),
    )
}

// The annotated function.

pub(crate) fn not_a_function(attribute: &str) -> Refusal {
    refusal(
        format!("`#[{attribute}]` is for an `async fn`"),
        "put it on a function, or on a method of a `#[undying::methods] impl`",
    )
}

pub(crate) fn trait_item(attribute: &str) -> Refusal {
    refusal(
        format!("`#[{attribute}]` cannot be on a trait's item: a call needs a body with a name"),
        "let the method return the call, `fn ship(&self) -> impl Durable<InOrchestration, Output = ..>`; every `impl` returns one of its own",
    )
}

pub(crate) fn not_a_test() -> Refusal {
    refusal(
        "`#[undying::test]` is for an `async fn`",
        "write the test as an `async fn`",
    )
}

pub(crate) fn options_of_a_test() -> Refusal {
    refusal(
        "`#[undying::test]` has no options",
        "take a `Test`, and give it an engine with options: `test.open(Engine::builder()).await?`",
    )
}

pub(crate) fn generic_test() -> Refusal {
    refusal(
        "nobody chooses the types of a test",
        "write a test for each type, which calls the generic function",
    )
}

pub(crate) fn test_of_self() -> Refusal {
    refusal(
        "a test is no method",
        "take what the simulation gives: an `Engine`, a `VirtualClock` or a `Test`",
    )
}

pub(crate) fn not_async(attribute: &str) -> Refusal {
    refusal(
        format!("`#[{attribute}]` is for an `async fn`"),
        "write `async fn`",
    )
}

pub(crate) fn bare_method(attribute: &str) -> Refusal {
    refusal(
        format!("`#[{attribute}]` on a method cannot see the type it belongs to"),
        "put `#[undying::methods]` on the `impl`, and keep this attribute on the method",
    )
}

pub(crate) fn borrowed_self(attribute: &str) -> Refusal {
    refusal(
        format!("`self` is saved with the call of an `#[{attribute}]`: it is taken by value"),
        "write `self`, and clone it at the call",
    )
}

pub(crate) fn modifier(what: &str) -> Refusal {
    refusal(
        format!("a durable function cannot be `{what}`"),
        format!("remove `{what}`"),
    )
}

pub(crate) fn borrowed_parameter() -> Refusal {
    refusal(
        "a parameter is saved with the call: it cannot borrow",
        "take an owned value, such as `String` or `Vec<T>`",
    )
}

pub(crate) fn borrowed_result() -> Refusal {
    refusal(
        "the result is saved until its caller takes it: it cannot borrow",
        "return an owned value, such as `String` or `Vec<T>`",
    )
}

pub(crate) fn refutable_item() -> Refusal {
    refusal(
        "the pattern of a `for` must match every item",
        "write `for item in ..`, and `if let` or `match` inside the loop",
    )
}

pub(crate) fn other_context(own: &str, other: &str) -> Refusal {
    refusal(
        format!("`{other}` is not what this function is given"),
        format!("the context it can take is `{own}`"),
    )
}

pub(crate) fn mutable_context(name: &str) -> Refusal {
    refusal(
        format!("`{name}` is shared: it is never taken by `&mut`"),
        format!("take `{name}` or `&{name}`"),
    )
}

pub(crate) fn no_resume_points() -> Refusal {
    refusal(
        "a replayed orchestration has no resume points: it goes on by being led through its recording",
        "remove `#[resume(..)]`, or do without `replay`",
    )
}

pub(crate) fn no_sections() -> Refusal {
    refusal(
        "a replayed orchestration has no critical sections of its own: their end is compiled",
        "do without `replay`, or lock in a `#[resumable]` helper or a sub-orchestration; a function of \
         your own needs another name",
    )
}

pub(crate) fn lifetime_parameter() -> Refusal {
    refusal(
        "a durable function cannot borrow from its caller",
        "take owned values, without a lifetime",
    )
}

pub(crate) fn unbound(name: &str) -> Refusal {
    refusal(
        format!("a value of type `{name}` is saved, and nothing says that it can be"),
        format!("write `{name}: Persist`, with `use undying::Persist`"),
    )
}

pub(crate) fn opaque_return() -> Refusal {
    refusal(
        "the result is saved, so its type must have a name",
        "write the type instead of `impl ..`",
    )
}

pub(crate) fn too_many_parameters(most: usize) -> Refusal {
    refusal(
        format!("a durable function has at most {most} parameters"),
        "put some of them into a struct",
    )
}

pub(crate) fn state_outside_activity() -> Refusal {
    refusal(
        "application state is for activities: what an orchestration does must not depend on it",
        "read it in an `#[activity]` and await that",
    )
}

pub(crate) fn reserved_parameter(name: &str) -> Refusal {
    refusal(
        format!("`{name}` comes first"),
        "make it the first parameter",
    )
}

// Entities.

pub(crate) fn at_in_name() -> Refusal {
    refusal(
        "the name of an entity cannot contain `@`",
        "ids are made of names and keys, as in `@Account@alice`: write another character",
    )
}

pub(crate) fn not_an_entity() -> Refusal {
    refusal(
        "`#[entity]` is for a struct, an enum, and an `impl` of their own methods",
        "put it on the type that is the state, and on the `impl` with the operations",
    )
}

pub(crate) fn generic_entity() -> Refusal {
    refusal(
        "an entity cannot be generic: calls that are stored find it by its name",
        "write a type for each, and share the code through a generic field",
    )
}

pub(crate) fn generic_operation() -> Refusal {
    refusal(
        "an operation cannot be generic: calls that are stored find it by its name",
        "take the type that is meant, or make the method private",
    )
}

pub(crate) fn operation_options() -> Refusal {
    refusal(
        "the options of an entity belong to its state",
        "write `#[entity]` here, and the options on the struct",
    )
}

pub(crate) fn no_self() -> Refusal {
    refusal(
        "an operation works on an entity that exists: it takes `self`",
        "take `&self` or `&mut self`, make the function private, or move it to an `impl` without `#[entity]`",
    )
}

pub(crate) fn owned_entity() -> Refusal {
    refusal(
        "an entity stays after the operation: it cannot be taken by value",
        "take `&self` or `&mut self`; `cx.delete()` deletes it when the operation ends",
    )
}

pub(crate) fn async_reads() -> Refusal {
    refusal(
        "an operation that takes `&self` is answered at once: it cannot wait",
        "take `&mut self`, or remove `async`",
    )
}

pub(crate) fn reader_context() -> Refusal {
    refusal(
        "an operation that takes `&self` changes nothing and sends nothing",
        "take `&EntityContext`, or take `&mut self`",
    )
}

pub(crate) fn reserved_operation(name: &str) -> Refusal {
    refusal(
        format!("`{name}` makes references to entities: it cannot be an operation"),
        "give it another name",
    )
}

pub(crate) fn operations_of_trait() -> Refusal {
    refusal(
        "`#[entity]` is for an `impl` of a type's own methods",
        "move the operations to `impl Account { .. }`, and call the trait's methods there",
    )
}

pub(crate) fn trait_impl() -> Refusal {
    refusal(
        "`#[undying::methods]` is for an `impl` of a type's own methods",
        "move the method out of the trait's `impl`, and let the trait's method return the call",
    )
}
