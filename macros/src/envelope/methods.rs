//! `#[undying::methods] impl`: annotated methods, which an attribute of their own could not see the type of.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{Attribute, ImplItem, ImplItemFn, ItemFn, ItemImpl, Meta, Type};

use crate::diagnostics::Diagnostics;
use crate::expand::one;
use crate::item::{Flavour, Owner, has_attribute};
use crate::predicates::{self, First, Resolve, Split};
use crate::{debug, messages};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else {
        let first = item.clone().into_iter().next();
        diag.refuse(first, messages::not_an_impl());
        let errors = diag.into_tokens();
        return quote!(#errors #item);
    };
    if !args.is_empty() {
        diag.refuse(args, messages::methods_options());
    }
    if let Some((trait_, _)) = &block.trait_ {
        diag.refuse(trait_, messages::trait_impl());
        return diag.into_tokens();
    }
    if let Some(split) = predicates::split(&block, &quote!(#[::undying::methods])) {
        return split;
    }
    let owner = Owner {
        ty: (*block.self_ty).clone(),
        name: name(&block.self_ty),
        generics: block.generics.clone(),
    };
    let mut others = TokenStream::new();
    for item in &mut block.items {
        let ImplItem::Fn(method) = item else { continue };
        let Some((flavour, args)) = annotation(&mut method.attrs) else {
            continue;
        };
        let method_name = method.sig.ident.to_string();
        let mut own = Diagnostics::default();
        let function = function(method.clone());
        let expanded = one(flavour, args, function, Some(owner.clone()), &mut own);
        debug::print(&method_name, &expanded.rest);
        others.extend(expanded.rest);
        others.extend(own.into_tokens());
        *item = ImplItem::Verbatim(expanded.maker);
    }
    let errors = diag.into_tokens();
    quote!(#block #others #errors)
}

/// Takes the annotation off a method.
fn annotation(attrs: &mut Vec<Attribute>) -> Option<(Flavour, TokenStream)> {
    let (flavour, at) = Flavour::ALL
        .into_iter()
        .find_map(|flavour| has_attribute(attrs, flavour).map(|at| (flavour, at)))?;
    let args = match attrs.remove(at).meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    Some((flavour, args))
}

/// A method as a function.
pub(in crate::envelope) fn function(method: ImplItemFn) -> ItemFn {
    let ImplItemFn {
        attrs,
        vis,
        modifiers,
        sig,
        block,
    } = method;
    ItemFn {
        attrs,
        vis,
        modifiers,
        sig,
        block: Box::new(block),
    }
}

fn name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string())
            .unwrap_or_default(),
        ty => ty
            .to_token_stream()
            .to_string()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect(),
    }
}

impl Split for ItemImpl {
    fn visit(&self, first: &mut First) {
        for item in &self.items {
            if let ImplItem::Fn(method) = item
                && annotated(method)
            {
                first.visit_signature(&method.sig);
                first.visit_block(&method.block);
            }
        }
    }
    fn resolve(&mut self, resolve: &mut Resolve) {
        for item in &mut self.items {
            if let ImplItem::Fn(method) = item
                && annotated(method)
            {
                resolve.visit_signature_mut(&mut method.sig);
                resolve.visit_block_mut(&mut method.block);
            }
        }
    }
}

fn annotated(method: &ImplItemFn) -> bool {
    [Flavour::Orchestration, Flavour::Resumable]
        .iter()
        .any(|flavour| has_attribute(&method.attrs, *flavour).is_some())
}
