//! Forgets the blocks that nothing leads to.

use std::collections::HashSet;

use super::flow::Flow;
use super::{Graph, Target, Term};
use crate::arena::{BlockId, RegionId};

/// Leaves in each region's order what can be reached from its entry, and drops branches of awaits that cannot be.
pub(crate) fn forget_unreachable(graph: &mut Graph) {
    let mut reached = HashSet::new();
    let entries = graph
        .regions
        .iter()
        .filter(|(_, region)| region.branch_of.is_none())
        .map(|(_, region)| region.entry);
    let mut work: Vec<BlockId> = entries.collect();
    while let Some(block) = work.pop() {
        if !reached.insert(block) {
            continue;
        }
        work.extend(successors(graph, block));
    }
    for id in graph.regions.ids().collect::<Vec<RegionId>>() {
        graph.regions[id]
            .order
            .retain(|block| reached.contains(block));
    }
}

fn successors(graph: &Graph, block: BlockId) -> Vec<BlockId> {
    let mut found = Vec::new();
    for tree in graph.trees_of(graph.blocks[block].root) {
        match &graph.trees[tree].term {
            Term::Goto(target) => found.push(*target),
            Term::Suspend {
                awaited, resume, ..
            } => {
                found.push(*resume);
                found.extend(
                    graph.awaits[*awaited]
                        .branches
                        .iter()
                        .map(|branch| graph.regions[*branch].entry),
                );
            }
            _ => {}
        }
        for code in graph.code_of(tree) {
            exits(graph, &code.flow, &mut found);
        }
    }
    found
}

fn exits(graph: &Graph, flow: &Flow, found: &mut Vec<BlockId>) {
    match flow {
        Flow::Exit(exit) | Flow::MayExit(exit) => {
            if let Target::Block(block) = graph.exits[*exit].target {
                found.push(block);
            }
        }
        Flow::Seq(flows) | Flow::Branch(flows) => {
            flows.iter().for_each(|flow| exits(graph, flow, found))
        }
        Flow::Loop(_, inside) | Flow::Labelled(_, inside) => exits(graph, inside, found),
        _ => {}
    }
}
