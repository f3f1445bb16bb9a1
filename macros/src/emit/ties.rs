//! Ties: what gives the declarations of one local, in several blocks, one type.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::Emit;
use super::names::Named;
use crate::arena::{Id, LocalId};
use crate::graph::liveness::Liveness;
use crate::graph::{Graph, Tie};

/// The locals that need a tie, and what it is called.
pub(super) struct Ties(HashMap<LocalId, (Ident, Tie)>);

impl Ties {
    pub(super) fn new(graph: &Graph, liveness: &Liveness, named: &Named) -> Ties {
        let needs = |local: LocalId| {
            let present = named.present().iter();
            let blocks = present.filter(|block| block.contains(local)).take(2);
            (blocks.count() == 2).then_some(())?;
            let known = &graph.locals[local];
            match known.remake {
                Some(remake) => graph.remakes[remake].tie,
                // One that is not declared twice is a variable of one block, or goes through its slot.
                None => (known.ty.is_none() && named.is_redeclared(graph, liveness, local))
                    .then_some(Tie::Value),
            }
        };
        let tie = |local: LocalId| {
            let ident = graph.locals[local].ident.to_string();
            let ident = ident.trim_start_matches("r#");
            let name = format_ident!(
                "__{}_{}_type",
                ident,
                local.index(),
                span = Span::mixed_site()
            );
            Some((local, (name, needs(local)?)))
        };
        Ties(graph.locals.ids().filter_map(tie).collect())
    }
}

impl Emit<'_> {
    /// The declarations of the ties.
    pub(super) fn declare_ties(&self) -> TokenStream {
        let ids = self.graph.locals.ids();
        let names = ids.filter_map(|local| self.ties.0.get(&local));
        names
            .map(|(name, _)| quote!(let #name = __rt::SameType::new();))
            .collect()
    }

    /// Says that bindings that were just declared have the types of their other declarations.
    pub(super) fn tie(&self, binds: &[LocalId]) -> TokenStream {
        let tied = binds
            .iter()
            .filter_map(|local| Some((local, self.ties.0.get(local)?)));
        tied.map(|(local, (tie, how))| {
            let (name, of) = (self.name(*local), how.method());
            quote!(#tie.#of(&#name);)
        })
        .collect()
    }

    /// The same of a variable without a value.
    pub(super) fn tie_unassigned(&self, local: LocalId) -> Option<TokenStream> {
        let (tie, _) = self.ties.0.get(&local)?;
        let name = self.name(local);
        Some(quote! {
            #[allow(unused_assignments)]
            if false {
                #name = #tie.never();
                ::core::unreachable!()
            }
        })
    }
}

impl Tie {
    fn method(self) -> Ident {
        let mixed = Span::mixed_site();
        match self {
            Tie::Value => Ident::new("of", mixed),
            Tie::Closure(parameters) => format_ident!("of{}", parameters, span = mixed),
        }
    }
}
