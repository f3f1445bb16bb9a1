//! Which locals are needed at the start of each block.

use std::collections::HashMap;

use super::flow::Flow;
use super::{Code, Exit, Graph, Stmt, Target, Term};
use crate::arena::{Arena, BlockId, Id, LocalId, RegionId, TreeId};
use crate::set::Set;

/// What is needed at the start of each block.
pub(crate) struct Liveness {
    live: Arena<BlockId, Set>,
}

impl Liveness {
    pub(crate) fn at(&self, block: BlockId) -> &Set {
        &self.live[block]
    }

    /// The names of what would be read before anything wrote it: nothing, or the analysis is wrong.
    pub(crate) fn at_entry(&self, graph: &Graph) -> Option<String> {
        let entry = self.at(graph.regions[RegionId::from_start()].entry);
        let names: Vec<String> = entry
            .iter()
            .map(|local| format!("`{}`", graph.locals[local].ident))
            .collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

/// A backward pass over trees, repeated until nothing changes.
///
/// A binding that is made again is needed where it is used, and so is what it is made of.
pub(crate) fn liveness(graph: &Graph) -> Liveness {
    let mut live = Arena::default();
    for _ in graph.blocks.ids() {
        live.push(Set::default());
    }
    let mut pass = Pass {
        graph,
        live,
        bases: bases(graph),
    };
    let order: Vec<BlockId> = graph.printed().collect();
    loop {
        let mut changed = false;
        for &block in order.iter().rev() {
            let now = pass.block(block);
            changed |= pass.live[block].union(&now);
        }
        if !changed {
            return Liveness { live: pass.live };
        }
    }
}

/// For each local that is made again: all it is made of, and itself.
fn bases(graph: &Graph) -> HashMap<LocalId, Set> {
    let mut all: HashMap<LocalId, Set> = HashMap::new();
    for (_, remake) in graph.remakes.iter() {
        // What it is made of was declared before it.
        let mut set = Set::default();
        for base in remake.bases.iter() {
            set.insert(base);
            if let Some(more) = all.get(&base) {
                set.union(more);
            }
        }
        for local in &remake.binds {
            let mut with_self = set.clone();
            with_self.insert(*local);
            all.insert(*local, with_self);
        }
    }
    all
}

/// All that naming `named` names, when what is made again is replaced by what it is made of.
pub(crate) fn expand(graph: &Graph, named: &Set) -> Set {
    let mut all = named.clone();
    let mut work: Vec<LocalId> = named.iter().collect();
    while let Some(local) = work.pop() {
        let Some(remake) = graph.locals[local].remake else {
            continue;
        };
        work.extend(
            graph.remakes[remake]
                .bases
                .iter()
                .filter(|base| all.insert(*base)),
        );
    }
    all
}

struct Pass<'g> {
    graph: &'g Graph,
    live: Arena<BlockId, Set>,
    bases: HashMap<LocalId, Set>,
}

/// Where the jumps of code that is not taken apart go: what is needed after a loop, and at its head.
type Around = Vec<(u32, Set, Set)>;

impl Pass<'_> {
    fn block(&self, block: BlockId) -> Set {
        let mut live = self.tree(self.graph.blocks[block].root);
        if let Some(awaited) = self.graph.blocks[block].resume {
            for region in &self.graph.awaits[awaited].branches {
                // A branch may be anywhere in its code, and shares the locals it did not declare.
                for inner in &self.graph.regions[*region].order {
                    live.union(&self.live[*inner]);
                }
            }
        }
        live
    }

    fn use_(&self, local: LocalId, live: &mut Set) {
        match self.bases.get(&local) {
            Some(bases) => {
                live.union(bases);
            }
            None => {
                live.insert(local);
            }
        }
    }

    fn tree(&self, tree: TreeId) -> Set {
        let tree = &self.graph.trees[tree];
        let mut live = match &tree.term {
            Term::Open | Term::Diverge => Set::default(),
            Term::Goto(block) => self.live[*block].clone(),
            Term::Suspend {
                operand, resume, ..
            } => self.before(operand, self.live[*resume].clone()),
            Term::Return(value) => self.before(value, Set::default()),
            Term::If {
                cond,
                binds,
                then,
                els,
            } => {
                let mut live = without(self.tree(*then), binds);
                live.union(&self.tree(*els));
                without(self.before(cond, live), binds)
            }
            Term::Match { scrutinee, arms } => {
                let mut live = Set::default();
                for arm in arms {
                    let mut inside = self.tree(arm.tree);
                    if let Some(guard) = &arm.guard {
                        inside = self.before(guard, inside);
                    }
                    live.union(&without(inside, &arm.binds));
                }
                self.before(scrutinee, live)
            }
        };
        for stmt in tree.stmts.iter().rev() {
            live = self.stmt(stmt, live);
        }
        live
    }

    fn stmt(&self, stmt: &Stmt, mut live: Set) -> Set {
        match stmt {
            Stmt::Let {
                init,
                els,
                binds,
                remake,
                ..
            } => {
                live = without(live, binds);
                if let Some(els) = els {
                    live.union(&self.tree(*els));
                }
                if *remake {
                    live
                } else {
                    self.before(init, live)
                }
            }
            Stmt::Expr(code) => self.before(code, live),
            Stmt::Output { local, .. } => without(live, &[*local]),
            Stmt::Arguments { binds } => without(live, binds),
            Stmt::Next {
                list,
                cursor,
                binds,
                els,
                ..
            } => {
                live = without(live, binds);
                live.union(&self.tree(*els));
                live.extend([*list, *cursor]);
                live
            }
            Stmt::Drop(local) => {
                self.use_(*local, &mut live);
                live
            }
        }
    }

    fn before(&self, code: &Code, after: Set) -> Set {
        let mut live = self.flow(&code.flow, after, &mut Vec::new());
        // A path that skips a declaration does not need what it declares.
        live.subtract(&code.declared);
        live
    }

    fn flow(&self, flow: &Flow, mut after: Set, around: &mut Around) -> Set {
        match flow {
            Flow::Use(local) => {
                self.use_(*local, &mut after);
                after
            }
            Flow::Define(local) => {
                after.remove(*local);
                after
            }
            Flow::Uses(locals) => {
                for local in locals.iter() {
                    self.use_(local, &mut after);
                }
                after
            }
            Flow::Seq(flows) => flows
                .iter()
                .rev()
                .fold(after, |after, flow| self.flow(flow, after, around)),
            Flow::Branch(flows) => {
                let mut live = Set::default();
                for flow in flows {
                    live.union(&self.flow(flow, after.clone(), around));
                }
                live
            }
            Flow::Loop(id, body) => {
                let mut head = Set::default();
                loop {
                    around.push((*id, after.clone(), head.clone()));
                    let live = self.flow(body, head.clone(), around);
                    around.pop();
                    if !head.union(&live) {
                        return head;
                    }
                }
            }
            Flow::Labelled(id, inside) => {
                around.push((*id, after.clone(), Set::default()));
                let live = self.flow(inside, after, around);
                around.pop();
                live
            }
            Flow::Break(id) => around_of(around, *id)
                .map(|(after, _)| after.clone())
                .unwrap_or_default(),
            Flow::Continue(id) => around_of(around, *id)
                .map(|(_, head)| head.clone())
                .unwrap_or_default(),
            Flow::Exit(exit) => self.exit(&self.graph.exits[*exit]),
            Flow::MayExit(exit) => {
                after.union(&self.exit(&self.graph.exits[*exit]));
                after
            }
            Flow::Leave(id) => {
                after.extend(self.graph.tries[*id].drops.iter().copied());
                after
            }
            Flow::Stop => Set::default(),
        }
    }

    fn exit(&self, exit: &Exit) -> Set {
        let mut live = match exit.target {
            Target::Block(block) => self.live[block].clone(),
            Target::Return => Set::default(),
        };
        live.extend(exit.drops.iter().copied());
        if let Some((value, _)) = &exit.value {
            live.remove(*value);
        }
        live
    }
}

fn around_of(around: &Around, id: u32) -> Option<(&Set, &Set)> {
    around
        .iter()
        .rev()
        .find(|(known, ..)| *known == id)
        .map(|(_, after, head)| (after, head))
}

fn without(mut live: Set, binds: &[LocalId]) -> Set {
    for local in binds {
        live.remove(*local);
    }
    live
}
