//! Jumps out of code that borrows: the borrows end first, then variables are put back.

use std::cell::RefCell;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::visit::{self, Visit};
use syn::{Expr, ExprBreak, ExprClosure, ExprForLoop, ExprMatch};

use super::Emit;
use crate::arena::ExitId;
use crate::graph::{Graph, Target};
use crate::marker::Marker;
use crate::set::Set;
use crate::within::{has_call, has_let};

/// The jumps of one statement that are made when it is left.
#[derive(Default)]
pub(super) struct Leaving(RefCell<Vec<ExitId>>);

impl Emit<'_> {
    // Input:   for x in list.drain(..) { if c { jump } }
    // Output:  let jump = 'leave: { for x in list.drain(..) { if c { break 'leave 1 } } 0 };  if jump == 1 { goto }
    //
    /// A statement whose jumps leave the scope of something that may borrow and has a destructor.
    pub(super) fn leaving(&self, expr: Expr, variables: &Set) -> TokenStream {
        let leaving = Leaving::default();
        let printed = self.paint_leaving(expr, variables, &leaving);
        let (jump, label) = (&self.hidden.jump, &self.hidden.leave);
        let mut values = TokenStream::new();
        let (mut jumps, mut declared) = (TokenStream::new(), Set::default());
        for (exit, number) in leaving.0.into_inner().into_iter().zip(1..) {
            let number = Literal::u16_unsuffixed(number);
            let Some((local, ty)) = &self.graph.exits[exit].value else {
                let goto = self.exit_goto(exit, variables);
                jumps.extend(quote!(if #jump == #number { #goto }));
                continue;
            };
            let (name, some) = (self.name(*local), quote!(::core::option::Option::Some));
            let ty = ty.as_ref().map(|ty| quote!(: ::core::option::Option<#ty>));
            let mut variables = variables.clone();
            variables.insert(*local);
            let goto = self.exit_goto(exit, &variables);
            if declared.insert(*local) {
                values.extend(quote!(let mut #name #ty = ::core::option::Option::None;));
            }
            jumps.extend(quote! {
                if #jump == #number { if let #some(#name) = #name.take() { #goto } }
            });
        }
        quote! {
            #values
            #[allow(unreachable_code)]
            let #jump = #label: { #printed; 0u16 };
            #jumps
        }
    }

    /// In such a statement: notes where the jump goes, and ends the statement.
    pub(super) fn leave_first(
        &self,
        exit: ExitId,
        value: Option<&TokenStream>,
        leaving: &Leaving,
    ) -> TokenStream {
        let mut exits = leaving.0.borrow_mut();
        exits.push(exit);
        let number = Literal::u16_unsuffixed(u16::try_from(exits.len()).unwrap_or(u16::MAX));
        let label = &self.hidden.leave;
        let value = match &self.graph.exits[exit].value {
            Some((local, _)) => {
                let name = self.name(*local);
                let value = value.cloned().unwrap_or_else(|| quote!(()));
                Some(quote!(#name = ::core::option::Option::Some(#value);))
            }
            None => value.map(|value| quote!(#value;)),
        };
        quote!({ #value break #label #number })
    }
}

/// Whether a jump to another block is made in the scope of a borrow that a call gave.
pub(super) fn jumps_while_borrowing(graph: &Graph, expr: &Expr) -> bool {
    let mut jumps = Jumps {
        graph,
        borrows: 0,
        found: false,
    };
    jumps.visit_expr(expr);
    jumps.found
}

struct Jumps<'g> {
    graph: &'g Graph,
    /// How many heads with a call surround this code.
    borrows: usize,
    found: bool,
}

impl Jumps<'_> {
    /// What a condition binds lives as long as its body; what it only tests does not.
    fn under_condition(&mut self, cond: &Expr, inside: impl FnOnce(&mut Self)) {
        match has_let(cond) {
            true => self.under(cond, inside),
            false => inside(self),
        }
    }

    fn under(&mut self, head: &Expr, inside: impl FnOnce(&mut Self)) {
        let borrows = usize::from(has_call(head));
        self.visit_expr(head);
        self.borrows += borrows;
        inside(self);
        self.borrows -= borrows;
    }
}

impl<'a> Visit<'a> for Jumps<'_> {
    fn visit_expr_closure(&mut self, _: &'a ExprClosure) {}

    fn visit_expr_break(&mut self, node: &'a ExprBreak) {
        let label = node.label.as_ref();
        if let Some(Marker::Exit(exit)) = label.and_then(|label| Marker::of_ident(&label.ident)) {
            let block = matches!(self.graph.exits[exit].target, Target::Block(_));
            self.found |= block && self.borrows > 0;
        }
        visit::visit_expr_break(self, node);
    }

    fn visit_expr_for_loop(&mut self, node: &'a ExprForLoop) {
        self.under(&node.expr, |jumps| jumps.visit_block(&node.body));
    }

    fn visit_expr_match(&mut self, node: &'a ExprMatch) {
        self.under(&node.expr, |jumps| {
            node.arms.iter().for_each(|arm| jumps.visit_arm(arm));
        });
    }

    fn visit_expr_if(&mut self, node: &'a syn::ExprIf) {
        self.under_condition(&node.cond, |jumps| jumps.visit_block(&node.then_branch));
        if let Some((_, els)) = &node.else_branch {
            self.visit_expr(els);
        }
    }

    fn visit_expr_while(&mut self, node: &'a syn::ExprWhile) {
        self.under_condition(&node.cond, |jumps| jumps.visit_block(&node.body));
    }
}
