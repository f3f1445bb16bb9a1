//! Refusals, collected: a user sees all of them at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::messages::Refusal;

#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Vec<syn::Error>,
}

impl Diagnostics {
    /// Refuses `tokens`: give the narrowest that show what is meant.
    pub(crate) fn refuse(&mut self, tokens: impl ToTokens, refusal: Refusal) {
        self.errors.push(syn::Error::new_spanned(tokens, refusal));
    }

    pub(crate) fn refuse_at(&mut self, span: Span, refusal: Refusal) {
        self.errors.push(syn::Error::new(span, refusal));
    }

    pub(crate) fn error(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    pub(crate) fn append(&mut self, other: Diagnostics) {
        self.errors.extend(other.errors);
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// One `compile_error!` each, of what was refused so far.
    pub(crate) fn take(&mut self) -> Vec<TokenStream> {
        self.errors
            .drain(..)
            .flat_map(|error| {
                error
                    .into_iter()
                    .map(|error| error.to_compile_error())
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// One `compile_error!` each.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.take().into_iter().collect()
    }
}
