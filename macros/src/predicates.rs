//! `#[cfg(..)]` inside a body: the item is written twice, and rustc keeps the one it means.
//!
//! An attribute macro gets a body before its predicates are evaluated. The first one found is
//! resolved both ways; the macro runs again on the copy that rustc keeps, until none is left.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, Block, Expr, ExprMatch, ExprStruct, FnArg, Item, ItemFn, Meta, Signature, Stmt,
};

use crate::syntax::attrs_mut;

/// Something with a body.
pub(crate) trait Split: Clone + ToTokens {
    fn visit(&self, first: &mut First);
    fn resolve(&mut self, resolve: &mut Resolve);
}

impl Split for ItemFn {
    fn visit(&self, first: &mut First) {
        first.visit_signature(&self.sig);
        first.visit_block(&self.block);
    }
    fn resolve(&mut self, resolve: &mut Resolve) {
        resolve.visit_signature_mut(&mut self.sig);
        resolve.visit_block_mut(&mut self.block);
    }
}

// Input:   #[attribute] fn f() { #[cfg(P)] a; b }
// Output:  #[cfg(P)] #[attribute] fn f() { a; b }    #[cfg(not(P))] #[attribute] fn f() { b }
/// Nothing if there is no predicate in `item`.
pub(crate) fn split<S: Split>(item: &S, attribute: &TokenStream) -> Option<TokenStream> {
    let mut first = First(None);
    item.visit(&mut first);
    let predicate = first.0?;
    let copy = |holds: bool| {
        let mut copy = item.clone();
        copy.resolve(&mut Resolve {
            predicate: predicate.to_string(),
            holds,
        });
        copy
    };
    let (with, without) = (copy(true), copy(false));
    Some(quote! {
        #[cfg(#predicate)] #attribute #with
        #[cfg(not(#predicate))] #attribute #without
    })
}

pub(crate) struct First(Option<TokenStream>);

impl<'a> Visit<'a> for First {
    fn visit_attribute(&mut self, attr: &'a Attribute) {
        if self.0.is_none() {
            self.0 = predicate(attr).cloned();
        }
    }
    // What is inside an item is resolved by rustc.
    fn visit_item(&mut self, item: &'a Item) {
        for attr in item_attrs(&mut item.clone()).into_iter().flatten() {
            if self.0.is_none() {
                self.0 = predicate(attr).cloned();
            }
        }
    }
}

fn predicate(attr: &Attribute) -> Option<&TokenStream> {
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(&list.tokens),
        _ => None,
    }
}

pub(crate) struct Resolve {
    predicate: String,
    holds: bool,
}

impl Resolve {
    /// Takes the predicate off; says whether what it stands on stays.
    pub(crate) fn keep(&self, attrs: &mut Vec<Attribute>) -> bool {
        let before = attrs.len();
        attrs.retain(|attr| {
            predicate(attr).is_none_or(|tokens| tokens.to_string() != self.predicate)
        });
        self.holds || attrs.len() == before
    }
}

impl VisitMut for Resolve {
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_signature_mut(&mut self, sig: &mut Signature) {
        let inputs = std::mem::take(&mut sig.inputs);
        let keep = |input: &mut FnArg| match input {
            FnArg::Receiver(receiver) => self.keep(&mut receiver.attrs),
            FnArg::Typed(typed) => self.keep(&mut typed.attrs),
        };
        sig.inputs = inputs
            .into_iter()
            .filter_map(|mut input| keep(&mut input).then_some(input))
            .collect();
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain_mut(|stmt| match stmt {
            Stmt::Local(local) => self.keep(&mut local.attrs),
            Stmt::Macro(mac) => self.keep(&mut mac.attrs),
            Stmt::Expr(expr, _) => attrs_mut(first(expr)).is_none_or(|attrs| self.keep(attrs)),
            Stmt::Item(item) => item_attrs(item).is_none_or(|attrs| self.keep(attrs)),
        });
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_match_mut(&mut self, node: &mut ExprMatch) {
        node.arms
            .retain_mut(|arm: &mut Arm| self.keep(&mut arm.attrs));
        visit_mut::visit_expr_match_mut(self, node);
    }

    fn visit_expr_struct_mut(&mut self, node: &mut ExprStruct) {
        let fields = std::mem::take(&mut node.fields);
        node.fields = fields
            .into_iter()
            .filter_map(|mut field| self.keep(&mut field.attrs).then_some(field))
            .collect();
        visit_mut::visit_expr_struct_mut(self, node);
    }

    fn visit_pat_struct_mut(&mut self, node: &mut syn::PatStruct) {
        let fields = std::mem::take(&mut node.fields);
        node.fields = fields
            .into_iter()
            .filter_map(|mut field| self.keep(&mut field.attrs).then_some(field))
            .collect();
        visit_mut::visit_pat_struct_mut(self, node);
    }

    // Elements of arrays, tuples and arguments.
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        let list = match expr {
            syn::Expr::Array(array) => Some(&mut array.elems),
            syn::Expr::Call(call) => Some(&mut call.args),
            syn::Expr::MethodCall(call) => Some(&mut call.args),
            syn::Expr::Tuple(tuple) => Some(&mut tuple.elems),
            _ => None,
        };
        if let Some(list) = list {
            let all = std::mem::take(list);
            *list = all
                .into_iter()
                .filter_map(|mut elem| {
                    attrs_mut(&mut elem)
                        .is_none_or(|attrs| self.keep(attrs))
                        .then_some(elem)
                })
                .collect();
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// Where the attributes of a statement are: `syn` has them on the first operand.
fn first(expr: &mut Expr) -> &mut Expr {
    match expr {
        Expr::Assign(node) => first(&mut node.left),
        Expr::Binary(node) => first(&mut node.left),
        Expr::Cast(node) => first(&mut node.expr),
        expr => expr,
    }
}

fn item_attrs(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Macro(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Static(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        Item::Type(item) => &mut item.attrs,
        Item::Union(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}
