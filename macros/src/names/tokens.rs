//! Names in the tokens of macros that are not understood.

use proc_macro2::{Group, Ident, Spacing, TokenStream, TokenTree};
use syn::LitStr;

use super::resolve::Scope;
use crate::arena::LocalId;
use crate::known::captures::captures;
use crate::marker::Marker;
use crate::set::Set;

/// The locals that tokens may mean.
#[derive(Default)]
pub(super) struct Found {
    pub(super) named: Set,
    /// By texts that look like formats.
    pub(super) captures: Vec<LocalId>,
}

/// Replaces every identifier that may be a visible local.
pub(super) fn resolve(tokens: TokenStream, scope: &Scope, found: &mut Found) -> TokenStream {
    let mut before = Before::default();
    let mut resolved = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let after_member_dot = before.member_dot;
        before.see(&token);
        resolved.push(match token {
            TokenTree::Ident(ident)
                if !after_member_dot && !before.argument_name(tokens.peek()) =>
            {
                match scope.get(&ident.to_string()) {
                    Some(local) => {
                        found.named.insert(local);
                        TokenTree::Ident(Marker::Local(local).ident(ident.span()))
                    }
                    None => TokenTree::Ident(ident),
                }
            }
            TokenTree::Group(group) => {
                let mut inner =
                    Group::new(group.delimiter(), resolve(group.stream(), scope, found));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            TokenTree::Literal(literal) => {
                if let Ok(text) = syn::parse2::<LitStr>(TokenTree::Literal(literal.clone()).into())
                {
                    for local in captures(&text.value())
                        .iter()
                        .filter_map(|name| scope.captured(name))
                    {
                        if !found.captures.contains(&local) {
                            found.captures.push(local);
                        }
                    }
                }
                TokenTree::Literal(literal)
            }
            other => other,
        });
    }
    resolved.into_iter().collect()
}

/// What came before a token: `.` of a member access, `,` or the beginning before `name =`.
#[derive(Default)]
struct Before {
    member_dot: bool,
    dots: u8,
    not_first: bool,
    comma: bool,
    was_first_or_comma: bool,
}

impl Before {
    fn see(&mut self, token: &TokenTree) {
        self.was_first_or_comma = !self.not_first || self.comma;
        self.not_first = true;
        let punct = match token {
            TokenTree::Punct(punct) => Some(punct.as_char()),
            _ => None,
        };
        self.comma = punct == Some(',');
        self.dots = if punct == Some('.') {
            self.dots.saturating_add(1)
        } else {
            0
        };
        self.member_dot = self.dots == 1;
    }

    fn argument_name(&self, next: Option<&TokenTree>) -> bool {
        let equals = matches!(next, Some(TokenTree::Punct(punct)) if punct.as_char() == '=' && punct.spacing() == Spacing::Alone);
        equals && self.was_first_or_comma
    }
}

/// Whether `name =` is what `prefix` says.
pub(super) fn names(prefix: &TokenStream, name: &str) -> bool {
    matches!(prefix.clone().into_iter().next(), Some(TokenTree::Ident(ident)) if ident == name)
}

/// The first identifier of a macro's definition that means a visible local, unless it is a `$variable` or declared there.
pub(super) fn names_local(tokens: TokenStream, scope: &Scope) -> Option<(Ident, LocalId)> {
    let mut declared = Vec::new();
    declarations(tokens.clone(), &mut declared);
    first_local(tokens, scope, &declared)
}

fn declarations(tokens: TokenStream, declared: &mut Vec<String>) {
    let mut after_let = false;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) if after_let => {
                after_let = ident == "mut";
                declared.push(ident.to_string());
            }
            TokenTree::Ident(ident) => after_let = ident == "let",
            TokenTree::Group(group) => declarations(group.stream(), declared),
            _ => after_let = false,
        }
    }
}

fn first_local(
    tokens: TokenStream,
    scope: &Scope,
    declared: &[String],
) -> Option<(Ident, LocalId)> {
    let (mut dollar, mut dot) = (false, false);
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if !dollar && !dot => {
                let name = ident.to_string();
                if !declared.contains(&name)
                    && let Some(local) = scope.get(&name)
                {
                    return Some((ident.clone(), local));
                }
            }
            TokenTree::Group(group) => {
                if let Some(found) = first_local(group.stream(), scope, declared) {
                    return Some(found);
                }
            }
            _ => {}
        }
        dollar = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '$');
        dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}
