//! Assignments: the right side first, then the place.

use expect_test::expect;

use super::check;

#[test]
fn a_value_is_awaited_before_the_place() {
    check(
        "let mut v = f(); v[a()] = g(n).await; v",
        expect![[r#"
        start0:
            n, s = arguments
            mut v = f()
            suspend g(n) -> after g
        after g:  live {v}
            g = output
            v[a()] = g
            return v
    "#]],
    );
}

#[test]
fn a_compound_assignment_awaits_first() {
    check(
        "let mut x = 1; x += g(n).await; x",
        expect![[r#"
        start0:
            n, s = arguments
            mut x = 1
            suspend g(n) -> after g
        after g:  live {x}
            g = output
            x += g
            return x
    "#]],
    );
}

#[test]
fn a_place_with_side_effects_asks_for_a_primitive() {
    check(
        "let mut v = f(); v[a()] += g(n).await; v",
        expect![[r#"
        start0:
            n, s = arguments
            mut v = f()
            suspend g(n) -> after g
        after g:  live {v}
            g = output
            * __rt::primitive(&mut v[a()]) += g
            return v
    "#]],
    );
}

#[test]
fn a_destructuring_assignment_defines_all_its_names() {
    check(
        "let (mut a, mut b) = (1, 2); (a, b) = (g(b).await, a); a + b",
        expect![[r#"
        start0:
            n, s = arguments
            (mut a, mut b) = (1, 2)
            suspend g(b) -> after g
        after g:  live {a}
            g = output
            (a, b) =(g, a)
            return a + b
    "#]],
    );
}

#[test]
fn an_await_in_the_place_comes_after_the_value() {
    check(
        "let mut v = f(); v[g(1).await] = h(2).await; v",
        expect![[r#"
        start0:
            n, s = arguments
            mut v = f()
            suspend h(2) -> after h
        after h:  live {v}
            h = output
            suspend g(1) -> after g
        after g:  live {v, h}
            g = output
            v[g] = h
            return v
    "#]],
    );
}
