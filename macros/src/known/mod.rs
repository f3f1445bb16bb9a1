//! Macro calls become call nodes: what a known macro evaluates is seen, and an unknown one keeps its tokens.

mod families;
mod parse;

pub(crate) mod captures;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, ExprCall, Item, Macro, Stmt, Token, parse_quote};

use crate::arena::{Arena, ExitId, MacroId};
use crate::diagnostics::Diagnostics;
use crate::marker::Marker;
use crate::messages;

pub(crate) use families::Family;

/// A macro call. Its arguments are those of the call node that stands for it.
pub(crate) struct Invocation {
    /// The call as written; for a known macro the tokens are those of the arguments' frame only.
    pub(crate) mac: Macro,
    pub(crate) family: Family,
    /// Before each written argument: `name =`, `target:`, `?`.
    pub(crate) prefixes: Vec<TokenStream>,
    /// Between the arguments, `;` instead of `,` after the one of this number.
    pub(crate) semicolon: Option<usize>,
    /// The argument that is the format text.
    pub(crate) text: Option<usize>,
    /// The names of the locals the text captures: arguments behind the written ones.
    pub(crate) captures: Vec<String>,
    /// An unknown macro in statement position, which may hide a `return` or a `?`.
    pub(crate) statement: bool,
    /// Where that `return` goes.
    pub(crate) exit: Option<ExitId>,
}

pub(crate) type Macros = Arena<MacroId, Invocation>;

/// The invocation that a call node stands for.
pub(crate) fn of_call(call: &ExprCall) -> Option<MacroId> {
    match Marker::of_expr(&call.func)? {
        Marker::Macro(id) => Some(id),
        _ => None,
    }
}

/// Replaces all macro calls of `block` by call nodes.
pub(crate) fn replace(block: &mut Block, diag: &mut Diagnostics) -> Macros {
    let mut replace = Replace {
        macros: Macros::default(),
        diag,
    };
    replace.visit_block_mut(block);
    replace.macros
}

struct Replace<'d> {
    macros: Macros,
    diag: &'d mut Diagnostics,
}

impl Replace<'_> {
    fn node(&mut self, attrs: Vec<Attribute>, mac: Macro, statement: bool) -> Expr {
        let name = name(&mac);
        let family = Family::of(&mac.path, &name);
        match family {
            Family::Join => {
                let tokens = &mac.tokens;
                return parse_quote!(::undying::join((#tokens,)).await);
            }
            Family::Matches => {
                if let Some(node) = parse::matches(&mac) {
                    return node;
                }
            }
            Family::Text => return self.tokens(attrs, mac, Family::Text, false),
            Family::Unknown => {}
            _ => {
                if let Some(arguments) = parse::arguments(&mac, family) {
                    return self.known(attrs, mac, family, arguments);
                }
            }
        }
        if let Some(combinator) = families::polls_futures(&mac.path, &name) {
            let path = mac.path.to_token_stream().to_string().replace(' ', "");
            self.diag
                .refuse(&mac.path, messages::polls_futures(&path, combinator));
        } else if let Some(token) = await_in(mac.tokens.clone()) {
            self.diag.refuse(token, messages::await_in_macro(&name));
        }
        self.tokens(attrs, mac, Family::Unknown, statement)
    }

    /// A call whose tokens stay as they are.
    fn tokens(
        &mut self,
        attrs: Vec<Attribute>,
        mac: Macro,
        family: Family,
        statement: bool,
    ) -> Expr {
        let invocation = Invocation {
            mac,
            family,
            prefixes: Vec::new(),
            semicolon: None,
            text: None,
            captures: Vec::new(),
            statement,
            exit: None,
        };
        self.call(attrs, Vec::new(), invocation)
    }

    fn known(
        &mut self,
        attrs: Vec<Attribute>,
        mut mac: Macro,
        family: Family,
        arguments: parse::Arguments,
    ) -> Expr {
        mac.tokens = TokenStream::new();
        let text = family.text_from().and_then(|from| arguments.text(from));
        let (prefixes, values) = arguments.list.into_iter().unzip();
        let invocation = Invocation {
            mac,
            family,
            prefixes,
            semicolon: arguments.semicolon,
            text,
            captures: Vec::new(),
            statement: false,
            exit: None,
        };
        self.call(attrs, values, invocation)
    }

    fn call(&mut self, attrs: Vec<Attribute>, args: Vec<Expr>, invocation: Invocation) -> Expr {
        let span = invocation
            .mac
            .path
            .segments
            .last()
            .map_or_else(proc_macro2::Span::call_site, |last| last.ident.span());
        let id = self.macros.push(invocation);
        Expr::Call(ExprCall {
            attrs,
            func: Box::new(Marker::Macro(id).expr(span)),
            paren_token: Default::default(),
            args: Punctuated::from_iter(args),
        })
    }
}

impl VisitMut for Replace<'_> {
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(node) = expr {
            let (attrs, mac) = (std::mem::take(&mut node.attrs), node.mac.clone());
            *expr = self.node(attrs, mac, false);
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let last = block.stmts.len().saturating_sub(1);
        for (index, stmt) in block.stmts.iter_mut().enumerate() {
            if let Stmt::Macro(node) = stmt {
                let braced = matches!(node.mac.delimiter, syn::MacroDelimiter::Brace(_));
                let tail = node.semi_token.is_none() && index == last;
                let semi = node
                    .semi_token
                    .or_else(|| (braced && !tail).then(<Token![;]>::default));
                let attrs = std::mem::take(&mut node.attrs);
                let expr = self.node(attrs, node.mac.clone(), !tail);
                *stmt = Stmt::Expr(expr, semi);
            }
        }
        visit_mut::visit_block_mut(self, block);
    }
}

/// A macro call that stays one: what is evaluated in it is visited in place. Gives what the call
/// stands for, if it is not a call of a macro.
pub(crate) fn visit_in_place(
    mac: &mut Macro,
    visit: &mut dyn FnMut(&mut Expr),
    diag: &mut Diagnostics,
) -> Option<Expr> {
    let name = name(mac);
    let family = Family::of(&mac.path, &name);
    let waits = await_in(mac.tokens.clone());
    match family {
        Family::Join => {
            let tokens = &mac.tokens;
            return Some(parse_quote!(::undying::join((#tokens,)).await));
        }
        Family::Matches if waits.is_some() => {
            if let Some(node) = parse::matches(mac) {
                return Some(node);
            }
        }
        Family::Text | Family::Unknown => {}
        _ => {
            if let Some(mut arguments) = parse::arguments(mac, family) {
                let values = arguments.list.iter_mut();
                values.for_each(|(_, value)| visit(value));
                mac.tokens = arguments.into_tokens();
                return None;
            }
        }
    }
    if let Some(combinator) = families::polls_futures(&mac.path, &name) {
        let path = mac.path.to_token_stream().to_string().replace(' ', "");
        diag.refuse(&mac.path, messages::polls_futures(&path, combinator));
    } else if let Some(token) = waits {
        diag.refuse(token, messages::await_in_macro(&name));
    }
    None
}

pub(crate) fn name(mac: &Macro) -> String {
    mac.path
        .segments
        .last()
        .map(|last| last.ident.to_string())
        .unwrap_or_default()
}

/// The first `.await` among tokens.
pub(crate) fn await_in(tokens: TokenStream) -> Option<TokenStream> {
    let mut dot = false;
    for token in tokens {
        match &token {
            TokenTree::Ident(ident) if dot && *ident == "await" => {
                return Some(token.to_token_stream());
            }
            TokenTree::Group(group) => {
                if let Some(found) = await_in(group.stream()) {
                    return Some(found);
                }
            }
            _ => {}
        }
        dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}
