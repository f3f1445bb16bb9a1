//! Which locals are needed at the start of each block.

use std::collections::HashMap;

use super::flow::Flow;
use super::{Code, Exit, Graph, Stmt, Target, Term};
use crate::arena::{Arena, BlockId, Id, LocalId, RegionId, TreeId};
use crate::set::Set;

pub(crate) struct Liveness {
    /// What must be in its slot, or a variable, when control goes to a block.
    live: Arena<BlockId, Set>,
    /// What must be in its slot when control leaves a region.
    after: Arena<RegionId, Set>,
    /// What the block itself will read: at a resume point, what is saved while it waits.
    needed: Arena<BlockId, Set>,
}

impl Liveness {
    pub(crate) fn at(&self, block: BlockId) -> &Set {
        &self.live[block]
    }

    pub(crate) fn after(&self, region: RegionId) -> &Set {
        &self.after[region]
    }

    pub(crate) fn needed(&self, block: BlockId) -> &Set {
        &self.needed[block]
    }

    /// What would be read before anything wrote it: a mistake of the user's, or of the analysis.
    pub(crate) fn at_entry(&self, graph: &Graph) -> Vec<LocalId> {
        let entry = self.at(graph.regions[RegionId::from_start()].entry);
        entry.iter().collect()
    }
}

/// A backward pass over trees, repeated until nothing changes.
///
/// A binding that is made again is needed where it is used, and so is what it is made of. A branch
/// shares the locals of the code around it: it puts back what others need, and saves its own needs.
pub(crate) fn liveness(graph: &Graph) -> Liveness {
    let shared = solve(graph, true);
    let own = solve(graph, false);
    let mut after = Arena::default();
    for region in graph.regions.ids() {
        after.push(shared.after(region));
    }
    let mut needed = Arena::default();
    for block in graph.blocks.ids() {
        needed.push(own.tree(graph.blocks[block].root));
    }
    Liveness {
        live: shared.live,
        after,
        needed,
    }
}

fn solve(graph: &Graph, shares: bool) -> Pass<'_> {
    let mut live = Arena::default();
    for _ in graph.blocks.ids() {
        live.push(Set::default());
    }
    let mut pass = Pass {
        graph,
        live,
        bases: bases(graph),
        shares,
    };
    let order: Vec<BlockId> = graph.printed().collect();
    loop {
        let mut changed = false;
        for &block in order.iter().rev() {
            let now = pass.block(block);
            changed |= pass.live[block].union(&now);
        }
        if !changed {
            return pass;
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
    /// Whether a branch keeps what the code around it needs.
    shares: bool,
}

/// Where the jumps of code that is not taken apart go: what is needed after a loop, and at its head.
type Around = Vec<(u32, Set, Set)>;

impl Pass<'_> {
    fn block(&self, block: BlockId) -> Set {
        let known = &self.graph.blocks[block];
        let mut live = self.tree(known.root);
        if let Some(awaited) = known.resume {
            for branch in &self.graph.awaits[awaited].branches {
                live.union(&self.live[self.graph.regions[*branch].entry]);
            }
        }
        live
    }

    /// What is needed when control leaves `region`: what follows its await, and what its siblings began with.
    fn after(&self, region: RegionId) -> Set {
        let (Some(awaited), true) = (self.graph.regions[region].branch_of, self.shares) else {
            return Set::default();
        };
        let awaited = &self.graph.awaits[awaited];
        let mut live = self.tree(self.graph.blocks[awaited.resume].root);
        for sibling in awaited
            .branches
            .iter()
            .filter(|sibling| **sibling != region)
        {
            live.union(&self.live[self.graph.regions[*sibling].entry]);
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

    fn uses(&self, locals: &[LocalId], live: &mut Set) {
        for local in locals {
            self.use_(*local, live);
        }
    }

    fn tree(&self, id: TreeId) -> Set {
        let tree = &self.graph.trees[id];
        let mut live = match &tree.term {
            Term::Open | Term::Diverge => Set::default(),
            Term::Goto(block) => self.live[*block].clone(),
            Term::Suspend {
                operand, resume, ..
            } => self.before(operand, self.live[*resume].clone()),
            Term::Return { value, region } => self.before(value, self.after(*region)),
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
                init, els, binds, ..
            } => {
                live = without(live, binds);
                if let Some(els) = els {
                    live.union(&self.tree(*els));
                }
                if stmt.is_evaluated() {
                    self.before(init, live)
                } else {
                    live
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
            Flow::Use(local) => self.use_(*local, &mut after),
            Flow::Define(local) => after.remove(*local),
            Flow::Uses(locals) => locals.iter().for_each(|local| self.use_(local, &mut after)),
            Flow::Fork(region) => {
                for (_, own) in &self.graph.regions[*region].captures {
                    after.remove(*own);
                }
            }
            Flow::Seq(flows) => {
                return flows
                    .iter()
                    .rev()
                    .fold(after, |after, flow| self.flow(flow, after, around));
            }
            Flow::Branch(flows) => {
                let mut live = Set::default();
                for flow in flows {
                    live.union(&self.flow(flow, after.clone(), around));
                }
                return live;
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
                return live;
            }
            Flow::Break(id) => {
                return around_of(around, *id)
                    .map(|(after, _)| after.clone())
                    .unwrap_or_default();
            }
            Flow::Continue(id) => {
                return around_of(around, *id)
                    .map(|(_, head)| head.clone())
                    .unwrap_or_default();
            }
            Flow::Exit(exit) => return self.exit(&self.graph.exits[*exit]),
            Flow::MayExit(exit) => {
                after.union(&self.exit(&self.graph.exits[*exit]));
            }
            Flow::Leave(id) => {
                let try_ = &self.graph.tries[*id];
                after.union(&self.after(try_.region));
                self.uses(&try_.drops, &mut after);
            }
            Flow::Stop => return Set::default(),
        }
        after
    }

    fn exit(&self, exit: &Exit) -> Set {
        let mut live = match exit.target {
            Target::Block(block) => self.live[block].clone(),
            Target::Return => self.after(exit.region),
        };
        self.uses(&exit.drops, &mut live);
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
