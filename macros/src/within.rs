//! What is somewhere within an expression.

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprClosure, ExprIndex, ExprMethodCall, ExprReference};

/// Whether `expr` borrows something mutably.
pub(crate) fn has_mut(expr: &Expr) -> bool {
    struct Mut(bool);
    impl<'a> Visit<'a> for Mut {
        fn visit_expr_reference(&mut self, node: &'a ExprReference) {
            self.0 |= node.mutability.is_some();
            visit::visit_expr_reference(self, node);
        }
    }
    let mut found = Mut(false);
    found.visit_expr(expr);
    found.0
}

/// Whether evaluating `expr` indexes, which may panic where it stands.
pub(crate) fn has_index(expr: &Expr) -> bool {
    struct Index(bool);
    impl<'a> Visit<'a> for Index {
        fn visit_expr_index(&mut self, _: &'a ExprIndex) {
            self.0 = true;
        }
        fn visit_expr_closure(&mut self, _: &'a ExprClosure) {}
    }
    let mut found = Index(false);
    found.visit_expr(expr);
    found.0
}

/// Whether `expr` calls something.
pub(crate) fn has_call(expr: &Expr) -> bool {
    struct Call(bool);
    impl<'a> Visit<'a> for Call {
        fn visit_expr_call(&mut self, _: &'a ExprCall) {
            self.0 = true;
        }
        fn visit_expr_method_call(&mut self, _: &'a ExprMethodCall) {
            self.0 = true;
        }
    }
    let mut found = Call(false);
    found.visit_expr(expr);
    found.0
}

/// Whether a condition binds something.
pub(crate) fn has_let(cond: &Expr) -> bool {
    match cond {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        Expr::Paren(paren) => has_let(&paren.expr),
        _ => false,
    }
}
