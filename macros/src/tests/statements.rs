//! Statements, patterns, declarations.

use expect_test::expect;

use super::check;

#[test]
fn a_value_needed_after_an_await_is_live_there() {
    check(
        "let a = f(); g(a).await; a",
        expect![[r#"
        start0:
            n, s = arguments
            a = f()
            suspend g(a) -> after g
        after g:  live {a}
            g = output
            __rt::awaited(g)
            return a
    "#]],
    );
}

#[test]
fn a_value_not_needed_after_an_await_is_dead_there() {
    check(
        "let a = f(); g(a).await; n",
        expect![[r#"
        start0:
            n, s = arguments
            a = f()
            suspend g(a) -> after g
        after g:  live {n}
            g = output
            __rt::awaited(g)
            return n
    "#]],
    );
}

#[test]
fn code_without_awaits_stays_in_one_block() {
    check(
        "let a = f(); let b = { let a = a + 1; a }; a + b",
        expect![[r#"
        start0:
            n, s = arguments
            a = f()
            b = { let a = a + 1; a }
            return a + b
    "#]],
    );
}

#[test]
fn an_output_that_nobody_takes_is_still_looked_at() {
    check(
        "g(n).await; n",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:  live {n}
            g = output
            __rt::awaited(g)
            return n
    "#]],
    );
}

#[test]
fn shadowing_makes_two_locals() {
    check(
        "let x = n; let x = g(x).await; x",
        expect![[r#"
        start0:
            n, s = arguments
            x = n
            suspend g(x) -> after g
        after g:
            g = output
            x = g
            return x
    "#]],
    );
}

#[test]
fn an_inner_scope_ends_without_a_block_of_its_own() {
    check(
        "let x = n; { let x = g(x).await; h(x); } x",
        expect![[r#"
        start0:
            n, s = arguments
            x = n
            suspend g(x) -> after g
        after g:  live {x}
            g = output
            x = g
            h(x)
            return x
    "#]],
    );
}

#[test]
fn a_pattern_takes_an_output_apart() {
    check(
        "let (a, mut b) = g(n).await; b += a; h(1).await; b",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            (a, mut b) = g
            b += a
            suspend h(1) -> after h
        after h:  live {b}
            h = output
            __rt::awaited(h)
            return b
    "#]],
    );
}

#[test]
fn let_else_keeps_its_else_as_a_tree() {
    check(
        "let Some(a) = g(n).await else { return 0 }; h(a).await; a",
        expect![[r#"
            start0:
                n, s = arguments
                suspend g(n) -> after g
            after g:
                g = output
                Some(a) = g
                or else
                    { return 0 }
                    diverge
                suspend h(a) -> after h
            after h:  live {a}
                h = output
                __rt::awaited(h)
                return a
        "#]],
    );
}

#[test]
fn let_else_may_await_in_its_else() {
    check(
        "let Some(a) = f(n) else { h(1).await; return 0 }; a",
        expect![[r#"
            start0:
                n, s = arguments
                Some(a) = f(n)
                or else
                    suspend h(1) -> after h
                return a
            after h:
                h = output
                __rt::awaited(h)
                return 0
                diverge
        "#]],
    );
}

#[test]
fn a_declaration_is_printed_where_it_is_assigned() {
    check(
        "let x; if n > 1 { x = 1; } else { x = g(n).await; } x",
        expect![[r#"
        start0:
            n, s = arguments
            if n > 1
                x = 1
                goto join1
            else
                suspend g(n) -> after g
        after g:
            g = output
            x = g
            goto join1
        join1:  live {x}
            return x
    "#]],
    );
}

#[test]
fn an_assignment_after_an_await_needs_no_value_before() {
    check(
        "let mut x = 1; g(x).await; x = 2; h(1).await; x",
        expect![[r#"
        start0:
            n, s = arguments
            mut x = 1
            suspend g(x) -> after g
        after g:
            g = output
            __rt::awaited(g)
            x = 2
            suspend h(1) -> after h
        after h:  live {x}
            h = output
            __rt::awaited(h)
            return x
    "#]],
    );
}

#[test]
fn a_return_ends_the_block() {
    check(
        "g(n).await; return n; h(n).await;",
        expect![[r#"
            start0:
                n, s = arguments
                suspend g(n) -> after g
            after g:  live {n}
                g = output
                __rt::awaited(g)
                return n
                diverge
        "#]],
    );
}

#[test]
fn an_unsafe_block_is_one_in_all_its_parts() {
    check(
        "unsafe { let x = raw(n); g(x).await; peek(x) }",
        expect![[r#"
        start0:
            n, s = arguments
            x = unsafe { raw(n) }
            suspend unsafe { g(x) } -> after g
        after g:  live {x}
            g = output
            __rt::awaited(g)
            return unsafe { peek(x) }
    "#]],
    );
}

#[test]
fn the_value_of_an_if_goes_through_a_hidden_local() {
    check(
        "let x = if n > 1 { g(n).await } else { 2 }; x",
        expect![[r#"
        start0:
            n, s = arguments
            if n > 1
                suspend g(n) -> after g
            else
                value = { 2 }
                goto join1
        after g:
            g = output
            value = g
            goto join1
        join1:  live {value}
            x = value
            return x
    "#]],
    );
}

#[test]
fn items_are_hoisted() {
    check(
        "fn less(a: i64) -> i64 { a - 1 } g(less(n)).await",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(less(n)) -> after g
        after g:
            g = output
            return g
    "#]],
    );
}
