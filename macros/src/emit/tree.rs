//! Trees: statements as they were, branches as themselves, and leaves.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::Emit;
use crate::arena::{Arena, LocalId, TreeId};
use crate::graph::{Stmt, Term, Tree};
use crate::set::Set;

impl Emit<'_> {
    /// `variables` are the locals that are Rust variables where the tree begins.
    pub(super) fn tree(
        &self,
        id: TreeId,
        mut variables: Set,
        named: &Set,
        trees: &mut Arena<TreeId, Tree>,
    ) -> TokenStream {
        let Tree { stmts, term } = std::mem::take(&mut trees[id]);
        let mut code = TokenStream::new();
        for stmt in stmts {
            self.stmt(stmt, &mut variables, named, trees, &mut code);
        }
        self.term(term, &variables, named, trees, &mut code);
        code
    }

    pub(super) fn stmt(
        &self,
        stmt: Stmt,
        variables: &mut Set,
        named: &Set,
        trees: &mut Arena<TreeId, Tree>,
        code: &mut TokenStream,
    ) {
        match stmt {
            // What is made again is printed only where it is named.
            Stmt::Let {
                remake: true,
                binds,
                ..
            } if !binds.iter().any(|local| named.contains(*local)) => {}
            Stmt::Let {
                remake: true,
                binds,
                ..
            } if self.is_context(&binds) => {
                let (name, turn) = (self.name(binds[0]), &self.hidden.turn);
                code.extend(quote!(let #name = #turn.context();));
            }
            Stmt::Let {
                attrs,
                pat,
                init,
                els,
                binds,
                remake,
            } => {
                let init = self.paint(init.expr, variables);
                let els = els
                    .map(|els| self.tree(els, variables.clone(), named, trees))
                    .map(|els| quote!(else { #els }));
                let unused_mut = self.unused_mut(&binds);
                let pat = self.paint_pat(pat);
                let mark = if remake {
                    self.mark(&binds)
                } else {
                    self.mark_remade(&binds)
                };
                code.extend(quote!(#unused_mut #(#attrs)* let #pat = #init #els; #mark));
                variables.extend(binds);
            }
            Stmt::Expr(expr) => {
                let expr = self.paint(expr.expr, variables);
                code.extend(quote!(#expr;));
            }
            Stmt::Output { awaited, local } => {
                let point = self.layout.point(awaited);
                let (wait, turn, place, name) = (
                    self.hidden.wait(point),
                    &self.hidden.turn,
                    &self.hidden.place,
                    self.name(local),
                );
                let number = proc_macro2::Literal::u16_unsuffixed(point as u16);
                code.extend(quote! {
                    #[allow(unused_mut)]
                    let __rt::Poll::Ready(mut #name) = #wait.poll(#turn) else { return #place.wait(#number) };
                });
                variables.insert(local);
            }
            Stmt::Arguments { binds } => {
                let pats = self
                    .argument_patterns()
                    .into_iter()
                    .map(|pat| self.paint_pat(pat));
                let (place, unused_mut) = (&self.hidden.place, self.unused_mut(&binds));
                code.extend(quote!(#unused_mut let (#(__rt::Arg(#pats),)*) = #place.args();));
                variables.extend(binds);
            }
            Stmt::Next {
                list,
                cursor,
                pat,
                binds,
                els,
            } => {
                let els = self.tree(els, variables.clone(), named, trees);
                let (slot, cursor, pat) = (
                    self.hidden.slot(list),
                    self.name(cursor),
                    self.paint_pat(pat),
                );
                let unused_mut = self.unused_mut(&binds);
                code.extend(quote! {
                    #unused_mut
                    let ::core::option::Option::Some(#pat) = __rt::Worklist::next(#slot.get_mut(), &mut #cursor) else { #els };
                });
                variables.extend(binds);
            }
            Stmt::Drop(local) => code.extend(self.drop(local)),
        }
    }

    fn term(
        &self,
        term: Term,
        variables: &Set,
        named: &Set,
        trees: &mut Arena<TreeId, Tree>,
        code: &mut TokenStream,
    ) {
        match term {
            Term::Open => code.extend(quote!(::core::unreachable!())),
            Term::Diverge => {}
            Term::Goto(target) => code.extend(self.goto(target, variables)),
            Term::Return(value) => {
                let value = self.paint(value.expr, variables);
                code.extend(self.finish(value));
            }
            Term::Suspend {
                awaited,
                operand,
                resume,
            } => {
                let operand = self.paint(operand.expr, variables);
                code.extend(self.suspend(awaited, operand, resume, variables));
            }
            Term::If {
                cond,
                binds,
                then,
                els,
            } => {
                let cond = self.paint(cond.expr, variables);
                let mark = self.mark_remade(&binds);
                let mut inside = variables.clone();
                inside.extend(binds);
                let then = self.tree(then, inside, named, trees);
                let els = self.tree(els, variables.clone(), named, trees);
                code.extend(quote!(if #cond { #mark #then } else { #els }));
            }
            Term::Match { scrutinee, arms } => {
                let scrutinee = self.paint(scrutinee.expr, variables);
                let mut printed = TokenStream::new();
                for arm in arms {
                    let mut inside = variables.clone();
                    inside.extend(arm.binds.iter().copied());
                    let guard = arm
                        .guard
                        .map(|guard| self.paint(guard.expr, variables))
                        .map(|guard| quote!(if #guard));
                    let tree = self.tree(arm.tree, inside, named, trees);
                    let (attrs, pat) = (arm.attrs, self.paint_pat(arm.pat));
                    let (unused_mut, mark) =
                        (self.unused_mut(&arm.binds), self.mark_remade(&arm.binds));
                    printed.extend(quote!(#unused_mut #(#attrs)* #pat #guard => { #mark #tree }));
                }
                code.extend(quote!(match #scrutinee { #printed }));
            }
        }
    }

    fn is_context(&self, binds: &[LocalId]) -> bool {
        binds
            .iter()
            .any(|local| self.graph.locals[*local].kind == crate::names::Kind::Context)
    }

    /// A binding that is changed only in other blocks seems to need no `mut` here.
    fn unused_mut(&self, binds: &[LocalId]) -> Option<TokenStream> {
        let crosses =
            |local: &LocalId| self.graph.locals[*local].mutable && self.hidden.has_slot(*local);
        binds
            .iter()
            .any(crosses)
            .then(|| quote!(#[allow(unused_mut)]))
    }

    /// Bindings that are made again elsewhere are not unused here.
    fn mark_remade(&self, binds: &[LocalId]) -> TokenStream {
        let remade: Vec<LocalId> = binds
            .iter()
            .copied()
            .filter(|local| self.graph.locals[*local].remake.is_some())
            .collect();
        self.mark(&remade)
    }

    fn mark(&self, binds: &[LocalId]) -> TokenStream {
        let names = binds
            .iter()
            .map(|local| self.name(*local).into_token_stream());
        quote!(#(let _ = &#names;)*)
    }
}
