//! Which states are ever entered.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ImplItem;

use super::check::{Checked, What};
use super::{messages, plain};
use crate::diagnostics::Diagnostics;

/// Refuses the states that nothing leads to: no row of a state that is entered, no handler of one,
/// and no other method of the `impl`.
pub(crate) fn check(checked: &Checked, states: &Ident, items: &[ImplItem], diag: &mut Diagnostics) {
    let names: Vec<String> = checked
        .states
        .iter()
        .map(|state| plain(&state.name))
        .collect();
    let mentioned = |item: &ImplItem| {
        let mut found = BTreeSet::new();
        mentions(item.to_token_stream(), states, &names, &mut found);
        found
    };
    let handlers = checked.handlers.iter().map(|handler| handler.ident.clone());
    let handlers: Vec<Ident> = handlers.collect();
    let is_method = |item: &ImplItem, name: &Ident| matches!(item, ImplItem::Fn(method) if method.sig.ident == *name);
    let by_handler: Vec<BTreeSet<usize>> = handlers
        .iter()
        .map(|name| {
            let item = items.iter().find(|item| is_method(item, name));
            item.map(&mentioned).unwrap_or_default()
        })
        .collect();
    let others = items.iter().filter(|item| {
        let mut handlers = handlers.iter();
        !handlers.any(|name| is_method(item, name))
    });
    let mut reached: BTreeSet<usize> = others.flat_map(mentioned).collect();
    reached.insert(checked.start);
    for (_, what) in &checked.always {
        lead(*what, &by_handler, &mut reached);
    }
    let mut todo: Vec<usize> = reached.iter().copied().collect();
    while let Some(at) = todo.pop() {
        let Some(state) = checked.states.get(at) else {
            continue;
        };
        let mut next = BTreeSet::new();
        for handler in [state.entry, state.exit].into_iter().flatten() {
            lead(What::Handle(handler), &by_handler, &mut next);
        }
        for (_, what) in &state.rows {
            lead(*what, &by_handler, &mut next);
        }
        todo.extend(next.into_iter().filter(|state| reached.insert(*state)));
    }
    for (at, state) in checked.states.iter().enumerate() {
        if !reached.contains(&at) {
            let refusal = messages::unreachable_state(&names[at], &states.to_string());
            diag.refuse(&state.name, refusal);
        }
    }
}

/// The states that a row leads to.
fn lead(what: What, by_handler: &[BTreeSet<usize>], out: &mut BTreeSet<usize>) {
    match what {
        What::Handle(handler) => out.extend(by_handler[handler].iter().copied()),
        What::Goto(state) | What::Push(state) => {
            out.insert(state);
        }
        What::Pop | What::Halt | What::Defer | What::Ignore => {}
    }
}

/// The states that some tokens name, as `PoolState::Idle` or in `goto(Idle)`.
fn mentions(tokens: TokenStream, states: &Ident, names: &[String], out: &mut BTreeSet<usize>) {
    // The last tokens before this one, those of a path without its colons.
    let mut before: Option<Ident> = None;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                let of_states = before
                    .as_ref()
                    .is_some_and(|before| before == states || before == "State");
                let named = names.iter().position(|name| *name == plain(&ident));
                out.extend(named.filter(|_| of_states));
                before = Some(ident);
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Group(group) => {
                let moves = before
                    .take()
                    .is_some_and(|before| before == "goto" || before == "push");
                if let (true, Some(TokenTree::Ident(only))) =
                    (moves, group.stream().into_iter().next())
                {
                    out.extend(names.iter().position(|name| *name == plain(&only)));
                }
                mentions(group.stream(), states, names, out);
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => before = None,
        }
    }
}
