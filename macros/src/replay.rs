//! The body of a replayed orchestration: it stays an `async` block, and each `.await` becomes that of a
//! future over a durable call.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprAsync, ExprAwait, ExprClosure, ExprConst, Item, Macro, Stmt,
    parse_quote_spanned,
};

use crate::attribute::Context;
use crate::diagnostics::Diagnostics;
use crate::item::Function;
use crate::syntax::{block_has_await, locker};
use crate::{known, local_types, messages};

/// Nothing if it was refused.
pub(crate) fn body(function: &Function, diag: &mut Diagnostics) -> Option<Block> {
    let mut block = function.block.clone();
    let before = diag.len();
    local_types::make_savable(&mut block);
    Replay {
        diag,
        operand: Operand::No,
        closure: false,
    }
    .visit_block_mut(&mut block);
    (diag.len() == before).then_some(block)
}

/// What gives the turn to the awaits of a body.
pub(crate) fn context() -> Ident {
    Ident::new("__undying", Span::mixed_site())
}

/// Whether an expression is within what stands before an `.await`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    No,
    Yes,
    /// And it has `async` blocks.
    Forked,
}

// Input:   call.await
// Output:  __rt::replayed(__undying, __rt::InOrchestration, call).await
// Input:   join((async { a }, b)).await
// Output:  { let __forks = &__rt::Forks::new(__undying);
//            match join((__forks.branch(async { a }), b)) {
//                __call => __forks.awaited(__rt::InOrchestration, __call).await } }
struct Replay<'d> {
    diag: &'d mut Diagnostics,
    operand: Operand,
    closure: bool,
}

impl Replay<'_> {
    fn within<R>(
        &mut self,
        (operand, closure): (Operand, bool),
        visit: impl FnOnce(&mut Self) -> R,
    ) -> (R, Operand) {
        let outer = (
            std::mem::replace(&mut self.operand, operand),
            std::mem::replace(&mut self.closure, closure),
        );
        let result = visit(self);
        let operand = std::mem::replace(&mut self.operand, outer.0);
        self.closure = outer.1;
        (result, operand)
    }

    fn awaited(&mut self, mut node: ExprAwait) -> Expr {
        if self.closure {
            self.diag
                .refuse(node.await_token, messages::await_in_closure());
        }
        if let Some(lock) = locker(&node.base) {
            self.diag.refuse(lock, messages::no_sections());
        }
        let ((), operand) = self.within((Operand::Yes, false), |this| {
            this.visit_expr_mut(&mut node.base);
        });
        let (undying, base) = (context(), node.base.clone());
        // What cannot be awaited is told at the operand.
        let at = Span::mixed_site().located_at(base.span());
        let place = Context::Orchestration.ty();
        if operand != Operand::Forked {
            node.base = parse_quote_spanned!(at=> __rt::replayed(#undying, #place, #base));
            return Expr::Await(node);
        }
        let (forks, call) = (forks(), Ident::new("__call", Span::mixed_site()));
        node.base = parse_quote_spanned!(at=> #forks.awaited(#place, #call));
        parse_quote_spanned!(at=> {
            let #forks = &__rt::Forks::new(#undying);
            match #base { #call => #node }
        })
    }

    fn block(&mut self, mut node: ExprAsync) -> Expr {
        if self.operand == Operand::No {
            if block_has_await(&node.block) {
                let refusal = messages::async_block();
                self.diag.refuse(node.async_token, refusal);
            }
            return Expr::Async(node);
        }
        self.operand = Operand::Forked;
        self.within((Operand::No, false), |this| {
            visit_mut::visit_block_mut(this, &mut node.block);
        });
        let forks = forks();
        let at = Span::mixed_site().located_at(node.async_token.span());
        parse_quote_spanned!(at=> #forks.branch(#node))
    }

    fn mac(&mut self, mac: &mut Macro) -> Option<Expr> {
        let mut unseen = Diagnostics::default();
        let mut expr =
            known::visit_in_place(mac, &mut |expr| self.visit_expr_mut(expr), &mut unseen);
        self.diag.append(unseen);
        if let Some(expr) = &mut expr {
            self.visit_expr_mut(expr);
        }
        expr
    }
}

fn forks() -> Ident {
    Ident::new("__forks", Span::mixed_site())
}

impl VisitMut for Replay<'_> {
    // Items are other functions' business.
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}

    fn visit_attribute_mut(&mut self, attr: &mut Attribute) {
        if attr.path().is_ident("resume") {
            self.diag.refuse(attr, messages::no_resume_points());
        }
    }

    // A block of statements is no longer the operand itself: what it keeps could be awaited later.
    fn visit_block_mut(&mut self, block: &mut Block) {
        let closure = self.closure;
        self.within((Operand::No, closure), |this| {
            visit_mut::visit_block_mut(this, block);
        });
    }

    fn visit_expr_closure_mut(&mut self, node: &mut ExprClosure) {
        if let Some(token) = &node.asyncness {
            self.diag.refuse(token, messages::async_closure());
            return;
        }
        let operand = self.operand;
        let ((), operand) = self.within((operand, true), |this| {
            visit_mut::visit_expr_closure_mut(this, node);
        });
        self.operand = operand;
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(node) = stmt
            && let Some(expr) = self.mac(&mut node.mac)
        {
            *stmt = Stmt::Expr(expr, node.semi_token);
            return;
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Macro(node) => {
                if let Some(other) = self.mac(&mut node.mac) {
                    *expr = other;
                }
            }
            Expr::Await(node) => *expr = self.awaited(node.clone()),
            Expr::Async(node) => *expr = self.block(node.clone()),
            expr => visit_mut::visit_expr_mut(self, expr),
        }
    }
}

/// The first parameter of the hidden function that is the body.
pub(crate) fn first_parameter() -> TokenStream {
    let undying = context();
    let at = Span::mixed_site();
    quote_spanned!(at=> #undying: &::undying::__private::ReplayContext)
}
