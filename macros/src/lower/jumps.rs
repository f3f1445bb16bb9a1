//! Jumps: `?`, `return`, `break`, `continue`, also those in code that is not taken apart.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprAsync, ExprBreak, ExprCall, ExprClosure, ExprConst, Item, Label, Lifetime};

use super::{Dest, Lower, Scope};
use crate::arena::{BlockId, LocalId};
use crate::graph::{Exit, Target, Try};
use crate::known;
use crate::marker::Marker;

impl Lower<'_> {
    /// Code without awaits stays as it is; its jumps become exits where they leave it.
    pub(super) fn opaque(&mut self, mut expr: Expr) -> Expr {
        Jumps {
            lower: self,
            inside: Vec::new(),
        }
        .visit_expr_mut(&mut expr);
        expr
    }

    pub(super) fn question(&mut self, value: Expr, question: Span) -> Expr {
        let drops = self.guards_above(0);
        let id = self.graph.tries.push(Try {
            region: self.region,
            question,
            drops,
        });
        Expr::Call(ExprCall {
            attrs: Vec::new(),
            func: Box::new(Marker::Try(id).expr(question)),
            paren_token: Default::default(),
            args: Punctuated::from_iter([value]),
        })
    }

    pub(super) fn jump_return(&mut self, value: Option<Expr>, span: Span) -> Expr {
        let exit = self.leaving(0, Target::Return);
        self.exit(exit, value, span)
    }

    pub(super) fn jump_break(
        &mut self,
        label: Option<&Lifetime>,
        value: Option<Expr>,
        span: Span,
    ) -> Expr {
        let Some(left) = self.scope(label) else {
            // rustc says what is wrong with it.
            return Expr::Break(ExprBreak {
                attrs: Vec::new(),
                break_token: syn::Token![break](span),
                label: label.cloned(),
                expr: value.map(Box::new),
            });
        };
        let exit = match left.dest {
            Dest::Return => self.leaving(left.at, Target::Return),
            Dest::None => self.leaving(left.at, Target::Block(left.after)),
            Dest::Local(local, ty) => Exit {
                value: Some((local, ty)),
                ..self.leaving(left.at, Target::Block(left.after))
            },
        };
        self.exit(exit, value, span)
    }

    fn jump_continue(&mut self, label: Option<&Lifetime>, span: Span) -> Option<Expr> {
        let left = self.scope(label)?;
        let exit = self.leaving(left.at, Target::Block(left.head?));
        Some(self.exit(exit, None, span))
    }

    /// A jump that leaves the scopes from `at` on.
    fn leaving(&self, at: usize, target: Target) -> Exit {
        Exit {
            region: self.region,
            target,
            value: None,
            drops: self.guards_above(at),
        }
    }

    fn exit(&mut self, exit: Exit, value: Option<Expr>, span: Span) -> Expr {
        let id = self.graph.exits.push(exit);
        Expr::Break(ExprBreak {
            attrs: Vec::new(),
            break_token: syn::Token![break](span),
            label: Some(Marker::Exit(id).lifetime(span)),
            expr: value.map(Box::new),
        })
    }

    /// What a jump with this label, or without one, leaves.
    fn scope(&self, label: Option<&Lifetime>) -> Option<Left> {
        let label = label.map(|label| label.ident.to_string());
        let means = |(at, scope): (usize, &Scope)| match scope {
            Scope::Loop {
                label: name,
                after,
                dest,
                head,
            } if label.is_none() || *name == label => Some(Left {
                at,
                after: *after,
                dest: dest.clone(),
                head: Some(*head),
            }),
            Scope::Labelled {
                label: name,
                after,
                dest,
            } if label.as_ref() == Some(name) => Some(Left {
                at,
                after: *after,
                dest: dest.clone(),
                head: None,
            }),
            _ => None,
        };
        self.scopes.iter().enumerate().rev().find_map(means)
    }

    /// The guards that a jump out of the scope at `at` leaves, innermost first.
    fn guards_above(&self, at: usize) -> Vec<LocalId> {
        let guard = |scope: &Scope| match scope {
            Scope::Guard(local) => Some(*local),
            _ => None,
        };
        self.scopes[at..].iter().rev().filter_map(guard).collect()
    }
}

/// A scope that a jump leaves.
struct Left {
    /// Its place among the scopes.
    at: usize,
    /// What follows it.
    after: BlockId,
    /// Where the value of the jump goes.
    dest: Dest,
    /// Its beginning, if it is a loop.
    head: Option<BlockId>,
}

/// Rewrites the jumps that leave code that is not taken apart.
struct Jumps<'l, 'd> {
    lower: &'l mut Lower<'d>,
    /// The loops and labelled blocks inside: a label each, and whether it is a loop.
    inside: Vec<(Option<String>, bool)>,
}

impl Jumps<'_, '_> {
    fn stays(&self, label: Option<&Lifetime>) -> bool {
        match label {
            Some(label) => self
                .inside
                .iter()
                .any(|(name, _)| name.as_deref().is_some_and(|name| label.ident == name)),
            None => self.inside.iter().any(|(_, is_loop)| *is_loop),
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let Some(id) = known::of_call(call) else {
            return;
        };
        if self.lower.graph.macros[id].statement && self.lower.graph.macros[id].exit.is_none() {
            let exit = self.lower.leaving(0, Target::Return);
            let exit = self.lower.graph.exits.push(exit);
            self.lower.graph.macros[id].exit = Some(exit);
        }
    }
}

impl VisitMut for Jumps<'_, '_> {
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let name = |label: &Option<Label>| label.as_ref().map(|label| label.name.ident.to_string());
        let entered = match expr {
            Expr::Loop(loop_) => Some((name(&loop_.label), true)),
            Expr::While(while_) => Some((name(&while_.label), true)),
            Expr::ForLoop(for_) => Some((name(&for_.label), true)),
            Expr::Block(block) if block.label.is_some() => Some((name(&block.label), false)),
            _ => None,
        };
        let depth = self.inside.len();
        self.inside.extend(entered);
        visit_mut::visit_expr_mut(self, expr);
        self.inside.truncate(depth);
        match expr {
            Expr::Try(try_) => {
                let value = std::mem::replace(&mut *try_.expr, Expr::PLACEHOLDER);
                *expr = self.lower.question(value, try_.question_token.span);
            }
            Expr::Return(return_) => {
                let value = return_.expr.take().map(|value| *value);
                *expr = self.lower.jump_return(value, return_.return_token.span);
            }
            Expr::Break(break_) if !self.stays(break_.label.as_ref()) => {
                let value = break_.expr.take().map(|value| *value);
                let label = break_.label.take();
                *expr = self
                    .lower
                    .jump_break(label.as_ref(), value, break_.break_token.span);
            }
            Expr::Continue(continue_) if !self.stays(continue_.label.as_ref()) => {
                let span = continue_.continue_token.span;
                if let Some(exit) = self.lower.jump_continue(continue_.label.as_ref(), span) {
                    *expr = exit;
                }
            }
            Expr::Async(async_) if self.lower.branches.is_some() => {
                *expr = self.lower.branch(async_)
            }
            Expr::Call(call) => self.call(call),
            _ => {}
        }
    }
}
