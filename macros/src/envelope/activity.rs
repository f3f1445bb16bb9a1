//! An activity: its body is plain async Rust.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse_quote;
use syn::spanned::Spanned;

use super::written::{Written, value, written};
use super::{Envelope, Expanded};
use crate::attribute::Activity;
use crate::item::{Function, Parameter, Role};

pub(crate) fn expand(function: &Function, options: &Activity) -> Expanded {
    let envelope = Envelope::new(function, options.call.as_ref(), options.name.as_ref());
    let (entry, call) = (envelope.entry(), envelope.call_type());
    let (generics, type_generics, clause) = function.generics.split_for_impl();
    let body = body(function, &envelope.call);
    let turbofish = type_generics.as_turbofish();
    let (call_ident, output) = (&envelope.call, &function.output);
    let constants = options.options();
    let needs = function
        .parameters
        .iter()
        .filter_map(|parameter| match &parameter.role {
            Role::State(state) => Some(quote!(__rt::StateNeed::of::<#state>())),
            _ => None,
        });
    let at = envelope.at_output();
    let is_error = quote_spanned! {at=>
        fn is_error(output: &Self::Output) -> bool {
            #[allow(unused_imports)]
            use __rt::{AnyOutput as _, Fallible as _};
            (&&__rt::Returns::<#output>::new()).is_error(output)
        }
    };
    let again = options.only().map(|only| {
        let at = Span::mixed_site().located_at(only.span());
        quote_spanned! {at=>
            fn again(failed: &Self::Output) -> bool {
                __rt::again_only(failed, #only)
            }
        }
    });
    let run = run(function, &quote!(#call_ident #turbofish), at);
    let inside = quote! {
        impl #generics __rt::ActivityCall for #call #clause {
            const OPTIONS: __rt::ActivityOptions = #constants;
            const NEEDS: &'static [__rt::StateNeed] = &[#(#needs),*];
            #is_error
            #again
            #run
        }
        #entry
    };
    envelope.expanded(&body, &inside)
}

/// The function as written, for unit tests and for the engine.
fn body(function: &Function, call: &Ident) -> TokenStream {
    let (attrs, block, vis) = (&function.attributes.body, &function.block, &function.vis);
    let doc = format!(
        "The body of [`{0}`](fn@{0}), as written: for unit tests.",
        function.ident
    );
    let docs = function
        .attributes
        .call
        .iter()
        .filter(|attr| attr.path().is_ident("doc"));
    let docs: TokenStream = quote!(#[doc = #doc] #[doc = ""] #(#docs)*);
    let name = match &function.owner {
        Some(_) => Ident::new(&format!("__body_{}", function.ident), function.ident.span()),
        None => parse_quote!(body),
    };
    let Written {
        place,
        signature,
        path,
    } = written(function, call, name);
    if function.owner.is_none() {
        return quote! {
            #place {
                #docs
                #(#attrs)*
                #vis #signature #block
            }
        };
    }
    let (generics, type_generics, clause) = function.generics.split_for_impl();
    let output = &function.output;
    let parameters = function.parameters.iter().map(|parameter| {
        let (name, ty) = (&parameter.name, &parameter.ty);
        quote!(#name: #ty)
    });
    let names = function.parameters.iter().map(|parameter| &parameter.name);
    quote! {
        #place {
            #[doc(hidden)]
            #(#attrs)*
            #signature #block
        }
        impl #generics #call #type_generics #clause {
            #docs
            #vis async fn body(#(#parameters),*) -> #output {
                #path(#(#names),*).await
            }
        }
    }
}

fn run(function: &Function, call: &TokenStream, at: Span) -> TokenStream {
    let name = |parameter: &Parameter| value(parameter, at);
    let names: Vec<_> = function.arguments().map(name).collect();
    let values = function
        .parameters
        .iter()
        .map(|parameter| match &parameter.role {
            Role::State(_) => quote_spanned!(at=> __rt::State(__scope.state())),
            Role::Context { by_reference: true } => quote_spanned!(at=> &__scope.context()),
            Role::Context {
                by_reference: false,
            } => quote_spanned!(at=> __scope.context()),
            Role::Argument | Role::Receiver | Role::Entity => name(parameter),
        });
    let values: Vec<_> = values.collect();
    let lends = function
        .parameters
        .iter()
        .any(|parameter| matches!(parameter.role, Role::Context { by_reference: true }));
    let made = quote!(#call::body(#(#values),*));
    let made = if lends {
        quote!(async move { #made.await })
    } else {
        made
    };
    // The user's own type: `Self::Output` would tell a second time what is wrong with it.
    let output = &function.output;
    // What is wrong with the output, or a future that is not `Send`, is told there.
    quote_spanned! {at=>
        #[allow(unused_variables)]
        fn run(
            __args: Self::Args,
            __scope: __rt::Scope,
        ) -> impl ::core::future::Future<Output = #output> + ::core::marker::Send + 'static {
            let (#(__rt::Arg(#names),)*) = __args;
            #made
        }
    }
}
