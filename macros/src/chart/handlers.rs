//! The handlers that a chart names: whether they are methods, and what they take and return.

use proc_macro2::Ident;
use syn::{
    FnArg, ImplItem, ImplItemFn, PathArguments, Receiver, ReceiverKind, ReturnType, Signature, Type,
};

use super::check::Named;
use super::nearest::nearest;
use super::{Triggers, messages, plain};
use crate::diagnostics::Diagnostics;
use crate::item::{borrow, foreign_context, modifiers};

pub(crate) struct Handler {
    pub(crate) method: ImplItemFn,
    pub(crate) triggers: Triggers,
    /// Besides `self`, in its order.
    pub(crate) takes: Vec<Taken>,
    /// The declared type, if it is not `()`.
    pub(crate) returns: Option<Type>,
}

/// What depends on the rest of the `impl`.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// Whether it is that of a monitor.
    pub(crate) monitor: bool,
    /// Whether the chart names the enum of the events.
    pub(crate) events: bool,
}

pub(crate) enum Taken {
    Event(Box<Type>),
    Context,
}

/// The handler at each place; none where it was refused.
pub(crate) fn handlers(
    named: Vec<Named>,
    items: &[ImplItem],
    ty: &str,
    rules: Rules,
    diag: &mut Diagnostics,
) -> Vec<Option<Handler>> {
    let methods = || {
        items.iter().filter_map(|item| match item {
            ImplItem::Fn(method) => Some(method),
            _ => None,
        })
    };
    let found = |named: Named| {
        let name = &named.ident;
        let Some(method) = methods().find(|method| method.sig.ident == *name) else {
            let names: Vec<String> = methods().map(|method| plain(&method.sig.ident)).collect();
            let near = nearest(&plain(name), names.iter().map(String::as_str));
            let refusal = messages::unknown_handler(&name.to_string(), ty, near);
            diag.refuse(name, refusal);
            return None;
        };
        handler(method.clone(), named.triggers, rules, diag)
    };
    named.into_iter().map(found).collect()
}

fn handler(
    method: ImplItemFn,
    triggers: Triggers,
    rules: Rules,
    diag: &mut Diagnostics,
) -> Option<Handler> {
    let before = diag.len();
    let sig = &method.sig;
    modifiers(sig, diag);
    generics(sig, diag);
    match sig.receiver() {
        Some(Receiver {
            kind: ReceiverKind::Reference(_, _, Some(_)),
            ..
        }) => {}
        Some(receiver) => diag.refuse(receiver, messages::handler_self()),
        None => diag.refuse(&sig.ident, messages::handler_self()),
    }
    if rules.monitor
        && let Some(token) = &sig.asyncness
    {
        diag.refuse(token, messages::waiting_monitor());
    }
    let returns = match &sig.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some((**ty).clone()).filter(|ty| !is_unit(ty)),
    };
    if triggers.exit
        && let Some(ty) = &returns
    {
        diag.refuse(ty, messages::exit_returns());
    }
    let takes = takes(sig, &triggers, rules, diag);
    (diag.len() == before).then_some(Handler {
        method,
        triggers,
        takes,
        returns,
    })
}

fn takes(sig: &Signature, triggers: &Triggers, rules: Rules, diag: &mut Diagnostics) -> Vec<Taken> {
    let nothing = triggers.events.is_empty() && !triggers.any && !triggers.entry;
    let mut takes: Vec<Taken> = Vec::new();
    for input in &sig.inputs {
        let FnArg::Typed(typed) = input else { continue };
        let (ty, context) = (&*typed.ty, context(&typed.ty));
        let is = |context: bool| move |taken: &Taken| matches!(taken, Taken::Context) == context;
        if context == Some(false) {
            diag.refuse(ty, messages::context_by_value());
        } else if let Some((ident, other)) = foreign_context(ty) {
            diag.refuse(
                ident,
                crate::messages::other_context("&mut Cx<Self>", &other),
            );
        } else if context.is_some() {
            match takes.iter().any(is(true)) {
                true => diag.refuse(typed, messages::second_context()),
                false => takes.push(Taken::Context),
            }
        } else if triggers.exit {
            diag.refuse(typed, messages::event_of_an_exit());
        } else if nothing {
            diag.refuse(typed, messages::event_of_a_default());
        } else if takes.iter().any(is(false)) {
            diag.refuse(typed, messages::second_event());
        } else if let Some(reference) = borrow(ty) {
            diag.refuse(reference.and_token, messages::borrowed_event());
        } else if triggers.of_any() && !rules.events {
            diag.refuse(ty, messages::enum_of_events(triggers.may_lack()));
        } else {
            takes.push(Taken::Event(Box::new(ty.clone())));
        }
    }
    takes
}

fn generics(sig: &Signature, diag: &mut Diagnostics) {
    let types = sig.generics.type_params().map(|param| &param.ident);
    let consts = sig.generics.const_params().map(|param| &param.ident);
    if let Some(param) = types.chain(consts).next() {
        diag.refuse(param, messages::generic_handler());
    }
    for input in &sig.inputs {
        if let FnArg::Typed(typed) = input
            && let Type::ImplTrait(opaque) = &*typed.ty
        {
            diag.refuse(opaque, messages::generic_handler());
        }
    }
}

/// Whether a type is that of the context, and if it is, whether it is borrowed.
pub(crate) fn context(ty: &Type) -> Option<bool> {
    let (inner, by_reference) = match ty {
        Type::Reference(reference) => (&*reference.elem, true),
        ty => (ty, false),
    };
    let Type::Path(path) = inner else { return None };
    let last = path.path.segments.last()?;
    let is = last.ident == "Cx" && !matches!(last.arguments, PathArguments::Parenthesized(_));
    is.then_some(by_reference)
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}

impl Handler {
    pub(crate) fn ident(&self) -> &Ident {
        &self.method.sig.ident
    }
}
