//! The body of a function whose body was refused: it still mentions all that it used.
//!
//! What only the body uses would be "unused" otherwise, beside the error. The user's block is printed
//! with the error itself as a value, of which each `.await` makes its output: where a value has no
//! type, rustc checks names and says nothing about types, moves and unused variables.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, Item, Macro, Stmt, Token, parse_quote};

use crate::item::Function;
use crate::known;
use crate::syntax::attrs_mut;

/// `errors`: at least one, each a `compile_error!` of its own.
pub(crate) fn mention(function: &Function, errors: Vec<TokenStream>) -> TokenStream {
    let mut errors = errors.into_iter();
    let first = errors.next();
    // `self` and `Self` mean something else where this is printed.
    if function.owner.is_some() {
        return quote!(#first #(#errors)*);
    }
    let refused = refused();
    let pats = function.parameters.iter().map(|parameter| &parameter.pat);
    let (mut block, output) = (function.block.clone(), &function.output);
    Mention.visit_block_mut(&mut block);
    quote! {
        let #refused = #first;
        #(#errors)*
        #(let #pats = #refused;)*
        let _ = move || -> #output #block;
    }
}

/// The value without a type.
fn refused() -> Ident {
    Ident::new("__refused", Span::mixed_site())
}

/// Writes what cannot be printed in a plain function as calls of the value without a type.
struct Mention;

impl Mention {
    fn attributes(attrs: &mut Vec<Attribute>) {
        attrs.retain(|attr| !attr.path().is_ident("resume"));
    }

    /// A macro is given what its arguments are here; one that polls futures is mentioned by its path.
    fn mac(mac: &mut Macro) -> Option<Expr> {
        let polls = matches!(known::name(mac).as_str(), "join" | "try_join" | "select");
        if !polls && known::await_in(mac.tokens.clone()).is_none() {
            return None;
        }
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(mac.tokens.clone());
        if !polls && let Ok(mut arguments) = arguments {
            arguments
                .iter_mut()
                .for_each(|argument| Mention.visit_expr_mut(argument));
            mac.tokens = arguments.into_token_stream();
            return None;
        }
        let (refused, path) = (refused(), &mac.path);
        let imported = (path.segments.len() > 1).then(|| quote!(use #path as _;));
        let arguments = arguments.unwrap_or_default();
        Some(parse_quote!({ #imported #refused(#arguments) }))
    }
}

impl VisitMut for Mention {
    // Items are other functions' business.
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        Mention::attributes(&mut local.attrs);
        visit_mut::visit_local_mut(self, local);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(node) = stmt {
            Mention::attributes(&mut node.attrs);
            if let Some(mention) = Mention::mac(&mut node.mac) {
                *stmt = Stmt::Expr(mention, node.semi_token);
            }
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Some(attrs) = attrs_mut(expr) {
            Mention::attributes(attrs);
        }
        if let Expr::Macro(node) = expr
            && let Some(mention) = Mention::mac(&mut node.mac)
        {
            *expr = mention;
        }
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::Await(node) = expr {
            let (refused, base) = (refused(), node.base.to_token_stream());
            *expr = parse_quote!(#refused(#base));
        }
    }
}
