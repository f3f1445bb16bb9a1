//! Where control leaves a block: what the target needs is put back first.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::Emit;
use crate::arena::{AwaitId, BlockId, ExitId, LocalId, RegionId, TryId};
use crate::graph::{Await, Target};
use crate::names::Kind;
use crate::set::Set;
use crate::syntax::head;

impl Emit<'_> {
    /// Puts back the variables that are needed; what is not a variable here is still in its slot.
    ///
    /// A variable that cannot be put back, because it is borrowed or was moved, is an error at `at`.
    fn puts(&self, needed: &Set, variables: &Set, at: Option<Span>) -> TokenStream {
        let mut code = TokenStream::new();
        for local in needed
            .iter()
            .filter(|local| variables.contains(*local) && self.hidden.has_slot(*local))
        {
            let slot = self.hidden.slot(local);
            let own = self.graph.locals[local].ident.span();
            let span = at.map_or(own, |at| own.located_at(at));
            let name = self.colours.ident(&self.graph.locals, local, span);
            code.extend(quote!(#slot.put(#name);));
        }
        code
    }

    pub(super) fn goto(&self, target: BlockId, variables: &Set) -> TokenStream {
        let puts = self.puts(self.liveness.at(target), variables, None);
        let region = self.hidden.region(self.graph.blocks[target].region);
        let (block, machine, path) = (&region.block, &region.machine, self.block_path(target));
        quote!(#[allow(unreachable_code)] { #puts #block = #path; } continue #machine;)
    }

    /// Evaluates the operand, which may move locals; then puts back; then begins.
    pub(super) fn suspend(
        &self,
        awaited: AwaitId,
        operand: &syn::Expr,
        printed: TokenStream,
        variables: &Set,
    ) -> TokenStream {
        let Await {
            resume,
            span,
            in_section,
            enters,
            ..
        } = self.graph.awaits[awaited];
        let puts = self.puts(self.liveness.at(resume), variables, Some(span));
        let wait = self.hidden.wait(self.layout.point(awaited));
        // An error about what is awaited points at it and at the `.await`.
        let mut call = self.hidden.call.clone();
        call.set_span(Span::mixed_site().located_at(head(operand)));
        let turn = &self.hidden.turn;
        let context = match in_section {
            true => &quote!(__rt::CriticalSection),
            false => self.context,
        };
        let at = Span::mixed_site().located_at(span);
        let begin = match enters {
            // Where it must not be entered, the error is at what would enter it.
            true => {
                let context = located(context.clone(), call.span());
                quote_spanned!(at=> #wait.enter(#context, #call, #turn))
            }
            false => quote_spanned!(at=> #wait.begin(#context, #call, #turn)),
        };
        let region = self.hidden.region(self.graph.blocks[resume].region);
        let (block, machine, path) = (&region.block, &region.machine, self.block_path(resume));
        quote! {
            let #call = #printed;
            #[allow(unreachable_code)] { #puts #begin; #block = #path; }
            continue #machine;
        }
    }

    /// The value of a region, where it ends; what diverges instead is not our unreachable code.
    pub(super) fn finish(
        &self,
        region: RegionId,
        value: TokenStream,
        variables: &Set,
    ) -> TokenStream {
        let result = &self.hidden.result;
        let leave = self.leave(region, variables);
        let returns = self.returns(region).map(|returns| quote!(: #returns));
        quote!(let #result #returns = #value; #[allow(unreachable_code)] { #leave })
    }

    /// Leaves a region with what `result` holds.
    fn leave(&self, region: RegionId, variables: &Set) -> TokenStream {
        let result = &self.hidden.result;
        if self.is_body(region) {
            return quote!(return __rt::Poll::Ready(#result););
        }
        let puts = self.puts(self.liveness.after(region), variables, None);
        let end = self.finish_branch(region, result);
        quote!(#puts #end)
    }

    /// A jump out of code that is not taken apart: an expression of type `!`.
    pub(super) fn exit(
        &self,
        id: ExitId,
        value: Option<TokenStream>,
        variables: &Set,
    ) -> TokenStream {
        let exit = &self.graph.exits[id];
        match exit.target {
            Target::Return => {
                let drops = self.drops(&exit.drops);
                let value = value.unwrap_or_else(|| quote!(()));
                if self.is_body(exit.region) && exit.drops.is_empty() {
                    return quote!({ return __rt::Poll::Ready(#value) });
                }
                let result = &self.hidden.result;
                let leave = self.leave(exit.region, variables);
                let returns = self.returns(exit.region).map(|returns| quote!(: #returns));
                quote!({ let #result #returns = #value; #drops #leave })
            }
            Target::Block(_) => {
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
                let goto = self.exit_goto(id, &variables);
                quote!({ #value #goto })
            }
        }
    }

    /// The jump itself, its value being a variable.
    pub(super) fn exit_goto(&self, id: ExitId, variables: &Set) -> TokenStream {
        let exit = &self.graph.exits[id];
        let Target::Block(target) = exit.target else {
            return TokenStream::new();
        };
        let (drops, goto) = (self.drops(&exit.drops), self.goto(target, variables));
        quote!(#drops #goto)
    }

    // Input:   value?
    // Output:  the conversion of the error is rustc's own `?`, in a closure that returns the function's type
    pub(super) fn question(&self, id: TryId, value: TokenStream, variables: &Set) -> TokenStream {
        let try_ = &self.graph.tries[id];
        let drops = self.drops(&try_.drops);
        let mut residual = self.hidden.value.clone();
        residual.set_span(Span::mixed_site().located_at(try_.question));
        let question = quote_spanned!(try_.question=> ?);
        let (output, result) = (&self.hidden.value, &self.hidden.result);
        let returns = self.returns(try_.region).map(|returns| quote!(-> #returns));
        let convert = quote!((move || #returns { match #residual #question {} })());
        let leave = if self.is_body(try_.region) && try_.drops.is_empty() {
            quote!(return __rt::Poll::Ready(#convert))
        } else {
            let leave = self.leave(try_.region, variables);
            quote!({ let #result = #convert; #drops #leave })
        };
        let at = Span::mixed_site().located_at(try_.question);
        let branch = quote_spanned!(at=> __rt::Question::branch(#value));
        quote! {
            match #branch {
                __rt::ControlFlow::Continue(#output) => #output,
                __rt::ControlFlow::Break(#residual) => #leave,
            }
        }
    }

    fn drops(&self, guards: &[LocalId]) -> TokenStream {
        guards.iter().map(|guard| self.drop(*guard)).collect()
    }

    pub(super) fn drop(&self, guard: LocalId) -> TokenStream {
        let name = self.name(guard);
        if self.graph.locals[guard].kind == Kind::Section {
            let turn = &self.hidden.turn;
            return quote!(#name.leave(#turn););
        }
        quote!(::core::mem::drop(#name);)
    }

    pub(super) fn name(&self, local: LocalId) -> Ident {
        self.colours.ident(
            &self.graph.locals,
            local,
            self.graph.locals[local].ident.span(),
        )
    }
}

/// The same tokens, at another place.
fn located(tokens: TokenStream, span: Span) -> TokenStream {
    let at = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            let inside = located(group.stream(), span);
            token = Group::new(group.delimiter(), inside).into();
        }
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.into_iter().map(at).collect()
}
