//! Whether a schema by itself bounds the depth and the number of parts of its values.

use super::model::{Node, Schema};

/// Whether no bytes can make a reader of this schema recurse or repeat without end: it is neither
/// recursive nor opaque, and has no sequence whose elements take no bytes.
pub(crate) fn bounded(schema: &Schema) -> bool {
    let nodes = schema.nodes();
    let flat = settle(nodes, |node, settled| {
        node.edges().iter().all(|at| settled[*at as usize])
    });
    let empty = settle(nodes, is_empty);
    let repeats_nothing = |node: &Node| match node {
        Node::Seq(item) => empty[*item as usize],
        Node::Map(key, value) => empty[*key as usize] && empty[*value as usize],
        _ => false,
    };
    !schema.is_opaque() && flat.iter().all(|flat| *flat) && !nodes.iter().any(repeats_nothing)
}

/// Whether the values of the node take no bytes, given the same of others.
fn is_empty(node: &Node, empty: &[bool]) -> bool {
    match node {
        Node::Unit | Node::UnitStruct(_) | Node::Array(0, _) => true,
        Node::Tuple(_)
        | Node::Array(..)
        | Node::Newtype(..)
        | Node::TupleStruct(..)
        | Node::Struct(..) => node.edges().iter().all(|at| empty[*at as usize]),
        _ => false,
    }
}

/// The nodes of which `holds` is true, from those without edges upwards.
fn settle(nodes: &[Node], holds: impl Fn(&Node, &[bool]) -> bool) -> Vec<bool> {
    let mut settled = vec![false; nodes.len()];
    loop {
        let next: Vec<bool> = nodes.iter().map(|node| holds(node, &settled)).collect();
        if next == settled {
            return settled;
        }
        settled = next;
    }
}
