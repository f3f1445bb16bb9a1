//! Names that survive unrelated edits: of what is called or declared, with an ordinal among equals.

use std::collections::HashMap;

use super::Ordinals;
use crate::arena::{AwaitId, LocalId};
use crate::diagnostics::Diagnostics;
use crate::graph::Graph;
use crate::messages;

pub(super) fn slots(graph: &Graph, slots: &[LocalId]) -> Vec<String> {
    let mut ordinals = Ordinals::new([]);
    let name = |local: &LocalId| {
        let local = &graph.locals[*local];
        let text = local
            .label
            .clone()
            .unwrap_or_else(|| local.ident.to_string());
        ordinals.next(text.trim_start_matches("r#"))
    };
    slots.iter().map(name).collect()
}

/// A name that the user pins belongs to one statement; the others get out of its way.
pub(super) fn points(graph: &Graph, awaits: &[AwaitId], diag: &mut Diagnostics) -> Vec<String> {
    let mut pinned: HashMap<String, proc_macro2::Span> = HashMap::new();
    for pin in awaits
        .iter()
        .filter_map(|awaited| graph.awaits[*awaited].pinned.as_ref())
    {
        let (name, span) = (pin.value(), pin.span());
        let other = pinned.entry(name.clone()).or_insert(span);
        if format!("{other:?}") != format!("{span:?}") {
            diag.refuse(pin, messages::point_named_twice(&name));
        }
    }
    let mut own = Ordinals::new([]);
    let reserved = awaits
        .iter()
        .filter_map(|awaited| graph.awaits[*awaited].pinned.as_ref());
    let reserved: Vec<String> = reserved.map(|pin| own.next(&pin.value())).collect();
    let mut ordinals = Ordinals::new(reserved.clone());
    let mut reserved = reserved.into_iter();
    let name = |awaited: &AwaitId| match &graph.awaits[*awaited].pinned {
        Some(pin) => reserved.next().unwrap_or_else(|| pin.value()),
        None => ordinals.next(graph.awaits[*awaited].name.trim_start_matches("r#")),
    };
    awaits.iter().map(name).collect()
}
