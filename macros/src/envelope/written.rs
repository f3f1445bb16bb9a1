//! `Written`: the function as written, in a place where its `self` and its generics mean what they
//! say.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{FnArg, Generics, Signature};

use crate::item::{Function, Parameter, Role};

/// See the module.
pub(crate) struct Written {
    /// The `impl` it stands in, without its braces.
    pub(crate) place: TokenStream,
    pub(crate) signature: Signature,
    /// How it is called.
    pub(crate) path: TokenStream,
}

/// The function under another name: in an `impl` of the user's type, or of its own call.
pub(crate) fn written(function: &Function, call: &Ident, name: Ident) -> Written {
    let mut signature = Signature {
        ident: name,
        ..function.signature.clone()
    };
    match &function.owner {
        Some(owner) => {
            let (generics, _, clause) = owner.generics.split_for_impl();
            let (ty, own) = (&owner.ty, signature.generics.split_for_impl().1);
            let (name, turbofish) = (&signature.ident, own.as_turbofish());
            Written {
                place: quote!(impl #generics #ty #clause),
                path: quote!(<#ty>::#name #turbofish),
                signature,
            }
        }
        None => {
            // Generics stand on the type.
            signature.generics = Generics::default();
            for (input, parameter) in signature.inputs.iter_mut().zip(&function.parameters) {
                if let FnArg::Typed(typed) = input {
                    *typed.ty = parameter.ty.clone();
                }
            }
            let (generics, types, clause) = function.generics.split_for_impl();
            let (name, turbofish) = (&signature.ident, types.as_turbofish());
            Written {
                place: quote!(impl #generics #call #types #clause),
                path: quote!(#call #turbofish::#name),
                signature,
            }
        }
    }
}

/// What holds the value of a parameter where the function is called.
pub(crate) fn value(parameter: &Parameter, at: Span) -> TokenStream {
    match parameter.role {
        Role::Receiver => quote_spanned!(at=> __this),
        _ => {
            let name = &parameter.name;
            quote!(#name)
        }
    }
}
