//! The options of `#[resumable(..)]`: where the helper may be awaited.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::Options;
use crate::diagnostics::Diagnostics;

pub(crate) struct Resumable {
    pub(crate) call: Option<Ident>,
    pub(crate) contexts: Vec<Context>,
}

/// A column of the context table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    Orchestration,
    Section,
    Entity,
    Rsm,
}

impl Context {
    const ALL: [(&'static str, Context); 4] = [
        ("orchestration", Context::Orchestration),
        ("section", Context::Section),
        ("entity", Context::Entity),
        ("rsm", Context::Rsm),
    ];

    /// The runtime's type.
    pub(crate) fn ty(self) -> TokenStream {
        match self {
            Context::Orchestration => quote!(__rt::InOrchestration),
            Context::Section => quote!(__rt::CriticalSection),
            Context::Entity => quote!(__rt::EntityOperation),
            Context::Rsm => quote!(__rt::RsmHandler),
        }
    }

    /// A value of the pair of all `contexts`: a body is checked against each of them.
    pub(crate) fn value(contexts: &[Context]) -> TokenStream {
        match contexts {
            [] => Context::Orchestration.ty(),
            [only] => only.ty(),
            [first, rest @ ..] => {
                let (first, rest) = (first.ty(), Context::value(rest));
                quote!((#first, #rest))
            }
        }
    }
}

impl Resumable {
    pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Resumable {
        let mut options = Options::parse_tokens(tokens, diag);
        let mut contexts: Vec<Context> = Vec::new();
        for (name, context) in Context::ALL {
            contexts.extend(options.flag(name, diag).map(|_| context));
        }
        if contexts.is_empty() {
            contexts.push(Context::Orchestration);
        }
        let call = options.ident("call", diag);
        options.finish(&["orchestration", "section", "entity", "rsm", "call"], diag);
        Resumable { call, contexts }
    }
}
