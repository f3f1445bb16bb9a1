//! Operands of one expression: those before an await are kept in variables, in Rust's order of evaluation.

use syn::spanned::Spanned;
use syn::{Expr, UnOp, parse_quote};

use super::Lower;
use super::remake::is_view;
use crate::graph::{Stmt, flow};
use crate::marker::{self, Marker};
use crate::names::Kind;
use crate::set::Set;
use crate::syntax::has_await;
use crate::within::has_index;

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
            let expr = match (keep, operand.place) {
                (true, true) => self.spill_place(expr),
                (true, false) => self.spill(expr),
                (false, _) => expr,
            };
            if awaits && operand.place && has_index(&expr) {
                self.look(&expr);
            }
            left.push(expr);
        }
        left
    }

    /// Of a place that is looked at later, what finds it again.
    fn spill_place(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Index(mut index) => {
                if !self.is_place(&index.expr) {
                    index.expr = Box::new(self.spill_place(*index.expr));
                }
                index.index = Box::new(self.spill_index(*index.index));
                Expr::Index(index)
            }
            Expr::Field(mut field) if !self.is_place(&field.base) => {
                field.base = Box::new(self.spill_place(*field.base));
                Expr::Field(field)
            }
            Expr::Paren(paren) => self.spill_place(*paren.expr),
            expr => self.spill(expr),
        }
    }

    // Input:   &list[next()]
    // Output:  operand = next()    &list[operand]
    //
    /// A borrow by an index that may change, as one that can be made again.
    pub(super) fn freeze(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Reference(mut reference)
                if self.is_part(&reference.expr) && !self.is_place(&reference.expr) =>
            {
                reference.expr = Box::new(self.spill_place(*reference.expr));
                Expr::Reference(reference)
            }
            expr => expr,
        }
    }

    /// Ranges are not `Copy`: their ends are kept.
    fn spill_index(&mut self, index: Expr) -> Expr {
        match index {
            index if self.is_frozen_index(&index) => index,
            Expr::Range(mut range) => {
                for end in [&mut range.start, &mut range.end].into_iter().flatten() {
                    if !self.is_frozen_index(end) {
                        let value = std::mem::replace(&mut **end, Expr::PLACEHOLDER);
                        **end = self.spill(value);
                    }
                }
                Expr::Range(range)
            }
            index => self.spill(index),
        }
    }

    // Output:  { let _ = &place; }
    //
    /// An index that is out of bounds panics before what follows is awaited.
    fn look(&mut self, place: &Expr) {
        let look = self.code(parse_quote!({ let _ = &#place; }));
        self.push(Stmt::Expr(look));
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
