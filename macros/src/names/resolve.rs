//! Gives every binding an identity, in code that is taken apart and in code that is not.

use std::collections::HashMap;

use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Block, Expr, ExprAssign, ExprCall, ExprClosure, ExprConst, ExprField, ExprForLoop, ExprIf,
    ExprLet, ExprLit, ExprMethodCall, ExprPath, ExprReference, ExprWhile, FieldValue, Item, Lit,
    Local as Let, Pat, Stmt, Type,
};

use super::{Kind, Local, Locals, bindings, tokens};
use crate::arena::{LocalId, MacroId};
use crate::diagnostics::Diagnostics;
use crate::known::captures::captures;
use crate::known::{self, Family, Macros};
use crate::marker::{self, Marker, RESERVED};
use crate::messages;

/// A parameter of the function: its pattern becomes one of resolved bindings.
pub(crate) struct Parameter {
    pub(crate) pat: Pat,
    pub(crate) ty: Type,
    pub(crate) kind: Kind,
}

pub(crate) fn resolve(
    parameters: &mut [Parameter],
    block: &mut Block,
    macros: &mut Macros,
    diag: &mut Diagnostics,
) -> Locals {
    let mut resolve = Resolve {
        locals: Locals::default(),
        macros,
        scope: Scope::default(),
        diag,
    };
    resolve.scope.open();
    for parameter in parameters {
        resolve.bind(&mut parameter.pat, Some(&parameter.ty), parameter.kind);
    }
    resolve.visit_block_mut(block);
    resolve.locals
}

/// The names that are visible, innermost last.
#[derive(Default)]
pub(super) struct Scope {
    visible: HashMap<String, Vec<LocalId>>,
    opened: Vec<Vec<String>>,
}

impl Scope {
    fn open(&mut self) {
        self.opened.push(Vec::new());
    }

    fn close(&mut self) {
        for name in self.opened.pop().into_iter().flatten() {
            if let Some(locals) = self.visible.get_mut(&name) {
                locals.pop();
            }
        }
    }

    fn add(&mut self, name: String, local: LocalId) {
        self.visible.entry(name.clone()).or_default().push(local);
        if let Some(names) = self.opened.last_mut() {
            names.push(name);
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<LocalId> {
        self.visible.get(name)?.last().copied()
    }

    /// What a format text means by `{name}`.
    pub(super) fn captured(&self, name: &str) -> Option<LocalId> {
        self.get(name).or_else(|| self.get(&format!("r#{name}")))
    }
}

struct Resolve<'a> {
    locals: Locals,
    macros: &'a mut Macros,
    scope: Scope,
    diag: &'a mut Diagnostics,
}

impl Resolve<'_> {
    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        self.scope.open();
        inside(self);
        self.scope.close();
    }

    /// Makes the bindings of `pat` visible; the guards in it see them.
    fn bind(&mut self, pat: &mut Pat, ty: Option<&Type>, kind: Kind) {
        let ty = match pat {
            Pat::Type(typed) if matches!(*typed.pat, Pat::Ident(_)) => Some((*typed.ty).clone()),
            Pat::Ident(_) => ty.cloned(),
            _ => None,
        };
        let mut found: HashMap<String, LocalId> = HashMap::new();
        let (locals, diag) = (&mut self.locals, &mut *self.diag);
        bindings::rename(pat, &mut |pat| {
            let name = pat.ident.to_string();
            if name.starts_with(RESERVED) {
                diag.refuse(&pat.ident, messages::reserved_name(&name));
            }
            let mutable = pat.mutability.is_some() && pat.by_ref.is_none();
            // What is behind `&mut self` changes, though `self` does not.
            let mutable = mutable || kind.is_lent_self();
            let local = *found.entry(name).or_insert_with(|| {
                locals.push(Local {
                    mutable,
                    ty: ty.clone(),
                    ..Local::new(pat.ident.clone(), kind)
                })
            });
            pat.ident = Marker::Local(local).ident(pat.ident.span());
        });
        for (name, local) in found {
            self.scope.add(name, local);
        }
        if let Pat::Guard(guarded) = pat {
            self.visit_expr_mut(&mut guarded.guard);
        }
    }

    /// An expression that is looked at, not moved.
    fn place(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Path(path) => {
                self.path(path);
            }
            other => self.visit_expr_mut(other),
        }
    }

    fn path(&mut self, node: &mut ExprPath) -> Option<LocalId> {
        if node.qself.is_some() {
            return None;
        }
        let ident = node.path.get_ident()?;
        let local = self.scope.get(&ident.to_string())?;
        node.path.segments[0].ident = Marker::Local(local).ident(ident.span());
        Some(local)
    }

    fn macro_call(&mut self, id: MacroId, call: &mut ExprCall) {
        let written = self.macros[id].prefixes.len();
        let by_place = self.macros[id].family.by_place();
        for argument in &mut call.args {
            if by_place {
                self.place(argument)
            } else {
                self.visit_expr_mut(argument)
            }
        }
        let invocation = &mut self.macros[id];
        let mut uses = Vec::new();
        if invocation.family == Family::Unknown {
            let mut found = tokens::Found::default();
            let tokens = std::mem::take(&mut invocation.mac.tokens);
            invocation.mac.tokens = tokens::resolve(tokens, &self.scope, &mut found);
            invocation.captures = found
                .captures
                .iter()
                .map(|local| self.locals[*local].ident.to_string())
                .collect();
            uses.extend(found.captures);
            uses.extend(found.named.iter());
            for local in found.named.iter() {
                self.locals[local].moved = true;
            }
        } else if let Some(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) = invocation.text.and_then(|at| call.args.get(at))
        {
            for name in captures(&text.value()) {
                let explicit = invocation.prefixes[..written]
                    .iter()
                    .any(|prefix| tokens::names(prefix, &name));
                if let (false, Some(local)) = (explicit, self.scope.captured(&name)) {
                    invocation.captures.push(name);
                    uses.push(local);
                }
            }
        }
        let span = call.func.span_of();
        call.args.extend(
            uses.into_iter()
                .map(|local| Marker::Local(local).expr(span)),
        );
    }

    /// rustc sees only the assignments of one block: a second one in another would pass.
    fn check_assigned(&mut self, left: &Expr) {
        match left {
            Expr::Tuple(tuple) => tuple
                .elems
                .iter()
                .for_each(|elem| self.check_assigned(elem)),
            Expr::Paren(paren) => self.check_assigned(&paren.expr),
            left => {
                let Some(local) = marker::local(left) else {
                    return;
                };
                let known = &self.locals[local];
                if !known.mutable && !known.deferred {
                    let refusal = messages::not_mutable(&known.ident.to_string());
                    self.diag.refuse_at(left.span_of(), refusal);
                }
            }
        }
    }

    /// A `macro_rules!` of the body is expanded elsewhere than the locals that are visible here.
    fn check_item(&mut self, item: &Item) {
        let Item::Macro(item) = item else { return };
        let Some(name) = &item.ident else { return };
        if let Some((ident, local)) = tokens::names_local(item.mac.tokens.clone(), &self.scope) {
            let local = self.locals[local].ident.to_string();
            self.diag.refuse(
                ident,
                messages::macro_names_local(&name.to_string(), &local),
            );
        }
    }
}

impl VisitMut for Resolve<'_> {
    fn visit_item_mut(&mut self, item: &mut Item) {
        self.check_item(item);
    }

    fn visit_expr_const_mut(&mut self, _: &mut ExprConst) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scoped(|this| visit_mut::visit_block_mut(this, block));
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_local_mut(&mut self, local: &mut Let) {
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
        self.bind(&mut local.pat, None, Kind::User);
        if local.init.is_none() {
            for binding in super::bindings(&local.pat) {
                self.locals[binding.local].deferred = true;
            }
        }
    }

    fn visit_expr_assign_mut(&mut self, assign: &mut ExprAssign) {
        visit_mut::visit_expr_assign_mut(self, assign);
        self.check_assigned(&assign.left);
    }

    fn visit_expr_let_mut(&mut self, expr: &mut ExprLet) {
        self.visit_expr_mut(&mut expr.expr);
        self.bind(&mut expr.pat, None, Kind::User);
    }

    fn visit_expr_if_mut(&mut self, expr: &mut ExprIf) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut expr.cond);
            this.visit_block_mut(&mut expr.then_branch);
        });
        if let Some((_, otherwise)) = &mut expr.else_branch {
            self.visit_expr_mut(otherwise);
        }
    }

    fn visit_expr_while_mut(&mut self, expr: &mut ExprWhile) {
        self.scoped(|this| {
            this.visit_expr_mut(&mut expr.cond);
            this.visit_block_mut(&mut expr.body);
        });
    }

    fn visit_expr_for_loop_mut(&mut self, expr: &mut ExprForLoop) {
        self.visit_expr_mut(&mut expr.expr);
        self.scoped(|this| {
            this.bind(&mut expr.pat, None, Kind::User);
            this.visit_block_mut(&mut expr.body);
        });
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.scoped(|this| {
            this.bind(&mut arm.pat, None, Kind::User);
            this.visit_expr_mut(&mut arm.body);
        });
    }

    fn visit_expr_closure_mut(&mut self, expr: &mut ExprClosure) {
        self.scoped(|this| {
            for input in &mut expr.inputs {
                this.bind(input, None, Kind::User);
            }
            this.visit_expr_mut(&mut expr.body);
        });
    }

    fn visit_expr_path_mut(&mut self, node: &mut ExprPath) {
        if let Some(local) = self.path(node) {
            self.locals[local].moved = true;
        }
    }

    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        match known::of_call(call) {
            Some(id) => self.macro_call(id, call),
            None => visit_mut::visit_expr_call_mut(self, call),
        }
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut ExprMethodCall) {
        self.place(&mut call.receiver);
        for argument in &mut call.args {
            self.visit_expr_mut(argument);
        }
    }

    fn visit_expr_field_mut(&mut self, field: &mut ExprField) {
        self.place(&mut field.base);
    }

    fn visit_expr_reference_mut(&mut self, reference: &mut ExprReference) {
        self.place(&mut reference.expr);
    }

    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        self.visit_expr_mut(&mut field.expr);
        // `S { x }` names a field and a variable; from now on they differ.
        if field.colon_token.is_none() && marker::local(&field.expr).is_some() {
            field.colon_token = Some(Default::default());
        }
    }
}

trait SpanOf {
    fn span_of(&self) -> proc_macro2::Span;
}

impl SpanOf for Expr {
    fn span_of(&self) -> proc_macro2::Span {
        syn::spanned::Spanned::span(self)
    }
}
