//! An arm of the dispatch loop: what it takes, what it makes again, what it declares, its tree.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emit;
use crate::arena::{Arena, BlockId, LocalId, RemakeId, TreeId};
use crate::graph::{Stmt, Tree};
use crate::names::Kind;
use crate::set::Set;

impl Emit<'_> {
    // Output:  Block => 'arm: { [poll] takes; remakes; declarations; tree }
    //
    // The labelled block is a fence: a `break` hidden in a macro is an error instead of a jump of ours.
    pub(super) fn arm(
        &self,
        index: usize,
        block: BlockId,
        trees: &mut Arena<TreeId, Tree>,
    ) -> TokenStream {
        let root = self.graph.blocks[block].root;
        let (live, named) = (self.liveness.at(block), &self.named[index]);
        let declared = &self.declared[index];
        let mut variables = Set::default();
        let mut code = TokenStream::new();
        if let Some(Stmt::Output { .. }) = trees[root].stmts.first() {
            let output = trees[root].stmts.remove(0);
            self.stmt(output, &mut variables, named, trees, &mut code);
        }
        for local in live
            .iter()
            .filter(|local| named.contains(*local) && self.is_taken(*local))
        {
            code.extend(self.take(local));
            variables.insert(local);
        }
        code.extend(self.remakes(live, named));
        for local in named
            .iter()
            .filter(|local| !live.contains(*local) && !declared.contains(*local))
        {
            if self.graph.locals[local].remake.is_none() {
                code.extend(self.declare(local));
                variables.insert(local);
            }
        }
        let tree = self.tree(root, variables, named, trees);
        let (name, arm) = (self.hidden.block_name(block), &self.hidden.arm);
        quote!(__Block::#name => #arm: { #code #tree })
    }

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
        quote!(#[allow(unused_mut)] let #mutable #name #ty;)
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
        let nothing = Set::default();
        let pat = self.paint_pat(remake.pat.clone());
        let attrs = &remake.attrs;
        if remake
            .binds
            .iter()
            .any(|local| self.graph.locals[*local].kind == Kind::Context)
        {
            let turn = &self.hidden.turn;
            return quote!(#[allow(unused_variables)] let #pat = #turn.context(););
        }
        let init = self.paint(remake.init.clone(), &nothing);
        if remake.refutable {
            return quote! {
                #[allow(irrefutable_let_patterns, unused_variables)]
                let #pat = #init else { ::core::unreachable!() };
            };
        }
        quote!(#(#attrs)* #[allow(unused_variables)] let #pat = #init;)
    }
}
