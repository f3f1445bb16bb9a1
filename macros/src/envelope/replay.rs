//! A replayed orchestration: its body is an ordinary future, made anew for every replay.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Block, FnArg, LitStr};

use super::written::{Written, value, written};
use super::{Envelope, Expanded};
use crate::item::{Function, Parameter, Role};
use crate::replay;

pub(crate) fn expand(
    function: &Function,
    (call, name): (Option<&Ident>, Option<&LitStr>),
    block: &Block,
) -> Expanded {
    let envelope = Envelope::new(function, call, name);
    let (entry, call) = (envelope.entry(), envelope.call_type());
    let (generics, _, clause) = function.generics.split_for_impl();
    let (body, path) = body(function, &envelope.call, block);
    let run = run(function, &path, envelope.at_output());
    let inside = quote! {
        impl #generics __rt::OrchestrationCall for #call #clause {
            type Machine = __rt::Replayed<Self>;
        }
        impl #generics __rt::ReplayBody for #call #clause {
            #run
        }
        #body
        #entry
    };
    envelope.expanded(&TokenStream::new(), &inside)
}

/// The function as written, with what gives the turn to its awaits; and its path.
fn body(function: &Function, call: &Ident, block: &Block) -> (TokenStream, TokenStream) {
    let name = Ident::new(
        &format!("__replay_{}", function.ident.unraw()),
        function.ident.span(),
    );
    let Written {
        place,
        mut signature,
        path,
    } = written(function, call, name);
    let receiver = usize::from(signature.receiver().is_some());
    let turn: FnArg = syn::parse2(replay::first_parameter()).expect("a parameter");
    signature.inputs.insert(receiver, turn);
    let attrs = &function.attributes.body;
    let body = quote! {
        #place {
            #[doc(hidden)]
            #[allow(clippy::too_many_arguments)]
            #(#attrs)*
            #signature #block
        }
    };
    (body, path)
}

fn run(function: &Function, path: &TokenStream, at: Span) -> TokenStream {
    let name = |parameter: &Parameter| value(parameter, at);
    let names: Vec<_> = function.arguments().map(name).collect();
    let receiver = function
        .parameters
        .iter()
        .filter(|parameter| matches!(parameter.role, Role::Receiver))
        .map(name);
    let values = function
        .parameters
        .iter()
        .filter_map(|parameter| match parameter.role {
            Role::Receiver => None,
            Role::Context { by_reference: true } => Some(quote_spanned!(at=> &__cx)),
            Role::Context {
                by_reference: false,
            } => Some(quote_spanned!(at=> __cx.clone())),
            Role::State(_) | Role::Argument | Role::Entity => Some(name(parameter)),
        });
    let arguments = quote_spanned!(at=> #(#receiver,)* &__cx, #(#values),*);
    let output = &function.output;
    // A future that is not `Send` is told at the return type.
    quote_spanned! {at=>
        fn run(
            __cx: __rt::ReplayContext,
            __args: Self::Args,
        ) -> impl ::core::future::Future<Output = #output> + ::core::marker::Send + 'static {
            let (#(__rt::Arg(#names),)*) = __args;
            async move { #path(#arguments).await }
        }
    }
}
