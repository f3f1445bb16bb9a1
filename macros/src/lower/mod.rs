//! From syntax to a graph: only awaits force an expression apart.

mod assign;
mod block;
mod branch;
mod cond;
mod for_loop;
mod items;
mod jumps;
mod local;
mod operand;
mod place;
mod remake;
mod section;
mod spill;
mod tie;
mod value;

use proc_macro2::{Ident, Span};
use syn::{Block, Expr, LitStr, Type, parse_quote};

use crate::arena::{Arena, AwaitId, BlockId, Id, LocalId, RegionId, TreeId};
use crate::diagnostics::Diagnostics;
use crate::graph::{self, Code, Graph, Region, Stmt, Term, Tree};
use crate::known::Macros;
use crate::marker::Marker;
use crate::names::{Kind, Local, Locals, Parameter, bindings};

/// Lowers the body of a function whose names are resolved.
pub(crate) fn lower(
    parameters: &[Parameter],
    body: Block,
    returns: &Type,
    (locals, macros): (Locals, Macros),
    diag: &mut Diagnostics,
) -> Graph {
    let graph = Graph {
        regions: Arena::default(),
        blocks: Arena::default(),
        trees: Arena::default(),
        exits: Arena::default(),
        tries: Arena::default(),
        awaits: Arena::default(),
        remakes: Arena::default(),
        locals,
        macros,
        items: Vec::new(),
        sections: Vec::new(),
    };
    let mut lower = Lower {
        graph,
        tree: TreeId::from_start(),
        region: RegionId::from_start(),
        returns: Some(returns.clone()),
        scopes: Vec::new(),
        unsafe_depth: 0,
        branches: None,
        pinned: None,
        in_section: false,
        enters: false,
        diag,
    };
    let region = lower.new_region();
    lower.region = region;
    let entry = lower.block("Start", None);
    lower.graph.regions[region].entry = entry;
    lower.start(entry);
    lower.parameters(parameters);
    lower.body(body, Dest::Return);
    lower.graph
}

/// Where a value goes.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "short-lived")]
enum Dest {
    /// Nowhere: it is a statement.
    None,
    Local(LocalId, Option<Type>),
    /// It is the region's.
    Return,
}

/// What surrounds the code being lowered.
enum Scope {
    Loop {
        label: Option<String>,
        after: BlockId,
        dest: Dest,
        head: BlockId,
    },
    Labelled {
        label: String,
        after: BlockId,
        dest: Dest,
    },
    /// A binding that lives to the end of its scope.
    Guard(LocalId),
}

struct Lower<'d> {
    graph: Graph,
    /// Where statements go.
    tree: TreeId,
    region: RegionId,
    /// The type of the region's value; a branch has none that is written down.
    returns: Option<Type>,
    scopes: Vec<Scope>,
    /// How many `unsafe` blocks that were taken apart surround this code.
    unsafe_depth: u32,
    /// The branches of the await whose operand is being lowered.
    branches: Option<Vec<RegionId>>,
    /// The user's name for the awaits of this statement.
    pinned: Option<LitStr>,
    /// Whether this code stands in a critical section.
    in_section: bool,
    /// Whether the next await enters one.
    enters: bool,
    diag: &'d mut Diagnostics,
}

impl Lower<'_> {
    fn new_region(&mut self) -> RegionId {
        self.graph.regions.push(Region {
            entry: BlockId::from_start(),
            order: Vec::new(),
            branch_of: None,
            captures: Vec::new(),
        })
    }

    fn new_tree(&mut self) -> TreeId {
        self.graph.trees.push(Tree {
            stmts: Vec::new(),
            term: Term::Open,
        })
    }

    fn block(&mut self, hint: &'static str, resume: Option<AwaitId>) -> BlockId {
        let root = self.new_tree();
        self.graph.blocks.push(graph::Block {
            region: self.region,
            root,
            resume,
            hint,
        })
    }

    /// From now on statements go to `block`.
    fn start(&mut self, block: BlockId) {
        self.graph.regions[self.region].order.push(block);
        self.tree = self.graph.blocks[block].root;
    }

    fn push(&mut self, stmt: Stmt) {
        self.graph.trees[self.tree].stmts.push(stmt);
    }

    /// Ends the tree; what is pushed before the next start is unreachable.
    fn close(&mut self, term: Term) {
        let tree = &mut self.graph.trees[self.tree];
        if matches!(tree.term, Term::Open) {
            tree.term = term;
        }
        self.tree = self.new_tree();
    }

    fn code(&self, expr: Expr) -> Code {
        Code::new(expr, &self.graph.macros)
    }

    fn hidden(&mut self, name: &str, ty: Option<Type>, span: Span) -> LocalId {
        let ident = Ident::new(name.trim_start_matches("r#"), span);
        self.graph.locals.push(Local {
            mutable: true,
            ty,
            ..Local::new(ident, Kind::Hidden)
        })
    }

    /// The expression that names a local.
    fn named(&self, local: LocalId) -> Expr {
        Marker::Local(local).expr(self.graph.locals[local].ident.span())
    }

    fn parameters(&mut self, parameters: &[Parameter]) {
        let arguments = parameters
            .iter()
            .filter(|parameter| !parameter.kind.is_lent());
        let binds = arguments
            .flat_map(|parameter| bindings(&parameter.pat))
            .map(|binding| binding.local);
        let binds = binds.collect();
        self.push(Stmt::Arguments { binds });
        let lent = |is: fn(Kind) -> bool| parameters.iter().find(move |known| is(known.kind));
        let context = lent(|kind| kind == Kind::Context).map(|context| &context.pat);
        match lent(Kind::is_lent_self).map(|own| &own.pat) {
            // Both are behind one borrow of the turn.
            Some(own) => {
                let context = context.cloned().unwrap_or_else(|| parse_quote!(_));
                self.context(&parse_quote!((#own, #context)));
            }
            None => context.into_iter().for_each(|pat| self.context(pat)),
        }
    }
}
