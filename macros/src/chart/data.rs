//! The chart as the runtime's data.

use proc_macro2::TokenStream;
use quote::quote;

use super::check::{Checked, State, What, When};
use super::plain;

impl Checked {
    /// An expression of the runtime's `Chart`. `places` says where the handlers are; rows of one that
    /// was refused are left out.
    pub(crate) fn data(&self, places: &[Option<usize>], handlers: &[String]) -> TokenStream {
        let events = self.events.iter().map(|event| &event.name);
        let halt = self.halt().map(|_| "Halt");
        let states = self.states.iter().map(|state| data_of(state, places));
        let (always, start) = (rows(&self.always, places), self.start);
        quote! {
            __rt::rsm::Chart {
                machine: <Self as __rt::rsm::Fields>::NAME,
                events: &[#(#events,)* #halt],
                states: &[#(#states),*],
                always: #always,
                handlers: &[#(#handlers),*],
                start: #start,
            }
        }
    }

    /// The event that every machine takes, unless the chart has one of its name.
    pub(crate) fn halt(&self) -> Option<TokenStream> {
        let known = self.events.iter().any(|event| event.name == "Halt");
        (!known).then(|| quote!(::undying::Halt))
    }
}

fn data_of(state: &State, places: &[Option<usize>]) -> TokenStream {
    let name = plain(&state.name);
    let heat = match state.heat.as_ref().map(ToString::to_string).as_deref() {
        Some("hot") => quote!(Hot),
        Some("cold") => quote!(Cold),
        _ => quote!(Warm),
    };
    let action = |handler: Option<usize>| match handler.and_then(|handler| places[handler]) {
        Some(place) => quote!(::core::option::Option::Some(#place)),
        None => quote!(::core::option::Option::None),
    };
    let (entry, exit) = (action(state.entry), action(state.exit));
    let rows = rows(&state.rows, places);
    quote! {
        __rt::rsm::ChartState {
            name: #name,
            heat: __rt::rsm::Heat::#heat,
            entry: #entry,
            exit: #exit,
            rows: #rows,
        }
    }
}

fn rows(rows: &[(When, What)], places: &[Option<usize>]) -> TokenStream {
    let rows = rows.iter().filter_map(|(when, what)| {
        let on = match when {
            When::Event(event) => quote!(Event(#event)),
            When::Any => quote!(Any),
            When::Default => quote!(Nothing),
        };
        let does = match what {
            What::Handle(handler) => {
                let place = places[*handler]?;
                quote!(Handle(#place))
            }
            What::Goto(state) => quote!(Goto(#state)),
            What::Push(state) => quote!(Push(#state)),
            What::Pop => quote!(Pop),
            What::Halt => quote!(Halt),
            What::Defer => quote!(Defer),
            What::Ignore => quote!(Ignore),
        };
        Some(quote!(__rt::rsm::Row { on: __rt::rsm::On::#on, does: __rt::rsm::Does::#does }))
    });
    quote!(&[#(#rows),*])
}
