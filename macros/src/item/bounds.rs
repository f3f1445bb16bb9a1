//! The bounds of type parameters: what every durable function asks of them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Generics, Token, Type, TypeParamBound, WherePredicate};

use super::Parameter;
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{last, mentions};

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// Calls are known by their types and move between threads: rustc would ask for this in a dozen places.
///
/// The bounds are located where the user's end: rustc suggests further ones there.
pub(super) fn outlive(generics: &mut Generics) {
    let types: Vec<Ident> = generics
        .type_params()
        .map(|param| param.ident.clone())
        .collect();
    for ident in types {
        if let Some(bounds) = bounds_of(generics, &ident) {
            let at = last(bounds);
            let more = quote_spanned!(at=> ::core::marker::Send + 'static);
            // Both are bounds by their syntax.
            bounds.extend(Bounds::parse_terminated.parse2(more).unwrap_or_default());
        }
    }
}

/// Where the bounds of a type parameter are, or are to be.
fn bounds_of<'g>(generics: &'g mut Generics, ident: &Ident) -> Option<&'g mut Bounds> {
    let Generics {
        params,
        where_clause,
        ..
    } = generics;
    let param = params.iter_mut().find_map(|param| match param {
        syn::GenericParam::Type(param) if param.ident == *ident => Some(param),
        _ => None,
    })?;
    let elsewhere = where_clause
        .iter_mut()
        .flat_map(|clause| &mut clause.predicates)
        .find_map(|predicate| match predicate {
            WherePredicate::Type(predicate) if is(&predicate.bounded_ty, ident) => {
                Some(&mut predicate.bounds)
            }
            _ => None,
        });
    match elsewhere {
        Some(bounds) if param.bounds.is_empty() => Some(bounds),
        _ => {
            param.colon_token.get_or_insert_default();
            Some(&mut param.bounds)
        }
    }
}

fn is(ty: &Type, ident: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident(ident))
}

/// Refuses a type parameter without bounds whose values are saved.
pub(super) fn check(
    generics: &Generics,
    parameters: &[Parameter],
    output: &Type,
    diag: &mut Diagnostics,
) {
    let arguments = parameters
        .iter()
        .filter(|parameter| parameter.is_argument())
        .map(|parameter| &parameter.ty);
    let saved: TokenStream = arguments
        .chain([output])
        .map(ToTokens::to_token_stream)
        .collect();
    for param in generics.type_params() {
        let clause = generics.where_clause.to_token_stream();
        let bound = !param.bounds.is_empty() || mentions(clause, &param.ident);
        if !bound && mentions(saved.clone(), &param.ident) {
            diag.refuse(&param.ident, messages::unbound(&param.ident.to_string()));
        }
    }
}
