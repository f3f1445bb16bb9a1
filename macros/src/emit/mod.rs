//! From the graph back to Rust: the body of `step`.

mod block;
mod hidden;
mod leaf;
mod macro_call;
mod paint;
mod tree;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Pat, Type};

use crate::arena::{Arena, BlockId, LocalId, TreeId};
use crate::graph::liveness::{Liveness, expand};
use crate::graph::{Graph, Stmt, Term, Tree};
use crate::layout::Layout;
use crate::names::colour::{Colours, colour};
use crate::names::{Kind, Parameter};
use crate::set::Set;
use hidden::Hidden;

pub(crate) use hidden::parameters;

/// What emission reads.
struct Emit<'a> {
    graph: &'a Graph,
    liveness: &'a Liveness,
    layout: &'a Layout,
    colours: Colours,
    hidden: Hidden,
    /// The type of the function's value.
    returns: &'a Type,
    /// A value of the type that says where the body may be awaited.
    context: &'a TokenStream,
    parameters: &'a [Parameter],
    /// What each block names, and what that is made of.
    named: Vec<Set>,
    /// What each block declares.
    declared: Vec<Set>,
}

/// The statements of `fn step`.
pub(crate) fn step(
    mut graph: Graph,
    liveness: &Liveness,
    layout: &Layout,
    parameters: &[Parameter],
    returns: &Type,
    context: &TokenStream,
) -> TokenStream {
    let blocks: Vec<BlockId> = graph.printed().collect();
    let named = named(&graph, &blocks);
    let declared: Vec<Set> = blocks
        .iter()
        .map(|block| declared(&graph, *block))
        .collect();
    let mut present = named.clone();
    for (variables, declared) in present.iter_mut().zip(&declared) {
        variables.union(declared);
    }
    let mut crossing = layout.crossing.clone();
    for block in &blocks {
        crossing.union(liveness.at(*block));
    }
    let colours = colour(&graph.locals, &crossing, &present);
    let mut trees = std::mem::take(&mut graph.trees);
    let items = std::mem::take(&mut graph.items);
    let hidden = Hidden::new(&graph, layout);
    let emit = Emit {
        graph: &graph,
        liveness,
        layout,
        colours,
        hidden,
        returns,
        context,
        parameters,
        named,
        declared,
    };
    emit.step(&items, &blocks, &mut trees)
}

impl Emit<'_> {
    fn step(
        &self,
        items: &[syn::Item],
        blocks: &[BlockId],
        trees: &mut Arena<TreeId, Tree>,
    ) -> TokenStream {
        let Hidden {
            frame,
            turn,
            place,
            slots,
            waits,
            block,
            machine,
            ..
        } = &self.hidden;
        let slot_calls = self.layout.saved.iter().map(|slot| {
            let span = self.graph.locals[slot.local].ident.span();
            quote_spanned!(span=> __rt::slot())
        });
        let wait_calls = self.layout.points.iter().map(|_| quote!(__rt::wait()));
        let (new_slots, new_waits) = (nested(slot_calls.collect()), nested(wait_calls.collect()));
        let slot_names = nested(
            self.layout
                .saved
                .iter()
                .map(|slot| {
                    let name = self.hidden.slot(slot.local);
                    quote!(#name)
                })
                .collect(),
        );
        let wait_names = nested(
            (0..self.layout.points.len())
                .map(|point| {
                    let name = self.hidden.wait(point);
                    quote!(#name)
                })
                .collect(),
        );
        let passing = self
            .layout
            .passing
            .iter()
            .map(|local| self.hidden.slot(*local));
        let arms: Vec<TokenStream> = blocks
            .iter()
            .enumerate()
            .map(|(index, block)| self.arm(index, *block, trees))
            .collect();
        let variants = blocks.iter().map(|block| self.hidden.block_name(*block));
        let start = self.hidden.block_name(blocks[0]);
        let resumes = self
            .layout
            .points
            .iter()
            .enumerate()
            .map(|(number, point)| {
                let number = proc_macro2::Literal::u16_unsuffixed(number as u16);
                let name = self
                    .hidden
                    .block_name(self.graph.awaits[point.awaited].resume);
                quote!(::core::option::Option::Some(#number) => __Block::#name,)
            });
        let probes = self.probes();
        quote! {
            #(#items)*
            enum __Block { #(#variants),* }
            let ::core::option::Option::Some((#place, #slots, #waits)) =
                #frame.open(#turn, #new_slots, #new_waits) else { return __rt::Poll::Pending };
            let #slot_names = #slots;
            let #wait_names = #waits;
            #(let mut #passing = __rt::Passing::empty();)*
            let mut #block = match #place.point() {
                ::core::option::Option::None => __Block::#start,
                #(#resumes)*
                _ => return #place.lost(#turn),
            };
            #machine: loop { match #block { #(#arms)* } }
            #probes
        }
    }

    /// Printed last, where all types are known: a borrow in a slot becomes one worded error.
    fn probes(&self) -> TokenStream {
        let probes = self.layout.saved.iter().map(|slot| {
            let name = self.hidden.slot(slot.local);
            let span = proc_macro2::Span::mixed_site()
                .located_at(self.graph.locals[slot.local].ident.span());
            let owned = proc_macro2::Ident::new("owned", span);
            quote!(#name.#owned();)
        });
        quote! {
            #[allow(unreachable_code)]
            let () = { #[allow(unused_imports)] use __rt::Keep as _; #(#probes)* };
        }
    }

    /// The pattern that takes the arguments apart.
    fn argument_patterns(&self) -> Vec<Pat> {
        let stored = self
            .parameters
            .iter()
            .filter(|parameter| parameter.kind != Kind::Context);
        stored.map(|parameter| parameter.pat.clone()).collect()
    }
}

/// Tuples nested in eights: std's and serde's traits stop at 12 and 16.
fn nested(mut all: Vec<TokenStream>) -> TokenStream {
    while all.len() > 8 {
        all = all.chunks(8).map(|chunk| quote!((#(#chunk,)*))).collect();
    }
    quote!((#(#all,)*))
}

fn named(graph: &Graph, blocks: &[BlockId]) -> Vec<Set> {
    let of_block = |block: &BlockId| {
        let mut named = Set::default();
        for tree in graph.trees_of(graph.blocks[*block].root) {
            for code in graph.code_of(tree) {
                named.union(&code.named);
            }
            for stmt in &graph.trees[tree].stmts {
                match stmt {
                    Stmt::Drop(local) => {
                        named.insert(*local);
                    }
                    Stmt::Next { cursor, .. } => {
                        named.insert(*cursor);
                    }
                    _ => {}
                }
            }
            named.extend(drops(graph, tree));
        }
        expand(graph, &named)
    };
    blocks.iter().map(of_block).collect()
}

/// The guards that jumps out of `tree` drop.
fn drops(graph: &Graph, tree: TreeId) -> Vec<LocalId> {
    use crate::graph::flow::Flow;
    fn collect(graph: &Graph, flow: &Flow, drops: &mut Vec<LocalId>) {
        match flow {
            Flow::Exit(exit) | Flow::MayExit(exit) => drops.extend(&graph.exits[*exit].drops),
            Flow::Leave(id) => drops.extend(&graph.tries[*id].drops),
            Flow::Seq(flows) | Flow::Branch(flows) => {
                flows.iter().for_each(|flow| collect(graph, flow, drops))
            }
            Flow::Loop(_, inside) | Flow::Labelled(_, inside) => collect(graph, inside, drops),
            _ => {}
        }
    }
    let mut drops = Vec::new();
    for code in graph.code_of(tree) {
        collect(graph, &code.flow, &mut drops);
    }
    drops
}

/// The locals that a block declares.
fn declared(graph: &Graph, block: BlockId) -> Set {
    let mut declared = Set::default();
    for id in graph.trees_of(graph.blocks[block].root) {
        let tree = &graph.trees[id];
        for stmt in &tree.stmts {
            match stmt {
                Stmt::Let { binds, .. } | Stmt::Arguments { binds } | Stmt::Next { binds, .. } => {
                    declared.extend(binds.iter().copied());
                }
                Stmt::Output { local, .. } => {
                    declared.insert(*local);
                }
                Stmt::Expr(_) | Stmt::Drop(_) => {}
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
            declared.union(&code.declared);
        }
    }
    declared
}
