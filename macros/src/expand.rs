//! The pipeline: from an annotated item to what it becomes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Block, ItemFn, Type};

use crate::attribute::{Activity, Context, Orchestration, Resumable};
use crate::diagnostics::Diagnostics;
use crate::envelope::body::Lowered;
use crate::envelope::{self, Expanded, refused};
use crate::graph::liveness::Liveness;
use crate::graph::{Graph, liveness, reach, thread};
use crate::item::{self, Flavour, Function, Owner, Role};
use crate::layout::Layout;
use crate::names::{self, Kind, Parameter};
use crate::{check, debug, emit, known, layout, local_types, lower, messages, predicates, replay};

/// `#[activity]`, `#[orchestration]`, `#[resumable]` on a function.
pub(crate) fn function(flavour: Flavour, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut diag = Diagnostics::default();
    let function = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => function,
        Err(_) => {
            let rest = item::not_a_function(flavour, item, &mut diag);
            let errors = diag.into_tokens();
            return quote!(#errors #rest);
        }
    };
    let attribute = proc_macro2::Ident::new(flavour.attribute(), proc_macro2::Span::call_site());
    if flavour != Flavour::Activity
        && let Some(split) = predicates::split(&function, &quote!(#[::undying::#attribute(#args)]))
    {
        return split;
    }
    let name = function.sig.ident.to_string();
    let Expanded { maker, rest } = one(flavour, args, function, None, &mut diag);
    let errors = diag.into_tokens();
    let tokens = quote!(#maker #rest);
    debug::print(&name, &tokens);
    quote!(#tokens #errors)
}

/// One annotated function or method; nothing but the errors if it makes no sense without what is refused.
pub(crate) fn one(
    flavour: Flavour,
    args: TokenStream,
    function: ItemFn,
    owner: Option<Owner>,
    diag: &mut Diagnostics,
) -> Expanded {
    let orchestration = match flavour {
        Flavour::Orchestration => Orchestration::parse(args.clone(), diag),
        _ => Orchestration::default(),
    };
    let flavour = match orchestration.replay {
        true => Flavour::Replayed,
        false => flavour,
    };
    let function = Function::new(flavour, function, owner, diag);
    let expand = |function: Function, diag: &mut Diagnostics| match flavour {
        Flavour::Activity => {
            let options = Activity::parse(args, diag);
            envelope::activity::expand(&function, &options)
        }
        Flavour::Orchestration => {
            let lowered = body(&function, &[Context::Orchestration], diag)
                .ok_or_else(|| refused::mention(&function, diag.take()));
            let names = (orchestration.call.as_ref(), orchestration.name.as_ref());
            envelope::body::expand(&function, names, &[Context::Orchestration], lowered)
        }
        Flavour::Replayed => {
            let names = (orchestration.call.as_ref(), orchestration.name.as_ref());
            match replay::body(&function, diag) {
                Some(block) => envelope::replay::expand(&function, names, &block),
                None => {
                    let refused = Err(refused::mention(&function, diag.take()));
                    envelope::body::expand(&function, names, &[Context::Orchestration], refused)
                }
            }
        }
        // An attribute of its own it has none.
        Flavour::Operation | Flavour::Handler => Expanded::default(),
        Flavour::Resumable => {
            let options = Resumable::parse(args, diag);
            let lowered = body(&function, &options.contexts, diag)
                .ok_or_else(|| refused::mention(&function, diag.take()));
            let names = (options.call.as_ref(), None);
            envelope::body::expand(&function, names, &options.contexts, lowered)
        }
    };
    function
        .map(|function| expand(function, diag))
        .unwrap_or_default()
}

pub(crate) fn body(
    function: &Function,
    contexts: &[Context],
    diag: &mut Diagnostics,
) -> Option<Lowered> {
    let parameters = parameters(function);
    let compiled = compile(parameters, function.block.clone(), &function.output, diag)?;
    let Compiled {
        parameters,
        graph,
        live,
        layout,
    } = compiled;
    debug::print_graph(&function.ident.to_string(), &graph, &live, &layout);
    for local in live.at_entry(&graph) {
        let local = &graph.locals[local];
        let name = local.ident.to_string();
        let refusal = match local.deferred {
            true => messages::not_initialised(&name),
            false => messages::live_at_entry(&name),
        };
        diag.refuse(&local.ident, refusal);
    }
    if !diag.is_empty() {
        return None;
    }
    let context = Context::value(contexts);
    let code = emit::step(
        graph,
        &live,
        &layout,
        &parameters,
        &function.output,
        &context,
    );
    Some(Lowered { layout, code })
}

/// All that emission needs.
pub(crate) struct Compiled {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) graph: Graph,
    pub(crate) live: Liveness,
    pub(crate) layout: Layout,
}

/// The compiler: each arrow is a type.
///
/// Nothing if the body was refused; what is refused later is refused by `diag` alone.
pub(crate) fn compile(
    mut parameters: Vec<Parameter>,
    mut block: Block,
    returns: &Type,
    diag: &mut Diagnostics,
) -> Option<Compiled> {
    local_types::make_savable(&mut block);
    let mut macros = known::replace(&mut block, diag);
    check::check(&block, diag);
    let locals = names::resolve(&mut parameters, &mut block, &mut macros, diag);
    if !diag.is_empty() {
        return None;
    }
    let mut graph = lower::lower(&parameters, block, returns, (locals, macros), diag);
    thread::thread_jumps(&mut graph);
    reach::forget_unreachable(&mut graph);
    let live = liveness::liveness(&graph);
    let layout = layout::layout(&graph, &live, diag);
    Some(Compiled {
        parameters,
        graph,
        live,
        layout,
    })
}

fn parameters(function: &Function) -> Vec<Parameter> {
    let parameter = |parameter: &item::Parameter| Parameter {
        pat: parameter.pat.clone(),
        ty: parameter.ty.clone(),
        kind: match parameter.role {
            Role::Receiver => Kind::Receiver,
            Role::Entity if function.flavour == Flavour::Handler => Kind::Machine,
            Role::Entity => Kind::Entity,
            Role::Context { .. } => Kind::Context,
            Role::Argument | Role::State(_) => Kind::User,
        },
    };
    function.parameters.iter().map(parameter).collect()
}
