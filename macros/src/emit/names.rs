//! Which locals each block names, and which it declares.

use std::collections::HashMap;

use crate::arena::{BlockId, LocalId, TreeId};
use crate::graph::flow::Flow;
use crate::graph::liveness::{Liveness, expand};
use crate::graph::{Graph, Stmt, Term};
use crate::set::Set;

pub(super) struct Named {
    index: HashMap<BlockId, usize>,
    named: Vec<Set>,
    declared: Vec<Set>,
    present: Vec<Set>,
}

impl Named {
    pub(super) fn new(graph: &Graph) -> Named {
        let mut all = Named {
            index: HashMap::new(),
            named: Vec::new(),
            declared: Vec::new(),
            present: Vec::new(),
        };
        for block in graph.printed() {
            let (named, declared) = of_block(graph, block);
            let mut present = named.clone();
            present.union(&declared);
            all.index.insert(block, all.named.len());
            all.named.push(named);
            all.declared.push(declared);
            all.present.push(present);
        }
        all
    }

    /// What a block names, and what that is made of.
    pub(super) fn by(&self, block: BlockId) -> &Set {
        &self.named[self.index[&block]]
    }

    pub(super) fn declared_by(&self, block: BlockId) -> &Set {
        &self.declared[self.index[&block]]
    }

    /// Whether some block declares a local that another one bound.
    pub(super) fn is_redeclared(&self, graph: &Graph, liveness: &Liveness, local: LocalId) -> bool {
        graph
            .printed()
            .any(|block| self.is_declared_at(liveness, block, local))
    }

    /// Whether a block begins with a variable for `local` that has no value yet.
    pub(super) fn is_declared_at(
        &self,
        liveness: &Liveness,
        block: BlockId,
        local: LocalId,
    ) -> bool {
        self.by(block).contains(local)
            && !liveness.at(block).contains(local)
            && !self.declared_by(block).contains(local)
    }

    /// For each block, the locals that may be variables in it.
    pub(super) fn present(&self) -> &[Set] {
        &self.present
    }
}

fn of_block(graph: &Graph, block: BlockId) -> (Set, Set) {
    let (mut named, mut declared) = (Set::default(), Set::default());
    for tree in graph.trees_of(graph.blocks[block].root) {
        of_tree(graph, tree, &mut named, &mut declared);
    }
    (expand(graph, &named), declared)
}

fn of_tree(graph: &Graph, id: TreeId, named: &mut Set, declared: &mut Set) {
    let tree = &graph.trees[id];
    for stmt in &tree.stmts {
        match stmt {
            Stmt::Let { binds, .. } | Stmt::Arguments { binds } => {
                declared.extend(binds.iter().copied())
            }
            Stmt::Next { cursor, binds, .. } => {
                named.insert(*cursor);
                declared.extend(binds.iter().copied());
            }
            Stmt::Output { local, .. } => {
                declared.insert(*local);
            }
            Stmt::Drop(local) => {
                named.insert(*local);
            }
            Stmt::Expr(_) => {}
        }
    }
    match &tree.term {
        Term::If { binds, .. } => declared.extend(binds.iter().copied()),
        Term::Match { arms, .. } => arms
            .iter()
            .for_each(|arm| declared.extend(arm.binds.iter().copied())),
        _ => {}
    }
    for code in graph.code_of(id) {
        named.union(&code.named);
        declared.union(&code.declared);
        named.extend(drops(graph, &code.flow));
    }
}

/// The guards that the jumps of some code drop.
fn drops(graph: &Graph, flow: &Flow) -> Vec<LocalId> {
    match flow {
        Flow::Exit(exit) | Flow::MayExit(exit) => graph.exits[*exit].drops.clone(),
        Flow::Leave(id) => graph.tries[*id].drops.clone(),
        Flow::Seq(flows) | Flow::Branch(flows) => {
            flows.iter().flat_map(|flow| drops(graph, flow)).collect()
        }
        Flow::Loop(_, inside) | Flow::Labelled(_, inside) => drops(graph, inside),
        _ => Vec::new(),
    }
}
