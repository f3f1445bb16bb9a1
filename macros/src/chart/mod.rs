//! `chart! {}`: the state chart of an rsm, as written.

mod check;
mod data;
mod handlers;
pub(crate) mod messages;
mod nearest;
mod parse;
mod reach;

use proc_macro2::Ident;
use syn::{Attribute, Path, Token, Visibility};

pub(crate) use check::{Checked, Event, Triggers, check};
pub(crate) use handlers::{Handler, Rules, Taken, context, handlers};
pub(crate) use parse::parse;
pub(crate) use reach::check as reach;

/// As written; what could not be read is left out, and was refused.
#[derive(Default)]
pub(crate) struct Chart {
    /// `pub enum PoolState;` and after it, perhaps, `pub enum PoolEvent;`.
    pub(crate) enums: Vec<Enum>,
    pub(crate) states: Vec<State>,
    /// The rows of `always { .. }`.
    pub(crate) always: Vec<Row>,
}

/// `pub enum PoolState;`
#[derive(Clone)]
pub(crate) struct Enum {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) token: Token![enum],
    pub(crate) ident: Ident,
}

/// `start hot Idle { .. }`
pub(crate) struct State {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) start: Option<Ident>,
    /// `hot` or `cold`.
    pub(crate) heat: Option<Ident>,
    pub(crate) name: Ident,
    pub(crate) rows: Vec<Row>,
}

/// `Resize => resize,`
pub(crate) struct Row {
    pub(crate) on: On,
    pub(crate) does: Does,
}

pub(crate) enum On {
    Entry(Ident),
    Exit(Ident),
    Default(Ident),
    Any(Token![_]),
    Event(Path),
}

pub(crate) enum Does {
    Handle(Ident),
    /// `goto`, and the state.
    Goto(Ident, Ident),
    /// `push`, and the state.
    Push(Ident, Ident),
    Pop(Ident),
    Halt(Ident),
    Defer(Ident),
    Ignore(Ident),
}

impl Does {
    /// The word that says what is done.
    pub(crate) fn word(&self) -> &Ident {
        match self {
            Does::Handle(word)
            | Does::Goto(word, _)
            | Does::Push(word, _)
            | Does::Pop(word)
            | Does::Halt(word)
            | Does::Defer(word)
            | Does::Ignore(word) => word,
        }
    }
}

/// What a word is called that may have been written with `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}
