//! What is printed in several blocks, and whether rustc would infer one type for all of them.

use syn::{Expr, ExprClosure, Lit, Pat, ReturnType};

use crate::graph::Tie;

/// How the printings of a binding that is made again are tied to one type; nothing where `init` says it.
pub(super) fn tie(init: &Expr) -> Option<Tie> {
    match init {
        Expr::Paren(paren) => tie(&paren.expr),
        Expr::Closure(closure) if says_its_types(closure) => None,
        Expr::Closure(closure) => Some(Tie::Closure(closure.inputs.len())),
        _ => is_open(init).then_some(Tie::Value),
    }
}

/// Whether a closure's signature is written down.
pub(super) fn says_its_types(closure: &ExprClosure) -> bool {
    !matches!(closure.output, ReturnType::Default)
        && closure
            .inputs
            .iter()
            .all(|input| matches!(input, Pat::Type(_)))
}

/// A number, or a function whose type parameters are inferred.
fn is_open(init: &Expr) -> bool {
    match init {
        Expr::Lit(lit) => matches!(lit.lit, Lit::Int(_) | Lit::Float(_)),
        Expr::Reference(reference) => is_open(&reference.expr),
        Expr::Paren(paren) => is_open(&paren.expr),
        Expr::Array(array) => array.elems.iter().any(is_open),
        Expr::Tuple(tuple) => tuple.elems.iter().any(is_open),
        Expr::Path(_) => crate::marker::local(init).is_none(),
        _ => false,
    }
}
