//! What the macros do, for people: `UNDYING_EXPAND=<function>` or `*`, and `UNDYING_EXPAND=cfg:<function>`.

use proc_macro2::TokenStream;

use crate::graph::liveness::Liveness;
use crate::graph::{Graph, pretty};
use crate::layout::Layout;

/// Prints the expansion of `name` to stderr, if it was asked for.
pub(crate) fn print(name: &str, tokens: &TokenStream) {
    let Ok(wanted) = std::env::var("UNDYING_EXPAND") else {
        return;
    };
    if wanted != name && wanted != "*" {
        return;
    }
    match syn::parse2(tokens.clone()) {
        Ok(file) => eprintln!("{}", prettyplease::unparse(&file)),
        Err(error) => eprintln!("// {error}\n{tokens}"),
    }
}

/// Prints the graph of `name` to stderr, if it was asked for.
pub(crate) fn print_graph(name: &str, graph: &Graph, liveness: &Liveness, layout: &Layout) {
    let Ok(wanted) = std::env::var("UNDYING_EXPAND") else {
        return;
    };
    if wanted
        .strip_prefix("cfg:")
        .is_some_and(|wanted| wanted == name || wanted == "*")
    {
        eprintln!("{name}\n{}", pretty::pretty(graph, liveness, layout));
    }
}
