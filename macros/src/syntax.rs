//! Questions about syntax trees.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, ExprAsync, ExprAwait, ExprClosure, ExprConst, Item};

use crate::known;
use crate::marker::{self, Marker};
use crate::names::Locals;

/// Whether evaluating `expr` awaits; closures and `async` blocks await when they run, not here.
pub(crate) fn has_await(expr: &Expr) -> bool {
    let mut found = HasAwait(false);
    found.visit_expr(expr);
    found.0
}

pub(crate) fn block_has_await(block: &Block) -> bool {
    let mut found = HasAwait(false);
    found.visit_block(block);
    found.0
}

struct HasAwait(bool);

impl<'a> Visit<'a> for HasAwait {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if !self.0 {
            visit::visit_expr(self, expr);
        }
    }
    fn visit_expr_await(&mut self, _: &'a ExprAwait) {
        self.0 = true;
    }
    fn visit_expr_closure(&mut self, _: &'a ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'a ExprAsync) {}
    fn visit_expr_const(&mut self, _: &'a ExprConst) {}
    fn visit_item(&mut self, _: &'a Item) {}
}

/// The name that is called, if it is `lock`: awaiting that enters a critical section.
pub(crate) fn locker(expr: &Expr) -> Option<&Ident> {
    let Expr::Call(call) = expr else {
        return None;
    };
    let Expr::Path(callee) = &*call.func else {
        return None;
    };
    let last = &callee.path.segments.last()?.ident;
    (last == "lock").then_some(last)
}

/// Whether nothing that follows `expr` as a statement is reached, as far as its syntax says.
pub(crate) fn diverges(expr: &Expr, macros: &known::Macros) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Call(call) => match Marker::of_expr(&call.func) {
            Some(Marker::Macro(id)) => macros[id].family.diverges(),
            _ => false,
        },
        Expr::Paren(paren) => diverges(&paren.expr, macros),
        _ => false,
    }
}

/// The attributes of an expression, if it is of a kind that statements have.
pub(crate) fn attrs_mut(expr: &mut Expr) -> Option<&mut Vec<Attribute>> {
    Some(match expr {
        Expr::Array(node) => &mut node.attrs,
        Expr::Assign(node) => &mut node.attrs,
        Expr::Async(node) => &mut node.attrs,
        Expr::Await(node) => &mut node.attrs,
        Expr::Binary(node) => &mut node.attrs,
        Expr::Block(node) => &mut node.attrs,
        Expr::Break(node) => &mut node.attrs,
        Expr::Call(node) => &mut node.attrs,
        Expr::Cast(node) => &mut node.attrs,
        Expr::Closure(node) => &mut node.attrs,
        Expr::Continue(node) => &mut node.attrs,
        Expr::Field(node) => &mut node.attrs,
        Expr::ForLoop(node) => &mut node.attrs,
        Expr::If(node) => &mut node.attrs,
        Expr::Index(node) => &mut node.attrs,
        Expr::Lit(node) => &mut node.attrs,
        Expr::Loop(node) => &mut node.attrs,
        Expr::Macro(node) => &mut node.attrs,
        Expr::Match(node) => &mut node.attrs,
        Expr::MethodCall(node) => &mut node.attrs,
        Expr::Paren(node) => &mut node.attrs,
        Expr::Path(node) => &mut node.attrs,
        Expr::Range(node) => &mut node.attrs,
        Expr::Reference(node) => &mut node.attrs,
        Expr::Repeat(node) => &mut node.attrs,
        Expr::Return(node) => &mut node.attrs,
        Expr::Struct(node) => &mut node.attrs,
        Expr::Try(node) => &mut node.attrs,
        Expr::Tuple(node) => &mut node.attrs,
        Expr::Unary(node) => &mut node.attrs,
        Expr::Unsafe(node) => &mut node.attrs,
        Expr::While(node) => &mut node.attrs,
        _ => return None,
    })
}

/// What an awaited expression calls, for the name of its resume point.
///
/// Options do not name a call: `charge(order).retry(..).timeout(..)` is `charge`.
pub(crate) fn callee(expr: &Expr, locals: &Locals) -> String {
    const OPTIONS: [&str; 10] = [
        "at",
        "retry",
        "timeout",
        "spawn",
        "signal",
        "signal_at",
        "signal_after",
        "start_detached",
        "clone",
        "within",
    ];
    match expr {
        Expr::Call(call) => match Marker::of_expr(&call.func) {
            Some(Marker::Try(_)) => call
                .args
                .first()
                .map(|arg| callee(arg, locals))
                .unwrap_or_default(),
            _ => callee(&call.func, locals),
        },
        Expr::MethodCall(call) if OPTIONS.iter().any(|option| call.method == option) => {
            callee(&call.receiver, locals)
        }
        Expr::MethodCall(call) => call.method.to_string(),
        Expr::Path(path) if marker::local(expr).is_none() => path
            .path
            .segments
            .last()
            .map(|last| last.ident.to_string())
            .unwrap_or_default(),
        Expr::Path(_) => match marker::local(expr) {
            Some(local) => locals[local].ident.to_string(),
            None => String::new(),
        },
        Expr::Field(field) => match &field.member {
            syn::Member::Named(name) => name.to_string(),
            syn::Member::Unnamed(_) => callee(&field.base, locals),
        },
        Expr::Paren(paren) => callee(&paren.expr, locals),
        Expr::Group(group) => callee(&group.expr, locals),
        Expr::Try(try_) => callee(&try_.expr, locals),
        Expr::Index(index) => callee(&index.expr, locals),
        Expr::Reference(reference) => callee(&reference.expr, locals),
        _ => "await".to_owned(),
    }
}

/// A condition without the parentheses around it, which a struct literal inside of it needs.
pub(crate) fn without_parens(cond: Expr) -> Expr {
    match cond {
        Expr::Paren(paren) if !has_struct_literal(&paren.expr) => without_parens(*paren.expr),
        cond => cond,
    }
}

pub(crate) fn has_struct_literal(expr: &Expr) -> bool {
    struct Literals(bool);
    impl<'a> Visit<'a> for Literals {
        fn visit_expr_struct(&mut self, _: &'a syn::ExprStruct) {
            self.0 = true;
        }
    }
    let mut literals = Literals(false);
    literals.visit_expr(expr);
    literals.0
}

/// The token that says best what an expression is: what it calls, or its first one.
pub(crate) fn head(expr: &Expr) -> Span {
    match expr {
        Expr::Call(call) if Marker::of_expr(&call.func).is_none() => head(&call.func),
        Expr::MethodCall(call) => call.method.span(),
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .map_or_else(|| expr.span(), |last| last.ident.span()),
        Expr::Paren(paren) => head(&paren.expr),
        Expr::Group(group) => head(&group.expr),
        Expr::Reference(reference) => head(&reference.expr),
        Expr::Unsafe(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(only, None)] => head(only),
            _ => expr.span(),
        },
        _ => expr.span(),
    }
}

/// Where the last token ends.
pub(crate) fn last(tokens: &impl ToTokens) -> Span {
    match tokens.to_token_stream().into_iter().last() {
        Some(TokenTree::Group(group)) => group.span_close(),
        Some(token) => token.span(),
        None => Span::call_site(),
    }
}

/// Whether `name` is among the tokens.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
