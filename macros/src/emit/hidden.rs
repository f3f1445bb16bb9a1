//! The identifiers of generated code: no user's name means them.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, Span};
use syn::Lifetime;

use crate::arena::{Arena, BlockId, Id, LocalId, RegionId};
use crate::graph::Graph;
use crate::layout::Layout;

pub(super) struct Hidden {
    pub(super) frame: Ident,
    pub(super) turn: Ident,
    pub(super) place: Ident,
    pub(super) slots: Ident,
    pub(super) waits: Ident,
    pub(super) call: Ident,
    pub(super) result: Ident,
    pub(super) value: Ident,
    pub(super) jump: Ident,
    /// Around a statement whose jumps are made when it is left.
    pub(super) leave: Lifetime,
    slot: HashMap<LocalId, Ident>,
    wait: Vec<Ident>,
    blocks: HashMap<BlockId, Ident>,
    regions: Arena<RegionId, RegionNames>,
}

/// The names of a dispatch loop.
pub(super) struct RegionNames {
    /// The enum of its blocks.
    pub(super) kind: Ident,
    pub(super) block: Ident,
    pub(super) machine: Lifetime,
    /// A fence around each arm.
    pub(super) arm: Lifetime,
    /// What carries the type of a branch.
    pub(super) fork: Ident,
}

fn regions(graph: &Graph) -> Arena<RegionId, RegionNames> {
    let mut all = Arena::default();
    for id in graph.regions.ids() {
        let number = if id.index() == 0 {
            String::new()
        } else {
            id.index().to_string()
        };
        let named = |name: &str| mixed(&format!("__{name}{number}"));
        all.push(RegionNames {
            kind: named("Block"),
            block: named("block"),
            machine: lifetime(named("machine")),
            arm: lifetime(named("arm")),
            fork: named("fork"),
        });
    }
    all
}

fn lifetime(ident: Ident) -> Lifetime {
    Lifetime {
        apostrophe: Span::mixed_site(),
        ident,
    }
}

fn mixed(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The parameters of `step`.
pub(crate) fn parameters() -> (Ident, Ident) {
    (mixed("__frame"), mixed("__turn"))
}

impl Hidden {
    pub(super) fn new(graph: &Graph, layout: &Layout) -> Hidden {
        let slot_ident = |local: LocalId| {
            let ident = &graph.locals[local].ident;
            let name = format!(
                "__{}_{}",
                ident.to_string().trim_start_matches("r#"),
                local.index()
            );
            (
                local,
                Ident::new(&name, Span::mixed_site().located_at(ident.span())),
            )
        };
        let (frame, turn) = parameters();
        Hidden {
            frame,
            turn,
            place: mixed("__place"),
            slots: mixed("__slots"),
            waits: mixed("__waits"),
            call: mixed("__call"),
            result: mixed("__result"),
            value: mixed("__value"),
            jump: mixed("__jump"),
            leave: lifetime(mixed("__leave")),
            regions: regions(graph),
            slot: layout.crossing.iter().map(slot_ident).collect(),
            wait: layout
                .points
                .iter()
                .enumerate()
                .map(|(number, _)| mixed(&format!("__wait{number}")))
                .collect(),
            blocks: block_names(graph, layout),
        }
    }

    pub(super) fn slot(&self, local: LocalId) -> &Ident {
        &self.slot[&local]
    }

    pub(super) fn has_slot(&self, local: LocalId) -> bool {
        self.slot.contains_key(&local)
    }

    pub(super) fn wait(&self, point: usize) -> &Ident {
        &self.wait[point]
    }

    pub(super) fn region(&self, region: RegionId) -> &RegionNames {
        &self.regions[region]
    }

    pub(super) fn block_name(&self, block: BlockId) -> &Ident {
        &self.blocks[&block]
    }
}

/// `Start`, `Loop`, `AfterCharge`; a number behind what would be equal.
fn block_names(graph: &Graph, layout: &Layout) -> HashMap<BlockId, Ident> {
    let mut taken = HashSet::new();
    let name = |block: BlockId| {
        let known = &graph.blocks[block];
        let name = match known.resume {
            Some(awaited) => format!("After{}", camel(&layout.points[layout.point(awaited)].name)),
            None => known.hint.to_owned(),
        };
        let fresh = (1..).map(|number| {
            if number == 1 {
                name.clone()
            } else {
                format!("{name}{number}")
            }
        });
        let name = fresh
            .into_iter()
            .find(|name| taken.insert(name.clone()))
            .unwrap_or(name);
        (block, mixed(&name))
    };
    graph.printed().map(name).collect()
}

fn camel(name: &str) -> String {
    let words = name.split(|char: char| !char.is_ascii_alphanumeric());
    words
        .map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<String>()
        })
        .collect()
}
