//! What a machine becomes: the enums of its states and events, and its chart as data.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Path};

use super::Sort;
use super::handler::Expanded;
use super::made::Constructor;
use crate::chart::{Checked, Enum, messages};

pub(super) struct Machine<'a> {
    pub(super) sort: Sort,
    pub(super) path: &'a Path,
    pub(super) name: &'a str,
    pub(super) states: &'a Enum,
    pub(super) events: Option<&'a Enum>,
    pub(super) chart: &'a Checked,
    /// Where the handlers of the chart are among `handlers`.
    pub(super) places: &'a [Option<usize>],
    pub(super) handlers: &'a [Expanded],
    pub(super) constructor: &'a Constructor,
    pub(super) activate: Option<&'a Ident>,
}

pub(super) fn table(machine: &Machine<'_>) -> TokenStream {
    let Machine {
        path,
        chart,
        handlers,
        ..
    } = machine;
    let states = machine.states_enum();
    let (named, hidden, event) = machine.events_enum();
    let tags = handlers.iter().map(|handler| {
        let tag = &handler.tag;
        let doc = format!("The handler `{tag}`.");
        quote!(#[doc = #doc] pub struct #tag;)
    });
    let takes = chart.events.iter().map(|event| {
        let (path, name) = (&event.path, &event.name);
        machine.takes(path.span(), &quote!(#path), name)
    });
    let halt = chart
        .halt()
        .map(|halt| machine.takes(Span::call_site(), &halt, "Halt"));
    let bodies = handlers.iter().map(|handler| &handler.rest);
    let list = handlers.iter().map(|handler| {
        let (tag, make) = (&handler.tag, &handler.make);
        quote!(__rt::rsm::Handler::<Self>::#make::<__handlers::#tag>())
    });
    let handler_names: Vec<String> = handlers
        .iter()
        .map(|handler| crate::chart::plain(&handler.tag))
        .collect();
    let data = chart.data(machine.places, &handler_names);
    // A type that is more private than the machine is told of where it is named.
    let here = |ident: &Ident| Span::mixed_site().located_at(ident.span());
    let state = &machine.states.ident;
    let state = quote_spanned!(here(state)=> type State = #state;);
    let event_type = quote_spanned!(here(&event)=> type Event = #event;);
    let read = machine.read_event(&event);
    let (create, activate, sort) = (machine.create(), machine.activate(), machine.sort());
    quote! {
        #states
        #named
        #[allow(dead_code, unreachable_pub)]
        impl #path {
            #[doc = "The state chart, which prints as a table, and as a Mermaid diagram."]
            #[must_use]
            pub fn chart() -> &'static ::undying::Chart {
                <Self as ::undying::Rsm>::CHART
            }
        }
        const _: () = {
            use ::undying::__private as __rt;
            #[allow(missing_debug_implementations, unreachable_pub, non_camel_case_types)]
            mod __handlers {
                #(#tags)*
            }
            #hidden
            #(#takes)*
            #halt
            #(#bodies)*
            impl __rt::rsm::Rsm for #path {
                const CHART: &'static __rt::rsm::Chart = &#data;
                const HANDLERS: &'static [__rt::rsm::Handler<Self>] = &[#(#list),*];
                #state
                #event_type
                #create
                #activate
                #read
            }
            #sort
            __rt::submit! { __rt::Entry::rsm::<#path>(file!(), line!()) }
        };
    }
}

impl Machine<'_> {
    fn states_enum(&self) -> TokenStream {
        let Enum {
            attrs,
            vis,
            token,
            ident,
        } = self.states;
        let doc = documented(attrs, || format!("The states of a `{}`.", self.name));
        let variants = self.chart.states.iter().map(|state| {
            let (docs, name) = (&state.docs, &state.name);
            let doc = documented(docs, || format!("The state `{name}`."));
            quote!(#doc #(#docs)* #name)
        });
        let names = self.chart.states.iter().map(|state| &state.name);
        quote! {
            #doc
            #(#attrs)*
            #[derive(
                ::core::fmt::Debug,
                ::core::clone::Clone,
                ::core::marker::Copy,
                ::core::cmp::PartialEq,
                ::core::cmp::Eq,
                ::core::hash::Hash,
                ::undying::__private::serde::Serialize,
                ::undying::__private::serde::Deserialize,
            )]
            #[serde(crate = "::undying::__private::serde")]
            #vis #token #ident {
                #(#variants),*
            }
            impl ::undying::__private::rsm::States for #ident {
                const ALL: &'static [Self] = &[#(#ident::#names),*];
                fn place(self) -> usize {
                    self as usize
                }
            }
        }
    }

    /// The enum of the events if the user has named it, else that which nobody names; and its name.
    fn events_enum(&self) -> (TokenStream, TokenStream, Ident) {
        let events = self.chart.events.iter().map(|event| {
            let (name, path) = (variant(&event.name, event.path.span()), &event.path);
            let doc = format!("The event `{}`.", event.name);
            quote!(#[doc = #doc] #name(#path))
        });
        let halt = self.chart.halt().map(|halt| {
            quote! {
                #[doc = "Ends the machine."]
                Halt(#halt)
            }
        });
        let variants = quote!(#(#events,)* #halt);
        match self.events {
            Some(Enum {
                attrs,
                vis,
                token,
                ident,
            }) => {
                let doc = documented(attrs, || format!("The events of a `{}`.", self.name));
                let named = quote! {
                    #doc
                    #(#attrs)*
                    #[allow(dead_code, missing_debug_implementations)]
                    #vis #token #ident { #variants }
                };
                (named, TokenStream::new(), ident.clone())
            }
            None => {
                let ident = Ident::new("__Event", Span::call_site());
                let hidden = quote! {
                    #[allow(dead_code, unreachable_pub, private_interfaces, missing_debug_implementations)]
                    #[doc(hidden)]
                    pub enum #ident { #variants }
                };
                (TokenStream::new(), hidden, ident)
            }
        }
    }

    fn takes(&self, at: Span, event: &TokenStream, name: &str) -> TokenStream {
        let machine = self.path;
        let at = Span::mixed_site().located_at(at);
        quote_spanned! {at=>
            impl __rt::rsm::Takes<#event> for #machine {
                const EVENT: &'static str = #name;
                fn read(value: &__rt::Stored) -> ::core::result::Result<#event, __rt::Refusal> {
                    __rt::rsm::read::<#event>(#name, value)
                }
            }
        }
    }

    fn read_event(&self, event: &Ident) -> TokenStream {
        let mut rows: Vec<TokenStream> = Vec::new();
        for known in &self.chart.events {
            let (name, path) = (&known.name, &known.path);
            let variant = variant(name, path.span());
            rows.push(quote!(#name => <Self as __rt::rsm::Takes<#path>>::read(value).map(#event::#variant)));
        }
        if let Some(halt) = self.chart.halt() {
            rows.push(
                quote!("Halt" => <Self as __rt::rsm::Takes<#halt>>::read(value).map(#event::Halt)),
            );
        }
        quote! {
            fn read_event(
                name: &str,
                value: &__rt::Stored,
            ) -> ::core::result::Result<Self::Event, __rt::Refusal> {
                match name {
                    #(#rows,)*
                    _ => __rt::rsm::unknown_event::<_, Self>(name),
                }
            }
        }
    }

    fn create(&self) -> TokenStream {
        let Constructor { init, make } = self.constructor;
        let init = match init {
            Some(ty) => {
                let at = Span::mixed_site().located_at(ty.span());
                quote_spanned!(at=> type Init = #ty;)
            }
            None => quote!(
                type Init = ();
            ),
        };
        quote! {
            #init
            #[allow(unused_variables)]
            fn create(__init: Self::Init, __cx: &mut __rt::rsm::Cx<Self>) -> Self {
                #make
            }
        }
    }

    fn activate(&self) -> TokenStream {
        let call = self.activate.map(|method| quote!(<Self>::#method(self);));
        quote! {
            fn activate(&mut self) {
                #call
            }
        }
    }

    /// The struct has to be of the same sort.
    fn sort(&self) -> TokenStream {
        let machine = self.path;
        let (differs, monitor) = match self.sort {
            Sort::Rsm => (quote!(), None),
            Sort::Monitor => (
                quote!(!),
                Some(quote!(impl __rt::rsm::Monitor for #machine {})),
            ),
        };
        let why = messages::other_sort();
        quote! {
            const _: () = if #differs<#machine as __rt::rsm::Fields>::MONITOR {
                ::core::panic!(#why)
            };
            #monitor
        }
    }
}

/// A documentation, unless there is one.
fn documented(attrs: &[Attribute], text: impl FnOnce() -> String) -> Option<TokenStream> {
    let known = attrs.iter().any(|attr| attr.path().is_ident("doc"));
    let text = (!known).then(text)?;
    Some(quote!(#[doc = #text]))
}

/// The variant of an event.
fn variant(name: &str, at: Span) -> Ident {
    Ident::new(name, at)
}
