//! `#[rsm]` and `#[monitor]`: on a struct, the fields; on an `impl`, the chart and the handlers.

mod fields;
mod handler;
mod machine;
mod made;
mod table;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Item;

use crate::chart::messages;
use crate::diagnostics::Diagnostics;

/// Which of the two attributes it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Rsm,
    Monitor,
}

impl Sort {
    fn attribute(self) -> &'static str {
        match self {
            Sort::Rsm => "rsm",
            Sort::Monitor => "monitor",
        }
    }
}

pub(crate) fn expand(sort: Sort, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Impl(block)) => return machine::expand(sort, args, block),
        Ok(Item::Struct(fields)) => return fields::expand(sort, args, fields),
        Ok(_) => {
            let first = item.clone().into_iter().next();
            diag.refuse(first, messages::not_a_machine(sort.attribute()));
        }
        Err(error) => diag.error(error),
    }
    let errors = diag.into_tokens();
    quote!(#errors #item)
}

/// `chart!` where no attribute has read it.
pub(crate) fn stray_chart() -> TokenStream {
    let mut diag = Diagnostics::default();
    diag.refuse_at(
        proc_macro2::Span::call_site(),
        messages::outside_of_a_machine(),
    );
    diag.into_tokens()
}
