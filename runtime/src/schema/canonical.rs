//! The canonical form of a schema: equal structures become one node, numbered from the root.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use super::model::{At, Node, Schema};

/// The smallest schema equal to the graph at `root`, numbered breadth first.
///
/// Nodes are merged when no walk tells them apart (partition refinement), so neither the order in
/// which a type was traced nor the visitors that read it show in the result.
pub(crate) fn canonical(nodes: &[Node], root: At) -> Schema {
    let class = classes(nodes);
    let mut number: FxHashMap<At, At> = FxHashMap::default();
    let mut order = vec![root];
    number.insert(class[root as usize], 0);
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        for edge in nodes[at as usize].edges() {
            let fresh = order.len() as At;
            if *number.entry(class[edge as usize]).or_insert(fresh) == fresh {
                order.push(edge);
            }
        }
    }
    let renumbered = order.iter().map(|&at| {
        let node = nodes[at as usize].map_edges(|edge| number[&class[edge as usize]]);
        collapse(node)
    });
    Schema::from_nodes(renumbered.collect())
}

/// The class of every node: starts with one class for all and splits until nothing splits.
fn classes(nodes: &[Node]) -> Vec<At> {
    let mut class = vec![0; nodes.len()];
    let mut count = 1;
    loop {
        let split = number_distinct(
            nodes
                .iter()
                .map(|node| node.map_edges(|edge| class[edge as usize])),
        );
        let now = split.iter().max().map_or(0, |last| last + 1);
        class = split;
        if now == count {
            return class;
        }
        count = now;
    }
}

fn number_distinct<T: Eq + Hash>(items: impl Iterator<Item = T>) -> Vec<At> {
    let mut seen = FxHashMap::default();
    items
        .map(|item| {
            let fresh = seen.len() as At;
            *seen.entry(item).or_insert(fresh)
        })
        .collect()
}

/// An array of thousands is one edge, not thousands.
fn collapse(node: Node) -> Node {
    match node {
        Node::Tuple(items) if items.len() > 1 && items.iter().all(|at| *at == items[0]) => {
            Node::Array(items.len() as u64, items[0])
        }
        other => other,
    }
}
