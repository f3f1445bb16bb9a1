//! Expressions that await, as parts of others: what is left of them when their awaits are done.

use std::mem;

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    BinOp, Block, Expr, ExprAwait, ExprBinary, ExprBlock, ExprCall, ExprIf, ExprMethodCall,
    Stmt as Syntax, Token, Type, parse_quote,
};

use super::assign::is_compound;
use super::spill::{by_place, by_value};
use super::{Dest, Lower};
use crate::arena::MacroId;
use crate::graph::{Await, Stmt, Term};
use crate::known::{self, Family};
use crate::messages;
use crate::syntax::{callee, has_await, has_struct_literal};

use super::value::unit;

impl Lower<'_> {
    pub(super) fn operand(&mut self, expr: Expr) -> Expr {
        if !has_await(&expr) {
            return self.opaque(expr);
        }
        match expr {
            Expr::Paren(mut paren) => {
                paren.expr = Box::new(self.operand(*paren.expr));
                Expr::Paren(paren)
            }
            Expr::Group(group) => self.operand(*group.expr),
            Expr::Await(await_) => self.await_(await_),
            Expr::Call(call) => match known::of_call(&call) {
                Some(id) => self.macro_call(id, call),
                None => self.call(call),
            },
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) => {
                self.short_circuit(binary)
            }
            Expr::Binary(binary) if is_compound(&binary.op) => self.compound(binary),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Assign(assign) => self.assign(assign),
            Expr::Unary(mut unary) => {
                unary.expr = Box::new(self.operand(*unary.expr));
                Expr::Unary(unary)
            }
            Expr::Cast(mut cast) => {
                cast.expr = Box::new(self.operand(*cast.expr));
                Expr::Cast(cast)
            }
            Expr::Field(mut field) => {
                field.base = Box::new(self.operand(*field.base));
                Expr::Field(field)
            }
            Expr::Reference(mut reference) => {
                reference.expr = Box::new(self.operand(*reference.expr));
                Expr::Reference(reference)
            }
            Expr::RawAddr(mut raw) => {
                raw.expr = Box::new(self.operand(*raw.expr));
                Expr::RawAddr(raw)
            }
            Expr::Repeat(mut repeat) => {
                repeat.expr = Box::new(self.operand(*repeat.expr));
                Expr::Repeat(repeat)
            }
            Expr::Index(mut index) => {
                let mut left = self
                    .operands(vec![by_place(*index.expr), by_value(*index.index)])
                    .into_iter();
                index.expr = Box::new(left.next().unwrap_or(Expr::PLACEHOLDER));
                index.index = Box::new(left.next().unwrap_or(Expr::PLACEHOLDER));
                Expr::Index(index)
            }
            Expr::Tuple(mut tuple) => {
                tuple.elems = self.list(tuple.elems);
                Expr::Tuple(tuple)
            }
            Expr::Array(mut array) => {
                array.elems = self.list(array.elems);
                Expr::Array(array)
            }
            Expr::Range(mut range) => {
                let ends = [range.start.take(), range.end.take()];
                let given = ends.each_ref().map(Option::is_some);
                let mut left = self
                    .operands(
                        ends.into_iter()
                            .flatten()
                            .map(|end| by_value(*end))
                            .collect(),
                    )
                    .into_iter();
                range.start = given[0].then(|| left.next().map(Box::new)).flatten();
                range.end = given[1].then(|| left.next().map(Box::new)).flatten();
                Expr::Range(range)
            }
            Expr::Struct(mut literal) => {
                let mut parts: Vec<_> = literal
                    .fields
                    .iter()
                    .map(|field| by_value(field.expr.clone()))
                    .collect();
                parts.extend(literal.rest.take().map(|rest| by_place(*rest)));
                let mut left = self.operands(parts).into_iter();
                for field in &mut literal.fields {
                    field.expr = left.next().unwrap_or(Expr::PLACEHOLDER);
                    field.colon_token.get_or_insert_default();
                }
                literal.rest = left.next().map(Box::new);
                Expr::Struct(literal)
            }
            Expr::Try(try_) => {
                let value = self.operand(*try_.expr);
                self.question(value, try_.question_token.span)
            }
            Expr::Return(return_) => {
                let value = return_.expr.map(|value| self.operand(*value));
                self.jump_return(value, return_.return_token.span)
            }
            Expr::Break(break_) => {
                let (label, span) = (break_.label, break_.break_token.span);
                let value = break_.expr.map(|value| self.operand(*value));
                self.jump_break(label.as_ref(), value, span)
            }
            Expr::If(if_) if if_.else_branch.is_none() => {
                self.value(Expr::If(if_), Dest::None);
                unit()
            }
            Expr::While(_) | Expr::ForLoop(_) => {
                self.value(expr, Dest::None);
                unit()
            }
            Expr::If(_) | Expr::Match(_) | Expr::Loop(_) | Expr::Block(_) | Expr::Unsafe(_) => {
                let local = self.value_in_local(expr, None);
                self.named(local)
            }
            Expr::Let(mut let_) => {
                let_.expr = Box::new(self.operand(*let_.expr));
                Expr::Let(let_)
            }
            other => {
                self.diag.refuse(
                    &other,
                    messages::unstable("this expression with an `.await`"),
                );
                unit()
            }
        }
    }

    // Input:   operand.await
    // Output:  suspend operand -> resume    resume: output = <what was awaited>; the output
    fn await_(&mut self, await_: ExprAwait) -> Expr {
        let enters = mem::take(&mut self.enters);
        let outer = self.branches.replace(Vec::new());
        let base = self.operand(*await_.base);
        let branches = mem::replace(&mut self.branches, outer).unwrap_or_default();
        let (name, span) = (callee(&base, &self.graph.locals), await_.await_token.span);
        let base = self.wrap(base);
        let awaited = self.graph.awaits.push(Await {
            name: name.clone(),
            pinned: self.pinned.clone(),
            span,
            region: self.region,
            resume: crate::arena::Id::from_start(),
            in_section: self.in_section,
            enters,
            branches: branches.clone(),
        });
        for branch in branches {
            self.graph.regions[branch].branch_of = Some(awaited);
        }
        let resume = self.block("Await", Some(awaited));
        self.graph.awaits[awaited].resume = resume;
        let operand = self.code(base);
        self.close(Term::Suspend {
            awaited,
            operand,
            resume,
        });
        self.start(resume);
        let output = self.hidden(&name, None, span);
        self.push(Stmt::Output {
            awaited,
            local: output,
        });
        self.named(output)
    }

    fn list(&mut self, list: Punctuated<Expr, Token![,]>) -> Punctuated<Expr, Token![,]> {
        let mut left =
            Punctuated::from_iter(self.operands(list.into_iter().map(by_value).collect()));
        if left.len() == 1 {
            // `(x,)` is a tuple because of its comma.
            left.push_punct(Default::default());
        }
        left
    }

    fn call(&mut self, mut call: ExprCall) -> Expr {
        let mut parts = vec![by_place(*call.func)];
        parts.extend(call.args.into_iter().map(by_value));
        let mut left = self.operands(parts).into_iter();
        call.func = Box::new(left.next().unwrap_or(Expr::PLACEHOLDER));
        call.args = left.collect();
        Expr::Call(call)
    }

    fn method_call(&mut self, mut call: ExprMethodCall) -> Expr {
        let mut parts = vec![by_place(*call.receiver)];
        parts.extend(call.args.into_iter().map(by_value));
        let mut left = self.operands(parts).into_iter();
        call.receiver = Box::new(left.next().unwrap_or(Expr::PLACEHOLDER));
        call.args = left.collect();
        Expr::MethodCall(call)
    }

    fn binary(&mut self, mut binary: ExprBinary) -> Expr {
        let compares = matches!(
            binary.op,
            BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_)
        );
        let part = if compares { by_place } else { by_value };
        let mut left = self
            .operands(vec![part(*binary.left), part(*binary.right)])
            .into_iter();
        binary.left = Box::new(left.next().unwrap_or(Expr::PLACEHOLDER));
        binary.right = Box::new(left.next().unwrap_or(Expr::PLACEHOLDER));
        Expr::Binary(binary)
    }

    // Input:   a && b.await
    // Output:  if a { value = b.await } else { value = false }; value
    fn short_circuit(&mut self, binary: ExprBinary) -> Expr {
        if !has_await(&binary.right) {
            return self.binary(binary);
        }
        let span = binary.op.span();
        let (yes, no) = match binary.op {
            BinOp::And(_) => (*binary.right, constant(false)),
            _ => (constant(true), *binary.right),
        };
        let chosen = if_else(*binary.left, yes, no);
        let ty: Type = parse_quote!(bool);
        let local = self.hidden("value", Some(ty.clone()), span);
        self.value(chosen, Dest::Local(local, Some(ty)));
        self.named(local)
    }

    fn macro_call(&mut self, id: MacroId, mut call: ExprCall) -> Expr {
        let family = self.graph.macros[id].family;
        if let Family::Assert { debug: true, .. } = family {
            self.graph.macros[id].family = family.checked();
            let checked: Expr = parse_quote!(if cfg!(debug_assertions) { #call; });
            return self.operand(checked);
        }
        if let Family::Assert { operands, .. } = family
            && call.args.iter().skip(operands).any(has_await)
        {
            let failing = self.lazy_assert(id, operands, call);
            return self.operand(failing);
        }
        let part = if family.by_place() {
            by_place
        } else {
            by_value
        };
        let left = self.operands(call.args.into_iter().map(part).collect());
        call.args = left.into_iter().collect();
        Expr::Call(call)
    }

    // Input:   assert_eq!(a, b, "{}", c.await)
    // Output:  if !(a == b) { assert_eq!(a, b, "{}", c.await) }
    //
    /// The message is evaluated only on failure; then the assertion says both sides.
    fn lazy_assert(&mut self, id: MacroId, operands: usize, mut call: ExprCall) -> Expr {
        self.graph.macros[id].family = Family::Failing { operands };
        let name = known::name(&self.graph.macros[id].mac);
        if operands == 1 {
            let tested = call.args.first_mut();
            let tested = tested.map(|tested| mem::replace(tested, constant(false)));
            return parse_quote!(if !(#tested) { #call; });
        }
        let sides = call.args.iter().take(operands).cloned().map(by_place);
        let sides = self.operands(sides.collect());
        let sides: Vec<Expr> = sides.into_iter().map(|side| self.kept(side)).collect();
        for (arg, side) in call.args.iter_mut().zip(&sides) {
            *arg = side.clone();
        }
        match (sides.as_slice(), name.ends_with("_ne")) {
            ([left, right], true) => parse_quote!(if (#left == #right) { #call; }),
            ([left, right], false) => parse_quote!(if !(#left == #right) { #call; }),
            _ => Expr::Call(call),
        }
    }
}

fn constant(value: bool) -> Expr {
    parse_quote!(#value)
}

fn if_else(cond: Expr, yes: Expr, no: Expr) -> Expr {
    let block = |value| Block {
        brace_token: Default::default(),
        stmts: vec![Syntax::Expr(value, None)],
    };
    let no = Expr::Block(ExprBlock {
        attrs: Vec::new(),
        label: None,
        block: block(no),
    });
    let cond = match has_struct_literal(&cond) {
        true => parse_quote!((#cond)),
        false => cond,
    };
    Expr::If(ExprIf {
        attrs: Vec::new(),
        if_token: Default::default(),
        cond: Box::new(cond),
        then_branch: block(yes),
        else_branch: Some((Default::default(), Box::new(no))),
    })
}
