//! Where control leaves a block: what the target needs is put back first.

use proc_macro2::TokenStream;
use quote::quote;

use super::Emit;
use crate::arena::{AwaitId, BlockId, ExitId, LocalId, TryId};
use crate::graph::Target;
use crate::names::Kind;
use crate::set::Set;

impl Emit<'_> {
    /// Puts back the variables that `target` needs; what is not a variable here is still in its slot.
    pub(super) fn puts(&self, target: BlockId, variables: &Set) -> TokenStream {
        let mut code = TokenStream::new();
        for local in self
            .liveness
            .at(target)
            .iter()
            .filter(|local| variables.contains(*local))
        {
            if self.hidden.has_slot(local) {
                let (slot, name) = (self.hidden.slot(local), self.name(local));
                code.extend(quote!(#slot.put(#name);));
            }
        }
        code
    }

    pub(super) fn goto(&self, target: BlockId, variables: &Set) -> TokenStream {
        let puts = self.puts(target, variables);
        let (block, machine, name) = (
            &self.hidden.block,
            &self.hidden.machine,
            self.hidden.block_name(target),
        );
        quote!(#[allow(unreachable_code)] { #puts #block = __Block::#name; } continue #machine;)
    }

    /// Evaluates the operand, which may move locals; then puts back; then begins.
    pub(super) fn suspend(
        &self,
        awaited: AwaitId,
        operand: TokenStream,
        resume: BlockId,
        variables: &Set,
    ) -> TokenStream {
        let puts = self.puts(resume, variables);
        let wait = self.hidden.wait(self.layout.point(awaited));
        let (call, turn, context) = (
            self.operand_name(operand.clone()),
            &self.hidden.turn,
            self.context,
        );
        let (block, machine, name) = (
            &self.hidden.block,
            &self.hidden.machine,
            self.hidden.block_name(resume),
        );
        quote! {
            let #call = #operand;
            #[allow(unreachable_code)] { #puts #wait.begin(#context, #call, #turn); #block = __Block::#name; }
            continue #machine;
        }
    }

    /// A name located at the operand: an error about what is awaited points there.
    fn operand_name(&self, operand: TokenStream) -> proc_macro2::Ident {
        let span = syn::parse2::<syn::Expr>(operand)
            .map_or(proc_macro2::Span::call_site(), |expr| {
                syn::spanned::Spanned::span(&expr)
            });
        let mut name = self.hidden.call.clone();
        name.set_span(proc_macro2::Span::mixed_site().located_at(span));
        name
    }

    /// The value of the function; what diverges instead is not our unreachable code.
    pub(super) fn finish(&self, value: TokenStream) -> TokenStream {
        let (result, returns) = (&self.hidden.result, self.returns);
        quote!(let #result: #returns = #value; #[allow(unreachable_code)] { return __rt::Poll::Ready(#result); })
    }

    /// A jump out of code that is not taken apart: an expression of type `!`.
    pub(super) fn exit(
        &self,
        id: ExitId,
        value: Option<TokenStream>,
        variables: &Set,
    ) -> TokenStream {
        let exit = &self.graph.exits[id];
        let drops = self.drops(&exit.drops);
        match exit.target {
            Target::Return => {
                let value = value.unwrap_or_else(|| quote!(()));
                if exit.drops.is_empty() {
                    return quote!({ return __rt::Poll::Ready(#value) });
                }
                let (result, returns) = (&self.hidden.result, self.returns);
                quote!({ let #result: #returns = #value; #drops return __rt::Poll::Ready(#result) })
            }
            Target::Block(target) => {
                let mut variables = variables.clone();
                let value = match &exit.value {
                    Some((local, ty)) => {
                        variables.insert(*local);
                        let (name, ty) = (self.name(*local), ty.as_ref().map(|ty| quote!(: #ty)));
                        let value = value.unwrap_or_else(|| quote!(()));
                        Some(quote!(let #name #ty = #value;))
                    }
                    None => value.map(|value| quote!(#value;)),
                };
                let goto = self.goto(target, &variables);
                quote!({ #value #drops #goto })
            }
        }
    }

    // Input:   value?
    // Output:  the conversion of the error is rustc's own `?`, in a closure that returns the function's type
    pub(super) fn question(&self, id: TryId, value: TokenStream) -> TokenStream {
        let try_ = &self.graph.tries[id];
        let drops = self.drops(&try_.drops);
        let mut residual = self.hidden.value.clone();
        residual.set_span(proc_macro2::Span::mixed_site().located_at(try_.question));
        let question = quote::quote_spanned!(try_.question=> ?);
        let (output, result, returns) = (&self.hidden.value, &self.hidden.result, self.returns);
        let convert = quote!((move || -> #returns { match #residual #question {} })());
        let leave = if try_.drops.is_empty() {
            quote!(return __rt::Poll::Ready(#convert))
        } else {
            quote!({ let #result = #convert; #drops return __rt::Poll::Ready(#result) })
        };
        quote! {
            match __rt::Question::branch(#value) {
                __rt::ControlFlow::Continue(#output) => #output,
                __rt::ControlFlow::Break(#residual) => #leave,
            }
        }
    }

    pub(super) fn drops(&self, guards: &[LocalId]) -> TokenStream {
        guards.iter().map(|guard| self.drop(*guard)).collect()
    }

    pub(super) fn drop(&self, guard: LocalId) -> TokenStream {
        debug_assert!(
            self.graph.locals[guard].kind == Kind::User,
            "guards are the user's"
        );
        let name = self.name(guard);
        quote!(::core::mem::drop(#name);)
    }

    pub(super) fn name(&self, local: LocalId) -> proc_macro2::Ident {
        self.colours.ident(
            &self.graph.locals,
            local,
            self.graph.locals[local].ident.span(),
        )
    }
}
