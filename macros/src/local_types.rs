//! Types declared in the body: nothing outside of the function could make them savable, so it is done here.

use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Block, Field, GenericParam, Item, Type, parse_quote};

/// Derives serde for all types that `block` declares, in whatever block of it.
pub(crate) fn make_savable(block: &mut Block) {
    let mut names = Names(Vec::new());
    names.visit_block(block);
    if !names.0.is_empty() {
        Derive(&names.0).visit_block_mut(block);
    }
}

struct Names(Vec<String>);

impl<'a> Visit<'a> for Names {
    fn visit_item(&mut self, item: &'a Item) {
        match item {
            Item::Struct(item) => self.0.push(item.ident.to_string()),
            Item::Enum(item) => self.0.push(item.ident.to_string()),
            _ => {}
        }
    }
}

struct Derive<'n>(&'n [String]);

impl VisitMut for Derive<'_> {
    fn visit_item_mut(&mut self, item: &mut Item) {
        savable(item, self.0);
    }
}

/// Derives serde for a type that nothing outside of the function could do it for, unless it does itself.
///
/// The bounds are lazy: a type that is never kept across an await need not be serialisable.
fn savable(item: &mut Item, local_types: &[String]) {
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
        .filter(|field| !field.attrs.iter().any(|attr| attr.path().is_ident("cfg")))
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
