//! Places: what can be looked at again later.

use syn::{Expr, UnOp};

use super::Lower;
use crate::marker;
use crate::names::Kind;

impl Lower<'_> {
    /// A local, or a part of one that later code finds again.
    pub(super) fn is_place(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(_) => marker::local(expr).is_some(),
            Expr::Field(field) => self.is_place(&field.base),
            Expr::Paren(paren) => self.is_place(&paren.expr),
            Expr::Unary(unary) => matches!(unary.op, UnOp::Deref(_)) && self.is_place(&unary.expr),
            Expr::Index(index) => self.is_place(&index.expr) && self.is_frozen_index(&index.index),
            _ => false,
        }
    }

    fn is_frozen_index(&self, index: &Expr) -> bool {
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
