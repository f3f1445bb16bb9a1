//! Macro calls, as they were written, with the arguments that are left.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ExprCall, MacroDelimiter};

use super::Emit;
use crate::arena::{ExitId, LocalId, MacroId};
use crate::known::{Family, Invocation};
use crate::names::Kind;
use crate::names::colour::Colour;
use crate::set::Set;

impl Emit<'_> {
    /// `call` is painted already; `arguments` are the locals that its arguments were.
    pub(super) fn macro_call(
        &self,
        id: MacroId,
        call: &ExprCall,
        arguments: &[Option<LocalId>],
        variables: &Set,
    ) -> TokenStream {
        let invocation = &self.graph.macros[id];
        let attrs = &call.attrs;
        if matches!(invocation.family, Family::Unknown | Family::Text) {
            let tokens = self.paint_tokens(invocation.mac.tokens.clone());
            let printed = print(invocation, tokens);
            return match invocation.exit {
                Some(exit) => self.escape(invocation, &printed, exit, variables),
                None => quote!(#(#attrs)* #printed),
            };
        }
        let written = invocation.prefixes.len();
        let mut tokens = TokenStream::new();
        for (index, argument) in call.args.iter().take(written).enumerate() {
            let prefix = &invocation.prefixes[index];
            tokens.extend(quote!(#prefix #argument));
            if index + 1 < written {
                tokens.extend(if invocation.semicolon == Some(index) {
                    quote!(;)
                } else {
                    quote!(,)
                });
            }
        }
        let captured = arguments.iter().zip(&call.args).skip(written);
        for (name, (local, value)) in invocation.captures.iter().zip(captured) {
            // A text captures the user's own variables; others are handed to it by name.
            if local.is_some_and(|local| !self.looks_as_written(local)) {
                let name = syn::parse_str::<TokenStream>(name).unwrap_or_default();
                tokens.extend(quote!(, #name = #value));
            }
        }
        let printed = print(invocation, tokens);
        quote!(#(#attrs)* #printed)
    }

    fn looks_as_written(&self, local: LocalId) -> bool {
        let kind = self.graph.locals[local].kind;
        self.colours.of(local) == Colour::User && kind != Kind::Receiver && !kind.is_lent_self()
    }

    // Input:   MACRO!(..);
    // Output:  if let Break(value) = escape(async { MACRO!(..); match halt().await {} }) { return value }
    //
    /// A `return` or a `?` hidden in the macro ends the `async` block, not our step.
    fn escape(
        &self,
        invocation: &Invocation,
        printed: &TokenStream,
        exit: ExitId,
        variables: &Set,
    ) -> TokenStream {
        let (value, path) = (&self.hidden.value, &invocation.mac.path);
        let returns = self
            .returns(self.graph.exits[exit].region)
            .map(|returns| quote!(::<#returns>));
        let leave = self.exit(exit, Some(value.to_token_stream()), variables);
        let at = Span::mixed_site().located_at(path.span());
        let body = quote_spanned! {at=>
            async {
                #printed;
                #[allow(unreachable_code)]
                match __rt::halt().await {}
            }
        };
        quote! {
            if let __rt::ControlFlow::Break(#value) = __rt::escape #returns (#body) #leave
        }
    }
}

fn print(invocation: &Invocation, tokens: TokenStream) -> TokenStream {
    let mut mac = invocation.mac.clone();
    mac.tokens = tokens;
    // A statement of braces would end before a method call on it.
    if let MacroDelimiter::Brace(_) = mac.delimiter {
        mac.delimiter = MacroDelimiter::Paren(Default::default());
    }
    mac.into_token_stream()
}
