//! The bindings of a pattern.

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FieldPat, Pat, PatIdent};

use crate::arena::LocalId;
use crate::marker::Marker;

/// A binding of a pattern that was resolved.
#[derive(Clone, Copy)]
pub(crate) struct Binding {
    pub(crate) local: LocalId,
    pub(crate) by_ref: bool,
    pub(crate) mutable: bool,
}

/// The bindings of a resolved pattern, each once.
pub(crate) fn bindings(pat: &Pat) -> Vec<Binding> {
    struct Collect(Vec<Binding>);
    impl<'a> Visit<'a> for Collect {
        fn visit_pat_ident(&mut self, pat: &'a PatIdent) {
            if let Some(Marker::Local(local)) = Marker::of_ident(&pat.ident)
                && !self.0.iter().any(|known| known.local == local)
            {
                let (by_ref, mutable) = (pat.by_ref.is_some(), pat.mutability.is_some());
                self.0.push(Binding {
                    local,
                    by_ref,
                    mutable,
                });
            }
            visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut collect = Collect(Vec::new());
    collect.visit_pat(pat);
    collect.0
}

/// Whether an identifier in a pattern is a binding; a constant, a unit struct and a variant look alike.
pub(super) fn binds(pat: &PatIdent) -> bool {
    pat.by_ref.is_some()
        || pat.mutability.is_some()
        || pat.subpat.is_some()
        || !pat.ident.to_string().starts_with(char::is_uppercase)
}

/// Calls `rename` on every binding of a pattern as written.
pub(super) fn rename(pat: &mut Pat, rename: &mut dyn FnMut(&mut PatIdent)) {
    struct Rename<'f>(&'f mut dyn FnMut(&mut PatIdent));
    impl VisitMut for Rename<'_> {
        fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
            if binds(pat) {
                (self.0)(pat);
            }
            visit_mut::visit_pat_ident_mut(self, pat);
        }
        fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
            visit_mut::visit_field_pat_mut(self, field);
            // `S { x }` names a field and a binding; from now on they differ.
            field.colon_token.get_or_insert_default();
        }
        fn visit_expr_mut(&mut self, _: &mut Expr) {}
    }
    Rename(rename).visit_pat_mut(pat);
}
