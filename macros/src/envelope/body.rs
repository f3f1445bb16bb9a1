//! An orchestration or a helper: its body is a step function.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

use super::{Envelope, Expanded};
use crate::attribute::Context;
use crate::emit;
use crate::item::{Flavour, Function};
use crate::layout::Layout;

/// What `step` does.
pub(crate) struct Lowered {
    pub(crate) layout: Layout,
    pub(crate) code: TokenStream,
}

/// `lowered`: what stands for the body if it was refused.
pub(crate) fn expand(
    function: &Function,
    (call, name): (Option<&Ident>, Option<&LitStr>),
    contexts: &[Context],
    lowered: Result<Lowered, TokenStream>,
) -> Expanded {
    let envelope = Envelope::new(function, call, name);
    let call = envelope.call_type();
    let (generics, _, clause) = function.generics.split_for_impl();
    let kind = match function.flavour {
        Flavour::Resumable => contexts
            .iter()
            .map(|context| {
                let context = context.ty();
                quote!(impl #generics __rt::DeclaredFor<#context> for #call #clause {})
            })
            .collect(),
        _ => quote! {
            impl #generics __rt::OrchestrationCall for #call #clause {
                type Machine = __rt::Root<Self>;
            }
        },
    };
    // A body that was refused is still typed: its callers are checked.
    let entry = lowered.is_ok().then(|| envelope.entry());
    let body = body(&envelope, &call, lowered);
    envelope.expanded(&TokenStream::new(), &quote!(#kind #body #entry))
}

fn body(
    envelope: &Envelope<'_>,
    call: &TokenStream,
    lowered: Result<Lowered, TokenStream>,
) -> TokenStream {
    let (function, at) = (envelope.function, envelope.at_output());
    let (generics, _, clause) = function.generics.split_for_impl();
    let (frame, turn) = emit::parameters();
    let step = quote_spanned!(at=> fn step(#frame: &mut __rt::Frame<Self>, #turn: &mut __rt::Turn) -> __rt::Poll<Self::Output>);
    let Lowered { layout, code } = match lowered {
        Ok(lowered) => lowered,
        Err(mention) => {
            return quote! {
                impl #generics __rt::Body for #call #clause {
                    const SLOTS: &'static [&'static str] = &[];
                    const POINTS: &'static [__rt::Point] = &[];
                    #[allow(warnings, clippy::all)]
                    #step {
                        #mention
                        __rt::Poll::Pending
                    }
                }
            };
        }
    };
    let attrs = &function.attributes.body;
    let (consts, quiet) = (constants(&layout), quiet());
    let output = &function.output;
    match &function.owner {
        None => quote! {
            impl #generics __rt::Body for #call #clause {
                #consts
                #quiet
                #(#attrs)*
                #step {
                    #code
                }
            }
        },
        // In an `impl` of the user's type `Self` means what it says.
        Some(owner) => {
            let (outer, _, outer_clause) = owner.generics.split_for_impl();
            let ty = &owner.ty;
            let method = Ident::new(&format!("__step_{}", function.ident), Span::call_site());
            let own = envelope.own_generics();
            let (own, own_types, own_clause) = own.split_for_impl();
            let turbofish = own_types.as_turbofish();
            quote! {
                impl #outer #ty #outer_clause {
                    #[doc(hidden)]
                    #quiet
                    #(#attrs)*
                    fn #method #own (#frame: &mut __rt::Frame<#call>, #turn: &mut __rt::Turn) -> __rt::Poll<#output> #own_clause {
                        #code
                    }
                }
                impl #generics __rt::Body for #call #clause {
                    #consts
                    #step {
                        <#ty>::#method #turbofish (#frame, #turn)
                    }
                }
            }
        }
    }
}

/// The names of the slots and the resume points.
pub(super) fn constants(layout: &Layout) -> TokenStream {
    let slots = layout.saved.iter().map(|slot| &slot.name);
    let points = layout.points.iter().map(|point| {
        let (name, live) = (
            &point.name,
            point
                .live
                .iter()
                .map(|index| proc_macro2::Literal::u16_unsuffixed(*index)),
        );
        quote!(__rt::Point { name: #name, live: &[#(#live),*] })
    });
    quote! {
        const SLOTS: &'static [&'static str] = &[#(#slots),*];
        const POINTS: &'static [__rt::Point] = &[#(#points),*];
    }
}

/// What restructuring brings about, which the user did not write.
pub(super) fn quiet() -> TokenStream {
    quote! {
        #[allow(
            clippy::diverging_sub_expression,
            clippy::needless_late_init,
            clippy::let_and_return,
            clippy::let_unit_value
        )]
    }
}
