//! Blocks and their statements.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, Block, Expr, ExprBlock, Local as Let, Meta, Stmt as Syntax, Token};

use super::section::enters_section;
use super::value::unit;
use super::{Dest, Lower, Scope};
use crate::arena::LocalId;
use crate::graph::{Stmt, Term};
use crate::messages;
use crate::names::bindings;
use crate::syntax::{attrs_mut, block_has_await, diverges, has_await};

impl Lower<'_> {
    // Input:   { let _a = x; body }
    // Output:  let _a = x; value = body; drop(_a); value
    //
    /// A block; the guards declared in it live to its end.
    pub(super) fn body(&mut self, block: Block, dest: Dest) {
        let awaits = block_has_await(&block);
        let guarded = awaits && block.stmts.iter().any(|stmt| self.declares_guard(stmt));
        if !guarded {
            return self.statements(block, dest);
        }
        let in_section = self.in_section;
        let inner = match &dest {
            Dest::Return => {
                let ty = self.returns.clone();
                Dest::Local(self.hidden("value", ty.clone(), Span::call_site()), ty)
            }
            other => other.clone(),
        };
        let outside = self.scopes.len();
        self.statements(block, inner.clone());
        let guards: Vec<LocalId> = self.scopes.drain(outside..).filter_map(guard).collect();
        for guard in guards.into_iter().rev() {
            self.push(Stmt::Drop(guard));
        }
        self.in_section = in_section;
        if let (Dest::Return, Dest::Local(value, _)) = (dest, inner) {
            let value = self.named(value);
            self.finish(value, Dest::Return);
        }
    }

    fn declares_guard(&self, stmt: &Syntax) -> bool {
        let Syntax::Local(Let {
            pat,
            init: Some(init),
            ..
        }) = stmt
        else {
            return false;
        };
        let mut bindings = bindings(pat).into_iter();
        enters_section(init) || bindings.any(|binding| self.graph.locals[binding.local].is_guard())
    }

    fn statements(&mut self, block: Block, dest: Dest) {
        let count = block.stmts.len();
        let mut has_value = false;
        for (index, stmt) in block.stmts.into_iter().enumerate() {
            let last = index + 1 == count;
            match stmt {
                Syntax::Item(item) => self.item(item),
                Syntax::Local(local) => self.let_statement(local),
                Syntax::Expr(mut expr, semi) => {
                    let pinned = self.pin(attrs_mut(&mut expr), &expr_span(&semi));
                    match semi {
                        None if last => {
                            has_value = true;
                            self.value(expr, dest.clone());
                        }
                        semi if last && !matches!(dest, Dest::None) && !has_await(&expr) => {
                            // rustc decides whether the block is `!`.
                            has_value = true;
                            let expr = self.opaque(expr);
                            self.finish(statement_as_value(expr, semi), dest.clone());
                        }
                        semi => self.statement(expr, semi),
                    }
                    self.unpin(pinned);
                }
                Syntax::Macro(_) => unreachable!("macro calls are call nodes by now"),
            }
        }
        if !has_value && !matches!(dest, Dest::None) {
            self.finish(unit(), dest);
        }
    }

    fn statement(&mut self, expr: Expr, _semi: Option<Token![;]>) {
        let ends = diverges(&expr, &self.graph.macros);
        if has_await(&expr) {
            self.value(expr, Dest::None);
            if ends {
                self.close(Term::Diverge);
            }
            return;
        }
        let expr = self.opaque(expr);
        let expr = self.wrap(expr);
        let code = self.code(expr);
        self.push(Stmt::Expr(code));
        if ends {
            self.close(Term::Diverge);
        }
    }

    /// Takes `#[resume(name = "..")]` off a statement: the awaits in it bear this name.
    pub(super) fn pin(&mut self, attrs: Option<&mut Vec<Attribute>>, _span: &Span) -> Option<Pin> {
        let attrs = attrs?;
        let at = attrs
            .iter()
            .position(|attr| attr.path().is_ident("resume"))?;
        let attr = attrs.remove(at);
        let mut name = None;
        let parsed = match &attr.meta {
            Meta::List(list) => list.parse_nested_meta(|meta| {
                if !meta.path.is_ident("name") {
                    return Err(meta.error("expected `name`"));
                }
                name = Some(meta.value()?.parse::<syn::LitStr>()?);
                Ok(())
            }),
            _ => Err(syn::Error::new(attr.span(), "")),
        };
        if parsed.is_err() || name.as_ref().is_none_or(|name| name.value().is_empty()) {
            self.diag.refuse(&attr, messages::point_syntax());
            return None;
        }
        let before = std::mem::replace(&mut self.pinned, name);
        Some(Pin {
            before,
            attr,
            awaits: self.graph.awaits.len(),
        })
    }

    pub(super) fn unpin(&mut self, pin: Option<Pin>) {
        let Some(pin) = pin else { return };
        if pin.awaits == self.graph.awaits.len() {
            self.diag.refuse(&pin.attr, messages::point_without_await());
        }
        self.pinned = pin.before;
    }
}

/// A statement with a name for its awaits.
pub(super) struct Pin {
    before: Option<syn::LitStr>,
    attr: Attribute,
    awaits: usize,
}

fn guard(scope: Scope) -> Option<LocalId> {
    match scope {
        Scope::Guard(local) => Some(local),
        _ => None,
    }
}

fn expr_span(semi: &Option<Token![;]>) -> Span {
    semi.map_or_else(Span::call_site, |semi| semi.span)
}

/// `{ expr; }`
fn statement_as_value(expr: Expr, semi: Option<Token![;]>) -> Expr {
    let block = Block {
        brace_token: Default::default(),
        stmts: vec![Syntax::Expr(expr, semi)],
    };
    Expr::Block(ExprBlock {
        attrs: Vec::new(),
        label: None,
        block,
    })
}
