//! `for`: iterators are not data, cursors are.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprForLoop, ExprLit, Lit, Pat, RangeLimits, parse_quote, parse_quote_spanned};

use super::place::is_constant;
use super::value::unit;
use super::{Dest, Lower, Scope};
use crate::arena::{BlockId, LocalId};
use crate::graph::{Stmt, Term};
use crate::marker;
use crate::names::{Kind, bindings};
use crate::syntax::head;
use crate::within::has_mut;

/// How an iterable is gone through.
enum Cursor {
    /// By an index: the item at an index is found again.
    Index(Box<dyn Fn(&Expr) -> Expr>),
    /// By itself: a range.
    Range(Expr),
    /// It is emptied into a list first.
    Drained(Expr),
}

impl Lower<'_> {
    pub(super) fn for_loop(&mut self, for_: ExprForLoop, dest: Dest) {
        let iterable = self.operand(*for_.expr);
        let iterable = self.freeze(iterable);
        let iterable = self.wrap(iterable);
        let (head, after) = (self.block("Next", None), self.block("After", None));
        let pat = *for_.pat;
        let mutable = bindings(&pat).iter().any(|binding| binding.mutable);
        match self.cursor(iterable, mutable) {
            Cursor::Index(item) => self.by_index(&pat, item, head, after),
            Cursor::Range(range) => self.by_range(pat, range, head, after),
            Cursor::Drained(iterable) => self.drained(pat, iterable, head, after),
        }
        let label = for_.label.map(|label| label.name.ident.to_string());
        self.scopes.push(Scope::Loop {
            label,
            after,
            dest: Dest::None,
            head,
        });
        self.body(for_.body, Dest::None);
        self.scopes.pop();
        self.close(Term::Goto(head));
        self.start(after);
        if !matches!(dest, Dest::None) {
            self.finish(unit(), dest);
        }
    }

    fn cursor(&self, iterable: Expr, mutable: bool) -> Cursor {
        let mut inner = &iterable;
        while let Expr::Paren(paren) = inner {
            inner = &paren.expr;
        }
        match inner {
            Expr::Range(range) if range.start.is_some() => {
                let range = match (&range.limits, &range.end) {
                    (RangeLimits::Closed(_), Some(_)) => parse_quote!(__rt::inclusive(#inner)),
                    _ => inner.clone(),
                };
                Cursor::Range(range)
            }
            Expr::Reference(reference) if !mutable && self.is_place(&reference.expr) => {
                by_index(inner.clone())
            }
            Expr::MethodCall(call)
                if !mutable && call.args.is_empty() && self.is_place(&call.receiver) =>
            {
                let receiver = &call.receiver;
                let span = Span::mixed_site().located_at(inner.span());
                match call.method.to_string().as_str() {
                    "iter" => by_index(parse_quote_spanned!(span=> &#receiver)),
                    "iter_mut" => by_index(match self.remade(receiver) {
                        Some(borrow) => borrow,
                        None => parse_quote_spanned!(span=> &mut #receiver),
                    }),
                    _ => Cursor::Drained(iterable),
                }
            }
            // Texts are not kept: the array is made again.
            Expr::Array(array)
                if !mutable
                    && array.elems.iter().any(is_text)
                    && array.elems.iter().all(is_literal) =>
            {
                by_position(inner.clone())
            }
            Expr::Path(path) if !mutable && is_constant(&path.path) => by_position(inner.clone()),
            Expr::Path(_) if !mutable => match self.remade(inner) {
                Some(borrow) => by_index(borrow),
                None => Cursor::Drained(iterable),
            },
            _ => Cursor::Drained(iterable),
        }
    }

    /// A local that is made again is not emptied: its items are found where it borrows them.
    fn remade(&self, expr: &Expr) -> Option<Expr> {
        let local = marker::local(expr)?;
        let init = &self.graph.remakes[self.graph.locals[local].remake?].init;
        let changes = has_mut(init);
        Some(match changes {
            true => parse_quote!(&mut *#expr),
            false => expr.clone(),
        })
    }

    // Input:   for pat in &place { body }
    // Output:  index = 0    head: if at(&place, index) is some { index += 1; pat = at(&place, index - 1); .. } else { goto after }
    fn by_index(
        &mut self,
        pat: &Pat,
        item: Box<dyn Fn(&Expr) -> Expr>,
        head: BlockId,
        after: BlockId,
    ) {
        let index = self.index(pat);
        let name = self.named(index);
        self.close(Term::Goto(head));
        self.start(head);
        let (then, els) = (self.new_tree(), self.new_tree());
        self.graph.trees[els].term = Term::Goto(after);
        let now = item(&name);
        let cond = self.code(parse_quote!(#now.is_some()));
        self.close(Term::If {
            cond,
            binds: Vec::new(),
            then,
            els,
        });
        self.tree = then;
        let step = self.code(parse_quote!(#name += 1));
        self.push(Stmt::Expr(step));
        if bindings(pat).is_empty() {
            return;
        }
        let here = item(&parse_quote!((#name - 1)));
        self.remake_always(pat, parse_quote!(__rt::here(#here)));
    }

    // Input:   for pat in a..b { body }
    // Output:  cursor = a..b    head: let Some(item) = next(&mut cursor) else { goto after }; let pat = item; ..
    fn by_range(&mut self, pat: Pat, range: Expr, head: BlockId, after: BlockId) {
        let cursor = self.cursor_local(&pat, "", range.span());
        self.define(cursor, None, range);
        self.close(Term::Goto(head));
        self.start(head);
        let name = self.named(cursor);
        let els = self.new_tree();
        self.graph.trees[els].term = Term::Goto(after);
        let binds = bindings(&pat).iter().map(|binding| binding.local).collect();
        let next = self.code(parse_quote!(__rt::NextItem::next_item(&mut #name)));
        let pat = parse_quote!(::core::option::Option::Some(#pat));
        self.push(Stmt::Let {
            attrs: Vec::new(),
            pat,
            init: next,
            els: Some(els),
            binds,
            remake: false,
        });
    }

    // Input:   for pat in iterable { body }
    // Output:  list = drain(iterable); index = 0    head: let Some(pat) = list.next(&mut index) else { goto after }; ..
    //
    /// The list is saved once, the index at every suspension.
    fn drained(&mut self, pat: Pat, iterable: Expr, head: BlockId, after: BlockId) {
        let at = Span::mixed_site().located_at(iterable.span());
        let list = self.cursor_local(&pat, "", iterable.span());
        self.graph.locals[list].kind = Kind::Worklist;
        self.define(
            list,
            None,
            parse_quote_spanned!(at=> __rt::drain(#iterable)),
        );
        let cursor = self.index(&pat);
        self.close(Term::Goto(head));
        self.start(head);
        let els = self.new_tree();
        self.graph.trees[els].term = Term::Goto(after);
        let binds = bindings(&pat).iter().map(|binding| binding.local).collect();
        self.push(Stmt::Next {
            list,
            cursor,
            pat,
            binds,
            els,
        });
    }

    fn index(&mut self, pat: &Pat) -> LocalId {
        let index = self.cursor_local(pat, " index", pat.span());
        self.graph.locals[index].ty = Some(parse_quote!(usize));
        self.define(index, None, parse_quote!(0usize));
        index
    }

    /// A hidden local that is called after the loop's pattern.
    fn cursor_local(&mut self, pat: &Pat, what: &str, span: Span) -> LocalId {
        let names: Vec<String> = bindings(pat)
            .iter()
            .map(|binding| self.graph.locals[binding.local].ident.to_string())
            .collect();
        let names = if names.is_empty() {
            "_".to_owned()
        } else {
            names.join(", ")
        };
        let local = self.hidden("cursor", None, span);
        self.graph.locals[local].label = Some(format!("for {names}{what}"));
        local
    }
}

/// What costs nothing is made again for every item.
fn by_position(items: Expr) -> Cursor {
    Cursor::Index(Box::new(
        move |index| parse_quote!(__rt::nth(#items, #index)),
    ))
}

/// An item that cannot be found again is an error at what is iterated.
fn by_index(borrow: Expr) -> Cursor {
    // Both tokens that an error could point at have one span: it is told once.
    let span = Span::mixed_site().located_at(head(&borrow));
    Cursor::Index(Box::new(move |index| {
        parse_quote_spanned!(span=> {
            let borrowed = #borrow;
            __rt::ByIndex::at(borrowed, #index)
        })
    }))
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(_))
}

fn is_text(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Lit(ExprLit {
            lit: Lit::Str(_),
            ..
        })
    )
}
