//! What is asked of the macros, whatever tokens they are given. Shared with the fuzz crate.

use proc_macro2::TokenStream;

use crate::envelope;
use crate::envelope::rsm::Sort;
use crate::expand;
use crate::item::Flavour;

/// The attributes.
pub(crate) const ATTRIBUTES: [&str; 7] = [
    "activity",
    "orchestration",
    "resumable",
    "entity",
    "rsm",
    "monitor",
    "methods",
];

/// What an attribute makes of an item: code, or an error of the compiler that says why not.
pub(crate) fn check(attribute: &str, args: TokenStream, item: TokenStream) {
    let given = format!("#[{attribute}({args})] {item}");
    let made = match attribute {
        "activity" => expand::function(Flavour::Activity, args, item),
        "orchestration" => expand::function(Flavour::Orchestration, args, item),
        "resumable" => expand::function(Flavour::Resumable, args, item),
        "entity" => envelope::entity::expand(args, item),
        "rsm" => envelope::rsm::expand(Sort::Rsm, args, item),
        "monitor" => envelope::rsm::expand(Sort::Monitor, args, item),
        _ => envelope::methods::expand(args, item),
    };
    let says_why = made.to_string().contains("compile_error");
    assert!(
        says_why || syn::parse2::<syn::File>(made.clone()).is_ok(),
        "neither code nor an error is made of\n{given}\nbut\n{made}"
    );
}
