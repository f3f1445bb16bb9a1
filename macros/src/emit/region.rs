//! The dispatch loop of a region.

use proc_macro2::TokenStream;
use quote::quote;

use super::arm::Arm;
use super::{Emit, Trees};
use crate::arena::RegionId;

impl Emit<'_> {
    /// `'machine: loop { match block { arms } }`
    pub(super) fn machine(&self, region: RegionId, trees: &mut Trees) -> TokenStream {
        let hidden = self.hidden.region(region);
        let (block, machine) = (&hidden.block, &hidden.machine);
        let mut arms = TokenStream::new();
        for id in &self.graph.regions[region].order {
            arms.extend(Arm::new(self, *id, trees).print());
        }
        quote!(#machine: loop { match #block { #arms } })
    }

    /// The blocks of all regions, as enums.
    pub(super) fn enums(&self) -> TokenStream {
        let used = self
            .graph
            .regions
            .iter()
            .filter(|(_, region)| !region.order.is_empty());
        used.map(|(id, region)| {
            let kind = &self.hidden.region(id).kind;
            let names = region
                .order
                .iter()
                .map(|block| self.hidden.block_name(*block));
            quote!(enum #kind { #(#names),* })
        })
        .collect()
    }
}
