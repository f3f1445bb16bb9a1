//! Jumps to a block that only jumps on go where that one goes.

use super::{Graph, Target, Term};
use crate::arena::{BlockId, ExitId, TreeId};

/// Redirects the jumps; the blocks they passed by are then unreachable.
pub(crate) fn thread_jumps(graph: &mut Graph) {
    for tree in graph.trees.ids().collect::<Vec<TreeId>>() {
        if let Term::Goto(target) = graph.trees[tree].term {
            graph.trees[tree].term = Term::Goto(end_of(graph, target));
        }
    }
    for exit in graph.exits.ids().collect::<Vec<ExitId>>() {
        if let Target::Block(target) = graph.exits[exit].target {
            graph.exits[exit].target = Target::Block(end_of(graph, target));
        }
    }
}

/// Where control gets from `block` before anything happens.
fn end_of(graph: &Graph, mut block: BlockId) -> BlockId {
    // `loop {}` of blocks comes back to where it was.
    for _ in 0..graph.blocks.len() {
        let known = &graph.blocks[block];
        let tree = &graph.trees[known.root];
        match tree.term {
            Term::Goto(next) if tree.stmts.is_empty() && known.resume.is_none() => block = next,
            _ => break,
        }
    }
    block
}
