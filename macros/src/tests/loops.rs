//! Loops: `loop`, `while`, `for` and its cursors.

use expect_test::expect;

use super::check;

#[test]
fn a_loop_is_a_head_and_an_exit() {
    check(
        "loop { if g(n).await > 3 { break; } } n",
        expect![[r#"
            start0:
                n, s = arguments
                goto loop1
            loop1:  live {n}
                suspend g(n) -> after g
            after g:  live {n}
                g = output
                if g > 3
                    break 'after2
                    diverge
                else
                    goto loop1
            after2:  live {n}
                return n
        "#]],
    );
}

#[test]
fn a_loop_gives_its_value_by_break() {
    check(
        "let x = loop { let y = g(n).await; if y > 3 { break y; } }; x",
        expect![[r#"
            start0:
                n, s = arguments
                goto loop1
            loop1:  live {n}
                suspend g(n) -> after g
            after g:  live {n}
                g = output
                y = g
                if y > 3 { break 'after2 y; }
                goto loop1
            after2:  live {value}
                x = value
                return x
        "#]],
    );
}

#[test]
fn an_endless_loop_has_no_exit() {
    check(
        "loop { g(n).await; }",
        expect![[r#"
        start0:
            n, s = arguments
            goto loop1
        loop1:  live {n}
            suspend g(n) -> after g
        after g:  live {n}
            g = output
            __rt::awaited(g)
            goto loop1
    "#]],
    );
}

#[test]
fn a_while_tests_at_its_head() {
    check(
        "let mut k = n; while k > 0 { k = g(k).await; } k",
        expect![[r#"
        start0:
            n, s = arguments
            mut k = n
            goto loop1
        loop1:  live {k}
            if k > 0
                suspend g(k) -> after g
            else
                goto after2
        after g:
            g = output
            k = g
            goto loop1
        after2:  live {k}
            return k
    "#]],
    );
}

#[test]
fn a_while_may_await_in_its_condition() {
    check(
        "let mut k = n; while g(k).await > 0 { k -= 1; } k",
        expect![[r#"
        start0:
            n, s = arguments
            mut k = n
            goto loop1
        loop1:  live {k}
            suspend g(k) -> after g
        after g:  live {k}
            g = output
            if g > 0
                k -= 1
                goto loop1
            else
                goto after2
        after2:  live {k}
            return k
    "#]],
    );
}

#[test]
fn a_while_let_binds_in_its_body() {
    check(
        "let mut v = f(); while let Some(x) = v.pop() { g(x).await; }",
        expect![[r#"
        start0:
            n, s = arguments
            mut v = f()
            goto loop1
        loop1:  live {v}
            if let Some(x) = v.pop()
                suspend g(x) -> after g
            else
                goto after2
        after g:  live {v}
            g = output
            __rt::awaited(g)
            goto loop1
        after2:
            return ()
    "#]],
    );
}

#[test]
fn a_range_is_its_own_cursor() {
    check(
        "for k in 0..n { g(k).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                cursor = 0 .. n
                goto next1
            next1:  live {for k}
                Some(k) = __rt::NextItem::next_item(&mut cursor)
                or else
                    goto after2
                suspend g(k) -> after g
            after g:  live {for k}
                g = output
                __rt::awaited(g)
                goto next1
            after2:
                return ()
        "#]],
    );
}

#[test]
fn an_inclusive_range_gets_a_cursor_that_ends() {
    check(
        "for k in 0..=n { g(k).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                cursor = __rt::inclusive(0 ..= n)
                goto next1
            next1:  live {for k}
                Some(k) = __rt::NextItem::next_item(&mut cursor)
                or else
                    goto after2
                suspend g(k) -> after g
            after g:  live {for k}
                g = output
                __rt::awaited(g)
                goto next1
            after2:
                return ()
        "#]],
    );
}

#[test]
fn an_open_range_is_its_own_cursor() {
    check(
        "for k in 3.. { if g(k).await > n { break; } }",
        expect![[r#"
            start0:
                n, s = arguments
                cursor = 3 ..
                goto next1
            next1:  live {n, for k}
                Some(k) = __rt::NextItem::next_item(&mut cursor)
                or else
                    goto after2
                suspend g(k) -> after g
            after g:  live {n, for k}
                g = output
                if g > n
                    break 'after2
                    diverge
                else
                    goto next1
            after2:
                return ()
        "#]],
    );
}

#[test]
fn a_borrowed_collection_is_an_index() {
    check(
        "let v = f(); for x in &v { g(*x).await; } v",
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
                    suspend g(* x) -> after g
                else
                    goto after2
            after g:  live {v, for x index}
                g = output
                __rt::awaited(g)
                goto next1
            after2:  live {v}
                return v
        "#]],
    );
}

#[test]
fn iter_and_iter_mut_are_indices_too() {
    check(
        "let mut v = f(); for x in v.iter_mut() { *x += g(1).await; } for x in v.iter() { g(*x).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                mut v = f()
                cursor = 0usize
                goto next1
            next1:  live {v, for x index}
                if { let borrowed = &mut v; __rt::ByIndex::at(borrowed, cursor) }.is_some()
                    cursor += 1
                    remake x = __rt::here({ let borrowed = &mut v; __rt::ByIndex::at(borrowed,(cursor - 1)) })
                    suspend g(1) -> after g
                else
                    goto after2
            after g:  live {v, x, for x index}
                g = output
                * x += g
                goto next1
            after2:  live {v}
                cursor = 0usize
                goto next4
            next4:  live {v, for x index}
                if { let borrowed = &v; __rt::ByIndex::at(borrowed, cursor) }.is_some()
                    cursor += 1
                    remake x = __rt::here({ let borrowed = &v; __rt::ByIndex::at(borrowed,(cursor - 1)) })
                    suspend g(* x) -> after g#2
                else
                    goto after5
            after g#2:  live {v, for x index}
                g = output
                __rt::awaited(g)
                goto next4
            after5:
                return ()
        "#]],
    );
}

#[test]
fn other_iterables_are_drained_into_a_list_with_an_index() {
    check(
        "for (a, b) in f(n) { g(a).await; h(b); }",
        expect![[r#"
            start0:
                n, s = arguments
                cursor = __rt::drain(f(n))
                cursor = 0usize
                goto next1
            next1:  live {for a, b, for a, b index}
                (a, b) = next of `for a, b`
                or else
                    goto after2
                suspend g(a) -> after g
            after g:  live {b, for a, b, for a, b index}
                g = output
                __rt::awaited(g)
                h(b)
                goto next1
            after2:
                return ()
        "#]],
    );
}

#[test]
fn texts_of_an_array_are_not_kept() {
    check(
        r#"for t in ["a", "b"] { g(t).await; }"#,
        expect![[r#"
            start0:
                n, s = arguments
                cursor = 0usize
                goto next1
            next1:  live {for t index}
                if __rt::nth(["a", "b"], cursor).is_some()
                    cursor += 1
                    remake t = __rt::here(__rt::nth(["a", "b"],(cursor - 1)))
                    suspend g(t) -> after g
                else
                    goto after2
            after g:  live {for t index}
                g = output
                __rt::awaited(g)
                goto next1
            after2:
                return ()
        "#]],
    );
}

#[test]
fn a_loop_without_awaits_stays_as_it_is() {
    check(
        "for k in 0..n { f(k); } g(n).await",
        expect![[r#"
        start0:
            n, s = arguments
            for k in 0 .. n { f(k); }
            suspend g(n) -> after g
        after g:
            g = output
            return g
    "#]],
    );
}

#[test]
fn what_a_loop_carries_is_live_at_its_head() {
    check(
        "let mut sum = 0; for k in 0..n { sum += g(k).await; } sum",
        expect![[r#"
            start0:
                n, s = arguments
                mut sum = 0
                cursor = 0 .. n
                goto next1
            next1:  live {sum, for k}
                Some(k) = __rt::NextItem::next_item(&mut cursor)
                or else
                    goto after2
                suspend g(k) -> after g
            after g:  live {sum, for k}
                g = output
                sum += g
                goto next1
            after2:  live {sum}
                return sum
        "#]],
    );
}
