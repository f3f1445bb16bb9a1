//! Borrows are made again where they are named.

use expect_test::expect;

use super::check;

#[test]
fn a_reference_is_made_again() {
    check(
        "let v = f(); let r = &v; g(1).await; r.len()",
        expect![[r#"
        start0:
            n, s = arguments
            v = f()
            remake r = &v
            suspend g(1) -> after g
        after g:  live {v, r}
            g = output
            __rt::awaited(g)
            return r.len()
    "#]],
    );
}

#[test]
fn a_text_is_made_again() {
    check(
        r#"let t = "abc"; g(1).await; t.len()"#,
        expect![[r#"
        start0:
            n, s = arguments
            remake t = "abc"
            suspend g(1) -> after g
        after g:  live {t}
            g = output
            __rt::awaited(g)
            return t.len()
    "#]],
    );
}

#[test]
fn a_number_is_stored() {
    check(
        "let k = 5; g(1).await; k",
        expect![[r#"
        start0:
            n, s = arguments
            k = 5
            suspend g(1) -> after g
        after g:  live {k}
            g = output
            __rt::awaited(g)
            return k
    "#]],
    );
}

#[test]
fn a_view_is_made_again() {
    check(
        "let t = s.as_str(); g(1).await; t.len()",
        expect![[r#"
        start0:
            n, s = arguments
            remake t = s.as_str()
            suspend g(1) -> after g
        after g:  live {s, t}
            g = output
            __rt::awaited(g)
            return t.len()
    "#]],
    );
}

#[test]
fn a_pattern_over_a_borrow_is_made_again() {
    check(
        "let v = f(); if let Some(x) = &v { g(1).await; h(x); } v",
        expect![[r#"
        start0:
            n, s = arguments
            v = f()
            if let Some(x) = &v
                suspend g(1) -> after g
            else
                goto join1
        after g:  live {v, x}
            g = output
            __rt::awaited(g)
            h(x)
            goto join1
        join1:  live {v}
            return v
    "#]],
    );
}

#[test]
fn a_ref_binding_is_made_again_next_to_a_moved_one() {
    check(
        "let v = f(); let P { ref a, b } = v; g(1).await; h(a, b)",
        expect![[r#"
        start0:
            n, s = arguments
            v = f()
            P { a : ref a, b : b } = v
            suspend g(1) -> after g
        after g:  live {v, a, b}
            g = output
            __rt::awaited(g)
            return h(a, b)
    "#]],
    );
}

#[test]
fn a_closure_that_borrows_is_made_again() {
    check(
        "let k = f(); let c = |x| x + k; g(c(1)).await; c(2)",
        expect![[r#"
        start0:
            n, s = arguments
            k = f()
            remake c = | x | x + k
            suspend g(c(1)) -> after g
        after g:  live {k, c}
            g = output
            __rt::awaited(g)
            return c(2)
    "#]],
    );
}

#[test]
fn a_moving_closure_over_a_changing_local_is_state() {
    check(
        "let mut k = n; let mut c = move || { k += 1; k }; g(c()).await; c()",
        expect![[r#"
        start0:
            n, s = arguments
            mut k = n
            mut c = move | | { k += 1; k }
            suspend g(c()) -> after g
        after g:  live {c}
            g = output
            __rt::awaited(g)
            return c()
    "#]],
    );
}

#[test]
fn a_borrow_of_a_borrow_needs_its_base() {
    check(
        "let v = f(); let r = &v; let q = &r.a; g(1).await; h(q)",
        expect![[r#"
        start0:
            n, s = arguments
            v = f()
            remake r = &v
            remake q = &r.a
            suspend g(1) -> after g
        after g:  live {v, r, q}
            g = output
            __rt::awaited(g)
            return h(q)
    "#]],
    );
}

#[test]
fn a_function_is_named_again() {
    check(
        "let abs = i64::abs; g(1).await; abs(n)",
        expect![[r#"
        start0:
            n, s = arguments
            remake abs = i64::abs
            suspend g(1) -> after g
        after g:  live {n, abs}
            g = output
            __rt::awaited(g)
            return abs(n)
    "#]],
    );
}

#[test]
fn a_field_of_an_item_is_made_again_with_it() {
    check(
        "let v = f(); for x in &v { let name = &x.name; g(1).await; h(name); }",
        expect![[r#"
            start0:
                n, s = arguments
                v = f()
                cursor = 0usize
                goto next1
            next1:  live {v, for x index}
                if { let borrowed = &v; __rt::ByIndex::at(borrowed, cursor) }.is_some()
                    cursor += 1
                    remake x = __rt::here({ let borrowed = &v; __rt::ByIndex::at(borrowed,(cursor - 1)) })
                    remake name = &x.name
                    suspend g(1) -> after g
                else
                    goto after2
            after g:  live {v, x, name, for x index}
                g = output
                __rt::awaited(g)
                h(name)
                goto next1
            after2:
                return ()
        "#]],
    );
}

#[test]
fn an_unused_borrow_keeps_nothing_alive() {
    check(
        "let v = f(); let r = &v; h(r); g(1).await",
        expect![[r#"
        start0:
            n, s = arguments
            v = f()
            remake r = &v
            h(r)
            suspend g(1) -> after g
        after g:
            g = output
            return g
    "#]],
    );
}
