//! Jumps: labels, values, `?`, `return`.

use expect_test::expect;

use super::check;

#[test]
fn continue_goes_to_the_head() {
    check(
        "for k in 0..n { if k == 2 { continue; } g(k).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                cursor = 0 .. n
                goto next1
            next1:  live {for k}
                Some(k) = __rt::NextItem::next_item(&mut cursor)
                or else
                    goto after2
                if k == 2 { break 'next1; }
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
fn a_labelled_continue_leaves_the_inner_loop() {
    check(
        "'a: for k in 0..n { for j in f(k) { if j == 2 { continue 'a; } h(j); } g(k).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                cursor = 0 .. n
                goto next1
            next1:  live {for k}
                Some(k) = __rt::NextItem::next_item(&mut cursor)
                or else
                    goto after2
                for j in f(k) { if j == 2 { break 'next1; } h(j); }
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
fn a_labelled_break_carries_a_value() {
    check(
        "let x = 'a: { if g(n).await > 1 { break 'a 1; } 2 }; x",
        expect![[r#"
            start0:
                n, s = arguments
                suspend g(n) -> after g
            after g:
                g = output
                if g > 1
                    break 'after1 1
                    diverge
                else
                    goto join2
            join2:
                value = 2
                goto after1
            after1:  live {value}
                x = value
                return x
        "#]],
    );
}

#[test]
fn a_jump_out_of_code_that_is_not_taken_apart_stays_in_it() {
    check(
        "loop { match f(n) { 1 => break, 2 => continue, _ => {} } g(n).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                goto loop1
            loop1:  live {n}
                match f(n) { 1 => return, 2 => break 'loop1, _ => { } }
                suspend g(n) -> after g
            after g:  live {n}
                g = output
                __rt::awaited(g)
                goto loop1
        "#]],
    );
}

#[test]
fn a_label_is_in_scope_in_its_own_condition() {
    check(
        "let mut i = 0; 'w: while { i += 1; if i == 2 { continue 'w } i < 5 } { g(i).await; }",
        expect![[r#"
            start0:
                n, s = arguments
                mut i = 0
                goto loop1
            loop1:  live {i}
                if { i += 1; if i == 2 { break 'loop1 } i < 5 }
                    suspend g(i) -> after g
                else
                    goto after2
            after g:  live {i}
                g = output
                __rt::awaited(g)
                goto loop1
            after2:
                return ()
        "#]],
    );
}

#[test]
fn an_assignment_before_a_jump_is_not_a_use() {
    check(
        "let mut t = s; loop { let old = t; g(1).await; if n > 2 { t = e(); continue; } t = old; }",
        expect![[r#"
            start0:
                n, s = arguments
                mut t = s
                goto loop1
            loop1:  live {n, t}
                old = t
                suspend g(1) -> after g
            after g:  live {n, old}
                g = output
                __rt::awaited(g)
                if n > 2 { t = e(); break 'loop1; }
                t = old
                goto loop1
        "#]],
    );
}

#[test]
fn a_question_mark_may_leave() {
    check(
        "let a = f(n)?; g(a).await?; Ok(a)",
        expect![[r#"
        start0:
            n, s = arguments
            a = question(f(n))
            suspend g(a) -> after g
        after g:  live {a}
            g = output
            question(g)
            return Ok(a)
    "#]],
    );
}

#[test]
fn a_return_between_operands_ends_them() {
    check(
        "h(g(n).await, if n == 3 { return 1 } else { 2 }, g(4).await)",
        expect![[r#"
            start0:
                n, s = arguments
                suspend g(n) -> after g
            after g:  live {n}
                g = output
                operand = if n == 3 { return 1 } else { 2 }
                suspend g(4) -> after g#2
            after g#2:  live {g, operand}
                g = output
                return h(g, operand, g)
        "#]],
    );
}

#[test]
fn a_break_value_is_defined_by_the_jump() {
    check(
        "let x = loop { if n > 3 { break f(n); } g(n).await; }; g(x).await; x",
        expect![[r#"
            start0:
                n, s = arguments
                goto loop1
            loop1:  live {n}
                if n > 3 { break 'after2 f(n); }
                suspend g(n) -> after g
            after g:  live {n}
                g = output
                __rt::awaited(g)
                goto loop1
            after2:  live {value}
                x = value
                suspend g(x) -> after g#2
            after g#2:  live {x}
                g = output
                __rt::awaited(g)
                return x
        "#]],
    );
}

#[test]
fn closures_keep_their_own_jumps() {
    check(
        "let c = |x: i64| { if x > 1 { return 1; } x }; g(c(n)).await",
        expect![[r#"
        start0:
            n, s = arguments
            remake c = | x : i64 | { if x > 1 { return 1; } x }
            suspend g(c(n)) -> after g
        after g:
            g = output
            return g
    "#]],
    );
}
