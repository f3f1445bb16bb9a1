//! `async` blocks: branches of the await they are written in, each with a program counter of its own.

use std::mem;

use proc_macro2::{Ident, Span};
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprAsync, ExprCall};

use super::{Dest, Lower};
use crate::arena::{LocalId, RegionId};
use crate::graph::flow;
use crate::marker::Marker;
use crate::names::Local;

impl Lower<'_> {
    // Input:   async move { body }
    // Output:  a region of its own; in its place the branch, which takes along what `move` says
    pub(super) fn branch(&mut self, node: &mut ExprAsync) -> Expr {
        let span = node.async_token.span;
        let empty = Block {
            brace_token: Default::default(),
            stmts: Vec::new(),
        };
        let mut block = mem::replace(&mut node.block, empty);
        let region = self.new_region();
        if node.capture.is_some() {
            self.graph.regions[region].captures = self.captures(&mut block);
        }
        let captured = self.graph.regions[region].captures.iter();
        let args = captured.map(|(outer, _)| self.named(*outer)).collect();
        self.lower_region(region, block);
        if let Some(branches) = &mut self.branches {
            branches.push(region);
        }
        Expr::Call(ExprCall {
            attrs: Vec::new(),
            func: Box::new(Marker::Branch(region).expr(span)),
            paren_token: Default::default(),
            args,
        })
    }

    /// What `move` takes along gets locals of its own, so that copies are not shared.
    fn captures(&mut self, block: &mut Block) -> Vec<(LocalId, LocalId)> {
        let inside = Expr::Block(syn::ExprBlock {
            attrs: Vec::new(),
            label: None,
            block: block.clone(),
        });
        let named = flow::named(&inside, &self.graph.macros);
        let stored = |local: &LocalId| {
            let known = &self.graph.locals[*local];
            known.remake.is_none() && !known.kind.is_lent()
        };
        let outer: Vec<LocalId> = named.iter().filter(stored).collect();
        let own = |outer: LocalId| {
            let known = &self.graph.locals[outer];
            let own = Local {
                mutable: known.mutable,
                ty: known.ty.clone(),
                label: known.label.clone(),
                ..Local::new(known.ident.clone(), known.kind)
            };
            (outer, self.graph.locals.push(own))
        };
        let captures: Vec<(LocalId, LocalId)> = outer.into_iter().map(own).collect();
        Renamed(&captures).visit_block_mut(block);
        captures
    }

    fn lower_region(&mut self, region: RegionId, block: Block) {
        let outer = (
            mem::replace(&mut self.region, region),
            mem::take(&mut self.scopes),
            self.returns.take(),
            mem::take(&mut self.unsafe_depth),
            self.branches.take(),
            self.tree,
        );
        let entry = self.block("Start", None);
        self.graph.regions[region].entry = entry;
        self.start(entry);
        self.body(block, Dest::Return);
        (
            self.region,
            self.scopes,
            self.returns,
            self.unsafe_depth,
            self.branches,
            self.tree,
        ) = outer;
    }
}

/// Replaces captured locals by the branch's own.
struct Renamed<'c>(&'c [(LocalId, LocalId)]);

impl VisitMut for Renamed<'_> {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        let span: Span = ident.span();
        if let Some(Marker::Local(local)) = Marker::of_ident(ident)
            && let Some((_, own)) = self.0.iter().find(|(outer, _)| *outer == local)
        {
            *ident = Marker::Local(*own).ident(span);
        }
    }
}
