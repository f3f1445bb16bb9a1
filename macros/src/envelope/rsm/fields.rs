//! The struct of a machine: its name, its addresses, and which of its fields are kept.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, ItemStruct, LitStr, Meta, Path, Token, Type, parse_quote};

use super::Sort;
use crate::attribute::Rsm;
use crate::chart::{messages, plain};
use crate::debug;
use crate::diagnostics::Diagnostics;

pub(super) fn expand(sort: Sort, args: TokenStream, mut fields: ItemStruct) -> TokenStream {
    let mut diag = Diagnostics::default();
    let monitor = sort == Sort::Monitor;
    let options = Rsm::parse(args, monitor, &mut diag);
    if !fields.generics.params.is_empty() {
        diag.refuse(&fields.generics.params, messages::generic_machine());
        let errors = diag.into_tokens();
        return quote!(#fields #errors);
    }
    for field in &mut fields.fields {
        skip(&mut field.attrs, &field.ty, &mut diag);
    }
    let serde = serde(&fields.attrs);
    let (vis, ident) = (&fields.vis, &fields.ident);
    let text = plain(ident);
    let name = options
        .name
        .map_or_else(|| text.clone(), |name| name.value());
    let temperature = options
        .temperature_max
        .map(|max| quote!(const TEMPERATURE_MAX: u64 = #max as u64;));
    let at = format!("The address of the `{text}` of this name, whether or not there is one.");
    let tokens = quote! {
        #[allow(dead_code)]
        impl #ident {
            #[doc = #at]
            #[must_use]
            #vis fn at(name: impl ::core::fmt::Display) -> ::undying::RsmRef<Self> {
                ::undying::RsmRef::named(name)
            }
        }
        const _: () = {
            use ::undying::__private as __rt;
            impl __rt::rsm::Fields for #ident {
                const NAME: &'static str = #name;
                const MONITOR: bool = #monitor;
                #temperature
            }
        };
    };
    debug::print(&text, &quote!(#serde #fields #tokens));
    let errors = diag.into_tokens();
    quote!(#serde #fields #tokens #errors)
}

/// A field that is `#[volatile]` is not stored, and made by `Default` when the others are read.
fn skip(attrs: &mut Vec<Attribute>, ty: &Type, diag: &mut Diagnostics) {
    let is = |attr: &Attribute| attr.path().is_ident("volatile");
    let Some(at) = attrs.iter().position(is) else {
        return;
    };
    let attr = attrs.remove(at);
    if !matches!(attr.meta, Meta::Path(_)) {
        diag.refuse(&attr.meta, messages::volatile_value());
    }
    let span = Span::call_site().located_at(ty.span());
    let make = LitStr::new("::undying::__private::rsm::volatile", span);
    attrs.push(parse_quote!(#[serde(skip, default = #make)]));
}

/// The derives of serde, unless they are there.
fn serde(attrs: &[Attribute]) -> TokenStream {
    let derived: Vec<Path> = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("derive"))
        .filter_map(|attr| {
            attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect();
    let is_derived = |name: &str| {
        let mut names = derived.iter().filter_map(|path| path.segments.last());
        names.any(|last| last.ident == name)
    };
    let missing: Vec<TokenStream> = [
        ("Serialize", quote!(::undying::__private::serde::Serialize)),
        (
            "Deserialize",
            quote!(::undying::__private::serde::Deserialize),
        ),
    ]
    .into_iter()
    .filter(|(name, _)| !is_derived(name))
    .map(|(_, path)| path)
    .collect();
    match missing.is_empty() {
        true => TokenStream::new(),
        false => quote! {
            #[derive(#(#missing),*)]
            #[serde(crate = "::undying::__private::serde")]
        },
    }
}
