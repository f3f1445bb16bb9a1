//! The arguments of known macros.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Macro, Pat, Result, Token, parse_quote};

use super::Family;

pub(super) struct Arguments {
    /// A prefix and a value each.
    pub(super) list: Vec<(TokenStream, Expr)>,
    pub(super) semicolon: Option<usize>,
}

impl Arguments {
    /// The arguments as they were written.
    pub(super) fn into_tokens(self) -> TokenStream {
        let mut tokens = TokenStream::new();
        let last = self.list.len().saturating_sub(1);
        for (index, (prefix, value)) in self.list.into_iter().enumerate() {
            tokens.extend(quote!(#prefix #value));
            if self.semicolon == Some(index) {
                tokens.extend(quote!(;));
            } else if index < last {
                tokens.extend(quote!(,));
            }
        }
        tokens
    }

    /// The first string literal without a prefix, from the argument of this number on.
    pub(super) fn text(&self, from: usize) -> Option<usize> {
        let text = |(prefix, value): &(TokenStream, Expr)| {
            prefix.is_empty()
                && matches!(
                    value,
                    Expr::Lit(ExprLit {
                        lit: Lit::Str(_),
                        ..
                    })
                )
        };
        let found = self.list.iter().skip(from).position(text)?;
        Some(from + found)
    }
}

pub(super) fn arguments(mac: &Macro, family: Family) -> Option<Arguments> {
    let parser = |input: ParseStream| -> Result<Arguments> {
        let mut arguments = Arguments {
            list: Vec::new(),
            semicolon: None,
        };
        while !input.is_empty() {
            let prefix = match family {
                Family::Log | Family::Span => field(input)?,
                Family::Vec | Family::Dbg => TokenStream::new(),
                _ => named(input)?,
            };
            arguments.list.push((prefix, input.parse()?));
            if input.is_empty() {
                break;
            }
            if matches!(family, Family::Vec | Family::Log)
                && input.peek(Token![;])
                && arguments.semicolon.is_none()
            {
                input.parse::<Token![;]>()?;
                arguments.semicolon = Some(arguments.list.len() - 1);
            } else {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    };
    parser.parse2(mac.tokens.clone()).ok()
}

/// `name =` of a format argument.
fn named(input: ParseStream) -> Result<TokenStream> {
    if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let (name, equals) = (input.call(Ident::parse_any)?, input.parse::<Token![=]>()?);
        return Ok(quote!(#name #equals));
    }
    Ok(TokenStream::new())
}

/// What stands before the value of a field: `target:`, `order.id =`, `"name" =`, `key:? =`, `?`, `%`.
fn field(input: ParseStream) -> Result<TokenStream> {
    let mut prefix = TokenStream::new();
    let ahead = input.fork();
    if let Ok(name) = field_name(&ahead) {
        use syn::parse::discouraged::Speculative;
        input.advance_to(&ahead);
        prefix.extend(name);
    }
    if input.peek(Token![?]) {
        prefix.extend(input.parse::<Token![?]>()?.to_token_stream());
    } else if input.peek(Token![%]) {
        prefix.extend(input.parse::<Token![%]>()?.to_token_stream());
    }
    Ok(prefix)
}

fn field_name(input: ParseStream) -> Result<TokenStream> {
    let mut name = TokenStream::new();
    if input.peek(LitStr) {
        name.extend(input.parse::<LitStr>()?.to_token_stream());
    } else {
        name.extend(input.call(Ident::parse_any)?.to_token_stream());
        while input.peek(Token![.]) {
            name.extend(input.parse::<Token![.]>()?.to_token_stream());
            name.extend(input.call(Ident::parse_any)?.to_token_stream());
        }
    }
    if input.peek(Token![:]) && !input.peek(Token![::]) {
        name.extend(input.parse::<Token![:]>()?.to_token_stream());
        if input.peek(Token![?]) && input.peek2(Token![=]) {
            name.extend(input.parse::<Token![?]>()?.to_token_stream());
        } else if input.peek(Token![%]) && input.peek2(Token![=]) {
            name.extend(input.parse::<Token![%]>()?.to_token_stream());
        } else if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            name.extend(input.parse::<Ident>()?.to_token_stream());
        } else {
            return Ok(name);
        }
    }
    if input.peek(Token![==]) {
        return Err(input.error("an expression"));
    }
    name.extend(input.parse::<Token![=]>()?.to_token_stream());
    Ok(name)
}

// Input:   matches!(value, pattern if guard)
// Output:  match value { pattern if guard => true, _ => false }
pub(super) fn matches(mac: &Macro) -> Option<Expr> {
    struct Matches(Expr, Pat, Option<Expr>);
    impl Parse for Matches {
        fn parse(input: ParseStream) -> Result<Matches> {
            let value = input.parse()?;
            input.parse::<Token![,]>()?;
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            let guard = match input.parse::<Option<Token![if]>>()? {
                Some(_) => Some(input.parse()?),
                None => None,
            };
            input.parse::<Option<Token![,]>>()?;
            Ok(Matches(value, pat, guard))
        }
    }
    let Matches(value, pat, guard) = syn::parse2(mac.tokens.clone()).ok()?;
    let guard = guard.map(|guard| quote!(if #guard));
    Some(
        parse_quote! { match #value { #[allow(unused_variables)] #pat #guard => true, _ => false } },
    )
}
