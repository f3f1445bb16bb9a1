//! What is refused before anything is lowered.

use syn::visit::{self, Visit};
use syn::{
    Block, Expr, ExprAsync, ExprAwait, ExprClosure, ExprConst, ExprForLoop, ExprTryBlock,
    ExprYield, Item, Pat, PatGuard, Path,
};

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::block_has_await;

pub(crate) fn check(block: &Block, diag: &mut Diagnostics) {
    Check {
        diag,
        inside: Inside::Body,
        awaited: false,
    }
    .visit_block(block);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Body,
    Closure,
    Guard,
}

struct Check<'d> {
    diag: &'d mut Diagnostics,
    inside: Inside,
    /// Inside of what stands before an `.await`.
    awaited: bool,
}

impl Check<'_> {
    fn within(&mut self, inside: Inside, visit: impl FnOnce(&mut Self)) {
        let outer = (
            std::mem::replace(&mut self.inside, inside),
            std::mem::replace(&mut self.awaited, false),
        );
        visit(self);
        (self.inside, self.awaited) = outer;
    }
}

impl<'a> Visit<'a> for Check<'_> {
    // Items are other functions' business.
    fn visit_item(&mut self, _: &'a Item) {}
    fn visit_expr_const(&mut self, _: &'a ExprConst) {}

    fn visit_expr_await(&mut self, node: &'a ExprAwait) {
        match self.inside {
            Inside::Body => {}
            Inside::Closure => self
                .diag
                .refuse(node.await_token, messages::await_in_closure()),
            Inside::Guard => self
                .diag
                .refuse(node.await_token, messages::await_in_guard()),
        }
        let outer = std::mem::replace(&mut self.awaited, true);
        visit::visit_expr_await(self, node);
        self.awaited = outer;
    }

    fn visit_expr_closure(&mut self, node: &'a ExprClosure) {
        if let Some(token) = &node.asyncness {
            self.diag.refuse(token, messages::async_closure());
            return;
        }
        self.within(Inside::Closure, |this| {
            visit::visit_expr_closure(this, node)
        });
    }

    fn visit_pat_guard(&mut self, node: &'a PatGuard) {
        self.visit_pat(&node.pat);
        self.within(Inside::Guard, |this| this.visit_expr(&node.guard));
    }

    fn visit_expr_async(&mut self, node: &'a ExprAsync) {
        if self.awaited && self.inside == Inside::Body {
            self.within(Inside::Body, |this| visit::visit_expr_async(this, node));
        } else if block_has_await(&node.block) {
            let refusal = match self.inside {
                Inside::Closure => messages::async_block_in_closure(),
                Inside::Body | Inside::Guard => messages::async_block(),
            };
            self.diag.refuse(node.async_token, refusal);
        }
    }

    // A block of statements is no longer the operand itself: what it keeps could be awaited later.
    fn visit_block(&mut self, node: &'a Block) {
        let inside = self.inside;
        self.within(inside, |this| visit::visit_block(this, node));
    }

    // An item that does not match would end the loop.
    fn visit_expr_for_loop(&mut self, node: &'a ExprForLoop) {
        if block_has_await(&node.body) && is_refutable(&node.pat) {
            self.diag.refuse(&node.pat, messages::refutable_item());
        }
        visit::visit_expr_for_loop(self, node);
    }

    fn visit_expr_try_block(&mut self, node: &'a ExprTryBlock) {
        self.diag.refuse(node.try_token, messages::unstable("try"));
    }

    fn visit_expr_yield(&mut self, node: &'a ExprYield) {
        self.diag
            .refuse(node.yield_token, messages::unstable("yield"));
    }

    fn visit_expr(&mut self, node: &'a Expr) {
        visit::visit_expr(self, node);
    }
}

/// Whether a pattern says by its syntax that it does not match everything.
fn is_refutable(pat: &Pat) -> bool {
    let variant = |path: &Path| {
        path.get_ident().is_some_and(|ident| {
            ["Some", "None", "Ok", "Err"]
                .iter()
                .any(|name| ident == name)
        })
    };
    match pat {
        Pat::Lit(_) | Pat::Range(_) => true,
        Pat::Path(path) => variant(&path.path),
        Pat::Ident(ident) => {
            ident.ident == "None"
                || ident
                    .subpat
                    .as_ref()
                    .is_some_and(|(_, inside)| is_refutable(inside))
        }
        Pat::TupleStruct(tuple) => variant(&tuple.path) || tuple.elems.iter().any(is_refutable),
        Pat::Tuple(tuple) => tuple.elems.iter().any(is_refutable),
        Pat::Struct(fields) => fields.fields.iter().any(|field| is_refutable(&field.pat)),
        Pat::Reference(reference) => is_refutable(&reference.pat),
        Pat::Paren(paren) => is_refutable(&paren.pat),
        _ => false,
    }
}
