//! The `impl` of a machine: its chart, its handlers, how it is made; all else is plain Rust.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{ImplItem, ItemImpl, Macro, Path, Type};

use super::made::{activate, constructor};
use super::table::{self, Machine};
use super::{Sort, handler};
use crate::chart::{self, Enum, Rules, messages};
use crate::debug;
use crate::diagnostics::Diagnostics;
use crate::item::Owner;
use crate::predicates::{self, First, Resolve, Split};

pub(super) fn expand(sort: Sort, args: TokenStream, block: ItemImpl) -> TokenStream {
    let mut diag = Diagnostics::default();
    let attribute = sort.attribute();
    if !args.is_empty() {
        diag.refuse(args, messages::machine_options(attribute));
    }
    if let Some((trait_, _)) = &block.trait_ {
        diag.refuse(trait_, messages::machine_of_trait(attribute));
        return diag.into_tokens();
    }
    let machine = match &*block.self_ty {
        Type::Path(ty) if ty.qself.is_none() => ty.path.clone(),
        other => {
            diag.refuse(other, messages::not_a_machine(attribute));
            return diag.into_tokens();
        }
    };
    if !block.generics.params.is_empty() {
        diag.refuse(&block.generics.params, messages::generic_machine());
        return diag.into_tokens();
    }
    let again = format_ident!("{attribute}");
    if let Some(split) = predicates::split(&Methods(block.clone()), &quote!(#[::undying::#again])) {
        return split;
    }
    all(sort, block, &machine, diag)
}

fn all(sort: Sort, mut block: ItemImpl, machine: &Path, mut diag: Diagnostics) -> TokenStream {
    let name = machine
        .segments
        .last()
        .map(|last| chart::plain(&last.ident));
    let name = name.unwrap_or_default();
    let owner = Owner {
        ty: (*block.self_ty).clone(),
        name: name.clone(),
        generics: block.generics.clone(),
    };
    let Some(mac) = take_chart(&mut block, &mut diag) else {
        diag.refuse(machine, messages::no_chart(sort.attribute()));
        return diag.into_tokens();
    };
    let chart_token = &mac.path.segments[0].ident;
    let mut chart = chart::parse(mac.tokens.clone(), &mut diag);
    let (states, events) = enums(
        std::mem::take(&mut chart.enums),
        chart_token,
        &name,
        &mut diag,
    );
    for state in &chart.states {
        if let Some(heat) = state.heat.as_ref().filter(|_| sort == Sort::Rsm) {
            diag.refuse(heat, messages::heat_of_a_machine(&heat.to_string()));
        }
    }
    let mut checked = chart::check(chart, chart_token, &mut diag);
    if diag.is_empty() {
        chart::reach(&checked, &states.ident, &block.items, &mut diag);
    }
    if checked.states.is_empty() {
        return diag.into_tokens();
    }
    let named = std::mem::take(&mut checked.handlers);
    let names: Vec<Ident> = named.iter().map(|handler| handler.ident.clone()).collect();
    let monitor = sort == Sort::Monitor;
    let rules = Rules {
        monitor,
        events: events.is_some(),
    };
    let handlers = chart::handlers(named, &block.items, &name, rules, &mut diag);
    let mut expanded = Vec::new();
    let mut places = Vec::new();
    for handler in &handlers {
        let mut own = Diagnostics::default();
        let one = handler
            .as_ref()
            .and_then(|handler| handler::expand(handler, &checked.events, &owner, &mut own));
        diag.append(own);
        places.push(one.as_ref().map(|_| expanded.len()));
        expanded.extend(one);
    }
    let (constructor, activate) = (
        constructor(sort, &block, machine, &mut diag),
        activate(&mut block, &mut diag),
    );
    block.items.retain(|item| {
        let ImplItem::Fn(method) = item else {
            return true;
        };
        if method.sig.ident == "at" || method.sig.ident == "chart" {
            let refusal = messages::reserved_method(&method.sig.ident.to_string());
            diag.refuse(&method.sig.ident, refusal);
            return false;
        }
        // The body of a handler that waits is a step function, and nothing else.
        method.sig.asyncness.is_none() || !names.contains(&method.sig.ident)
    });
    let rest = table::table(&Machine {
        sort,
        path: machine,
        name: &name,
        states: &states,
        events: events.as_ref(),
        chart: &checked,
        places: &places,
        handlers: &expanded,
        constructor: &constructor,
        activate: activate.as_ref(),
    });
    debug::print(&name, &rest);
    let errors = diag.into_tokens();
    quote!(#block #rest #errors)
}

/// Takes the chart out of the `impl`.
fn take_chart(block: &mut ItemImpl, diag: &mut Diagnostics) -> Option<Macro> {
    let mut first: Option<Macro> = None;
    block.items.retain(|item| {
        let ImplItem::Macro(item) = item else {
            return true;
        };
        let is = item.mac.path.segments.last();
        if is.is_none_or(|last| last.ident != "chart") {
            return true;
        }
        match &first {
            None => first = Some(item.mac.clone()),
            Some(_) => diag.refuse(&item.mac.path, messages::two_charts()),
        }
        false
    });
    first
}

/// The enums of the states and, if it is named, of the events.
fn enums(
    enums: Vec<Enum>,
    chart_token: &Ident,
    name: &str,
    diag: &mut Diagnostics,
) -> (Enum, Option<Enum>) {
    let mut enums = enums.into_iter();
    let states = enums.next().unwrap_or_else(|| {
        diag.refuse(chart_token, messages::no_enum());
        Enum {
            attrs: Vec::new(),
            vis: syn::Visibility::Inherited,
            token: syn::token::Enum::default(),
            ident: format_ident!("{name}State", span = chart_token.span()),
        }
    });
    let events = enums.next();
    for third in enums {
        diag.refuse(&third.ident, messages::third_enum());
    }
    (states, events)
}

/// An `impl` whose predicates are resolved: those on methods, and those in the bodies that wait.
#[derive(Clone)]
struct Methods(ItemImpl);

impl ToTokens for Methods {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}

impl Split for Methods {
    fn visit(&self, first: &mut First) {
        for item in &self.0.items {
            if let ImplItem::Fn(method) = item {
                let attrs = method.attrs.iter();
                attrs.for_each(|attr| first.visit_attribute(attr));
                first.visit_signature(&method.sig);
                if method.sig.asyncness.is_some() {
                    first.visit_block(&method.block);
                }
            }
        }
    }
    fn resolve(&mut self, resolve: &mut Resolve) {
        self.0.items.retain_mut(|item| match item {
            ImplItem::Fn(method) => {
                resolve.visit_signature_mut(&mut method.sig);
                if method.sig.asyncness.is_some() {
                    resolve.visit_block_mut(&mut method.block);
                }
                resolve.keep(&mut method.attrs)
            }
            _ => true,
        });
    }
}
