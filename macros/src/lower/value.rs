//! Expressions whose value goes somewhere: into a variable, out of the function, or nowhere.

use syn::spanned::Spanned;
use syn::{Expr, ExprIf, ExprLoop, ExprMatch, ExprTuple, ExprWhile, Pat, PatType, parse_quote};

use super::{Dest, Lower, Scope};
use crate::arena::LocalId;
use crate::graph::{Code, MatchArm, Stmt, Term};
use crate::marker::{self, Marker};
use crate::messages;
use crate::names::{Kind, bindings};
use crate::syntax::{has_await, last};

pub(super) fn unit() -> Expr {
    Expr::Tuple(ExprTuple {
        attrs: Vec::new(),
        paren_token: Default::default(),
        elems: Default::default(),
    })
}

impl Lower<'_> {
    pub(super) fn value(&mut self, expr: Expr, dest: Dest) {
        if !has_await(&expr) {
            let value = self.opaque(expr);
            return self.finish(value, dest);
        }
        match expr {
            Expr::Paren(paren) => self.value(*paren.expr, dest),
            Expr::Group(group) => self.value(*group.expr, dest),
            Expr::Block(block) => match block.label {
                None => self.body(block.block, dest),
                Some(label) => {
                    let after = self.block("After", None);
                    let label = label.name.ident.to_string();
                    self.scopes.push(Scope::Labelled {
                        label,
                        after,
                        dest: dest.clone(),
                    });
                    self.body(block.block, dest);
                    self.scopes.pop();
                    self.close(Term::Goto(after));
                    self.start(after);
                }
            },
            Expr::Unsafe(block) => {
                self.unsafe_depth += 1;
                self.body(block.block, dest);
                self.unsafe_depth -= 1;
            }
            Expr::If(if_) => self.if_(if_, dest),
            Expr::Match(match_) => self.match_(match_, dest),
            Expr::Loop(loop_) => self.loop_(loop_, dest),
            Expr::While(while_) => self.while_(while_, dest),
            Expr::ForLoop(for_) => self.for_loop(for_, dest),
            other => {
                let value = self.operand(other);
                self.finish(value, dest);
            }
        }
    }

    /// Puts a value where it goes.
    pub(super) fn finish(&mut self, value: Expr, dest: Dest) {
        match dest {
            Dest::None => {
                if matches!(&value, Expr::Tuple(tuple) if tuple.elems.is_empty()) {
                    return;
                }
                let code = self.discarded(value);
                self.push(Stmt::Expr(code));
            }
            Dest::Local(local, ty) => self.define(local, ty, value),
            Dest::Return => {
                let value = self.wrap(value);
                let code = self.code(value);
                let region = self.region;
                self.close(Term::Return {
                    value: code,
                    region,
                });
            }
        }
    }

    /// `let local: ty = value;`
    pub(super) fn define(&mut self, local: LocalId, ty: Option<syn::Type>, value: Expr) {
        let name = Pat::Ident(syn::PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: None,
            ident: Marker::Local(local).ident(self.graph.locals[local].ident.span()),
            subpat: None,
        });
        let pat = match ty {
            Some(ty) => Pat::Type(PatType {
                attrs: Vec::new(),
                pat: Box::new(name),
                colon_token: Default::default(),
                ty: Box::new(ty),
            }),
            None => name,
        };
        let value = self.wrap(value);
        let init = self.code(value);
        self.push(Stmt::Let {
            attrs: Vec::new(),
            pat,
            init,
            els: None,
            binds: vec![local],
            remake: false,
        });
    }

    /// A value nobody takes: an output that is only named is given to a function, so that `must_use` is heard.
    fn discarded(&mut self, value: Expr) -> Code {
        let hidden =
            marker::local(&value).filter(|local| self.graph.locals[*local].kind == Kind::Hidden);
        let value = match hidden {
            Some(local) => {
                let span = self.graph.locals[local].ident.span();
                let name = self.named(local);
                syn::parse_quote_spanned!(span=> __rt::awaited(#name))
            }
            None => self.wrap(value),
        };
        self.code(value)
    }

    /// Inside of an `unsafe` block that was taken apart, every part is one.
    pub(super) fn wrap(&self, expr: Expr) -> Expr {
        let plain = matches!(expr, Expr::Path(_) | Expr::Lit(_)) || self.is_safe_place(&expr);
        if self.unsafe_depth == 0 || plain {
            expr
        } else {
            parse_quote!(unsafe { #expr })
        }
    }

    fn if_(&mut self, if_: ExprIf, dest: Dest) {
        let join = self.block("Join", None);
        let els = self.cond(*if_.cond);
        self.body(if_.then_branch, dest.clone());
        self.close(Term::Goto(join));
        self.start_else(els);
        match if_.else_branch {
            Some((_, els)) => self.value(*els, dest),
            None if matches!(dest, Dest::None) => {}
            None => self.finish(unit(), dest),
        }
        self.close(Term::Goto(join));
        self.start(join);
    }

    fn match_(&mut self, match_: ExprMatch, dest: Dest) {
        let scrutinee = self.operand(*match_.expr);
        let scrutinee = self.freeze(scrutinee);
        let scrutinee = self.wrap(scrutinee);
        let join = self.block("Join", None);
        let (mut arms, mut bodies) = (Vec::new(), Vec::new());
        for arm in match_.arms {
            let (pat, guard) = match arm.pat {
                Pat::Guard(guarded) => (*guarded.pat, Some(*guarded.guard)),
                pat => (pat, None),
            };
            let guard = guard.map(|guard| {
                if has_await(&guard) {
                    self.diag.refuse(&guard, messages::await_in_guard());
                }
                let guard = self.opaque(guard);
                self.code(guard)
            });
            self.remake_pattern(&pat, &scrutinee);
            let binds = bindings(&pat).iter().map(|binding| binding.local).collect();
            let tree = self.new_tree();
            arms.push(MatchArm {
                attrs: arm.attrs,
                pat,
                binds,
                guard,
                tree,
                end: last(&arm.body),
            });
            bodies.push((tree, arm.body));
        }
        let scrutinee = self.code(scrutinee);
        self.close(Term::Match { scrutinee, arms });
        for (tree, body) in bodies {
            self.tree = tree;
            self.value(*body, dest.clone());
            self.close(Term::Goto(join));
        }
        self.start(join);
    }

    // Input:   loop { body }
    // Output:  head: body; goto head    after: ..
    fn loop_(&mut self, loop_: ExprLoop, dest: Dest) {
        let (head, after) = (self.block("Loop", None), self.block("After", None));
        self.close(Term::Goto(head));
        self.start(head);
        let label = loop_.label.map(|label| label.name.ident.to_string());
        self.scopes.push(Scope::Loop {
            label,
            after,
            dest,
            head,
        });
        self.body(loop_.body, Dest::None);
        self.scopes.pop();
        self.close(Term::Goto(head));
        self.start(after);
    }

    // Input:   while c { body }
    // Output:  head: if c { body; goto head } else { goto after }    after: ..
    fn while_(&mut self, while_: ExprWhile, dest: Dest) {
        let (head, after) = (self.block("Loop", None), self.block("After", None));
        self.close(Term::Goto(head));
        self.start(head);
        // The label is in scope in the condition.
        let label = while_.label.map(|label| label.name.ident.to_string());
        self.scopes.push(Scope::Loop {
            label,
            after,
            dest: Dest::None,
            head,
        });
        let els = self.cond(*while_.cond);
        self.body(while_.body, Dest::None);
        self.scopes.pop();
        self.close(Term::Goto(head));
        self.start_else(els);
        self.close(Term::Goto(after));
        self.start(after);
        if !matches!(dest, Dest::None) {
            self.finish(unit(), dest);
        }
    }

    /// The local that stands for the value of a control-flow expression.
    pub(super) fn value_in_local(&mut self, expr: Expr, ty: Option<syn::Type>) -> LocalId {
        let local = self.hidden("value", ty.clone(), expr.span());
        self.value(expr, Dest::Local(local, ty));
        local
    }
}
