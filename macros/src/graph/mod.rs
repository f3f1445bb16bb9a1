//! The body as a graph of blocks; a block is a tree of statements whose leaves say where control goes.

pub(crate) mod flow;
pub(crate) mod liveness;
pub(crate) mod pretty;
pub(crate) mod reach;
pub(crate) mod thread;

use proc_macro2::Span;
use syn::{Attribute, Expr, Item, Pat, Type};

use crate::arena::{Arena, AwaitId, BlockId, ExitId, LocalId, RegionId, RemakeId, TreeId, TryId};
use crate::known::Macros;
use crate::names::Locals;
use crate::set::Set;
use crate::within::has_index;
use flow::Flow;

pub(crate) struct Graph {
    pub(crate) regions: Arena<RegionId, Region>,
    pub(crate) blocks: Arena<BlockId, Block>,
    pub(crate) trees: Arena<TreeId, Tree>,
    pub(crate) exits: Arena<ExitId, Exit>,
    pub(crate) tries: Arena<TryId, Try>,
    pub(crate) awaits: Arena<AwaitId, Await>,
    pub(crate) remakes: Arena<RemakeId, Remake>,
    pub(crate) locals: Locals,
    pub(crate) macros: Macros,
    /// The items declared in blocks that were taken apart.
    pub(crate) items: Vec<Item>,
    /// The critical sections, and the regions that enter them.
    pub(crate) sections: Vec<(RegionId, LocalId)>,
}

/// The body of the function, or an `async` block that is a branch of an await.
pub(crate) struct Region {
    pub(crate) entry: BlockId,
    /// Blocks in the order in which lowering began to fill them, which is the order of the source.
    ///
    /// They are printed in this order: rustc infers types from what comes first.
    pub(crate) order: Vec<BlockId>,
    /// What is awaited while it runs; none for the body.
    pub(crate) branch_of: Option<AwaitId>,
    /// What it takes along by `move`: a local of the surrounding code, and its own.
    pub(crate) captures: Vec<(LocalId, LocalId)>,
}

/// An arm of the dispatch loop.
pub(crate) struct Block {
    pub(crate) region: RegionId,
    pub(crate) root: TreeId,
    /// The await that goes on here.
    pub(crate) resume: Option<AwaitId>,
    /// What its name begins with.
    pub(crate) hint: &'static str,
}

#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) stmts: Vec<Stmt>,
    pub(crate) term: Term,
}

#[expect(clippy::large_enum_variant, reason = "most are the large one")]
pub(crate) enum Stmt {
    /// `let pat = init else { els };`
    Let {
        attrs: Vec<Attribute>,
        pat: Pat,
        init: Code,
        els: Option<TreeId>,
        binds: Vec<LocalId>,
        remake: bool,
    },
    /// `code;`
    Expr(Code),
    /// The output of the await that this block resumes.
    Output { awaited: AwaitId, local: LocalId },
    /// The parameters of the function.
    Arguments { binds: Vec<LocalId> },
    /// The next item of a worklist, or else `els`.
    Next {
        list: LocalId,
        cursor: LocalId,
        pat: Pat,
        binds: Vec<LocalId>,
        els: TreeId,
    },
    /// The end of a guard's scope.
    Drop(LocalId),
}

impl Stmt {
    /// Whether it runs where it stands: what is made again does not, unless it may panic there.
    pub(crate) fn is_evaluated(&self) -> bool {
        match self {
            Stmt::Let {
                remake: true, init, ..
            } => has_index(&init.expr),
            _ => true,
        }
    }
}

#[derive(Default)]
pub(crate) enum Term {
    /// Nothing yet.
    #[default]
    Open,
    /// Control does not get here.
    Diverge,
    Goto(BlockId),
    /// Begins an await, then goes to the block that resumes it.
    Suspend {
        awaited: AwaitId,
        operand: Code,
        resume: BlockId,
    },
    /// The end of the region.
    Return {
        value: Code,
        region: RegionId,
    },
    If {
        cond: Code,
        binds: Vec<LocalId>,
        then: TreeId,
        els: TreeId,
    },
    Match {
        scrutinee: Code,
        arms: Vec<MatchArm>,
    },
}

pub(crate) struct MatchArm {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pat: Pat,
    pub(crate) binds: Vec<LocalId>,
    pub(crate) guard: Option<Code>,
    pub(crate) tree: TreeId,
    /// Where the user's arm ends: rustc suggests further arms there.
    pub(crate) end: Span,
}

/// Code that is not taken apart, with what it does to locals.
pub(crate) struct Code {
    pub(crate) expr: Expr,
    pub(crate) flow: Flow,
    /// The locals it names.
    pub(crate) named: Set,
    /// The locals it declares itself.
    pub(crate) declared: Set,
}

/// A jump out of code that is not taken apart.
#[derive(Clone)]
pub(crate) struct Exit {
    pub(crate) region: RegionId,
    pub(crate) target: Target,
    /// Where the value of the jump goes.
    pub(crate) value: Option<(LocalId, Option<Type>)>,
    /// The guards whose scopes are left, innermost first.
    pub(crate) drops: Vec<LocalId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Block(BlockId),
    /// Out of the region.
    Return,
}

/// A `?`.
pub(crate) struct Try {
    pub(crate) region: RegionId,
    pub(crate) question: Span,
    pub(crate) drops: Vec<LocalId>,
}

pub(crate) struct Await {
    /// What its resume point is called if nothing else has this name.
    pub(crate) name: String,
    /// The user's own name for it.
    pub(crate) pinned: Option<syn::LitStr>,
    pub(crate) span: Span,
    pub(crate) region: RegionId,
    pub(crate) resume: BlockId,
    /// Whether it stands in a critical section.
    pub(crate) in_section: bool,
    /// Whether it enters one.
    pub(crate) enters: bool,
    /// The `async` blocks among its operands.
    pub(crate) branches: Vec<RegionId>,
}

/// A binding that is made again, in each block that names it, rather than stored.
pub(crate) struct Remake {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) pat: Pat,
    pub(crate) init: Expr,
    /// Whether the pattern may be refutable as far as rustc knows.
    pub(crate) refutable: bool,
    pub(crate) binds: Vec<LocalId>,
    /// The locals that the initialiser names.
    pub(crate) bases: Set,
    /// How its printings get one type, if the initialiser does not say it.
    pub(crate) tie: Option<Tie>,
}

/// What ties the printings of one binding to one type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tie {
    /// Its type.
    Value,
    /// The signature of a closure with so many parameters: each printing has a type of its own.
    Closure(usize),
}

impl Graph {
    /// The trees below `root`, itself first.
    pub(crate) fn trees_of(&self, root: TreeId) -> Vec<TreeId> {
        let mut found = vec![root];
        let mut next = 0;
        while next < found.len() {
            let tree = &self.trees[found[next]];
            for stmt in &tree.stmts {
                match stmt {
                    Stmt::Let { els: Some(els), .. } | Stmt::Next { els, .. } => found.push(*els),
                    _ => {}
                }
            }
            match &tree.term {
                Term::If { then, els, .. } => found.extend([*then, *els]),
                Term::Match { arms, .. } => found.extend(arms.iter().map(|arm| arm.tree)),
                _ => {}
            }
            next += 1;
        }
        found
    }

    /// All code that a tree evaluates, without that of the trees below it.
    pub(crate) fn code_of(&self, tree: TreeId) -> Vec<&Code> {
        let tree = &self.trees[tree];
        let mut code = Vec::new();
        for stmt in &tree.stmts {
            match stmt {
                Stmt::Let { init, .. } if stmt.is_evaluated() => code.push(init),
                Stmt::Expr(expr) => code.push(expr),
                Stmt::Let { .. }
                | Stmt::Output { .. }
                | Stmt::Arguments { .. }
                | Stmt::Next { .. }
                | Stmt::Drop(_) => {}
            }
        }
        match &tree.term {
            Term::Suspend { operand, .. } => code.push(operand),
            Term::Return { value, .. } => code.push(value),
            Term::If { cond, .. } => code.push(cond),
            Term::Match { scrutinee, arms } => {
                code.push(scrutinee);
                code.extend(arms.iter().filter_map(|arm| arm.guard.as_ref()));
            }
            Term::Open | Term::Diverge | Term::Goto(_) => {}
        }
        code
    }

    /// The blocks of all regions, in the order in which they are printed within each.
    pub(crate) fn printed(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.regions
            .iter()
            .flat_map(|(_, region)| region.order.iter().copied())
    }
}
