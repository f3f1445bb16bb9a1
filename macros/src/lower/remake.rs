//! Borrows are made again, not stored: which bindings, and of what.

use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, ExprClosure, FieldPat, Lit, Pat, PatWild};

use super::Lower;
use super::tie::{says_its_types, tie};
use crate::arena::LocalId;
use crate::graph::{Remake, Stmt, flow};
use crate::known::{self, Family};
use crate::marker::{self, Marker};
use crate::names::{Binding, Kind, bindings};

/// Methods that only look at their receiver.
const VIEWS: [&str; 9] = [
    "as_str",
    "as_ref",
    "as_mut",
    "as_deref",
    "as_deref_mut",
    "as_slice",
    "as_mut_slice",
    "as_bytes",
    "trim",
];

impl Lower<'_> {
    /// Whether `let pat = init;` is printed again where its bindings are named.
    pub(super) fn remake_let(&mut self, attrs: &[Attribute], pat: &Pat, init: &Expr) -> bool {
        let found = bindings(pat);
        let mutable = found.iter().any(|binding| binding.mutable);
        // A variable that is assigned is state; a closure is called through `mut`.
        if self.remakeable(init) && (!mutable || matches!(init, Expr::Closure(_))) {
            let irrefutable = Remade {
                attrs: attrs.to_vec(),
                refutable: false,
            };
            self.remake(irrefutable, pat.clone(), init, &found);
            return true;
        }
        if self.is_place(init) {
            self.remake_pattern(pat, init);
        }
        false
    }

    /// The bindings of a pattern that borrow from its scrutinee.
    pub(super) fn remake_pattern(&mut self, pat: &Pat, scrutinee: &Expr) {
        let found = bindings(pat);
        let borrowed =
            self.remakeable(scrutinee) && !matches!(scrutinee, Expr::Lit(_) | Expr::Closure(_));
        let refutable = Remade {
            attrs: Vec::new(),
            refutable: true,
        };
        if borrowed && !found.is_empty() && !found.iter().any(|binding| binding.mutable) {
            self.remake(refutable, pat.clone(), scrutinee, &found);
        } else if self.is_place(scrutinee) && found.iter().any(|binding| binding.by_ref) {
            let mut pat = pat.clone();
            Wild.visit_pat_mut(&mut pat);
            let found = bindings(&pat);
            self.remake(refutable, pat, scrutinee, &found);
        }
    }

    /// The context parameter is taken from the turn by each arm that names it.
    pub(super) fn context(&mut self, pat: &Pat) {
        self.remake_always(pat, super::value::unit());
    }

    /// A `let` that always matches and is printed again by each block that names a binding of it.
    pub(super) fn remake_always(&mut self, pat: &Pat, init: Expr) {
        let found = bindings(pat);
        self.remake(
            Remade {
                attrs: Vec::new(),
                refutable: false,
            },
            pat.clone(),
            &init,
            &found,
        );
        let binds = found.iter().map(|binding| binding.local).collect();
        let init = self.code(init);
        self.push(Stmt::Let {
            attrs: Vec::new(),
            pat: pat.clone(),
            init,
            els: None,
            binds,
            remake: true,
        });
    }

    pub(super) fn remake(&mut self, how: Remade, pat: Pat, init: &Expr, found: &[Binding]) {
        let binds: Vec<LocalId> = found.iter().map(|binding| binding.local).collect();
        let bases = flow::named(init, &self.graph.macros);
        let Remade { attrs, refutable } = how;
        let id = self.graph.remakes.push(Remake {
            attrs,
            pat,
            init: init.clone(),
            refutable,
            binds: binds.clone(),
            bases,
            tie: tie(init),
        });
        for local in binds {
            self.graph.locals[local].remake = Some(id);
        }
    }

    /// Whether evaluating `expr` again gives the same, and costs nothing.
    pub(super) fn remakeable(&self, expr: &Expr) -> bool {
        match expr {
            // Not other literals: printed twice, `5` is two integer variables, which may infer differently.
            Expr::Lit(lit) => matches!(lit.lit, Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_)),
            Expr::Array(array) => {
                !array.elems.is_empty() && array.elems.iter().all(|elem| self.part_remakeable(elem))
            }
            Expr::Tuple(tuple) => {
                !tuple.elems.is_empty() && tuple.elems.iter().all(|elem| self.part_remakeable(elem))
            }
            Expr::Paren(paren) => self.remakeable(&paren.expr),
            Expr::Reference(reference) => {
                self.is_place(&reference.expr) || is_literal(&reference.expr)
            }
            Expr::Closure(closure) => self.closure_remakeable(closure, expr),
            Expr::MethodCall(call) => {
                call.args.is_empty() && self.is_place(&call.receiver) && is_view(call)
            }
            Expr::Call(call) => {
                known::of_call(call).is_some_and(|id| self.graph.macros[id].family == Family::Text)
            }
            Expr::Path(path) => match marker::local(expr) {
                Some(local) => {
                    self.graph.locals[local].remake.is_some()
                        && self.graph.locals[local].kind == Kind::User
                }
                None => path.qself.is_none() && is_function(&path.path),
            },
            _ => false,
        }
    }

    /// Among others, a closure has to say its types: nothing ties the parts of its printings together.
    fn part_remakeable(&self, part: &Expr) -> bool {
        let typed = !matches!(part, Expr::Closure(closure) if !says_its_types(closure));
        typed && self.remakeable(part)
    }

    /// A closure that captures by reference, or copies what nobody changes.
    fn closure_remakeable(&self, closure: &ExprClosure, expr: &Expr) -> bool {
        let captured = || flow::named(expr, &self.graph.macros);
        closure.capture.is_none()
            || captured()
                .iter()
                .all(|local| !self.graph.locals[local].mutable)
    }
}

pub(super) struct Remade {
    pub(super) attrs: Vec<Attribute>,
    pub(super) refutable: bool,
}

pub(super) fn is_view(call: &syn::ExprMethodCall) -> bool {
    call.args.is_empty() && VIEWS.iter().any(|view| call.method == view)
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Array(array) => array.elems.iter().all(|elem| matches!(elem, Expr::Lit(_))),
        _ => false,
    }
}

/// `i64::abs`: by its name a function, which is not data but can be named again.
fn is_function(path: &syn::Path) -> bool {
    let Some(last) = path.segments.last() else {
        return false;
    };
    let name = last.ident.to_string();
    name.starts_with(char::is_lowercase) && name != "self"
}

/// Replaces bindings by move: moving twice would be an error.
struct Wild;

impl VisitMut for Wild {
    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Ident(ident) = pat
            && ident.by_ref.is_none()
            && Marker::of_ident(&ident.ident).is_some()
        {
            *pat = Pat::Wild(PatWild {
                attrs: Vec::new(),
                underscore_token: Default::default(),
            });
            return;
        }
        visit_mut::visit_pat_mut(self, pat);
    }
    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        visit_mut::visit_field_pat_mut(self, field);
        field.colon_token.get_or_insert_default();
    }
}
