//! `let` statements.

use syn::{Attribute, Expr, Local as Let, Pat};

use super::section::enters_section;
use super::{Dest, Lower, Scope};
use crate::arena::TreeId;
use crate::graph::{Stmt, Term};
use crate::names::bindings;
use crate::syntax::has_await;

impl Lower<'_> {
    pub(super) fn let_statement(&mut self, mut let_: Let) {
        let span = let_.let_token.span;
        let pin = self.pin(Some(&mut let_.attrs), &span);
        // Without an initialiser there is nothing to print: blocks that assign it declare it.
        if let Some(init) = let_.init {
            if enters_section(&init) {
                self.section(let_.attrs, let_.pat, *init.expr);
                self.unpin(pin);
                return;
            }
            let value = self.initialiser(*init.expr, &let_.pat);
            let els = init.diverge.map(|(_, diverge)| self.apart(*diverge));
            self.let_(let_.attrs, let_.pat, value, els);
        }
        self.unpin(pin);
    }

    /// A declared type is handed on to the branches of a control-flow initialiser, for coercions.
    fn initialiser(&mut self, init: Expr, pat: &Pat) -> Expr {
        let flows = matches!(
            init,
            Expr::If(_) | Expr::Match(_) | Expr::Loop(_) | Expr::Block(_) | Expr::Unsafe(_)
        );
        match pat {
            Pat::Type(typed) if flows && has_await(&init) => {
                let local = self.value_in_local(init, Some((*typed.ty).clone()));
                self.named(local)
            }
            _ => self.operand(init),
        }
    }

    /// A block that ends in a tree of its own, as the `else` of a `let` does.
    fn apart(&mut self, diverge: Expr) -> TreeId {
        let tree = self.new_tree();
        let back = std::mem::replace(&mut self.tree, tree);
        self.value(diverge, Dest::None);
        self.close(Term::Diverge);
        self.tree = back;
        tree
    }

    pub(super) fn let_(
        &mut self,
        attrs: Vec<Attribute>,
        pat: Pat,
        init: Expr,
        els: Option<TreeId>,
    ) {
        let init = self.freeze(init);
        let init = self.wrap(init);
        let found = bindings(&pat);
        let binds = found.iter().map(|binding| binding.local).collect();
        let remake = els.is_none() && self.remake_let(&attrs, &pat, &init);
        if els.is_some() {
            self.remake_pattern(&pat, &init);
        }
        let code = self.code(init);
        self.push(Stmt::Let {
            attrs,
            pat,
            init: code,
            els,
            binds,
            remake,
        });
        for binding in found {
            if self.graph.locals[binding.local].is_guard() {
                self.scopes.push(Scope::Guard(binding.local));
            }
        }
    }
}
