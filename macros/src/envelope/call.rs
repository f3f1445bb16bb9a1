//! The call of an annotated function: the function that makes it, its type, its traits.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, LitStr, Type};

use crate::item::{Flavour, Function, Role};

/// What an annotated function becomes.
#[derive(Default)]
pub(crate) struct Expanded {
    /// The function that makes the call.
    pub(crate) maker: TokenStream,
    /// All else.
    pub(crate) rest: TokenStream,
}

pub(crate) struct Envelope<'f> {
    pub(crate) function: &'f Function,
    /// The type of its calls.
    pub(crate) call: Ident,
    /// Its stored name.
    pub(crate) name: LitStr,
}

impl<'f> Envelope<'f> {
    pub(crate) fn new(
        function: &'f Function,
        call: Option<&Ident>,
        name: Option<&LitStr>,
    ) -> Envelope<'f> {
        let call = call.cloned().unwrap_or_else(|| function.call());
        let name = name
            .cloned()
            .unwrap_or_else(|| LitStr::new(&function.name(), function.ident.span()));
        Envelope {
            function,
            call,
            name,
        }
    }

    /// The type of the call with its parameters.
    pub(crate) fn call_type(&self) -> TokenStream {
        let call = &self.call;
        let (_, generics, _) = self.function.generics.split_for_impl();
        quote!(#call #generics)
    }

    /// The whole: with `beside` next to the type of the call, and `inside` next to its traits, where
    /// the names of the runtime are at hand.
    pub(crate) fn expanded(&self, beside: &TokenStream, inside: &TokenStream) -> Expanded {
        let (struct_, call_impl) = (self.struct_(), self.call_impl());
        let rest = quote! {
            #struct_
            #beside
            const _: () = {
                use ::undying::__private as __rt;
                #call_impl
                #inside
            };
        };
        Expanded {
            maker: self.maker(),
            rest,
        }
    }

    /// The function that makes the call: the user's, without its body.
    fn maker(&self) -> TokenStream {
        let Function {
            attributes,
            vis,
            ident,
            flavour,
            signature,
            ..
        } = self.function;
        let attrs = &attributes.call;
        let own = &self.own_generics();
        let (generics, _, clause) = own.split_for_impl();
        let parameters = self
            .function
            .arguments()
            .map(|parameter| match parameter.role {
                Role::Receiver => quote!(self),
                _ => {
                    let (name, ty) = (&parameter.name, &parameter.ty);
                    quote!(#name: #ty)
                }
            });
        let values = self
            .function
            .arguments()
            .map(|parameter| match parameter.role {
                Role::Receiver => quote!(self),
                _ => {
                    let name = &parameter.name;
                    quote!(#name)
                }
            });
        let (wrapper, call, make) = (flavour.wrapper(), self.call_type(), maker(*flavour));
        let fn_token = signature.fn_token;
        quote! {
            #(#attrs)*
            #vis #fn_token #ident #generics (#(#parameters),*) -> ::undying::#wrapper<#call> #clause {
                ::undying::__private::#make::<#call>((#(::undying::__private::Arg(#values),)*))
            }
        }
    }

    /// The generics of the function alone, without those of its owner.
    pub(super) fn own_generics(&self) -> syn::Generics {
        let mut generics = self.function.generics.clone();
        if let Some(owner) = &self.function.owner {
            generics.params = generics
                .params
                .into_iter()
                .skip(owner.generics.params.len())
                .collect();
            generics.where_clause = self.function.signature.generics.where_clause.clone();
        }
        generics
    }

    /// The type that names the call; it has no values.
    pub(crate) fn struct_(&self) -> TokenStream {
        let (call, vis) = (&self.call, &self.function.vis);
        let ident = self.function.ident.to_string();
        let docs = match &self.function.owner {
            Some(owner) => format!("The call of [`{0}::{ident}`]({0}::{ident}).", owner.name),
            None => format!("The call of [`{ident}`](fn@{ident})."),
        };
        let generics = &self.function.generics;
        if !self.function.is_generic() {
            return quote! {
                #[doc = #docs]
                #vis struct #call { #[allow(dead_code)] _never: ::core::convert::Infallible }
            };
        }
        let params = generics.params.iter().map(|param| match param {
            GenericParam::Type(param) => {
                let ident = &param.ident;
                quote!(#ident)
            }
            GenericParam::Const(param) => {
                let (ident, ty) = (&param.ident, &param.ty);
                quote!(const #ident: #ty)
            }
            GenericParam::Lifetime(param) => quote!(#param),
        });
        let types = generics.type_params().map(|param| &param.ident);
        quote! {
            #[doc = #docs]
            #vis struct #call<#(#params),*> {
                #[allow(dead_code)] _never: ::core::convert::Infallible,
                #[allow(dead_code)] _of: ::core::marker::PhantomData<fn() -> (#(#types,)*)>,
            }
        }
    }

    /// `impl Call`.
    pub(crate) fn call_impl(&self) -> TokenStream {
        let (name, output, call) = (&self.name, &self.function.output, self.call_type());
        let (generics, _, clause) = self.function.generics.split_for_impl();
        let names = self.function.arguments().map(|parameter| {
            let name = parameter.name.to_string();
            let name = match parameter.role {
                Role::Receiver => "self",
                _ => name.trim_start_matches("r#"),
            };
            LitStr::new(name, parameter.name.span())
        });
        let args = self.args();
        let at = self.at_output();
        let failure = Ident::new("failure", Span::mixed_site());
        let said = match self.function.flavour {
            // It runs inline: only what it awaits fails, and its caller can say that.
            Flavour::Resumable => quote_spanned! {at=>
                use __rt::{Absorbing as _, Plain as _};
                (&&&__rt::Returns::<#output>::new()).failed(#failure)
            },
            _ => quote_spanned! {at=>
                use __rt::{Absorbing as _, Plain as _, Refused as _};
                (&&&__rt::Returns::<#output>::new()).failed(#failure)
            },
        };
        let returns = quote_spanned! {at=>
            type Output = <__rt::Out<#output> as __rt::Returning>::Output;
            fn failed(#failure: __rt::Failure) -> ::core::result::Result<Self::Output, __rt::Failure> {
                #[allow(unused_imports)]
                #said
            }
        };
        quote! {
            impl #generics __rt::Call for #call #clause {
                const NAME: &'static str = #name;
                const PARAMETERS: &'static [&'static str] = &[#(#names),*];
                type Args = #args;
                #returns
            }
        }
    }

    /// The return type: what is wrong with it is told once, there, if all that says so is located there.
    pub(crate) fn at_output(&self) -> Span {
        Span::mixed_site().located_at(self.function.output.span())
    }

    /// The tuple of arguments, located at the only type that may be one that cannot be saved, which is
    /// an error there, or at all of them.
    pub(super) fn args(&self) -> Group {
        let types: Vec<_> = self
            .function
            .arguments()
            .map(|parameter| &parameter.ty)
            .collect();
        let doubtful: Vec<_> = types.iter().filter(|ty| !is_plain(ty)).collect();
        let span = match doubtful.as_slice() {
            [only] => only.span(),
            _ => self.function.signature.paren_token.span.join(),
        };
        let args = types
            .iter()
            .map(|ty| quote_spanned!(ty.span()=> __rt::Arg<#ty>,));
        let mut tuple = Group::new(Delimiter::Parenthesis, args.collect());
        tuple.set_span(span);
        tuple
    }

    /// Registers it; a generic function is registered by hand, one instance at a time.
    pub(crate) fn entry(&self) -> TokenStream {
        let call = &self.call;
        let entry = match self.function.flavour {
            Flavour::Activity => quote!(activity),
            Flavour::Orchestration | Flavour::Replayed => quote!(orchestration),
            Flavour::Resumable | Flavour::Operation | Flavour::Handler => {
                return TokenStream::new();
            }
        };
        if self.function.is_generic() {
            return TokenStream::new();
        }
        quote!(__rt::submit! { __rt::Entry::#entry::<#call>(file!(), line!()) })
    }
}

fn maker(flavour: Flavour) -> Ident {
    Ident::new(flavour.attribute(), Span::call_site())
}

/// Whether values of a type can be saved, as far as its name says.
fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 16] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "f64", "bool", "char", "String",
    ];
    let Type::Path(path) = ty else { return false };
    path.path
        .get_ident()
        .is_some_and(|ident| PLAIN.iter().any(|plain| ident == plain))
}
