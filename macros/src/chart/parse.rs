//! From tokens to a chart: what cannot be read is refused, and the rest is read on.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Path, Token, Visibility, braced};

use super::{Chart, Does, Enum, On, Row, State, messages};
use crate::diagnostics::Diagnostics;

pub(crate) fn parse(tokens: TokenStream, diag: &mut Diagnostics) -> Chart {
    let mut chart = Chart::default();
    let parsed = |input: ParseStream| -> syn::Result<()> {
        while !input.is_empty() {
            item(input, &mut chart, diag)?;
        }
        Ok(())
    };
    if let Err(error) = parsed.parse2(tokens) {
        diag.error(error);
    }
    chart
}

/// An enum, a state, or `always`.
fn item(input: ParseStream, chart: &mut Chart, diag: &mut Diagnostics) -> syn::Result<()> {
    let attrs = input.call(Attribute::parse_outer)?;
    if input.peek(Token![pub]) || input.peek(Token![enum]) {
        chart.enums.push(Enum {
            attrs,
            vis: input.parse::<Visibility>()?,
            token: input.parse()?,
            ident: input.parse()?,
        });
        input.parse::<Token![;]>()?;
        return Ok(());
    }
    let docs = docs(attrs, diag);
    if !input.peek(Ident::peek_any) {
        return Err(input.error(messages::chart_syntax()));
    }
    let mut words = vec![input.call(Ident::parse_any)?];
    while input.peek(Ident::peek_any) {
        words.push(input.call(Ident::parse_any)?);
    }
    if !input.peek(syn::token::Brace) {
        return Err(input.error(messages::state_syntax()));
    }
    let rows = {
        let content;
        braced!(content in input);
        rows(&content, diag)?
    };
    // The last word is the name, those before it say what the state is.
    let Some(name) = words.pop() else {
        return Ok(());
    };
    if words.is_empty() && name == "always" {
        chart.always.extend(rows);
        return Ok(());
    }
    let (mut start, mut heat) = (None, None);
    for word in words {
        let place = match word.to_string().as_str() {
            "start" => &mut start,
            "hot" | "cold" => &mut heat,
            other => {
                diag.refuse(&word, messages::unknown_word(other));
                continue;
            }
        };
        if place.replace(word.clone()).is_some() {
            diag.refuse(&word, messages::word_twice(&word.to_string()));
        }
    }
    chart.states.push(State {
        docs,
        start,
        heat,
        name,
        rows,
    });
    Ok(())
}

fn rows(input: ParseStream, diag: &mut Diagnostics) -> syn::Result<Vec<Row>> {
    let mut rows = Vec::new();
    while !input.is_empty() {
        match row(input, diag) {
            Ok(row) => rows.push(row),
            Err(error) => {
                diag.error(error);
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<TokenTree>()?;
                }
            }
        }
        if input.is_empty() {
            break;
        }
        if input.parse::<Option<Token![,]>>()?.is_none() {
            return Err(input.error(messages::row_end()));
        }
    }
    Ok(rows)
}

fn row(input: ParseStream, diag: &mut Diagnostics) -> syn::Result<Row> {
    docs(input.call(Attribute::parse_outer)?, diag);
    let on = on(input)?;
    if !input.peek(Token![=>]) {
        return Err(input.error(messages::row_syntax()));
    }
    input.parse::<Token![=>]>()?;
    let does = does(input)?;
    Ok(Row { on, does })
}

fn on(input: ParseStream) -> syn::Result<On> {
    if let Some(any) = input.parse::<Option<Token![_]>>()? {
        return Ok(On::Any(any));
    }
    if !input.peek(Ident::peek_any) && !input.peek(Token![::]) {
        return Err(input.error(messages::row_syntax()));
    }
    let path = input.call(Path::parse_mod_style)?;
    Ok(match path.get_ident() {
        Some(word) if word == "entry" => On::Entry(word.clone()),
        Some(word) if word == "exit" => On::Exit(word.clone()),
        Some(word) if word == "default" => On::Default(word.clone()),
        _ => On::Event(path),
    })
}

fn does(input: ParseStream) -> syn::Result<Does> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error(messages::action_syntax()));
    }
    let word = input.call(Ident::parse_any)?;
    let leads = |word: &Ident| -> syn::Result<Ident> {
        match input.peek(syn::Ident) {
            true => input.parse(),
            false => Err(syn::Error::new(
                word.span(),
                messages::state_missing(&word.to_string()),
            )),
        }
    };
    Ok(match word.to_string().as_str() {
        "goto" => {
            let state = leads(&word)?;
            Does::Goto(word, state)
        }
        "push" => {
            let state = leads(&word)?;
            Does::Push(word, state)
        }
        "pop" => Does::Pop(word),
        "halt" => Does::Halt(word),
        "defer" => Does::Defer(word),
        "ignore" => Does::Ignore(word),
        _ => Does::Handle(word),
    })
}

/// What may stand before a state or a row.
fn docs(attrs: Vec<Attribute>, diag: &mut Diagnostics) -> Vec<Attribute> {
    let (docs, others): (Vec<_>, Vec<_>) = attrs
        .into_iter()
        .partition(|attr| attr.path().is_ident("doc"));
    for other in others {
        diag.refuse(other.path(), messages::attribute_in_chart());
    }
    docs
}
