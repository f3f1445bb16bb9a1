//! The annotated function: what is said about it, its parameters, its body.

mod attributes;
mod bounds;
mod operation;
mod parameters;

use proc_macro2::{Ident, Span, TokenStream};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Generics, ItemFn, ReturnType, Signature, Type, Visibility, parse_quote,
};

use crate::diagnostics::Diagnostics;
use crate::messages;

pub(crate) use attributes::Attributes;
pub(crate) use parameters::{Parameter, Role, borrow, foreign_context, reads};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Activity,
    Orchestration,
    Resumable,
    /// An orchestration with the option `replay`.
    Replayed,
    /// An operation of an entity; its attribute is on the `impl`.
    Operation,
    /// An `async` handler of a machine; its attribute is on the `impl`.
    Handler,
}

impl Flavour {
    pub(crate) const ALL: [Flavour; 3] = [
        Flavour::Activity,
        Flavour::Orchestration,
        Flavour::Resumable,
    ];

    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Flavour::Activity => "activity",
            Flavour::Orchestration | Flavour::Replayed => "orchestration",
            Flavour::Resumable => "resumable",
            Flavour::Operation => "entity",
            Flavour::Handler => "rsm",
        }
    }

    /// What a call of it is wrapped in.
    pub(crate) fn wrapper(self) -> Ident {
        let name = match self {
            Flavour::Activity => "Activity",
            Flavour::Orchestration | Flavour::Replayed => "Orchestration",
            Flavour::Resumable => "Resumable",
            Flavour::Operation => "Operation",
            Flavour::Handler => "HandlerOf",
        };
        Ident::new(name, Span::call_site())
    }
}

/// The type whose method it is.
#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) ty: Type,
    /// The name of the type, for that of the call.
    pub(crate) name: String,
    pub(crate) generics: Generics,
}

pub(crate) struct Function {
    pub(crate) flavour: Flavour,
    pub(crate) attributes: Attributes,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) owner: Option<Owner>,
    /// Its own, with those of its owner, with a parameter for each `impl Trait`.
    pub(crate) generics: Generics,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) output: Type,
    pub(crate) signature: Signature,
    pub(crate) block: Block,
}

impl Function {
    /// Nothing if what is refused would be refused again by rustc.
    pub(crate) fn new(
        flavour: Flavour,
        item: ItemFn,
        owner: Option<Owner>,
        diag: &mut Diagnostics,
    ) -> Option<Function> {
        let before = diag.len();
        let ItemFn {
            attrs,
            vis,
            sig,
            block,
            ..
        } = item;
        let mut sig = sig;
        match flavour {
            Flavour::Operation => operation::check(&sig, diag),
            // It was checked with the chart.
            Flavour::Handler => {}
            _ => check(flavour, &sig, owner.is_some(), diag),
        }
        let mut generics = sig.generics.clone();
        let parameters = parameters::parameters(flavour, &sig, owner.as_ref(), &mut generics, diag);
        if let Some(owner) = &owner {
            generics = joined(&owner.generics, generics);
        }
        let output = match &sig.output {
            ReturnType::Default => parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        if let Type::ImplTrait(opaque) = &output {
            diag.refuse(opaque, messages::opaque_return());
        }
        if let Some(reference) = parameters::borrow(&output) {
            diag.refuse(reference.and_token, messages::borrowed_result());
        }
        bounds::check(&generics, &parameters, &output, diag);
        if diag.len() > before {
            return None;
        }
        let (mut parameters, mut output) = (parameters, output);
        bounds::outlive(&mut generics);
        bounds::outlive(&mut sig.generics);
        if let Some(owner) = &owner {
            let types = parameters.iter_mut().map(|parameter| &mut parameter.ty);
            types
                .chain([&mut output])
                .for_each(|ty| Named(&owner.ty).visit_type_mut(ty));
        }
        Some(Function {
            flavour,
            attributes: Attributes::new(attrs),
            vis,
            ident: sig.ident.clone(),
            owner,
            generics,
            parameters,
            output,
            signature: sig,
            block: *block,
        })
    }

    /// Its stored name, if the user does not give one.
    pub(crate) fn name(&self) -> String {
        let own = self.ident.to_string();
        let own = own.trim_start_matches("r#");
        match &self.owner {
            Some(owner) => format!("{}::{own}", owner.name),
            None => own.to_owned(),
        }
    }

    /// The type of its calls, if the user does not name it.
    pub(crate) fn call(&self) -> Ident {
        let own = self.ident.to_string();
        let owner = self
            .owner
            .as_ref()
            .map(|owner| owner.name.as_str())
            .unwrap_or_default();
        Ident::new(
            &format!("{owner}{}Call", camel(own.trim_start_matches("r#"))),
            self.ident.span(),
        )
    }

    /// What is saved with a call.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .iter()
            .filter(|parameter| parameter.is_argument())
    }

    pub(crate) fn is_generic(&self) -> bool {
        !self.generics.params.is_empty()
    }
}

pub(crate) fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars
            .next()
            .map(|first| first.to_uppercase().chain(chars).collect::<String>())
            .unwrap_or_default()
    };
    name.split('_').map(capital).collect()
}

/// The parameters of an `impl` and of a method of it.
fn joined(outer: &Generics, mut inner: Generics) -> Generics {
    let own = std::mem::take(&mut inner.params);
    inner.params = outer.params.iter().cloned().chain(own).collect();
    if let Some(clause) = &outer.where_clause {
        inner
            .make_where_clause()
            .predicates
            .extend(clause.predicates.iter().cloned());
    }
    inner
}

fn check(flavour: Flavour, sig: &Signature, owned: bool, diag: &mut Diagnostics) {
    let attribute = flavour.attribute();
    if sig.asyncness.is_none() {
        diag.refuse(sig.fn_token, messages::not_async(attribute));
    }
    modifiers(sig, diag);
    if let Some(receiver) = sig.receiver() {
        match &receiver.kind {
            _ if !owned => diag.refuse(receiver, messages::bare_method(attribute)),
            syn::ReceiverKind::Value => {}
            _ => diag.refuse(receiver, messages::borrowed_self(attribute)),
        }
    }
}

pub(crate) fn modifiers(sig: &Signature, diag: &mut Diagnostics) {
    if let Some(token) = &sig.constness {
        diag.refuse(token, messages::modifier("const"));
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        diag.refuse(token, messages::modifier("unsafe"));
    }
    if let Some(abi) = &sig.abi {
        diag.refuse(abi, messages::modifier("extern"));
    }
    if let Some(variadic) = &sig.variadic {
        diag.refuse(variadic, messages::modifier("variadic"));
    }
    for lifetime in sig.generics.lifetimes() {
        diag.refuse(lifetime, messages::lifetime_parameter());
    }
}

/// What is left of an item that could not be read: the rest of the crate is still checked.
pub(crate) fn not_a_function(
    flavour: Flavour,
    item: TokenStream,
    diag: &mut Diagnostics,
) -> TokenStream {
    let attribute = flavour.attribute();
    if let Ok(method) = syn::parse2::<syn::TraitItemFn>(item.clone())
        && method.default.is_none()
    {
        diag.refuse(&method.sig.ident, messages::trait_item(attribute));
        return item;
    }
    match syn::parse2::<syn::Item>(item.clone()) {
        Ok(other) => {
            let span: TokenStream = item
                .clone()
                .into_iter()
                .next()
                .map(Into::into)
                .unwrap_or_default();
            diag.refuse(span, messages::not_a_function(attribute));
            quote::quote!(#other)
        }
        Err(error) => {
            diag.error(error);
            TokenStream::new()
        }
    }
}

pub(crate) fn has_attribute(attrs: &[Attribute], flavour: Flavour) -> Option<usize> {
    attrs.iter().position(|attr| {
        attr.path()
            .segments
            .last()
            .is_some_and(|last| last.ident == flavour.attribute())
    })
}

/// Writes the type that `Self` means: the call's `impl`s have another.
struct Named<'t>(&'t Type);

impl VisitMut for Named<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self") => {
                *ty = self.0.clone();
            }
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }
}
