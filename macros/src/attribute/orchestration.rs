//! The options of `#[orchestration(..)]`.

use proc_macro2::{Ident, TokenStream};
use syn::LitStr;

use super::Options;
use crate::diagnostics::Diagnostics;

#[derive(Default)]
pub(crate) struct Orchestration {
    pub(crate) name: Option<LitStr>,
    pub(crate) call: Option<Ident>,
    pub(crate) replay: bool,
}

impl Orchestration {
    pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Orchestration {
        let mut options = Options::parse_tokens(tokens, diag);
        let orchestration = Orchestration {
            name: options.text("name", diag),
            call: options.ident("call", diag),
            replay: options.flag("replay", diag).is_some(),
        };
        options.finish(&["name", "call", "replay"], diag);
        orchestration
    }
}
