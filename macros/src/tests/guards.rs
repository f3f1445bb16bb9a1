//! Bindings that live to the end of their scope.

use expect_test::expect;

use super::check;

#[test]
fn a_guard_is_dropped_at_the_end_of_its_scope() {
    check(
        "{ let _g = f(); g(1).await; h(n); } g(2).await",
        expect![[r#"
        start0:
            n, s = arguments
            _g = f()
            suspend g(1) -> after g
        after g:  live {n, _g}
            g = output
            __rt::awaited(g)
            h(n)
            drop _g
            suspend g(2) -> after g#2
        after g#2:
            g = output
            return g
    "#]],
    );
}

#[test]
fn guards_are_dropped_in_reverse_order() {
    check(
        "let _a = f(); let _b = f(); g(1).await; h(n)",
        expect![[r#"
        start0:
            n, s = arguments
            _a = f()
            _b = f()
            suspend g(1) -> after g
        after g:  live {n, _a, _b}
            g = output
            __rt::awaited(g)
            value : R = h(n)
            drop _b
            drop _a
            return value
    "#]],
    );
}

#[test]
fn a_jump_out_of_the_scope_drops_the_guard() {
    check(
        "loop { let _g = f(); if n > 1 { break; } g(1).await; } n",
        expect![[r#"
            start0:
                n, s = arguments
                goto loop1
            loop1:  live {n}
                _g = f()
                if n > 1 { break 'after2; }
                suspend g(1) -> after g
            after g:  live {n, _g}
                g = output
                __rt::awaited(g)
                drop _g
                goto loop1
            after2:  live {n}
                return n
        "#]],
    );
}

#[test]
fn a_question_mark_drops_the_guards() {
    check(
        "let _g = f(); let x = g(1).await?; Ok(x)",
        expect![[r#"
        start0:
            n, s = arguments
            _g = f()
            suspend g(1) -> after g
        after g:  live {_g}
            g = output
            x = question(g)
            value : R = Ok(x)
            drop _g
            return value
    "#]],
    );
}

#[test]
fn a_guard_that_is_moved_is_an_ordinary_local() {
    check(
        "let _g = f(); g(1).await; drop(_g); g(2).await",
        expect![[r#"
        start0:
            n, s = arguments
            _g = f()
            suspend g(1) -> after g
        after g:  live {_g}
            g = output
            __rt::awaited(g)
            drop(_g)
            suspend g(2) -> after g#2
        after g#2:
            g = output
            return g
    "#]],
    );
}

#[test]
fn an_underscore_is_no_guard() {
    check(
        "let _ = f(); g(1).await",
        expect![[r#"
        start0:
            n, s = arguments
            _ = f()
            suspend g(1) -> after g
        after g:
            g = output
            return g
    "#]],
    );
}

#[test]
fn a_jump_before_the_guard_does_not_drop_it() {
    check(
        "loop { if n > 1 { break; } let _g = f(); g(1).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                goto loop1
            loop1:  live {n}
                if n > 1 { return; }
                _g = f()
                suspend g(1) -> after g
            after g:  live {n, _g}
                g = output
                __rt::awaited(g)
                drop _g
                goto loop1
        "#]],
    );
}
