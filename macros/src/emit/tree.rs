//! Trees: statements as they were, branches as themselves, and leaves.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Pat;
use syn::spanned::Spanned;

use super::Emit;
use super::arm::Arm;
use super::leave::jumps_while_borrowing;
use crate::arena::{AwaitId, LocalId, TreeId};
use crate::graph::{MatchArm, Stmt, Term, Tree};
use crate::names::Kind;
use crate::set::Set;
use crate::syntax::last;

impl Arm<'_, '_> {
    /// `variables` are the locals that are Rust variables where the tree begins.
    pub(super) fn tree(&mut self, id: TreeId, mut variables: Set) -> TokenStream {
        let Tree { stmts, term } = std::mem::take(&mut self.trees[id]);
        let mut code = TokenStream::new();
        for stmt in stmts {
            self.stmt(stmt, &mut variables, &mut code);
        }
        self.term(term, &variables, &mut code);
        code
    }

    pub(super) fn stmt(&mut self, stmt: Stmt, variables: &mut Set, code: &mut TokenStream) {
        let emit = self.emit;
        match stmt {
            ref stmt if !self.is_printed(stmt, variables) => {}
            Stmt::Let {
                remake: true,
                binds,
                pat,
                ..
            } if emit.is_lent(&binds) => code.extend(emit.lend(&binds, emit.paint_pat(pat))),
            Stmt::Let {
                attrs,
                pat,
                init,
                els,
                binds,
                remake,
            } => {
                let mut init = emit.paint(init.expr, variables);
                if els.is_some() && ends_with_brace(&init) {
                    // What `?` has become is a `match`, which may not stand before an `else`.
                    init = quote!((#init));
                }
                let els = els
                    .map(|els| self.tree(els, variables.clone()))
                    .map(|els| quote!(else { #els }));
                let (unused_mut, pat) = (emit.unused_mut(&binds), emit.paint_pat(pat));
                let mark = if remake {
                    let (mark, tie) = (emit.mark(&binds), emit.tie(&binds));
                    quote!(#mark #tie)
                } else {
                    emit.after_binding(&binds)
                };
                let (let_, end) = ends(&pat, &init);
                code.extend(quote!(#unused_mut #(#attrs)* #let_ #pat = #init #els #end #mark));
                variables.extend(binds);
            }
            Stmt::Expr(expr) => {
                code.extend(match jumps_while_borrowing(emit.graph, &expr.expr) {
                    true => emit.leaving(expr.expr, variables),
                    false => {
                        let expr = emit.paint(expr.expr, variables);
                        quote!(#expr;)
                    }
                });
            }
            Stmt::Output { awaited, local } => {
                code.extend(self.output(awaited, local));
                variables.insert(local);
            }
            Stmt::Arguments { binds } => {
                let stored = emit
                    .parameters
                    .iter()
                    .filter(|parameter| !parameter.kind.is_lent());
                let pats = stored.map(|parameter| emit.paint_pat(parameter.pat.clone()));
                let (place, unused_mut) = (&emit.hidden.place, emit.unused_mut(&binds));
                let tie = emit.tie(&binds);
                code.extend(quote!(#unused_mut let (#(__rt::Arg(#pats),)*) = #place.args(); #tie));
                variables.extend(binds);
            }
            Stmt::Next {
                list,
                cursor,
                pat,
                binds,
                els,
            } => {
                let els = self.tree(els, variables.clone());
                let (slot, cursor, pat) = (
                    emit.hidden.slot(list),
                    emit.name(cursor),
                    emit.paint_pat(pat),
                );
                let (unused_mut, tie) = (emit.unused_mut(&binds), emit.tie(&binds));
                let next = quote!(__rt::Worklist::next(#slot.get_mut(), &mut #cursor));
                code.extend(match &pat {
                    Pat::Ident(_) | Pat::Wild(_) => quote! {
                        #unused_mut
                        let ::core::option::Option::Some(#pat) = #next else { #els };
                    },
                    // A pattern that does not match every item is an error, not the end of the loop.
                    _ => {
                        let item = Ident::new("__item", Span::mixed_site());
                        let (let_, end) = ends(&pat, &pat);
                        quote! {
                            let ::core::option::Option::Some(#item) = #next else { #els };
                            #unused_mut
                            #let_ #pat = #item #end
                        }
                    }
                });
                code.extend(tie);
                variables.extend(binds);
            }
            Stmt::Drop(local) => code.extend(emit.drop(local)),
        }
    }

    /// What is made again is printed only where it is named, says a type, or may panic.
    fn is_printed(&self, stmt: &Stmt, variables: &Set) -> bool {
        match stmt {
            Stmt::Let {
                remake: true,
                binds,
                init,
                pat,
                ..
            } => {
                let types = matches!(pat, Pat::Type(_)) && init.named.is_subset(variables);
                let named = binds.iter().any(|local| self.named.contains(*local));
                named || types || stmt.is_evaluated()
            }
            _ => true,
        }
    }

    /// Goes on when what is awaited is ready.
    fn output(&mut self, awaited: AwaitId, local: LocalId) -> TokenStream {
        let emit = self.emit;
        let (wait, turn) = (
            emit.hidden.wait(emit.layout.point(awaited)),
            &emit.hidden.turn,
        );
        let (name, suspended) = (emit.name(local), emit.wait(awaited));
        if emit.graph.awaits[awaited].branches.is_empty() {
            return quote! {
                #[allow(unused_mut)]
                let __rt::Poll::Ready(mut #name) = #wait.poll(#turn) else { #suspended };
            };
        }
        let (run, polled) = (emit.run_branches(awaited, self.trees), emit.polled());
        let end = emit.end_branches(awaited, &polled);
        quote! {
            #run
            let #polled = #wait.poll(#turn);
            #end
            #[allow(unused_mut)]
            let __rt::Poll::Ready(mut #name) = #polled else { #suspended };
        }
    }

    fn term(&mut self, term: Term, variables: &Set, code: &mut TokenStream) {
        let emit = self.emit;
        match term {
            Term::Open => code.extend(quote!(::core::unreachable!())),
            Term::Diverge => {}
            Term::Goto(target) => code.extend(emit.goto(target, variables)),
            Term::Return { value, region } => {
                let value = emit.paint(value.expr, variables);
                code.extend(emit.finish(region, value, variables));
            }
            Term::Suspend {
                awaited, operand, ..
            } => {
                let printed = emit.paint(operand.expr.clone(), variables);
                code.extend(emit.suspend(awaited, &operand.expr, printed, variables));
            }
            Term::If {
                cond,
                binds,
                then,
                els,
            } => {
                let at = Span::mixed_site().located_at(cond.expr.span());
                let cond = emit.paint(cond.expr, variables);
                let mark = emit.after_binding(&binds);
                let mut inside = variables.clone();
                inside.extend(binds);
                let (then, els) = (self.tree(then, inside), self.tree(els, variables.clone()));
                code.extend(quote_spanned!(at=> if #cond { #mark #then } else { #els };));
            }
            Term::Match { scrutinee, arms } => {
                let at = Span::mixed_site().located_at(scrutinee.expr.span());
                let scrutinee = emit.paint(scrutinee.expr, variables);
                let arms: TokenStream = arms
                    .into_iter()
                    .map(|arm| self.match_arm(arm, variables))
                    .collect();
                code.extend(quote_spanned!(at=> match #scrutinee { #arms };));
            }
        }
    }

    fn match_arm(&mut self, arm: MatchArm, variables: &Set) -> TokenStream {
        let emit = self.emit;
        let mut inside = variables.clone();
        inside.extend(arm.binds.iter().copied());
        let guard = arm
            .guard
            .map(|guard| emit.paint(guard.expr, variables))
            .map(|guard| quote!(if #guard));
        let tree = self.tree(arm.tree, inside);
        let (attrs, pat) = (arm.attrs, emit.paint_pat(arm.pat));
        let (unused_mut, mark) = (emit.unused_mut(&arm.binds), emit.after_binding(&arm.binds));
        let mut body = Group::new(Delimiter::Brace, quote!(#mark #tree));
        body.set_span(arm.end);
        quote!(#unused_mut #(#attrs)* #pat #guard => #body)
    }
}

impl Emit<'_> {
    pub(super) fn is_lent(&self, binds: &[LocalId]) -> bool {
        let mut kinds = binds.iter().map(|local| self.graph.locals[*local].kind);
        kinds.any(Kind::is_lent)
    }

    /// What is the turn's, for one arm.
    pub(super) fn lend(&self, binds: &[LocalId], pat: Pat) -> TokenStream {
        let turn = &self.hidden.turn;
        let mut kinds = binds.iter().map(|local| self.graph.locals[*local].kind);
        let lent = match kinds.find(|kind| kind.is_lent_self()) {
            Some(Kind::Machine) => quote!(machine::<Self>),
            Some(_) => quote!(entity::<Self>),
            None => quote!(context),
        };
        quote!(#[allow(unused_variables)] let #pat = #turn.#lent();)
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

    /// Bindings that are made again elsewhere are not unused here; those declared elsewhere have one type.
    fn after_binding(&self, binds: &[LocalId]) -> TokenStream {
        let remade = binds
            .iter()
            .copied()
            .filter(|local| self.graph.locals[*local].remake.is_some());
        let (mark, tie) = (self.mark(&remade.collect::<Vec<_>>()), self.tie(binds));
        quote!(#mark #tie)
    }

    fn mark(&self, binds: &[LocalId]) -> TokenStream {
        let names = binds
            .iter()
            .map(|local| self.name(*local).into_token_stream());
        quote!(#(let _ = &#names;)*)
    }
}

/// The `let` and the semicolon of a statement: rustc suggests an `else` where it ends.
fn ends(pat: &Pat, tail: &impl ToTokens) -> (TokenStream, TokenStream) {
    let at = |span| Span::mixed_site().located_at(span);
    (
        quote_spanned!(at(pat.span())=> let),
        quote_spanned!(at(last(tail))=> ;),
    )
}

fn ends_with_brace(tokens: &TokenStream) -> bool {
    let last = tokens.clone().into_iter().last();
    matches!(last, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
}
