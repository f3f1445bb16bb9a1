//! Items declared in the body: hoisted out of blocks that are taken apart, and made savable.

use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::{Attribute, Field, GenericParam, Item, Type, parse_quote};

use super::Lower;
use crate::messages;

impl Lower<'_> {
    pub(super) fn item(&mut self, mut item: Item) {
        savable(&mut item, &[]);
        let name = name(&item).map(ToString::to_string);
        if let Some(name) = name
            && self.graph.items.iter().any(|known| {
                self::name(known).is_some_and(|known| known == &name) && same_kind(known, &item)
            })
        {
            self.diag
                .refuse(self::name(&item), messages::item_twice(&name));
            return;
        }
        self.graph.items.push(item);
    }
}

fn name(item: &Item) -> Option<&syn::Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Const(item) => Some(&item.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Mod(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

/// Whether two items share a namespace.
fn same_kind(a: &Item, b: &Item) -> bool {
    let value = |item: &Item| matches!(item, Item::Fn(_) | Item::Const(_) | Item::Static(_));
    value(a) == value(b)
}

/// Derives serde for a type that nothing outside of the function could do it for, unless it does itself.
///
/// The bounds are lazy: a type that is never kept across an await need not be serialisable.
pub(crate) fn savable(item: &mut Item, local_types: &[String]) {
    let (attrs, generics, fields): (_, _, Vec<&Field>) = match item {
        Item::Struct(item) => (
            &mut item.attrs,
            &item.generics,
            item.fields.iter().collect(),
        ),
        Item::Enum(item) => (
            &mut item.attrs,
            &item.generics,
            item.variants
                .iter()
                .flat_map(|variant| variant.fields.iter())
                .collect(),
        ),
        _ => return,
    };
    let borrowed = generics
        .params
        .iter()
        .any(|param| matches!(param, GenericParam::Lifetime(_)));
    if borrowed || attrs.iter().any(mentions_serde) {
        return;
    }
    let types: Vec<&Type> = fields
        .iter()
        .map(|field| &field.ty)
        .filter(|ty| !mentions(ty, local_types))
        .collect();
    let bound = |what: &str| lazy_bound(&types, what);
    let (serialize, deserialize) = (bound("Serialize"), bound("Deserialize<'de>"));
    attrs.push(parse_quote!(#[derive(::undying::__private::serde::Serialize, ::undying::__private::serde::Deserialize)]));
    attrs.push(parse_quote!(#[serde(crate = "::undying::__private::serde", bound(serialize = #serialize, deserialize = #deserialize))]));
}

/// `for<'lazy> <Field as Lazy<'lazy>>::It: Serialize`: a plain bound that cannot hold would be refused at once.
fn lazy_bound(types: &[&Type], what: &str) -> String {
    let mut bounds: Vec<String> = Vec::new();
    for ty in types {
        let ty = quote!(#ty).to_string();
        bounds.push(format!(
            "for<'lazy> <{ty} as ::undying::__private::Lazy<'lazy>>::It: ::undying::__private::serde::{what}"
        ));
    }
    bounds.join(", ")
}

fn mentions_serde(attr: &Attribute) -> bool {
    let text = attr.meta.to_token_stream().to_string();
    attr.path().is_ident("derive") && (text.contains("Serialize") || text.contains("Deserialize"))
}

/// Whether a type names one of the function's own types: bounds on those could go round in circles.
fn mentions(ty: &Type, names: &[String]) -> bool {
    struct Mentions<'n>(&'n [String], bool);
    impl<'a> Visit<'a> for Mentions<'_> {
        fn visit_path(&mut self, path: &'a syn::Path) {
            let known = path
                .get_ident()
                .is_some_and(|ident| self.0.iter().any(|name| ident == name));
            self.1 |= known;
            visit::visit_path(self, path);
        }
    }
    let mut mentions = Mentions(names, false);
    mentions.visit_type(ty);
    mentions.1
}
