//! Operands: what is kept before an await, in Rust's order.

use expect_test::expect;

use super::check;

#[test]
fn a_call_before_an_await_is_kept() {
    check(
        "f(a(), g(n).await)",
        expect![[r#"
        start0:
            n, s = arguments
            operand = a()
            suspend g(n) -> after g
        after g:  live {operand}
            g = output
            return f(operand, g)
    "#]],
    );
}

#[test]
fn a_local_that_does_not_change_is_named_late() {
    check(
        "f(n, g(n).await)",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:  live {n}
            g = output
            return f(n, g)
    "#]],
    );
}

#[test]
fn a_local_that_changes_later_is_copied_first() {
    check(
        "let mut k = n; k * 10 + { k += 1; g(k).await }",
        expect![[r#"
        start0:
            n, s = arguments
            mut k = n
            operand = k * 10
            k += 1
            suspend g(k) -> after g
        after g:  live {operand}
            g = output
            value = g
            return operand + value
    "#]],
    );
}

#[test]
fn a_compared_place_is_not_moved() {
    check(
        "s == g(n).await",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:  live {s}
            g = output
            return s == g
    "#]],
    );
}

#[test]
fn a_receiver_stays_a_place() {
    check(
        "let mut v = f(); v.push(g(v.len()).await); v",
        expect![[r#"
        start0:
            n, s = arguments
            mut v = f()
            suspend g(v.len()) -> after g
        after g:  live {v}
            g = output
            v.push(g)
            return v
    "#]],
    );
}

#[test]
fn a_borrowed_temporary_is_kept_by_value() {
    check(
        "f(&a(), g(n).await)",
        expect![[r#"
        start0:
            n, s = arguments
            operand = a()
            suspend g(n) -> after g
        after g:  live {operand}
            g = output
            return f(&operand, g)
    "#]],
    );
}

#[test]
fn a_view_of_a_temporary_is_taken_again() {
    check(
        "f(a().as_str(), g(n).await)",
        expect![[r#"
        start0:
            n, s = arguments
            operand = a()
            suspend g(n) -> after g
        after g:  live {operand}
            g = output
            return f(operand.as_str(), g)
    "#]],
    );
}

#[test]
fn and_evaluates_its_right_side_only_if_needed() {
    check(
        "let x = n > 1 && g(n).await; x",
        expect![[r#"
        start0:
            n, s = arguments
            if n > 1
                suspend g(n) -> after g
            else
                value : bool = { false }
                goto join1
        after g:
            g = output
            value : bool = g
            goto join1
        join1:  live {value}
            x = value
            return x
    "#]],
    );
}

#[test]
fn or_evaluates_its_right_side_only_if_needed() {
    check(
        "let x = g(n).await || n > 1 || h(n).await; x",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:  live {n}
            g = output
            if g || n > 1
                value : bool = true
                goto join1
            else
                suspend h(n) -> after h
        after h:
            h = output
            value : bool = h
            goto join1
        join1:  live {value}
            x = value
            return x
    "#]],
    );
}

#[test]
fn an_index_is_evaluated_after_its_place() {
    check(
        "let v = f(); v[g(n).await]",
        expect![[r#"
        start0:
            n, s = arguments
            v = f()
            suspend g(n) -> after g
        after g:  live {v}
            g = output
            return v[g]
    "#]],
    );
}

#[test]
fn fields_of_a_literal_are_evaluated_as_written() {
    check(
        "P { b: a(), a: g(n).await, ..c() }",
        expect![[r#"
        start0:
            n, s = arguments
            operand = a()
            suspend g(n) -> after g
        after g:  live {operand}
            g = output
            return P { b : operand, a : g, .. c() }
    "#]],
    );
}

#[test]
fn a_tuple_of_awaits_keeps_the_first() {
    check(
        "(g(1).await, g(2).await)",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(1) -> after g
        after g:
            g = output
            suspend g(2) -> after g#2
        after g#2:  live {g}
            g = output
            return (g, g)
    "#]],
    );
}

#[test]
fn a_tuple_of_one_stays_a_tuple() {
    check(
        "(g(1).await,)",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(1) -> after g
        after g:
            g = output
            return (g,)
    "#]],
    );
}

#[test]
fn a_range_keeps_its_start() {
    check(
        "a()..g(n).await",
        expect![[r#"
        start0:
            n, s = arguments
            operand = a()
            suspend g(n) -> after g
        after g:  live {operand}
            g = output
            return operand .. g
    "#]],
    );
}

#[test]
fn a_cast_and_a_negation_keep_nothing() {
    check(
        "-(g(n).await as i64)",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            return -(g as i64)
    "#]],
    );
}

#[test]
fn an_await_of_an_await() {
    check(
        "g(h(n).await).await",
        expect![[r#"
        start0:
            n, s = arguments
            suspend h(n) -> after h
        after h:
            h = output
            suspend g(h) -> after g
        after g:
            g = output
            return g
    "#]],
    );
}

#[test]
fn a_chain_of_methods_goes_through_each_output() {
    check(
        "g(n).await.next().await.len()",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            suspend g.next() -> after next
        after next:
            next = output
            return next.len()
    "#]],
    );
}
