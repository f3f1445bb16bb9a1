//! How a machine is made: by `new`, and its volatile fields anew by `#[activate]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, Path, ReceiverKind, Type};

use super::Sort;
use crate::chart::{context, messages};
use crate::diagnostics::Diagnostics;
use crate::item::borrow;

/// How a machine is made.
pub(super) struct Constructor {
    /// The type of what it is made with.
    pub(super) init: Option<Type>,
    /// An expression, of `init` and `cx`.
    pub(super) make: TokenStream,
}

pub(super) fn constructor(
    sort: Sort,
    block: &ItemImpl,
    machine: &Path,
    diag: &mut Diagnostics,
) -> Constructor {
    let monitor = sort == Sort::Monitor;
    let before = diag.len();
    // Where a refused machine comes from does not matter.
    let refused = Constructor {
        init: None,
        make: quote!(::core::unimplemented!()),
    };
    let Some(method) = method(block, "new") else {
        if !monitor {
            diag.refuse(machine, messages::no_constructor());
            return refused;
        }
        let default =
            quote_spanned!(machine.span()=> <Self as ::core::default::Default>::default());
        return Constructor {
            init: None,
            make: default,
        };
    };
    let sig = &method.sig;
    if let Some(token) = &sig.asyncness {
        diag.refuse(token, messages::constructor("does not wait"));
    }
    if let Some(param) = sig.generics.params.first() {
        diag.refuse(param, messages::constructor("is not generic"));
    }
    let mut init: Option<Type> = None;
    let mut values = Vec::new();
    for input in &sig.inputs {
        let typed = match input {
            FnArg::Receiver(receiver) => {
                diag.refuse(receiver, messages::constructor("has no `self` yet"));
                continue;
            }
            FnArg::Typed(typed) => typed,
        };
        if context(&typed.ty) == Some(true) {
            values.push(quote!(__cx));
        } else if init.is_some() {
            diag.refuse(typed, messages::constructor("takes one value"));
        } else if monitor {
            diag.refuse(typed, messages::init_of_a_monitor());
        } else if let Some(reference) = borrow(&typed.ty) {
            diag.refuse(reference.and_token, crate::messages::borrowed_parameter());
        } else {
            init = Some((*typed.ty).clone());
            values.push(quote!(__init));
        }
    }
    if diag.len() > before {
        return refused;
    }
    let make = quote!(<Self>::new(#(#values),*));
    Constructor { init, make }
}

/// The method that makes the volatile fields anew.
pub(super) fn activate(block: &mut ItemImpl, diag: &mut Diagnostics) -> Option<Ident> {
    let mut first: Option<Ident> = None;
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let is = |attr: &Attribute| attr.path().is_ident("activate");
        let Some(at) = method.attrs.iter().position(is) else {
            continue;
        };
        let attr = method.attrs.remove(at);
        if first.is_some() {
            diag.refuse(attr.path(), messages::two_activates());
            continue;
        }
        let sig = &method.sig;
        let takes = sig.receiver().map(|receiver| &receiver.kind);
        let fits = matches!(takes, Some(ReceiverKind::Reference(_, _, Some(_))))
            && sig.inputs.len() == 1
            && sig.asyncness.is_none()
            && sig.generics.params.is_empty();
        if !fits {
            let wrong = sig.asyncness.map(ToTokens::into_token_stream);
            let wrong = wrong.or_else(|| sig.inputs.iter().nth(1).map(ToTokens::to_token_stream));
            let wrong = wrong.unwrap_or_else(|| sig.ident.to_token_stream());
            diag.refuse(wrong, messages::activate_signature());
            continue;
        }
        first = Some(sig.ident.clone());
    }
    first
}

fn method<'b>(block: &'b ItemImpl, name: &str) -> Option<&'b ImplItemFn> {
    block.items.iter().find_map(|item| match item {
        ImplItem::Fn(method) if method.sig.ident == name => Some(method),
        _ => None,
    })
}
