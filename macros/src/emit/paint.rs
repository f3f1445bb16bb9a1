//! Turns what stands for things in a syntax tree into what is printed.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, FieldPat, FieldValue, Ident, Item, Member, Pat};

use super::Emit;
use super::leave::Leaving;
use crate::arena::LocalId;
use crate::graph::Target;
use crate::marker::{self, Marker};
use crate::set::Set;

impl Emit<'_> {
    /// `variables`: the locals that a jump out of `expr` finds as variables.
    pub(super) fn paint(&self, mut expr: Expr, variables: &Set) -> TokenStream {
        Paint {
            emit: self,
            variables,
            leaving: None,
        }
        .visit_expr_mut(&mut expr);
        expr.into_token_stream()
    }

    /// As `paint`, of a statement whose jumps are made when it is left.
    pub(super) fn paint_leaving(
        &self,
        mut expr: Expr,
        variables: &Set,
        leaving: &Leaving,
    ) -> TokenStream {
        Paint {
            emit: self,
            variables,
            leaving: Some(leaving),
        }
        .visit_expr_mut(&mut expr);
        expr.into_token_stream()
    }

    pub(super) fn paint_pat(&self, mut pat: Pat) -> Pat {
        Paint {
            emit: self,
            variables: &Set::default(),
            leaving: None,
        }
        .visit_pat_mut(&mut pat);
        pat
    }

    /// The identifiers of tokens that were not understood.
    pub(super) fn paint_tokens(&self, tokens: TokenStream) -> TokenStream {
        let paint = |token| match token {
            TokenTree::Ident(ident) => TokenTree::Ident(self.paint_ident(&ident).unwrap_or(ident)),
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), self.paint_tokens(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        };
        tokens.into_iter().map(paint).collect()
    }

    pub(super) fn paint_ident(&self, ident: &Ident) -> Option<Ident> {
        match Marker::of_ident(ident)? {
            Marker::Local(local) => {
                Some(self.colours.ident(&self.graph.locals, local, ident.span()))
            }
            _ => None,
        }
    }
}

struct Paint<'p, 'a> {
    emit: &'p Emit<'a>,
    variables: &'p Set,
    leaving: Option<&'p Leaving>,
}

impl Paint<'_, '_> {
    fn call(&mut self, call: &mut ExprCall) -> Option<TokenStream> {
        let marker = Marker::of_expr(&call.func)?;
        let arguments: Vec<Option<LocalId>> = call.args.iter().map(marker::local).collect();
        visit_mut::visit_expr_call_mut(self, call);
        match marker {
            Marker::Macro(id) => {
                let variables = self.variables;
                Some(self.emit.macro_call(id, call, &arguments, variables))
            }
            Marker::Try(id) => Some(self.emit.question(
                id,
                call.args.to_token_stream(),
                self.variables,
            )),
            Marker::Branch(id) => {
                let args: Vec<&Expr> = call.args.iter().collect();
                Some(self.emit.start_branch(id, &args))
            }
            _ => None,
        }
    }
}

impl VisitMut for Paint<'_, '_> {
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        if let Some(painted) = self.emit.paint_ident(ident) {
            *ident = painted;
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Call(call) = expr {
            match self.call(call) {
                Some(tokens) => *expr = Expr::Verbatim(tokens),
                None => visit_mut::visit_expr_mut(self, expr),
            }
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
        let tokens = match expr {
            Expr::Break(break_) => match break_
                .label
                .as_ref()
                .and_then(|label| Marker::of_ident(&label.ident))
            {
                Some(Marker::Exit(id)) => {
                    let value = break_.expr.take().map(ToTokens::into_token_stream);
                    let block = matches!(self.emit.graph.exits[id].target, Target::Block(_));
                    Some(match self.leaving {
                        Some(leaving) if block => {
                            self.emit.leave_first(id, value.as_ref(), leaving)
                        }
                        _ => self.emit.exit(id, value, self.variables),
                    })
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(tokens) = tokens {
            *expr = Expr::Verbatim(tokens);
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        visit_mut::visit_field_value_mut(self, field);
        if let (Member::Named(name), Expr::Path(path)) = (&field.member, &field.expr)
            && path.path.get_ident().is_some_and(|ident| same(ident, name))
        {
            field.colon_token = None;
        }
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        visit_mut::visit_field_pat_mut(self, field);
        if let (Member::Named(name), Pat::Ident(pat)) = (&field.member, &*field.pat)
            && pat.subpat.is_none()
            && same(&pat.ident, name)
        {
            field.colon_token = None;
        }
    }
}

/// Whether `S { name: ident }` may be written `S { ident }`.
fn same(ident: &Ident, name: &Ident) -> bool {
    ident == name && format!("{:?}", ident.span()) == format!("{:?}", name.span())
}
