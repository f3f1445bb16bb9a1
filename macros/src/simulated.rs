//! `#[undying::test]`: a test as an `async fn`, run in the simulation.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn};

use crate::diagnostics::Diagnostics;
use crate::messages;

const ATTRIBUTE: &str = "undying::test";

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    if !args.is_empty() {
        diag.refuse(args, messages::options_of_a_test());
    }
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else {
        diag.refuse(&item, messages::not_a_test());
        return diag.into_tokens();
    };
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        diag.refuse(sig.fn_token, messages::not_async(ATTRIBUTE));
    }
    if let Some(parameter) = sig.generics.params.first() {
        diag.refuse(parameter, messages::generic_test());
    }
    let mut given = Vec::new();
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => diag.refuse(receiver, messages::test_of_self()),
            FnArg::Typed(argument) => {
                let ty = &argument.ty;
                given.push(
                    quote_spanned!(ty.span()=> ::undying::testing::given::<#ty>(&__test).await),
                );
            }
        }
    }
    if !diag.is_empty() {
        return diag.into_tokens();
    }
    let attributes = std::mem::take(&mut function.attrs);
    let (vis, name, output) = (&function.vis, &function.sig.ident, &function.sig.output);
    quote! {
        #[::core::prelude::v1::test]
        #(#attributes)*
        #vis fn #name() #output {
            #function
            ::undying::testing::run(async |__test: ::undying::testing::Test| {
                #name(#(#given),*).await
            })
        }
    }
}
