//! Places: what can be looked at again later.

use syn::{Expr, Path, UnOp};

use super::Lower;
use crate::marker;
use crate::names::Kind;

impl Lower<'_> {
    /// A local, or a part of one that later code finds again.
    pub(super) fn is_place(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(path) => marker::local(expr).is_some() || is_constant(&path.path),
            Expr::Field(field) => self.is_place(&field.base),
            Expr::Paren(paren) => self.is_place(&paren.expr),
            Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && self.is_place(&unary.expr),
            Expr::Index(index) => self.is_place(&index.expr) && self.is_frozen_index(&index.index),
            _ => false,
        }
    }

    /// A part of a local that an index says, whatever that is.
    pub(super) fn is_part(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Index(index) => self.is_part(&index.expr) || self.is_place(&index.expr),
            Expr::Field(field) => self.is_part(&field.base),
            Expr::Paren(paren) => self.is_part(&paren.expr),
            _ => false,
        }
    }

    pub(super) fn is_frozen_index(&self, index: &Expr) -> bool {
        match index {
            Expr::Range(range) => [&range.start, &range.end]
                .into_iter()
                .flatten()
                .all(|end| self.is_frozen(end)),
            index => self.is_frozen(index),
        }
    }

    /// Does not change: a literal, or a variable that is not `mut`.
    fn is_frozen(&self, expr: &Expr) -> bool {
        if let Expr::Reference(reference) = expr {
            return reference.mutability.is_none() && self.is_frozen(&reference.expr);
        }
        matches!(expr, Expr::Lit(_))
            || marker::local(expr).is_some_and(|local| {
                let local = &self.graph.locals[local];
                !local.mutable || local.kind == Kind::Hidden
            })
    }

    /// A place that needs no `unsafe`: around it, `unsafe { .. }` would move out of it.
    pub(super) fn is_safe_place(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(_) => marker::local(expr).is_some(),
            Expr::Field(field) => self.is_safe_place(&field.base),
            Expr::Paren(paren) => self.is_safe_place(&paren.expr),
            Expr::Index(index) => {
                self.is_safe_place(&index.expr)
                    && matches!(*index.index, Expr::Lit(_) | Expr::Path(_))
            }
            _ => false,
        }
    }
}

/// `LIMITS`, `Self::LIMITS`: by its name a `static` or a `const`, which does not change.
pub(super) fn is_constant(path: &Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    name.contains(|char: char| char.is_ascii_uppercase())
        && name
            .chars()
            .all(|char| matches!(char, 'A'..='Z' | '0'..='9' | '_'))
}
