//! What is stored under which name: slots and resume points.

mod names;

use std::collections::{HashMap, HashSet};

use crate::arena::{AwaitId, LocalId};
use crate::diagnostics::Diagnostics;
use crate::graph::Graph;
use crate::graph::liveness::Liveness;
use crate::set::Set;

pub(crate) struct Layout {
    /// The locals that are live where the function may wait, in the order of their declarations.
    pub(crate) saved: Vec<Slot>,
    /// The locals that only pass from block to block within one step.
    pub(crate) passing: Vec<LocalId>,
    pub(crate) points: Vec<Point>,
    /// Both kinds of slots.
    pub(crate) crossing: Set,
    point_of: HashMap<AwaitId, usize>,
}

pub(crate) struct Slot {
    pub(crate) local: LocalId,
    pub(crate) name: String,
}

pub(crate) struct Point {
    pub(crate) awaited: AwaitId,
    pub(crate) name: String,
    /// The saved slots that live there.
    pub(crate) live: Vec<u16>,
}

impl Layout {
    /// The number of the point at which `awaited` is waited for.
    pub(crate) fn point(&self, awaited: AwaitId) -> usize {
        self.point_of[&awaited]
    }
}

pub(crate) fn layout(graph: &Graph, liveness: &Liveness, diag: &mut Diagnostics) -> Layout {
    let (mut saved, mut crossing) = (Set::default(), Set::default());
    let mut awaits = Vec::new();
    for block in graph.printed() {
        let live = stored(graph, liveness.at(block));
        crossing.union(&live);
        if let Some(awaited) = graph.blocks[block].resume {
            saved.union(&stored(graph, liveness.needed(block)));
            awaits.push(awaited);
        }
    }
    let mut passing = crossing.clone();
    passing.subtract(&saved);
    let slots: Vec<LocalId> = saved.iter().collect();
    let slot_names = names::slots(graph, &slots);
    let point_names = names::points(graph, &awaits, diag);
    let index: HashMap<LocalId, u16> = slots
        .iter()
        .zip(0u16..)
        .map(|(local, index)| (*local, index))
        .collect();
    let points = awaits.iter().zip(point_names).map(|(awaited, name)| {
        let live = stored(graph, liveness.needed(graph.awaits[*awaited].resume));
        Point {
            awaited: *awaited,
            name,
            live: live
                .iter()
                .filter_map(|local| index.get(&local).copied())
                .collect(),
        }
    });
    Layout {
        points: points.collect(),
        saved: slots
            .into_iter()
            .zip(slot_names)
            .map(|(local, name)| Slot { local, name })
            .collect(),
        passing: passing.iter().collect(),
        crossing,
        point_of: awaits
            .iter()
            .enumerate()
            .map(|(number, awaited)| (*awaited, number))
            .collect(),
    }
}

/// What is made again has no slot.
fn stored(graph: &Graph, live: &Set) -> Set {
    live.iter()
        .filter(|local| {
            graph.locals[*local].remake.is_none() && !graph.locals[*local].kind.is_lent()
        })
        .collect()
}

/// Names that are told apart by an ordinal among equals.
struct Ordinals {
    taken: HashSet<String>,
    count: HashMap<String, usize>,
}

impl Ordinals {
    fn new(reserved: impl IntoIterator<Item = String>) -> Ordinals {
        Ordinals {
            taken: reserved.into_iter().collect(),
            count: HashMap::new(),
        }
    }

    /// `name`, or `name#2` and so on when others have it.
    fn next(&mut self, name: &str) -> String {
        let count = self.count.entry(name.to_owned()).or_default();
        loop {
            *count += 1;
            let candidate = if *count == 1 {
                name.to_owned()
            } else {
                format!("{name}#{count}")
            };
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}
