//! `async` blocks: branches of the await they are written in, each with a program counter of its own.

use std::mem;

use syn::punctuated::Punctuated;
use syn::{Expr, ExprAsync, ExprCall};

use super::{Dest, Lower};
use crate::marker::Marker;

impl Lower<'_> {
    pub(super) fn branch(&mut self, node: &mut ExprAsync) -> Expr {
        let span = node.async_token.span;
        let region = self.region(None);
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
        let block = mem::replace(
            &mut node.block,
            syn::Block {
                brace_token: Default::default(),
                stmts: Vec::new(),
            },
        );
        self.body(block, Dest::Return);
        (
            self.region,
            self.scopes,
            self.returns,
            self.unsafe_depth,
            self.branches,
            self.tree,
        ) = outer;
        if let Some(branches) = &mut self.branches {
            branches.push(region);
        }
        Expr::Call(ExprCall {
            attrs: Vec::new(),
            func: Box::new(Marker::Branch(region).expr(span)),
            paren_token: Default::default(),
            args: Punctuated::new(),
        })
    }
}
