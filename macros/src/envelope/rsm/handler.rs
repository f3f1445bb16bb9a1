//! One handler: what it is given, and what runs it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

use super::super::methods::function;
use crate::attribute::Context;
use crate::chart::{Event, Handler, Taken, plain};
use crate::diagnostics::Diagnostics;
use crate::emit;
use crate::envelope::body::{Lowered, constants, quiet};
use crate::envelope::{Envelope, refused};
use crate::item::{Flavour, Function, Owner};

pub(super) struct Expanded {
    /// The type that stands for the method; it has its name.
    pub(super) tag: Ident,
    /// How `Handler` is made of it.
    pub(super) make: Ident,
    pub(super) rest: TokenStream,
}

/// Nothing if it makes no sense without what is refused.
pub(super) fn expand(
    handler: &Handler,
    events: &[Event],
    owner: &Owner,
    diag: &mut Diagnostics,
) -> Option<Expanded> {
    let tag = handler.ident().clone();
    let given = given(handler, events);
    let (make, body) = match handler.method.sig.asyncness {
        None => ("sync", run(handler, owner, given.as_ref())),
        Some(_) => {
            let function = Function::new(
                Flavour::Handler,
                function(handler.method.clone()),
                Some(owner.clone()),
                diag,
            )?;
            let lowered = crate::expand::body(&function, &[Context::Rsm], diag);
            let lowered = lowered.ok_or_else(|| refused::mention(&function, diag.take()));
            ("asynchronous", step(&function, given.as_ref(), lowered))
        }
    };
    let machine = &owner.ty;
    let name = format!("{}::{}", owner.name, plain(&tag));
    let call = LitStr::new(&name, tag.span());
    let rest = quote! {
        impl __rt::rsm::Handles<__handlers::#tag> for #machine {
            const CALL: &'static str = #call;
        }
        #body
    };
    let make = Ident::new(make, Span::call_site());
    Some(Expanded { tag, make, rest })
}

/// The event that it takes, from what triggered it.
fn given(handler: &Handler, events: &[Event]) -> Option<TokenStream> {
    let ty = handler.takes.iter().find_map(|taken| match taken {
        Taken::Event(ty) => Some(ty),
        Taken::Context => None,
    })?;
    let triggers = &handler.triggers;
    let only = triggers.events.iter().next().filter(|_| !triggers.of_any());
    let at = Span::mixed_site().located_at(ty.span());
    let (trigger, cx) = (mixed("trigger"), mixed("cx"));
    Some(match only {
        Some(only) => {
            let event = &events[*only].path;
            quote_spanned!(at=> __rt::rsm::given::<Self, #event, #ty>(#trigger, #cx)?)
        }
        None if triggers.may_lack() => {
            quote_spanned!(at=> __rt::rsm::perhaps::<Self, #ty>(#trigger, #cx)?)
        }
        None => quote_spanned!(at=> __rt::rsm::several::<Self, #ty>(#trigger, #cx)?),
    })
}

/// A handler that does not wait: the method is called.
fn run(handler: &Handler, owner: &Owner, given: Option<&TokenStream>) -> TokenStream {
    let (machine, tag) = (&owner.ty, handler.ident());
    let (cx, trigger, event) = (mixed("cx"), mixed("trigger"), mixed("event"));
    let values = handler.takes.iter().map(|taken| match taken {
        Taken::Event(_) => &event,
        Taken::Context => &cx,
    });
    let given = given.map(|given| quote!(let #event = #given;));
    let call = quote!(<#machine>::#tag(self, #(#values),*));
    let next = match &handler.returns {
        None => quote! {
            #call;
            ::core::result::Result::Ok(::core::result::Result::Ok(__rt::rsm::Next::stay()))
        },
        Some(ty) => {
            let at = Span::mixed_site().located_at(ty.span());
            let next = Ident::new("__next", at);
            let into = quote_spanned!(at=> __rt::rsm::IntoNext::<Self>::into_next(#next));
            quote! {
                let #next = #call;
                ::core::result::Result::Ok(#into)
            }
        }
    };
    quote! {
        impl __rt::rsm::SyncHandler<__handlers::#tag> for #machine {
            #[allow(unused_variables, deprecated)]
            fn run(
                &mut self,
                #cx: &mut __rt::rsm::Cx<Self>,
                #trigger: &__rt::rsm::Trigger,
            ) -> ::core::result::Result<__rt::rsm::Returned<Self>, __rt::Refusal> {
                #given
                #next
            }
        }
    }
}

/// An `async` handler, in an `impl` of the user's type: `Self` means what it says.
fn step(
    function: &Function,
    given: Option<&TokenStream>,
    lowered: Result<Lowered, TokenStream>,
) -> TokenStream {
    let (machine, tag) = (
        function.owner.as_ref().map(|owner| &owner.ty),
        &function.ident,
    );
    let envelope = Envelope::new(function, None, None);
    let (frame, turn) = emit::parameters();
    let of = quote!(__rt::rsm::HandlerOf<#machine, __handlers::#tag>);
    let (at, output, args) = (envelope.at_output(), &function.output, envelope.args());
    let names = function.arguments().map(|parameter| {
        let name = parameter.name.to_string();
        LitStr::new(name.trim_start_matches("r#"), parameter.name.span())
    });
    let (consts, code) = match lowered {
        Ok(lowered) => (constants(&lowered.layout), lowered.code),
        Err(mention) => (
            quote! {
                const SLOTS: &'static [&'static str] = &[];
                const POINTS: &'static [__rt::Point] = &[];
            },
            quote!(#mention __rt::Poll::Pending),
        ),
    };
    let (attrs, quiet) = (&function.attributes.body, quiet());
    let method = format_ident!("__step_{}", tag);
    let (cx, trigger, failure) = (mixed("cx"), mixed("trigger"), mixed("failure"));
    let given = given.map(|given| quote!(__rt::Arg(#given),));
    let returns = quote_spanned! {at=>
        type Output = <__rt::Out<#output> as __rt::Returning>::Output;
        fn failed(#failure: __rt::Failure) -> ::core::result::Result<Self::Output, __rt::Failure> {
            #[allow(unused_imports)]
            use __rt::{Absorbing as _, Plain as _, Refused as _};
            (&&&__rt::Returns::<#output>::new()).failed(#failure)
        }
        fn step(#frame: &mut __rt::Frame<#of>, #turn: &mut __rt::Turn) -> __rt::Poll<#output> {
            <#machine>::#method(#frame, #turn)
        }
    };
    quote! {
        impl #machine {
            #[doc(hidden)]
            #quiet
            #(#attrs)*
            fn #method(#frame: &mut __rt::Frame<#of>, #turn: &mut __rt::Turn) -> __rt::Poll<#output> {
                #code
            }
        }
        impl __rt::rsm::AsyncHandler<__handlers::#tag> for #machine {
            const PARAMETERS: &'static [&'static str] = &[#(#names),*];
            type Args = #args;
            #consts
            fn args(
                #cx: &mut __rt::rsm::Cx<Self>,
                #trigger: &__rt::rsm::Trigger,
            ) -> ::core::result::Result<Self::Args, __rt::Refusal> {
                ::core::result::Result::Ok((#given))
            }
            #returns
        }
    }
}

fn mixed(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}
