//! What is refused of an operation of an entity.

use syn::{FnArg, ReceiverKind, Signature};

use super::modifiers;
use crate::diagnostics::Diagnostics;
use crate::messages;

pub(super) fn check(sig: &Signature, diag: &mut Diagnostics) {
    modifiers(sig, diag);
    match sig.receiver().map(|receiver| (receiver, &receiver.kind)) {
        None => diag.refuse(&sig.ident, messages::no_self()),
        Some((_, ReceiverKind::Reference(_, _, Some(_)))) => {}
        Some((receiver, ReceiverKind::Reference(_, _, None))) => {
            if sig.asyncness.is_some() {
                diag.refuse(receiver, messages::async_reads());
            }
        }
        Some((receiver, _)) => diag.refuse(receiver, messages::owned_entity()),
    }
    let types = sig.generics.type_params().map(|param| &param.ident);
    let consts = sig.generics.const_params().map(|param| &param.ident);
    if let Some(param) = types.chain(consts).next() {
        diag.refuse(param, messages::generic_operation());
    }
    for input in &sig.inputs {
        if let FnArg::Typed(typed) = input
            && let syn::Type::ImplTrait(opaque) = &*typed.ty
        {
            diag.refuse(opaque, messages::generic_operation());
        }
    }
}
