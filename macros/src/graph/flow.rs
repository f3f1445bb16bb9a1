//! What code that is not taken apart does to locals, in the order in which it does it.

use std::mem;

use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprBreak, ExprCall, ExprClosure, Item, Label, Lifetime, Local as Let, Pat,
};

use super::Code;
use crate::arena::{ExitId, LocalId, RegionId, TryId};
use crate::known::Macros;
use crate::marker::{self, Marker};
use crate::names::bindings;
use crate::set::Set;

pub(crate) enum Flow {
    Use(LocalId),
    Define(LocalId),
    Seq(Vec<Flow>),
    /// Exactly one of them.
    Branch(Vec<Flow>),
    /// What a closure captures.
    Uses(Set),
    /// Again and again; left by `Break` alone.
    Loop(u32, Box<Flow>),
    /// Left at its end, or by `Break`.
    Labelled(u32, Box<Flow>),
    Break(u32),
    Continue(u32),
    Exit(ExitId),
    /// May leave the region.
    Leave(TryId),
    /// Gives a branch what it takes along.
    Fork(RegionId),
    /// May leave the region by a jump.
    MayExit(ExitId),
    /// Does not come back.
    Stop,
}

impl Code {
    pub(crate) fn new(expr: Expr, macros: &Macros) -> Code {
        let mut walk = Walk::new(macros);
        walk.visit_expr(&expr);
        let Walk {
            seq,
            named,
            declared,
            ..
        } = walk;
        Code {
            flow: sequence(seq),
            named,
            declared,
            expr,
        }
    }
}

/// The locals that `expr` names and does not declare.
pub(crate) fn named(expr: &Expr, macros: &Macros) -> Set {
    let mut walk = Walk::new(macros);
    walk.visit_expr(expr);
    let mut named = walk.named;
    named.subtract(&walk.declared);
    named
}

fn sequence(mut seq: Vec<Flow>) -> Flow {
    match seq.pop() {
        Some(only) if seq.is_empty() => only,
        Some(last) => {
            seq.push(last);
            Flow::Seq(seq)
        }
        None => Flow::Seq(seq),
    }
}

struct Walk<'m> {
    macros: &'m Macros,
    seq: Vec<Flow>,
    named: Set,
    declared: Set,
    /// Loops and labelled blocks around here: number, label, whether an unlabelled jump means it.
    around: Vec<(u32, Option<String>, bool)>,
    count: u32,
}

impl<'m> Walk<'m> {
    fn new(macros: &'m Macros) -> Self {
        Walk {
            macros,
            seq: Vec::new(),
            named: Set::default(),
            declared: Set::default(),
            around: Vec::new(),
            count: 0,
        }
    }

    fn push(&mut self, flow: Flow) {
        self.seq.push(flow);
    }

    fn apart(&mut self, inside: impl FnOnce(&mut Self)) -> Flow {
        let before = mem::take(&mut self.seq);
        inside(self);
        sequence(mem::replace(&mut self.seq, before))
    }

    fn define(&mut self, pat: &Pat) {
        for binding in bindings(pat) {
            self.declared.insert(binding.local);
            self.named.insert(binding.local);
            self.push(Flow::Define(binding.local));
        }
        if let Pat::Guard(guarded) = pat {
            self.visit_expr(&guarded.guard);
        }
    }

    fn use_(&mut self, local: LocalId) {
        self.named.insert(local);
        self.push(Flow::Use(local));
    }

    /// `left` of an assignment, after its right side was evaluated.
    fn assign(&mut self, left: &Expr) {
        match left {
            Expr::Path(_) => match marker::local(left) {
                Some(local) => {
                    self.named.insert(local);
                    self.push(Flow::Define(local));
                }
                None => self.visit_expr(left),
            },
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|elem| self.assign(elem)),
            Expr::Array(array) => array.elems.iter().for_each(|elem| self.assign(elem)),
            Expr::Paren(paren) => self.assign(&paren.expr),
            Expr::Call(call) => call.args.iter().for_each(|arg| self.assign(arg)),
            Expr::Struct(struct_) => struct_
                .fields
                .iter()
                .for_each(|field| self.assign(&field.expr)),
            Expr::Infer(_) => {}
            place => self.visit_expr(place),
        }
    }

    fn enter(&mut self, label: Option<&Label>, is_loop: bool) -> u32 {
        self.count += 1;
        let label = label.map(|label| label.name.ident.to_string());
        self.around.push((self.count, label, is_loop));
        self.count
    }

    fn target(&self, label: Option<&Lifetime>) -> Option<u32> {
        let meant = |(_, name, is_loop): &&(u32, Option<String>, bool)| match label {
            Some(label) => name.as_deref().is_some_and(|name| label.ident == name),
            None => *is_loop,
        };
        self.around.iter().rev().find(meant).map(|around| around.0)
    }

    /// `head` runs before every turn and may end the loop; `body` may end it with `break` only.
    fn loop_(
        &mut self,
        label: Option<&Label>,
        head: impl FnOnce(&mut Self),
        body: &Block,
        conditional: bool,
    ) {
        let id = self.enter(label, true);
        let flow = self.apart(|walk| {
            head(walk);
            let body = walk.apart(|walk| walk.visit_block(body));
            if conditional {
                walk.push(Flow::Branch(vec![Flow::Break(id), body]));
            } else {
                walk.push(body);
            }
        });
        self.around.pop();
        self.push(Flow::Loop(id, Box::new(flow)));
    }

    fn break_(&mut self, node: &ExprBreak) {
        if let Some(value) = &node.expr {
            self.visit_expr(value);
        }
        let exit = node
            .label
            .as_ref()
            .and_then(|label| Marker::of_ident(&label.ident));
        match (exit, self.target(node.label.as_ref())) {
            (Some(Marker::Exit(exit)), _) => self.push(Flow::Exit(exit)),
            (_, Some(id)) => self.push(Flow::Break(id)),
            _ => self.push(Flow::Stop),
        }
    }

    fn call(&mut self, node: &ExprCall) {
        match Marker::of_expr(&node.func) {
            Some(Marker::Macro(id)) => {
                visit::visit_expr_call(self, node);
                let invocation = &self.macros[id];
                if let Some(exit) = invocation.exit {
                    self.push(Flow::MayExit(exit));
                }
                if invocation.family.diverges() {
                    self.push(Flow::Stop);
                }
            }
            Some(Marker::Try(id)) => {
                visit::visit_expr_call(self, node);
                self.push(Flow::Leave(id));
            }
            Some(Marker::Branch(id)) => {
                visit::visit_expr_call(self, node);
                self.push(Flow::Fork(id));
            }
            _ => visit::visit_expr_call(self, node),
        }
    }

    fn closure(&mut self, node: &ExprClosure) {
        self.later(|inner| {
            node.inputs.iter().for_each(|input| inner.define(input));
            inner.visit_expr(&node.body);
        });
    }

    /// A body that runs later or never: what it names is used here.
    fn later(&mut self, body: impl FnOnce(&mut Walk<'m>)) {
        let mut inner = Walk::new(self.macros);
        body(&mut inner);
        let mut captured = inner.named.clone();
        captured.subtract(&inner.declared);
        self.named.union(&inner.named);
        self.declared.union(&inner.declared);
        self.push(Flow::Uses(captured));
    }
}

impl<'a> Visit<'a> for Walk<'_> {
    fn visit_item(&mut self, _: &'a Item) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Path(_) => {
                if let Some(local) = marker::local(expr) {
                    self.use_(local);
                }
            }
            Expr::Assign(assign) => {
                self.visit_expr(&assign.right);
                self.assign(&assign.left);
            }
            Expr::Binary(binary) if matches!(binary.op, syn::BinOp::And(_) | syn::BinOp::Or(_)) => {
                self.visit_expr(&binary.left);
                let right = self.apart(|walk| walk.visit_expr(&binary.right));
                self.push(Flow::Branch(vec![Flow::Seq(Vec::new()), right]));
            }
            Expr::Let(let_) => {
                self.visit_expr(&let_.expr);
                self.define(&let_.pat);
            }
            Expr::If(if_) => {
                // The condition's own branches end in the else part: what the then part defines is
                // not defined there, what the condition uses is used by both.
                let then = self.apart(|walk| walk.visit_block(&if_.then_branch));
                let els = self.apart(|walk| {
                    if let Some((_, els)) = &if_.else_branch {
                        walk.visit_expr(els);
                    }
                });
                self.visit_expr(&if_.cond);
                self.push(Flow::Branch(vec![then, els]));
            }
            Expr::Match(match_) => {
                self.visit_expr(&match_.expr);
                let arms = match_.arms.iter().map(|arm| {
                    self.apart(|walk| {
                        walk.define(&arm.pat);
                        walk.visit_expr(&arm.body);
                    })
                });
                let arms = arms.collect();
                self.push(Flow::Branch(arms));
            }
            Expr::Loop(loop_) => self.loop_(loop_.label.as_ref(), |_| {}, &loop_.body, false),
            Expr::While(while_) => {
                self.loop_(
                    while_.label.as_ref(),
                    |walk| walk.visit_expr(&while_.cond),
                    &while_.body,
                    true,
                );
            }
            Expr::ForLoop(for_) => {
                self.visit_expr(&for_.expr);
                // The pattern is bound on the way into the body alone, but nobody else sees its names.
                self.loop_(
                    for_.label.as_ref(),
                    |walk| walk.define(&for_.pat),
                    &for_.body,
                    true,
                );
            }
            Expr::Block(block) if block.label.is_some() => {
                let id = self.enter(block.label.as_ref(), false);
                let inside = self.apart(|walk| walk.visit_block(&block.block));
                self.around.pop();
                self.push(Flow::Labelled(id, Box::new(inside)));
            }
            Expr::Closure(closure) => self.closure(closure),
            Expr::Async(async_) => self.later(|inner| inner.visit_block(&async_.block)),
            Expr::Const(_) => {}
            Expr::Call(call) => self.call(call),
            Expr::Break(break_) => self.break_(break_),
            Expr::Continue(continue_) => match self.target(continue_.label.as_ref()) {
                Some(id) => self.push(Flow::Continue(id)),
                None => self.push(Flow::Stop),
            },
            Expr::Return(return_) => {
                if let Some(value) = &return_.expr {
                    self.visit_expr(value);
                }
                self.push(Flow::Stop);
            }
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_local(&mut self, local: &'a Let) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                let els = self.apart(|walk| walk.visit_expr(diverge));
                self.push(Flow::Branch(vec![Flow::Seq(Vec::new()), els]));
            }
            self.define(&local.pat);
        } else {
            for binding in bindings(&local.pat) {
                self.declared.insert(binding.local);
            }
        }
    }

    fn visit_pat(&mut self, _: &'a Pat) {}
}
