//! The options of `#[rsm(..)]` and `#[monitor(..)]` on a struct.

use proc_macro2::TokenStream;
use syn::LitStr;

use super::Options;
use crate::chart::messages;
use crate::diagnostics::Diagnostics;

#[derive(Default)]
pub(crate) struct Rsm {
    pub(crate) name: Option<LitStr>,
    /// Of a monitor.
    pub(crate) temperature_max: Option<u32>,
}

impl Rsm {
    pub(crate) fn parse(tokens: TokenStream, monitor: bool, diag: &mut Diagnostics) -> Rsm {
        let mut options = Options::parse_tokens(tokens, diag);
        let name = options.text("name", diag);
        // Names are parts of ids: `#Pool#main`.
        if let Some(name) = name.as_ref().filter(|name| name.value().contains('#')) {
            diag.refuse(name, messages::hash_in_name());
        }
        let (known, temperature_max): (&[_], _) = match monitor {
            true => (
                &["name", "temperature_max"],
                options.count("temperature_max", diag),
            ),
            false => (&["name"], None),
        };
        options.finish(known, diag);
        Rsm {
            name,
            temperature_max,
        }
    }
}
