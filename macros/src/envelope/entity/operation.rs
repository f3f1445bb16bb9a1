//! One operation: how it is called, and what runs it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;

use crate::attribute::Context;
use crate::diagnostics::Diagnostics;
use crate::emit;
use crate::envelope::body::{Lowered, constants, quiet};
use crate::envelope::{Envelope, refused};
use crate::item::{Function, Role, camel, reads};

pub(super) struct Expanded {
    /// The type that stands for the method.
    pub(super) tag: Ident,
    pub(super) doc: String,
    /// The method of the reference that makes the call.
    pub(super) maker: TokenStream,
    /// How `Code` is made of it.
    pub(super) code: Ident,
    pub(super) rest: TokenStream,
}

pub(super) fn expand(function: &Function, diag: &mut Diagnostics) -> Expanded {
    let own = function.ident.to_string();
    let own = own.trim_start_matches("r#");
    let tag = Ident::new(&camel(own), Span::call_site());
    let envelope = Envelope::new(function, None, None);
    let operates = operates(&envelope, &tag);
    let (code, body) = match function.signature.asyncness {
        None => ("sync", run(function, &tag)),
        Some(_) => {
            let lowered = crate::expand::body(function, &[Context::Entity], diag);
            let lowered = lowered.ok_or_else(|| refused::mention(function, diag.take()));
            ("asynchronous", step(&envelope, &tag, lowered))
        }
    };
    Expanded {
        doc: format!("The method `{own}`."),
        maker: maker(function, &tag),
        code: Ident::new(code, Span::call_site()),
        rest: quote!(#operates #body),
        tag,
    }
}

/// The user's method without its body, on the reference.
fn maker(function: &Function, tag: &Ident) -> TokenStream {
    let Function {
        attributes,
        vis,
        ident,
        signature,
        ..
    } = function;
    let (attrs, fn_token) = (&attributes.call, signature.fn_token);
    let parameters = function.arguments().map(|parameter| {
        let (name, ty) = (&parameter.name, &parameter.ty);
        quote!(#name: #ty)
    });
    let values = function.arguments().map(|parameter| &parameter.name);
    let entity = function.owner.as_ref().map(|owner| &owner.ty);
    quote! {
        #(#attrs)*
        #vis #fn_token #ident(
            &self,
            #(#parameters),*
        ) -> ::undying::Operation<#entity, __operations::#tag, M> {
            self.__entity.operation::<__operations::#tag>((#(__rt::Arg(#values),)*))
        }
    }
}

/// `impl Operates`.
fn operates(envelope: &Envelope<'_>, tag: &Ident) -> TokenStream {
    let function = envelope.function;
    let entity = function.owner.as_ref().map(|owner| &owner.ty);
    let (call, output, args) = (&envelope.name, &function.output, envelope.args());
    let own = function.ident.to_string();
    let method = LitStr::new(own.trim_start_matches("r#"), function.ident.span());
    let names = function.arguments().map(|parameter| {
        let name = parameter.name.to_string();
        LitStr::new(name.trim_start_matches("r#"), parameter.name.span())
    });
    let read_only = reads(&function.signature);
    let at = envelope.at_output();
    let failure = Ident::new("failure", Span::mixed_site());
    let returns = quote_spanned! {at=>
        type Output = <__rt::Out<#output> as __rt::Returning>::Output;
        fn failed(#failure: __rt::Failure) -> ::core::result::Result<Self::Output, __rt::Failure> {
            #[allow(unused_imports)]
            use __rt::{Absorbing as _, Plain as _, Refused as _};
            (&&&__rt::Returns::<#output>::new()).failed(#failure)
        }
        fn is_error(output: &Self::Output) -> bool {
            #[allow(unused_imports)]
            use __rt::{AnyOutput as _, Fallible as _};
            (&&__rt::Returns::<#output>::new()).is_error(output)
        }
    };
    quote! {
        impl __rt::Operates<__operations::#tag> for #entity {
            const CALL: &'static str = #call;
            const METHOD: &'static str = #method;
            const READ_ONLY: bool = #read_only;
            const PARAMETERS: &'static [&'static str] = &[#(#names),*];
            type Args = #args;
            #returns
        }
    }
}

/// An operation that does not wait: the method is called.
fn run(function: &Function, tag: &Ident) -> TokenStream {
    let entity = function.owner.as_ref().map(|owner| &owner.ty);
    let (cx, args) = (mixed("cx"), mixed("args"));
    let names = function.arguments().map(|parameter| &parameter.name);
    let values = function
        .parameters
        .iter()
        .map(|parameter| match parameter.role {
            Role::Entity => quote!(self),
            Role::Context { .. } => quote!(#cx),
            _ => {
                let name = &parameter.name;
                quote!(#name)
            }
        });
    let (method, output) = (&function.ident, &function.output);
    quote! {
        impl __rt::SyncOperation<__operations::#tag> for #entity {
            #[allow(unused_variables, deprecated)]
            fn run(
                &mut self,
                #cx: &mut __rt::EntityContext,
                #args: <Self as __rt::Operates<__operations::#tag>>::Args,
            ) -> #output {
                let (#(__rt::Arg(#names),)*) = #args;
                <#entity>::#method(#(#values),*)
            }
        }
    }
}

/// An `async` operation, in an `impl` of the user's type: `Self` means what it says.
fn step(
    envelope: &Envelope<'_>,
    tag: &Ident,
    lowered: Result<Lowered, TokenStream>,
) -> TokenStream {
    let function = envelope.function;
    let entity = function.owner.as_ref().map(|owner| &owner.ty);
    let (frame, turn) = emit::parameters();
    let call = quote!(__rt::Of<#entity, __operations::#tag>);
    let at = envelope.at_output();
    let output = &function.output;
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
    let method = format_ident!("__step_{}", function.ident);
    let step = quote_spanned! {at=>
        fn step(#frame: &mut __rt::Frame<#call>, #turn: &mut __rt::Turn) -> __rt::Poll<#output>
    };
    quote! {
        impl #entity {
            #[doc(hidden)]
            #quiet
            #(#attrs)*
            fn #method(#frame: &mut __rt::Frame<#call>, #turn: &mut __rt::Turn) -> __rt::Poll<#output> {
                #code
            }
        }
        impl __rt::AsyncOperation<__operations::#tag> for #entity {
            #consts
            #step {
                <#entity>::#method(#frame, #turn)
            }
        }
    }
}

fn mixed(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}
