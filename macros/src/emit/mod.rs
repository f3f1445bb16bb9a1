//! From the graph back to Rust: the body of `step`.

mod arm;
mod branch;
mod hidden;
mod leaf;
mod leave;
mod macro_call;
mod names;
mod paint;
mod region;
mod ties;
mod tree;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Item, Type};

use crate::arena::{Arena, AwaitId, BlockId, Id, RegionId, TreeId};
use crate::graph::liveness::Liveness;
use crate::graph::{Graph, Tree};
use crate::layout::Layout;
use crate::names::Parameter;
use crate::names::colour::{Colours, colour};
use hidden::Hidden;
use names::Named;
use ties::Ties;

pub(crate) use hidden::parameters;

/// What emission reads.
struct Emit<'a> {
    graph: &'a Graph,
    liveness: &'a Liveness,
    layout: &'a Layout,
    colours: Colours,
    hidden: Hidden,
    named: Named,
    ties: Ties,
    /// The type of the function's value.
    returns: &'a Type,
    /// A value of the type that says where the body may be awaited.
    context: &'a TokenStream,
    parameters: &'a [Parameter],
}

type Trees = Arena<TreeId, Tree>;

/// The statements of `fn step`.
pub(crate) fn step(
    mut graph: Graph,
    liveness: &Liveness,
    layout: &Layout,
    parameters: &[Parameter],
    returns: &Type,
    context: &TokenStream,
) -> TokenStream {
    let named = Named::new(&graph);
    let mut crossing = layout.crossing.clone();
    for block in graph.printed() {
        crossing.union(liveness.at(block));
    }
    let colours = colour(&graph.locals, &crossing, named.present());
    let ties = Ties::new(&graph, liveness, &named);
    let mut trees = std::mem::take(&mut graph.trees);
    let items = std::mem::take(&mut graph.items);
    let hidden = Hidden::new(&graph, layout);
    let emit = Emit {
        graph: &graph,
        liveness,
        layout,
        colours,
        hidden,
        named,
        ties,
        returns,
        context,
        parameters,
    };
    emit.step(&items, &mut trees)
}

impl Emit<'_> {
    fn step(&self, items: &[Item], trees: &mut Trees) -> TokenStream {
        let Hidden {
            frame,
            turn,
            place,
            slots,
            waits,
            ..
        } = &self.hidden;
        let body = RegionId::from_start();
        let machine = self.machine(body, trees);
        let (new_slots, new_waits) = (nested(self.new_slots()), nested(self.new_waits()));
        let slot_names = nested(
            self.layout
                .saved
                .iter()
                .map(|slot| self.hidden.slot(slot.local).to_token_stream())
                .collect(),
        );
        let wait_names = nested(
            (0..self.layout.points.len())
                .map(|point| self.hidden.wait(point).to_token_stream())
                .collect(),
        );
        let passing = self
            .layout
            .passing
            .iter()
            .map(|local| self.hidden.slot(*local));
        let enums = self.enums();
        let forks = self.forks();
        let ties = self.declare_ties();
        let (block, start) = (
            &self.hidden.region(body).block,
            self.block_path(self.graph.regions[body].entry),
        );
        let resumes = self.resumes(body);
        let probes = self.probes();
        quote! {
            #(#items)*
            #enums
            let ::core::option::Option::Some((#place, #slots, #waits)) =
                #frame.open(#turn, #new_slots, #new_waits) else { return __rt::Poll::Pending };
            let #slot_names = #slots;
            let #wait_names = #waits;
            #(let mut #passing = __rt::Passing::empty();)*
            #forks
            #ties
            let mut #block = match #place.point() {
                ::core::option::Option::None => #start,
                #resumes
                _ => return #place.lost(#turn),
            };
            #machine
            #probes
        }
    }

    /// `slot()` for each saved local, at its binding: one that cannot be saved is an error there.
    fn new_slots(&self) -> Vec<TokenStream> {
        let new = |slot: &crate::layout::Slot| {
            let local = &self.graph.locals[slot.local];
            let span = local.ident.span();
            match local.kind {
                crate::names::Kind::Worklist => quote_spanned!(span=> __rt::worklist_slot()),
                _ => quote_spanned!(span=> __rt::slot()),
            }
        };
        self.layout.saved.iter().map(new).collect()
    }

    fn new_waits(&self) -> Vec<TokenStream> {
        self.layout
            .points
            .iter()
            .map(|_| quote!(__rt::wait()))
            .collect()
    }

    /// Which block of `region` goes on at which resume point.
    fn resumes(&self, region: RegionId) -> TokenStream {
        let points = self.layout.points.iter().enumerate();
        let own = points.filter(|(_, point)| self.graph.awaits[point.awaited].region == region);
        own.map(|(number, point)| {
            let (number, path) = (
                Literal::u16_unsuffixed(number as u16),
                self.resume_path(point.awaited),
            );
            quote!(::core::option::Option::Some(#number) => #path,)
        })
        .collect()
    }

    fn resume_path(&self, awaited: AwaitId) -> TokenStream {
        self.block_path(self.graph.awaits[awaited].resume)
    }

    fn block_path(&self, block: BlockId) -> TokenStream {
        let region = self.hidden.region(self.graph.blocks[block].region);
        let (kind, name) = (&region.kind, self.hidden.block_name(block));
        quote!(#kind::#name)
    }

    /// Printed last, where all types are known: a borrow in a slot becomes one worded error.
    fn probes(&self) -> TokenStream {
        let probes = self.layout.saved.iter().map(|slot| {
            let name = self.hidden.slot(slot.local);
            let span = Span::mixed_site().located_at(self.graph.locals[slot.local].ident.span());
            let owned = Ident::new("owned", span);
            quote!(#name.#owned();)
        });
        quote! {
            #[allow(unreachable_code)]
            let () = { #[allow(unused_imports)] use __rt::Keep as _; #(#probes)* };
        }
    }
}

/// Tuples nested in eights: std's and serde's traits stop at 12 and 16.
fn nested(mut all: Vec<TokenStream>) -> TokenStream {
    while all.len() > 8 {
        all = all.chunks(8).map(|chunk| quote!((#(#chunk,)*))).collect();
    }
    quote!((#(#all,)*))
}
