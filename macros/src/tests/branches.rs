//! `async` blocks: branches of the await they are written in.

use expect_test::expect;

use super::check;

#[test]
fn a_branch_has_blocks_of_its_own() {
    check(
        "let (a, b) = join((async { g(1).await + n }, h(2))).await; a + b + n",
        expect![[r#"
        start0:
            n, s = arguments
            suspend join((branch(), h(2))) -> after join
        after join:  live {n}
            join = output
            (a, b) = join
            return a + b + n
        start1:  live {n}
            suspend g(1) -> after g
        after g:  live {n}
            g = output
            return g + n
    "#]],
    );
}

#[test]
fn a_branch_shares_what_it_does_not_move() {
    check(
        "let mut c = 0; join((async { c += g(1).await; }, async { h(s.len()).await })).await; c",
        expect![[r#"
        start0:
            n, s = arguments
            mut c = 0
            suspend join((branch(), branch())) -> after join
        after join:  live {s, c}
            join = output
            __rt::awaited(join)
            return c
        start1:  live {s, c}
            suspend g(1) -> after g
        after g:  live {s, c}
            g = output
            c += g
            return ()
        start3:  live {s, c}
            suspend h(s.len()) -> after h
        after h:  live {s, c}
            h = output
            return h
    "#]],
    );
}

#[test]
fn what_move_takes_along_is_the_branchs_own() {
    check(
        "let mut k = n; join((async move { k += g(1).await; k }, h(2))).await; k",
        expect![[r#"
        start0:
            n, s = arguments
            mut k = n
            suspend join((branch(k), h(2))) -> after join
        after join:  live {k, k}
            join = output
            __rt::awaited(join)
            return k
        start1:  live {k, k}
            suspend g(1) -> after g
        after g:  live {k, k}
            g = output
            k += g
            return k
    "#]],
    );
}

#[test]
fn a_question_mark_ends_the_branch() {
    check(
        "let (a, _) = join((async { let x = g(1).await?; Ok(x) }, h(2))).await; a",
        expect![[r#"
        start0:
            n, s = arguments
            suspend join((branch(), h(2))) -> after join
        after join:
            join = output
            (a, _) = join
            return a
        start1:
            suspend g(1) -> after g
        after g:
            g = output
            x = question(g)
            return Ok(x)
    "#]],
    );
}

#[test]
fn a_local_of_a_branch_is_saved_only_there() {
    check(
        "join((async { let x = g(1).await; h(2).await; x }, h(3))).await",
        expect![[r#"
        start0:
            n, s = arguments
            suspend join((branch(), h(3))) -> after join
        after join:
            join = output
            return join
        start1:
            suspend g(1) -> after g
        after g:
            g = output
            x = g
            suspend h(2) -> after h
        after h:  live {x}
            h = output
            __rt::awaited(h)
            return x
    "#]],
    );
}
