//! A list of options, each taken once by whoever knows it.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, LitFloat, LitInt, LitStr, Token, Type, parenthesized};

use super::duration::milliseconds;
use crate::diagnostics::Diagnostics;
use crate::messages;

#[derive(Default)]
pub(crate) struct Options {
    list: Vec<Written>,
}

struct Written {
    name: Ident,
    value: Value,
}

enum Value {
    Nothing,
    Text(LitStr),
    Integer(LitInt),
    Float(LitFloat),
    Name(Ident),
    Other(Expr),
    List(Options),
}

impl Value {
    fn of(expr: Expr) -> Value {
        match expr {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Value::Text(text),
            Expr::Lit(ExprLit {
                lit: Lit::Int(integer),
                ..
            }) => Value::Integer(integer),
            Expr::Lit(ExprLit {
                lit: Lit::Float(float),
                ..
            }) => Value::Float(float),
            Expr::Path(path) => match path.path.get_ident() {
                Some(ident) => Value::Name(ident.clone()),
                None => Value::Other(Expr::Path(path)),
            },
            other => Value::Other(other),
        }
    }
}

impl Parse for Written {
    fn parse(input: ParseStream) -> syn::Result<Written> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(messages::option_syntax()));
        }
        let name = input.call(Ident::parse_any)?;
        let value = if input.parse::<Option<Token![=]>>()?.is_some() {
            Value::of(input.parse()?)
        } else if input.peek(syn::token::Paren) {
            let inside;
            parenthesized!(inside in input);
            Value::List(inside.parse()?)
        } else if input.is_empty() || input.peek(Token![,]) {
            Value::Nothing
        } else {
            return Err(input.error(messages::option_syntax()));
        };
        Ok(Written { name, value })
    }
}

impl Parse for Options {
    fn parse(input: ParseStream) -> syn::Result<Options> {
        let list = Punctuated::<Written, Token![,]>::parse_terminated(input)?;
        Ok(Options {
            list: list.into_iter().collect(),
        })
    }
}

impl Options {
    pub(crate) fn parse_tokens(tokens: TokenStream, diag: &mut Diagnostics) -> Options {
        match syn::parse2::<Options>(tokens) {
            Ok(mut options) => {
                options.refuse_duplicates(diag);
                options
            }
            Err(error) => {
                diag.error(error);
                Options::default()
            }
        }
    }

    fn refuse_duplicates(&mut self, diag: &mut Diagnostics) {
        let mut seen: Vec<String> = Vec::new();
        self.list.retain_mut(|written| {
            let name = written.name.to_string();
            if let Value::List(inside) = &mut written.value {
                inside.refuse_duplicates(diag);
            }
            if seen.contains(&name) {
                diag.refuse(&written.name, messages::option_twice(&name));
                return false;
            }
            seen.push(name);
            true
        });
    }

    /// Whether it was written, with a value of whatever kind.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.list.iter().any(|written| written.name == name)
    }

    fn take(&mut self, name: &str) -> Option<Written> {
        let at = self.list.iter().position(|written| written.name == name)?;
        Some(self.list.remove(at))
    }

    /// `name = "text"`.
    pub(crate) fn text(&mut self, name: &str, diag: &mut Diagnostics) -> Option<LitStr> {
        let written = self.take(name)?;
        match written.value {
            Value::Text(text) if text.value().is_empty() => {
                diag.refuse(text, messages::option_empty(name));
                None
            }
            Value::Text(text) => Some(text),
            _ => wrong(&written, "a text", "\"..\"", diag),
        }
    }

    /// `name = Identifier`.
    pub(crate) fn ident(&mut self, name: &str, diag: &mut Diagnostics) -> Option<Ident> {
        let written = self.take(name)?;
        match written.value {
            Value::Name(ident) => Some(ident),
            _ => wrong(&written, "the name of a type", "ChargeOrder", diag),
        }
    }

    /// `name = u64`.
    pub(crate) fn ty(&mut self, name: &str, diag: &mut Diagnostics) -> Option<Type> {
        let written = self.take(name)?;
        match syn::parse2(written.value.to_token_stream()) {
            Ok(ty) => Some(ty),
            Err(_) => wrong(&written, "a type", "u64", diag),
        }
    }

    /// `name = 3`, above zero.
    pub(crate) fn count(&mut self, name: &str, diag: &mut Diagnostics) -> Option<u32> {
        let written = self.take(name)?;
        let count = match &written.value {
            Value::Integer(integer) => integer.base10_parse::<u32>().ok(),
            _ => None,
        };
        match count {
            Some(count) if count > 0 => Some(count),
            Some(_) => {
                diag.refuse(written.value, messages::option_zero(name));
                None
            }
            None => wrong(&written, "a whole number above zero", "3", diag),
        }
    }

    /// `name = 2.0`, at least one.
    pub(crate) fn factor(&mut self, name: &str, diag: &mut Diagnostics) -> Option<f64> {
        let written = self.take(name)?;
        let factor = match &written.value {
            Value::Integer(integer) => integer.base10_parse::<f64>().ok(),
            Value::Float(float) => float.base10_parse::<f64>().ok(),
            _ => None,
        };
        match factor {
            Some(factor) if factor >= 1.0 && factor.is_finite() => Some(factor),
            _ => wrong(&written, "a number that is at least 1", "2.0", diag),
        }
    }

    /// `name = 0.2`, between 0 and 1.
    pub(crate) fn fraction(&mut self, name: &str, diag: &mut Diagnostics) -> Option<f64> {
        let written = self.take(name)?;
        let fraction = match &written.value {
            Value::Integer(integer) => integer.base10_parse::<f64>().ok(),
            Value::Float(float) => float.base10_parse::<f64>().ok(),
            _ => None,
        };
        match fraction {
            Some(fraction) if (0.0..=1.0).contains(&fraction) => Some(fraction),
            _ => wrong(&written, "a number from 0.0 to 1.0", "0.2", diag),
        }
    }

    /// `name = is_transient`, a function or a closure.
    pub(crate) fn function(&mut self, name: &str, diag: &mut Diagnostics) -> Option<Expr> {
        let written = self.take(name)?;
        let function = match &written.value {
            Value::Name(ident) => syn::parse2(ident.to_token_stream()).ok(),
            Value::Other(function @ (Expr::Path(_) | Expr::Closure(_))) => Some(function.clone()),
            _ => None,
        };
        if function.is_none() {
            return wrong(&written, "a function of the error", "is_transient", diag);
        }
        function
    }

    /// `name = "200ms"`, in milliseconds, above zero.
    pub(crate) fn milliseconds(&mut self, name: &str, diag: &mut Diagnostics) -> Option<u64> {
        let written = self.take(name)?;
        let Value::Text(text) = &written.value else {
            return wrong(&written, "a duration in quotes", "\"30s\"", diag);
        };
        match milliseconds(&text.value()) {
            Some(0) => {
                diag.refuse(text, messages::option_zero(name));
                None
            }
            Some(milliseconds) => Some(milliseconds),
            None => {
                diag.refuse(text, messages::bad_duration(&text.value()));
                None
            }
        }
    }

    /// `name(..)`.
    pub(crate) fn list(&mut self, name: &str, diag: &mut Diagnostics) -> Option<(Ident, Options)> {
        let written = self.take(name)?;
        match written.value {
            Value::List(options) => Some((written.name, options)),
            _ => wrong(&written, "a list of options", "(max_attempts = 3)", diag),
        }
    }

    /// `name`, alone.
    pub(crate) fn flag(&mut self, name: &str, diag: &mut Diagnostics) -> Option<Ident> {
        let written = self.take(name)?;
        match written.value {
            Value::Nothing => Some(written.name),
            _ => {
                diag.refuse(&written.name, messages::option_without_value(name));
                None
            }
        }
    }

    /// Refuses what nobody took.
    pub(crate) fn finish(self, known: &[&str], diag: &mut Diagnostics) {
        for written in self.list {
            diag.refuse(
                &written.name,
                messages::unknown_option(&written.name.to_string(), known),
            );
        }
    }
}

fn wrong<T>(written: &Written, what: &str, example: &str, diag: &mut Diagnostics) -> Option<T> {
    let refusal = messages::wrong_value(&written.name.to_string(), what, example);
    match &written.value {
        Value::Nothing | Value::List(_) => diag.refuse(&written.name, refusal),
        value => diag.refuse(value, refusal),
    }
    None
}

impl quote::ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Value::Text(text) => text.to_tokens(tokens),
            Value::Integer(integer) => integer.to_tokens(tokens),
            Value::Float(float) => float.to_tokens(tokens),
            Value::Name(name) => name.to_tokens(tokens),
            Value::Other(other) => other.to_tokens(tokens),
            Value::Nothing | Value::List(_) => {}
        }
    }
}
