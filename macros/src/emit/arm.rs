//! An arm of a dispatch loop: what it takes, what it makes again, what it declares, its tree.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Emit, Trees};
use crate::arena::{BlockId, LocalId, RemakeId};
use crate::graph::Stmt;
use crate::names::Kind;
use crate::set::Set;

pub(super) struct Arm<'e, 'a> {
    pub(super) emit: &'e Emit<'a>,
    pub(super) block: BlockId,
    pub(super) named: &'e Set,
    pub(super) trees: &'e mut Trees,
}

impl<'e, 'a> Arm<'e, 'a> {
    pub(super) fn new(emit: &'e Emit<'a>, block: BlockId, trees: &'e mut Trees) -> Self {
        Arm {
            emit,
            block,
            named: emit.named.by(block),
            trees,
        }
    }

    // Output:  Block => 'arm: { [poll] takes; remakes; declarations; tree }
    //
    // The labelled block is a fence: a `break` hidden in a macro is an error instead of a jump of ours.
    pub(super) fn print(mut self) -> TokenStream {
        let (emit, named) = (self.emit, self.named);
        let root = emit.graph.blocks[self.block].root;
        let live = emit.liveness.at(self.block);
        let mut variables = Set::default();
        let mut code = TokenStream::new();
        if let Some(Stmt::Output { .. }) = self.trees[root].stmts.first() {
            let output = self.trees[root].stmts.remove(0);
            self.stmt(output, &mut variables, &mut code);
        }
        for local in live
            .iter()
            .filter(|local| named.contains(*local) && emit.is_taken(*local))
        {
            code.extend(emit.take(local));
            variables.insert(local);
        }
        code.extend(emit.remakes(live, named));
        for local in named
            .iter()
            .filter(|local| emit.named.is_declared_at(emit.liveness, self.block, *local))
        {
            if emit.graph.locals[local].remake.is_none() {
                code.extend(emit.declare(local));
                variables.insert(local);
            }
        }
        code.extend(self.tree(root, variables));
        let region = emit.graph.blocks[self.block].region;
        let (path, arm) = (emit.block_path(self.block), &emit.hidden.region(region).arm);
        quote!(#path => #arm: { #code })
    }
}

impl Emit<'_> {
    /// A worklist is used in its slot.
    fn is_taken(&self, local: LocalId) -> bool {
        self.hidden.has_slot(local) && self.graph.locals[local].kind != Kind::Worklist
    }

    fn take(&self, local: LocalId) -> TokenStream {
        let (name, slot) = (self.name(local), self.hidden.slot(local));
        let mutable = self.graph.locals[local].mutable.then(|| quote!(mut));
        quote!(#[allow(unused_mut)] let #mutable #name = #slot.take();)
    }

    /// A variable that this block assigns before it reads it.
    fn declare(&self, local: LocalId) -> TokenStream {
        let name = self.name(local);
        let known = &self.graph.locals[local];
        let (mutable, ty) = (
            known.mutable.then(|| quote!(mut)),
            known.ty.as_ref().map(|ty| quote!(: #ty)),
        );
        let tie = self.tie_unassigned(local);
        quote!(#[allow(unused_mut)] let #mutable #name #ty; #tie)
    }

    /// The bindings made again at the start of a block, in the order of their declarations.
    fn remakes(&self, live: &Set, named: &Set) -> TokenStream {
        let mut code = TokenStream::new();
        for (id, remake) in self.graph.remakes.iter() {
            if remake
                .binds
                .iter()
                .any(|local| live.contains(*local) && named.contains(*local))
            {
                code.extend(self.remake(id));
            }
        }
        code
    }

    fn remake(&self, id: RemakeId) -> TokenStream {
        let remake = &self.graph.remakes[id];
        let (pat, attrs) = (self.paint_pat(remake.pat.clone()), &remake.attrs);
        if self.is_lent(&remake.binds) {
            return self.lend(&remake.binds, pat);
        }
        let init = self.paint(remake.init.clone(), &Set::default());
        let tie = self.tie(&remake.binds);
        if remake.refutable {
            return quote! {
                #[allow(irrefutable_let_patterns, unused_variables)]
                let #pat = #init else { ::core::unreachable!() };
            };
        }
        quote!(#(#attrs)* #[allow(unused_variables)] let #pat = #init; #tie)
    }
}
