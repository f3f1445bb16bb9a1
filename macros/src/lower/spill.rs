//! Operands of one expression: those before an await are kept in variables, in Rust's order of evaluation.

use syn::spanned::Spanned;
use syn::{Expr, UnOp};

use super::Lower;
use super::remake::is_view;
use crate::graph::flow;
use crate::marker::{self, Marker};
use crate::names::Kind;
use crate::set::Set;
use crate::syntax::has_await;

/// A part of an expression.
pub(super) struct Operand {
    expr: Expr,
    /// Looked at where it is, not moved: a receiver, an operand of a comparison, an argument of a format.
    place: bool,
}

pub(super) fn by_value(expr: Expr) -> Operand {
    Operand { expr, place: false }
}

pub(super) fn by_place(expr: Expr) -> Operand {
    Operand { expr, place: true }
}

impl Lower<'_> {
    /// Evaluates `operands` from left to right; gives what is left of each.
    pub(super) fn operands(&mut self, operands: Vec<Operand>) -> Vec<Expr> {
        // For each operand: whether an await follows, and which locals are named after it.
        let mut after = vec![(false, Set::default())];
        for operand in operands.iter().rev() {
            let (mut awaits, mut named) = after[after.len() - 1].clone();
            awaits |= has_await(&operand.expr);
            named.union(&flow::named(&operand.expr, &self.graph.macros));
            after.push((awaits, named));
        }
        after.pop();
        let mut left = Vec::new();
        for operand in operands {
            let Some((awaits, named)) = after.pop() else {
                break;
            };
            let expr = self.operand(operand.expr);
            let keep = awaits && !self.is_late(&expr, operand.place, &named);
            left.push(if keep { self.spill(expr) } else { expr });
        }
        left
    }

    /// Something that can be named twice.
    pub(super) fn kept(&mut self, expr: Expr) -> Expr {
        if self.is_place(&expr) || matches!(expr, Expr::Lit(_)) {
            expr
        } else {
            self.spill(expr)
        }
    }

    /// Keeps a value in a variable; of a borrow of a value, the value, which is then borrowed again.
    fn spill(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Reference(mut reference) if !self.is_place(&reference.expr) => {
                reference.expr = Box::new(self.spill(*reference.expr));
                Expr::Reference(reference)
            }
            Expr::MethodCall(mut call) if is_view(&call) && !self.is_place(&call.receiver) => {
                call.receiver = Box::new(self.spill(*call.receiver));
                Expr::MethodCall(call)
            }
            expr => {
                let local = self.hidden("operand", None, expr.span());
                self.define(local, None, expr);
                self.named(local)
            }
        }
    }

    /// Whether an operand may be evaluated after the operands to its right.
    fn is_late(&self, expr: &Expr, place: bool, after: &Set) -> bool {
        match expr {
            Expr::Lit(_) | Expr::Closure(_) => true,
            Expr::Path(_) => marker::local(expr).is_none() || place || self.is_calm(expr, after),
            Expr::Field(field) => {
                self.is_place(&field.base) && (place || self.is_calm(expr, after))
            }
            Expr::Index(_) => self.is_place(expr) && (place || self.is_calm(expr, after)),
            Expr::Paren(paren) => self.is_late(&paren.expr, place, after),
            Expr::Reference(reference) => self.is_late(&reference.expr, true, after),
            Expr::Unary(unary) => self.is_late(
                &unary.expr,
                matches!(unary.op, UnOp::Deref(_)) && place,
                after,
            ),
            Expr::Tuple(tuple) => tuple
                .elems
                .iter()
                .all(|elem| self.is_late(elem, false, after)),
            Expr::Cast(cast) => self.is_late(&cast.expr, false, after),
            Expr::MethodCall(call) => is_view(call) && self.remakeable(expr),
            Expr::Call(call) => {
                // An `async` block does nothing before it is awaited.
                matches!(Marker::of_expr(&call.func), Some(Marker::Branch(_)))
                    && call.args.iter().all(|arg| self.is_calm(arg, after))
            }
            _ => false,
        }
    }

    /// Nothing that follows changes the locals that `expr` names.
    fn is_calm(&self, expr: &Expr, after: &Set) -> bool {
        flow::named(expr, &self.graph.macros).iter().all(|local| {
            let known = &self.graph.locals[local];
            !known.mutable || known.kind == Kind::Hidden || !after.contains(local)
        })
    }
}
