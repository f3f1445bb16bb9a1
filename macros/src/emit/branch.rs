//! `async` blocks as branches: dispatch loops inside of the arm that awaits them.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::{Expr, Type};

use super::{Emit, Trees};
use crate::arena::{AwaitId, Id, LocalId, RegionId};

impl Emit<'_> {
    pub(super) fn is_body(&self, region: RegionId) -> bool {
        self.graph.regions[region].branch_of.is_none()
    }

    /// The type of a region's value, if it is written down.
    pub(super) fn returns(&self, region: RegionId) -> Option<&Type> {
        self.is_body(region).then_some(self.returns)
    }

    /// What carries each branch's type from where it begins to where it ends.
    pub(super) fn forks(&self) -> TokenStream {
        let used = self
            .graph
            .regions
            .iter()
            .filter(|(id, region)| !self.is_body(*id) && !region.order.is_empty());
        used.map(|(id, _)| {
            let (fork, number) = (
                &self.hidden.region(id).fork,
                Literal::u16_unsuffixed(id.index() as u16),
            );
            quote!(let #fork = __rt::Fork::new(#number);)
        })
        .collect()
    }

    /// The branch itself: what it takes along is put into its slots.
    pub(super) fn start_branch(&self, region: RegionId, args: &[&Expr]) -> TokenStream {
        let puts = self.graph.regions[region]
            .captures
            .iter()
            .zip(args)
            .map(|((_, own), value)| {
                if self.hidden.has_slot(*own) {
                    let slot = self.hidden.slot(*own);
                    quote!(#slot.put(#value);)
                } else {
                    quote!(::core::mem::drop(#value);)
                }
            });
        let (fork, place) = (&self.hidden.region(region).fork, &self.hidden.place);
        quote!({ #(#puts)* #fork.start(#place) })
    }

    /// Gives the value of a branch to what awaits it.
    pub(super) fn finish_branch(&self, region: RegionId, value: &Ident) -> TokenStream {
        let hidden = self.hidden.region(region);
        let (fork, machine, place, turn) = (
            &hidden.fork,
            &hidden.machine,
            &self.hidden.place,
            &self.hidden.turn,
        );
        quote!(#fork.finish(#value, #place, #turn); break #machine;)
    }

    /// `return place.wait(..)`, or the end of a branch's turn.
    pub(super) fn wait(&self, awaited: AwaitId) -> TokenStream {
        let point = Literal::u16_unsuffixed(self.layout.point(awaited) as u16);
        let (place, turn) = (&self.hidden.place, &self.hidden.turn);
        let region = self.graph.awaits[awaited].region;
        if self.is_body(region) {
            return quote!(return #place.wait(#point));
        }
        let hidden = self.hidden.region(region);
        let (fork, machine) = (&hidden.fork, &hidden.machine);
        quote!({ #fork.wait(#point, #place, #turn); break #machine })
    }

    // Output:  if the branch runs { let mut block = ..; 'machine: loop { match block { arms } } }
    pub(super) fn run_branches(&self, awaited: AwaitId, trees: &mut Trees) -> TokenStream {
        let mut code = TokenStream::new();
        for region in &self.graph.awaits[awaited].branches {
            let hidden = self.hidden.region(*region);
            let (fork, block, place) = (&hidden.fork, &hidden.block, &self.hidden.place);
            let (start, resumes) = (
                self.block_path(self.graph.regions[*region].entry),
                self.resumes(*region),
            );
            let points = self.points(*region);
            let machine = self.machine(*region, trees);
            code.extend(quote! {
                if let ::core::option::Option::Some(#block) = #fork.place(&[#(#points),*], #place) {
                    let mut #block = match #block { #resumes _ => #start };
                    #machine
                }
            });
        }
        code
    }

    /// Ends the branches that `polled` has no more use for.
    pub(super) fn end_branches(&self, awaited: AwaitId, polled: &Ident) -> TokenStream {
        let (place, turn) = (&self.hidden.place, &self.hidden.turn);
        let mut code = TokenStream::new();
        for region in &self.graph.awaits[awaited].branches {
            let fork = &self.hidden.region(*region).fork;
            let (waits, sections) = (self.waits_of(*region), self.sections_of(*region));
            code.extend(quote! {
                if #fork.is_over(#polled.is_ready(), #place, #turn) {
                    #(__rt::AnyWait::cancel(&mut *#waits, #turn);)*
                    #(__rt::AnySlot::leave(&mut *#sections, #turn);)*
                }
            });
        }
        code
    }

    fn points(&self, region: RegionId) -> impl Iterator<Item = Literal> {
        let points = self.layout.points.iter().enumerate();
        let own =
            points.filter(move |(_, point)| self.graph.awaits[point.awaited].region == region);
        own.map(|(number, _)| Literal::u16_unsuffixed(number as u16))
    }

    /// The waits of a branch and of the branches inside it.
    fn waits_of(&self, region: RegionId) -> Vec<&Ident> {
        let mut waits = Vec::new();
        for (number, point) in self.layout.points.iter().enumerate() {
            let awaited = &self.graph.awaits[point.awaited];
            if awaited.region == region {
                waits.push(self.hidden.wait(number));
                waits.extend(
                    awaited
                        .branches
                        .iter()
                        .flat_map(|inner| self.waits_of(*inner)),
                );
            }
        }
        waits
    }

    /// The critical sections that a branch, or one inside it, may be in when it waits.
    fn sections_of(&self, region: RegionId) -> Vec<&Ident> {
        let sections = self.graph.sections.iter();
        let own = sections.filter(|(within, _)| self.is_inside(*within, region));
        let is_saved =
            |section: LocalId| self.layout.saved.iter().any(|slot| slot.local == section);
        own.filter(|(_, section)| is_saved(*section))
            .map(|(_, section)| self.hidden.slot(*section))
            .collect()
    }

    /// Whether a region is `outer` or one of its branches.
    fn is_inside(&self, region: RegionId, outer: RegionId) -> bool {
        let around = self.graph.regions[region].branch_of;
        region == outer
            || around
                .is_some_and(|awaited| self.is_inside(self.graph.awaits[awaited].region, outer))
    }

    pub(super) fn polled(&self) -> Ident {
        Ident::new("__polled", Span::mixed_site())
    }
}
