//! Parameters: those that are saved with the call, and those that the engine gives.

use proc_macro2::{Ident, Span};
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{
    FnArg, GenericArgument, GenericParam, Generics, ParenthesizedGenericArguments, Pat,
    PathArguments, Signature, Type, TypeFnPtr, TypeImplTrait, TypeParam, TypeReference,
    parse_quote,
};

use super::{Flavour, Owner};
use crate::diagnostics::Diagnostics;
use crate::messages;

/// The longest tuple of arguments that the runtime reads and writes.
const ARGUMENTS_MAX: usize = 12;

#[derive(Clone)]
pub(crate) struct Parameter {
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    pub(crate) role: Role,
    /// Its name in stored arguments, and in the function that makes the call.
    pub(crate) name: Ident,
}

#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "a handful for each function")]
pub(crate) enum Role {
    Argument,
    /// `self`.
    Receiver,
    /// The `self` of an operation or of a handler, which is the entity's or the machine's and not the
    /// call's.
    Entity,
    /// `State(x): State<T>`; the `T`.
    State(Type),
    /// What a function knows about the instance, or an activity about its attempt.
    Context {
        by_reference: bool,
    },
}

impl Parameter {
    pub(crate) fn is_argument(&self) -> bool {
        matches!(self.role, Role::Argument | Role::Receiver)
    }
}

pub(super) fn parameters(
    flavour: Flavour,
    sig: &Signature,
    owner: Option<&Owner>,
    generics: &mut Generics,
    diag: &mut Diagnostics,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for (index, input) in sig.inputs.iter().enumerate() {
        match input {
            FnArg::Receiver(receiver) => {
                let Some(owner) = owner else { continue };
                let (ty, token) = (owner.ty.clone(), receiver.self_token);
                let (mutability, role) = match flavour {
                    Flavour::Operation | Flavour::Handler => (None, Role::Entity),
                    _ => (receiver.mutability, Role::Receiver),
                };
                let pat = Pat::Ident(syn::PatIdent {
                    attrs: Vec::new(),
                    by_ref: None,
                    mutability,
                    ident: Ident::new("self", token.span),
                    subpat: None,
                });
                let name = Ident::new("this", Span::mixed_site().located_at(token.span));
                parameters.push(Parameter {
                    pat,
                    ty,
                    role,
                    name,
                });
            }
            FnArg::Typed(typed) => {
                let mut ty = (*typed.ty).clone();
                let role = role(flavour, sig, &ty, index, diag);
                if matches!(role, Role::Argument) {
                    if let Some(reference) = borrow(&ty) {
                        diag.refuse(reference.and_token, messages::borrowed_parameter());
                    }
                    Named {
                        generics,
                        count: 0,
                        index,
                    }
                    .visit_type_mut(&mut ty);
                }
                let name = name(&typed.pat, index);
                parameters.push(Parameter {
                    pat: (*typed.pat).clone(),
                    ty,
                    role,
                    name,
                });
            }
        }
    }
    let arguments = parameters
        .iter()
        .filter(|parameter| parameter.is_argument());
    if let Some(over) = arguments.clone().nth(ARGUMENTS_MAX) {
        diag.refuse(&over.ty, messages::too_many_parameters(ARGUMENTS_MAX));
    }
    parameters
}

/// The first reference that a value of this type would hold.
pub(crate) fn borrow(ty: &Type) -> Option<&TypeReference> {
    struct Borrow<'t>(Option<&'t TypeReference>);
    impl<'t> Visit<'t> for Borrow<'t> {
        fn visit_type_reference(&mut self, reference: &'t TypeReference) {
            self.0.get_or_insert(reference);
        }
        // Those of a function are its own.
        fn visit_type_fn_ptr(&mut self, _: &'t TypeFnPtr) {}
        fn visit_parenthesized_generic_arguments(&mut self, _: &'t ParenthesizedGenericArguments) {}
        fn visit_expr(&mut self, _: &'t syn::Expr) {}
    }
    let mut found = Borrow(None);
    found.visit_type(ty);
    found.0
}

fn role(
    flavour: Flavour,
    sig: &Signature,
    ty: &Type,
    index: usize,
    diag: &mut Diagnostics,
) -> Role {
    let (inner, by_reference) = match ty {
        Type::Reference(reference) => (&*reference.elem, true),
        ty => (ty, false),
    };
    let Type::Path(path) = inner else {
        return Role::Argument;
    };
    let Some(last) = path.path.segments.last() else {
        return Role::Argument;
    };
    let context = match flavour {
        Flavour::Activity => "ActivityContext",
        Flavour::Orchestration | Flavour::Resumable => "&mut Context",
        Flavour::Replayed => "&ReplayContext",
        Flavour::Operation => "&mut EntityContext",
        Flavour::Handler if last.ident == "Cx" && by_reference => {
            return Role::Context { by_reference };
        }
        Flavour::Handler => "&mut Cx<Self>",
    };
    // These two are shared, so they may also be taken by value.
    let shared = ["ActivityContext", "ReplayContext"];
    if last.ident == "State"
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Type(state)) = arguments.args.first()
    {
        if flavour != Flavour::Activity {
            diag.refuse(ty, messages::state_outside_activity());
        }
        return Role::State(state.clone());
    }
    let own = context.trim_start_matches('&').trim_start_matches("mut ");
    let given = by_reference || shared.contains(&own);
    if last.ident == own && last.arguments.is_empty() && given {
        let operation = flavour == Flavour::Operation;
        if index != usize::from(operation) {
            diag.refuse(ty, messages::reserved_parameter(context));
        }
        if operation
            && let Type::Reference(reference) = ty
            && let Some(token) = &reference.mutability
            && reads(sig)
        {
            diag.refuse(token, messages::reader_context());
        }
        if shared.contains(&own)
            && let Type::Reference(reference) = ty
            && let Some(token) = &reference.mutability
        {
            diag.refuse(token, messages::mutable_context(own));
        }
        return Role::Context { by_reference };
    }
    if last.ident != own
        && let Some((ident, other)) = foreign_context(ty)
    {
        diag.refuse(ident, messages::other_context(context, &other));
        return Role::Context { by_reference };
    }
    Role::Argument
}

/// The name of a context, if a type is one of those that functions, activities and operations are
/// given.
pub(crate) fn foreign_context(ty: &Type) -> Option<(&Ident, String)> {
    let (inner, by_reference) = match ty {
        Type::Reference(reference) => (&*reference.elem, true),
        ty => (ty, false),
    };
    let Type::Path(path) = inner else { return None };
    let ident = &path.path.segments.last()?.ident;
    let shared = ["ActivityContext", "ReplayContext"];
    let lent = ["Context", "EntityContext"];
    let is = |names: [&str; 2]| names.iter().any(|name| ident == name);
    (is(shared) || by_reference && is(lent)).then(|| (ident, ident.to_string()))
}

/// Whether it takes `&self`.
pub(crate) fn reads(sig: &Signature) -> bool {
    let kind = sig.receiver().map(|receiver| &receiver.kind);
    matches!(kind, Some(syn::ReceiverKind::Reference(_, _, None)))
}

/// The name of a parameter; that of the only binding of its pattern, or its number.
fn name(pat: &Pat, index: usize) -> Ident {
    match pat {
        Pat::Ident(ident) => ident.ident.clone(),
        Pat::Paren(paren) => name(&paren.pat, index),
        Pat::TupleStruct(tuple) if tuple.elems.len() == 1 => name(&tuple.elems[0], index),
        Pat::Reference(reference) => name(&reference.pat, index),
        pat => Ident::new(
            &format!("argument{}", index + 1),
            Span::mixed_site().located_at(syn::spanned::Spanned::span(pat)),
        ),
    }
}

/// Gives every `impl Trait` a name.
struct Named<'g> {
    generics: &'g mut Generics,
    count: usize,
    index: usize,
}

impl VisitMut for Named<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if let Type::ImplTrait(TypeImplTrait {
            impl_token, bounds, ..
        }) = ty
        {
            self.count += 1;
            let ident = Ident::new(
                &format!("Impl{}{}", self.index + 1, letters(self.count)),
                Span::mixed_site().located_at(impl_token.span),
            );
            let param: TypeParam = parse_quote!(#ident: #bounds);
            self.generics.params.push(GenericParam::Type(param));
            *ty = parse_quote!(#ident);
        }
    }
}

fn letters(count: usize) -> String {
    if count == 1 {
        String::new()
    } else {
        format!("N{count}")
    }
}
