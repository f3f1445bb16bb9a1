//! The options of `#[entity(..)]` on a struct.

use proc_macro2::TokenStream;
use syn::{LitStr, Type};

use super::Options;
use crate::diagnostics::Diagnostics;
use crate::messages;

#[derive(Default)]
pub(crate) struct Entity {
    pub(crate) name: Option<LitStr>,
    pub(crate) key: Option<Type>,
    pub(crate) keep_on_error: bool,
}

impl Entity {
    pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Entity {
        let mut options = Options::parse_tokens(tokens, diag);
        let entity = Entity {
            name: options.text("name", diag),
            key: options.ty("key", diag),
            keep_on_error: options.flag("keep_on_error", diag).is_some(),
        };
        // Names and keys are parts of ids: `@Account@alice`.
        if let Some(name) = entity
            .name
            .as_ref()
            .filter(|name| name.value().contains('@'))
        {
            diag.refuse(name, messages::at_in_name());
        }
        options.finish(&["name", "key", "keep_on_error"], diag);
        entity
    }
}
