//! `#[entity]`: on a type, the state; on an `impl`, the operations.

mod operation;
mod operations;
mod state;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

use crate::diagnostics::Diagnostics;
use crate::messages;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Impl(block)) => return operations::expand(args, block),
        Ok(Item::Struct(state)) => {
            let (ident, generics) = (state.ident.clone(), &state.generics);
            return state::expand(args, &state.vis, &ident, generics, &state);
        }
        Ok(Item::Enum(state)) => {
            let (ident, generics) = (state.ident.clone(), &state.generics);
            return state::expand(args, &state.vis, &ident, generics, &state);
        }
        _ => diag.refuse(item.clone().into_iter().next(), messages::not_an_entity()),
    }
    let errors = diag.into_tokens();
    quote!(#errors #item)
}
