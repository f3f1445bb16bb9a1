//! `self` of an `async` operation: lent by the turn, never saved.

use expect_test::{Expect, expect};
use syn::parse_quote;

use super::compiled_with;
use crate::expand::Compiled;
use crate::graph::pretty::pretty;
use crate::names::{Kind, Parameter};

/// The body of `pub async fn f(&mut self, cx: &mut EntityContext, n: i64) -> R`.
#[track_caller]
fn check(body: &str, expected: Expect) {
    let parameter = |pat, kind| Parameter {
        pat,
        ty: parse_quote!(i64),
        kind,
    };
    let parameters = vec![
        parameter(parse_quote!(self), Kind::Entity),
        parameter(parse_quote!(cx), Kind::Context),
        parameter(parse_quote!(n), Kind::User),
    ];
    let Compiled {
        graph,
        live,
        layout,
        ..
    } = compiled_with(parameters, body);
    expected.assert_eq(&pretty(&graph, &live, &layout));
}

#[test]
fn the_state_and_the_context_are_taken_again_behind_an_await() {
    check(
        "self.sum += n; g(self.sum).await; self.sum -= n; cx.key()",
        expect![[r#"
            start0:
                n = arguments
                remake (this, cx) = ()
                this.sum += n
                suspend g(this.sum) -> after g
            after g:  live {self, cx, n}
                g = output
                __rt::awaited(g)
                this.sum -= n
                return cx.key()
        "#]],
    );
}

#[test]
fn a_field_that_changes_before_an_await_is_read_before_that() {
    check(
        "self.sum + { self.sum += 1; g(n).await }",
        expect![[r#"
        start0:
            n = arguments
            remake (this, cx) = ()
            operand = this.sum
            this.sum += 1
            suspend g(n) -> after g
        after g:  live {operand}
            g = output
            value = g
            return operand + value
    "#]],
    );
}

#[test]
fn a_borrow_of_a_field_is_made_again() {
    check(
        "let items = &mut self.items; items.push(g(n).await); items.len()",
        expect![[r#"
            start0:
                n = arguments
                remake (this, cx) = ()
                remake items = &mut this.items
                suspend g(n) -> after g
            after g:  live {self, items}
                g = output
                items.push(g)
                return items.len()
        "#]],
    );
}
