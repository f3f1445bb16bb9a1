//! The `impl` of an entity: its public methods are operations, all else is plain Rust.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{ImplItem, ImplItemFn, ItemImpl, Path, Type, Visibility};

use super::super::methods::function;
use super::operation::{self, Expanded};
use crate::diagnostics::Diagnostics;
use crate::item::{Flavour, Function, Owner};
use crate::predicates::{self, First, Resolve, Split};
use crate::{debug, messages};

pub(super) fn expand(args: TokenStream, block: ItemImpl) -> TokenStream {
    let mut diag = Diagnostics::default();
    if !args.is_empty() {
        diag.refuse(args, messages::operation_options());
    }
    if let Some((trait_, _)) = &block.trait_ {
        diag.refuse(trait_, messages::operations_of_trait());
        let errors = diag.into_tokens();
        return quote!(#block #errors);
    }
    let entity = match &*block.self_ty {
        Type::Path(ty) if ty.qself.is_none() => ty.path.clone(),
        other => {
            diag.refuse(other, messages::not_an_entity());
            return diag.into_tokens();
        }
    };
    if !block.generics.params.is_empty() {
        diag.refuse(&block.generics.params, messages::generic_entity());
        let errors = diag.into_tokens();
        return quote!(#block #errors);
    }
    if let Some(split) =
        predicates::split(&Operations(block.clone()), &quote!(#[::undying::entity]))
    {
        return split;
    }
    all(block, &entity, diag)
}

/// Expands every operation; what is refused of one leaves the others as they are.
fn all(mut block: ItemImpl, entity: &Path, diag: Diagnostics) -> TokenStream {
    let name = entity.segments.last().map(|last| last.ident.clone());
    let name = name.unwrap_or_else(|| format_ident!("Entity"));
    let owner = Owner {
        ty: (*block.self_ty).clone(),
        name: name.to_string(),
        generics: block.generics.clone(),
    };
    let mut expanded = Vec::new();
    let mut errors = diag.into_tokens();
    block.items.retain(|item| {
        let Some(method) = operation(item) else {
            return true;
        };
        let mut own = Diagnostics::default();
        if method.sig.ident == "at" {
            own.refuse(&method.sig.ident, messages::reserved_operation("at"));
            errors.extend(own.into_tokens());
            return false;
        }
        let function = Function::new(
            Flavour::Operation,
            function(method.clone()),
            Some(owner.clone()),
            &mut own,
        );
        expanded.extend(function.map(|function| operation::expand(&function, &mut own)));
        errors.extend(own.into_tokens());
        // The body of an operation that waits is a step function, and nothing else.
        method.sig.asyncness.is_none()
    });
    let rest = table(entity, &name, &expanded);
    debug::print(&name.to_string(), &rest);
    // Operations are `pub` by their meaning, wherever the type is.
    quote!(#[allow(unreachable_pub)] #block #rest #errors)
}

fn table(entity: &Path, name: &Ident, operations: &[Expanded]) -> TokenStream {
    let reference = reference(entity);
    let tags = operations.iter().map(|operation| {
        let (tag, doc) = (&operation.tag, &operation.doc);
        quote!(#[doc = #doc] pub struct #tag;)
    });
    let makers = operations.iter().map(|operation| &operation.maker);
    let rest = operations.iter().map(|operation| &operation.rest);
    let rows = operations.iter().map(|operation| {
        let tag = &operation.tag;
        quote!(__rt::MethodEntry::of::<#entity, __operations::#tag>())
    });
    let code = operations.iter().map(|operation| {
        let (tag, make) = (&operation.tag, &operation.code);
        quote!(__rt::Code::<#entity>::#make::<__operations::#tag>())
    });
    let calls = format!("Calls of the operations of [`{name}`].");
    quote! {
        const _: () = {
            use ::undying::__private as __rt;
            #[allow(missing_debug_implementations, unreachable_pub)]
            mod __operations {
                #(#tags)*
            }
            #[doc = #calls]
            #[allow(dead_code, unreachable_pub)]
            impl<M> #reference<M> {
                #(#makers)*
            }
            #(#rest)*
            impl __rt::EntityBody for #entity {
                const METHODS: &'static [__rt::MethodEntry] = &[#(#rows),*];
                const CODE: &'static [__rt::Code<Self>] = &[#(#code),*];
            }
            __rt::submit! { __rt::Entry::entity::<#entity>(file!(), line!()) }
        };
    }
}

/// `bank::AccountRef` for `bank::Account`.
fn reference(entity: &Path) -> Path {
    let mut reference = entity.clone();
    if let Some(last) = reference.segments.last_mut() {
        let text = last.ident.to_string();
        last.ident = format_ident!(
            "{}Ref",
            text.trim_start_matches("r#"),
            span = last.ident.span()
        );
    }
    reference
}

/// A method that is not private.
fn operation(item: &ImplItem) -> Option<&ImplItemFn> {
    match item {
        ImplItem::Fn(method) if !matches!(method.vis, Visibility::Inherited) => Some(method),
        _ => None,
    }
}

/// An `impl` whose predicates are resolved: those on operations, and those in the bodies that wait.
#[derive(Clone)]
struct Operations(ItemImpl);

impl ToTokens for Operations {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

impl Split for Operations {
    fn visit(&self, first: &mut First) {
        for method in self.0.items.iter().filter_map(operation) {
            method
                .attrs
                .iter()
                .for_each(|attr| first.visit_attribute(attr));
            first.visit_signature(&method.sig);
            if method.sig.asyncness.is_some() {
                first.visit_block(&method.block);
            }
        }
    }
    fn resolve(&mut self, resolve: &mut Resolve) {
        self.0.items.retain_mut(|item| match item {
            ImplItem::Fn(method) if !matches!(method.vis, Visibility::Inherited) => {
                resolve.visit_signature_mut(&mut method.sig);
                if method.sig.asyncness.is_some() {
                    resolve.visit_block_mut(&mut method.block);
                }
                resolve.keep(&mut method.attrs)
            }
            _ => true,
        });
    }
}
