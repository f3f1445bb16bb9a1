//! Which binding every identifier means.

mod bindings;
mod resolve;
mod tokens;

pub(crate) mod colour;

use proc_macro2::Ident;
use syn::Type;

use crate::arena::{Arena, LocalId, RemakeId};

pub(crate) use bindings::{Binding, bindings};
pub(crate) use resolve::{Parameter, resolve};

/// A variable: one of the user's, or one that the lowering made.
pub(crate) struct Local {
    /// As written, at its binding.
    pub(crate) ident: Ident,
    pub(crate) kind: Kind,
    pub(crate) mutable: bool,
    /// What its slot is called, if not after it.
    pub(crate) label: Option<String>,
    /// The type it was declared with.
    pub(crate) ty: Option<Type>,
    /// Whether it is declared without a value.
    pub(crate) deferred: bool,
    /// Whether it is named where its value may be moved away.
    pub(crate) moved: bool,
    /// How it is made again, if that is done instead of storing it.
    pub(crate) remake: Option<RemakeId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Written by the user.
    User,
    /// `self`, which cannot be bound again and gets another name.
    Receiver,
    /// The `cx: &mut Context` of an orchestration, taken from the turn by every arm that names it.
    Context,
    /// The `self` of an entity's operation: a loan of the turn, taken by every arm that names it.
    Entity,
    /// The `self` of a machine's handler: the same.
    Machine,
    /// A value between two parts of an expression.
    Hidden,
    /// What a drained `for` goes through, used in place.
    Worklist,
    /// The critical section that a block has entered.
    Section,
}

impl Kind {
    /// Whether it is the turn's, and never saved.
    pub(crate) fn is_lent(self) -> bool {
        self == Kind::Context || self.is_lent_self()
    }

    /// Whether it is the `self` of what the turn is of.
    pub(crate) fn is_lent_self(self) -> bool {
        matches!(self, Kind::Entity | Kind::Machine)
    }
}

impl Local {
    pub(crate) fn new(ident: Ident, kind: Kind) -> Local {
        Local {
            ident,
            kind,
            mutable: false,
            label: None,
            ty: None,
            deferred: false,
            moved: false,
            remake: None,
        }
    }

    /// Whether it lives to the end of its scope rather than to its last use.
    pub(crate) fn is_guard(&self) -> bool {
        let text = self.ident.to_string();
        if self.kind == Kind::Section {
            return true;
        }
        self.kind == Kind::User
            && text.len() > 1
            && text.starts_with('_')
            && !self.moved
            && self.remake.is_none()
    }
}

pub(crate) type Locals = Arena<LocalId, Local>;
