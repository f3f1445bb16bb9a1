//! The reserved identifiers that stand for locals, jumps, macro calls and branches inside a syntax tree.
//!
//! Between the stages a user's code stays a `syn` tree; what a stage has found out is written into
//! it as an identifier that no user writes, and read back by number. Emission paints them over.

use proc_macro2::{Ident, Span};
use syn::{Expr, ExprPath, Lifetime, Path};

use crate::arena::{AwaitId, ExitId, Id, LocalId, MacroId, RegionId, TryId};

/// Identifiers that begin so are ours.
pub(crate) const RESERVED: &str = "__undying_";

/// What a reserved identifier stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Marker {
    /// A path: the local.
    Local(LocalId),
    /// The callee of a call: a macro whose arguments are the call's.
    Macro(MacroId),
    /// The callee of a call: `?` on its only argument.
    Try(TryId),
    /// The label of a `break`: a jump to another block, or out of the function.
    Exit(ExitId),
    /// The callee of a call: an `async` block; its arguments are what it captures by move.
    Branch(RegionId),
    /// A path: the place where an await's worklist is.
    Await(AwaitId),
}

impl Marker {
    pub(crate) fn ident(self, span: Span) -> Ident {
        let (kind, index) = match self {
            Marker::Local(id) => ('l', id.index()),
            Marker::Macro(id) => ('m', id.index()),
            Marker::Try(id) => ('t', id.index()),
            Marker::Exit(id) => ('x', id.index()),
            Marker::Branch(id) => ('b', id.index()),
            Marker::Await(id) => ('a', id.index()),
        };
        Ident::new(&format!("{RESERVED}{kind}{index}"), span)
    }

    pub(crate) fn lifetime(self, span: Span) -> Lifetime {
        Lifetime {
            apostrophe: span,
            ident: self.ident(span),
        }
    }

    pub(crate) fn expr(self, span: Span) -> Expr {
        Expr::Path(ExprPath {
            attrs: Vec::new(),
            qself: None,
            path: Path::from(self.ident(span)),
        })
    }

    pub(crate) fn of_ident(ident: &Ident) -> Option<Marker> {
        let text = ident.to_string();
        let rest = text.strip_prefix(RESERVED)?;
        let index: usize = rest.get(1..)?.parse().ok()?;
        match rest.as_bytes()[0] {
            b'l' => Some(Marker::Local(LocalId::from_index(index))),
            b'm' => Some(Marker::Macro(MacroId::from_index(index))),
            b't' => Some(Marker::Try(TryId::from_index(index))),
            b'x' => Some(Marker::Exit(ExitId::from_index(index))),
            b'b' => Some(Marker::Branch(RegionId::from_index(index))),
            b'a' => Some(Marker::Await(AwaitId::from_index(index))),
            _ => None,
        }
    }

    /// What a path of a single identifier stands for.
    pub(crate) fn of_path(path: &Path) -> Option<Marker> {
        if path.leading_colon.is_some() || path.segments.len() != 1 {
            return None;
        }
        Marker::of_ident(&path.segments[0].ident)
    }

    pub(crate) fn of_expr(expr: &Expr) -> Option<Marker> {
        match expr {
            Expr::Path(path) if path.qself.is_none() => Marker::of_path(&path.path),
            _ => None,
        }
    }
}

/// The local that an expression is, if it is one and nothing else.
pub(crate) fn local(expr: &Expr) -> Option<LocalId> {
    match Marker::of_expr(expr)? {
        Marker::Local(id) => Some(id),
        _ => None,
    }
}
