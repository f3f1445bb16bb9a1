//! Conditions: `if`, chains, `match`.

use expect_test::expect;

use super::check;

#[test]
fn an_if_is_a_tree() {
    check(
        "if n > 1 { g(n).await; } n",
        expect![[r#"
        start0:
            n, s = arguments
            if n > 1
                suspend g(n) -> after g
            else
                goto join1
        after g:  live {n}
            g = output
            __rt::awaited(g)
            goto join1
        join1:  live {n}
            return n
    "#]],
    );
}

#[test]
fn an_if_as_a_value_gives_its_branches_to_one_local() {
    check(
        "let x: u8 = if n > 1 { g(n).await } else { 2 }; x",
        expect![[r#"
        start0:
            n, s = arguments
            if n > 1
                suspend g(n) -> after g
            else
                value : u8 = { 2 }
                goto join1
        after g:
            g = output
            value : u8 = g
            goto join1
        join1:  live {value}
            x : u8 = value
            return x
    "#]],
    );
}

#[test]
fn an_await_in_a_condition_splits_before_it() {
    check(
        "if g(n).await > 1 { h(1).await; } n",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:  live {n}
            g = output
            if g > 1
                suspend h(1) -> after h
            else
                goto join1
        after h:  live {n}
            h = output
            __rt::awaited(h)
            goto join1
        join1:  live {n}
            return n
    "#]],
    );
}

#[test]
fn a_moved_value_is_live_on_the_path_that_keeps_it() {
    check(
        "let v = f(); if n > 1 { drop(v); g(1).await; } else { g(2).await; h(v).await; } n",
        expect![[r#"
        start0:
            n, s = arguments
            v = f()
            if n > 1
                drop(v)
                suspend g(1) -> after g
            else
                suspend g(2) -> after g#2
        after g:  live {n}
            g = output
            __rt::awaited(g)
            goto join1
        after g#2:  live {n, v}
            g = output
            __rt::awaited(g)
            suspend h(v) -> after h
        after h:  live {n}
            h = output
            __rt::awaited(h)
            goto join1
        join1:  live {n}
            return n
    "#]],
    );
}

#[test]
fn a_chain_of_tests_shares_its_else() {
    check(
        "if let Some(a) = f(n) && g(a).await && n > 2 { h(a).await; 1 } else { 2 }",
        expect![[r#"
        start0:
            n, s = arguments
            if let Some(a) = f(n)
                suspend g(a) -> after g
            else
                goto else2
        after g:  live {n, a}
            g = output
            if g &&n > 2
                suspend h(a) -> after h
            else
                goto else2
        after h:
            h = output
            __rt::awaited(h)
            return 1
        else2:
            return { 2 }
    "#]],
    );
}

#[test]
fn a_chain_that_awaits_first_is_one_test() {
    check(
        "if g(n).await && n > 2 { 1 } else { 2 }",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:  live {n}
            g = output
            if g &&n > 2
                return 1
            else
                return { 2 }
    "#]],
    );
}

#[test]
fn else_if_is_an_if_in_the_else() {
    check(
        "if n > 1 { g(1).await } else if n > 0 { g(2).await } else { 3 }",
        expect![[r#"
        start0:
            n, s = arguments
            if n > 1
                suspend g(1) -> after g
            else
                if n > 0
                    suspend g(2) -> after g#2
                else
                    return { 3 }
        after g:
            g = output
            return g
        after g#2:
            g = output
            return g
    "#]],
    );
}

#[test]
fn a_match_moves_and_guards_as_written() {
    check(
        "match g(n).await { Some(a) if a > 1 => h(a).await, Some(mut b) => { b += 1; b } None => 0 }",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            match g
            Some(a) if a > 1 =>
                suspend h(a) -> after h
            Some(mut b) =>
                return { b += 1; b }
            None =>
                return 0
        after h:
            h = output
            return h
    "#]],
    );
}

#[test]
fn or_patterns_bind_one_local() {
    check(
        "match f(n) { A(x) | B(x) => { g(1).await; x } _ => 0 }",
        expect![[r#"
        start0:
            n, s = arguments
            match f(n)
            A(x) | B(x) =>
                suspend g(1) -> after g
            _ =>
                return 0
        after g:  live {x}
            g = output
            __rt::awaited(g)
            return x
    "#]],
    );
}

#[test]
fn an_at_pattern_binds_both() {
    check(
        "match g(n).await { all @ Some(part) => { h(part).await; use_(all) } None => 0 }",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            match g
            all @ Some(part) =>
                suspend h(part) -> after h
            None =>
                return 0
        after h:  live {all}
            h = output
            __rt::awaited(h)
            return use_(all)
    "#]],
    );
}

#[test]
fn parentheses_around_a_condition_are_dropped() {
    check(
        "if (g(n).await > 1) { 1 } else { 2 }",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            if g > 1
                return 1
            else
                return { 2 }
    "#]],
    );
}
