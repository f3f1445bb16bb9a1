//! The state of an entity: its name, its key, and the references to it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Generics, Visibility, parse_quote};

use crate::attribute::Entity;
use crate::diagnostics::Diagnostics;
use crate::{debug, messages};

pub(super) fn expand(
    args: TokenStream,
    vis: &Visibility,
    ident: &Ident,
    generics: &Generics,
    item: &impl ToTokens,
) -> TokenStream {
    let mut diag = Diagnostics::default();
    let options = Entity::parse(args, &mut diag);
    if !generics.params.is_empty() {
        diag.refuse(&generics.params, messages::generic_entity());
        let errors = diag.into_tokens();
        return quote!(#item #errors);
    }
    let text = ident.to_string();
    let text = text.trim_start_matches("r#");
    let name = options
        .name
        .map_or_else(|| text.to_owned(), |name| name.value());
    let reference = format_ident!("{text}Ref", span = ident.span());
    let (key, keep) = (options.key, options.keep_on_error);
    let (given, into) = match &key {
        Some(key) => (quote!(#key), TokenStream::new()),
        None => (
            quote!(impl ::core::convert::Into<::std::string::String>),
            quote!(.into()),
        ),
    };
    let key = key.unwrap_or_else(|| parse_quote!(::std::string::String));
    let of = format!("A reference to one [`{text}`]; its methods are calls of the operations.");
    let at = format!("Refers to the `{text}` of this key, which always exists.");
    let traits = traits(&reference);
    let tokens = quote! {
        #[doc = #of]
        #[allow(dead_code)]
        #vis struct #reference<M = ::undying::Free> {
            #[doc(hidden)]
            pub __entity: ::undying::__private::EntityRef<#ident, M>,
        }
        #[allow(dead_code)]
        impl #ident {
            #[doc = #at]
            #vis fn at(key: #given) -> #reference {
                #reference { __entity: ::undying::__private::EntityRef::new(key #into) }
            }
        }
        const _: () = {
            use ::undying::__private as __rt;
            impl __rt::Entity for #ident {
                const NAME: &'static str = #name;
                const KEEP_ON_ERROR: bool = #keep;
                type Key = #key;
            }
            #traits
            impl __rt::Lockables for #reference {
                type Held = #reference<__rt::Held>;
                fn list(&self, out: &mut ::std::vec::Vec<(::std::string::String, &'static str)>) {
                    __rt::Lockables::list(&self.__entity, out);
                }
                fn hold(self) -> Self::Held {
                    #reference { __entity: __rt::Lockables::hold(self.__entity) }
                }
            }
        };
    };
    debug::print(text, &tokens);
    let errors = diag.into_tokens();
    quote!(#item #tokens #errors)
}

/// What a reference can do besides its methods: all that the reference it wraps can.
fn traits(reference: &Ident) -> TokenStream {
    let text = reference.to_string();
    quote! {
        impl<M> ::core::clone::Clone for #reference<M> {
            fn clone(&self) -> Self {
                #reference { __entity: ::core::clone::Clone::clone(&self.__entity) }
            }
        }
        impl<M> ::core::fmt::Debug for #reference<M> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#text).field(&self.__entity).finish()
            }
        }
        impl<M> __rt::serde::Serialize for #reference<M> {
            fn serialize<S: __rt::serde::Serializer>(
                &self,
                to: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                __rt::serde::Serialize::serialize(&self.__entity, to)
            }
        }
        impl<'de, M> __rt::serde::Deserialize<'de> for #reference<M> {
            fn deserialize<D: __rt::serde::Deserializer<'de>>(
                from: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let entity = __rt::serde::Deserialize::deserialize(from)?;
                ::core::result::Result::Ok(#reference { __entity: entity })
            }
        }
    }
}
