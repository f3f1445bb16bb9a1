//! Critical sections: a hidden guard from the `let` to the end of its block.

use expect_test::expect;

use super::check;

#[test]
fn a_section_is_left_at_the_end_of_its_block() {
    check(
        "{ let (a, b) = lock((n, s)).await; g(a, b).await; } h(1).await",
        expect![[r#"
            start0:
                n, s = arguments
                enter lock((n, s)) -> after lock
            after lock:
                lock = output
                (locked, section) = lock
                (a, b) = locked
                suspend g(a, b) in the section -> after g
            after g:  live {section}
                g = output
                __rt::awaited(g)
                drop section
                suspend h(1) -> after h
            after h:
                h = output
                return h
        "#]],
    );
}

#[test]
fn every_jump_out_of_its_block_leaves_it() {
    check(
        "loop { let _ = lock(n).await; if g(1).await? > 0 { break; } if f() { return h(n); } }",
        expect![[r#"
            start0:
                n, s = arguments
                goto loop1
            loop1:  live {n}
                enter lock(n) -> after lock
            after lock:  live {n}
                lock = output
                (locked, section) = lock
                _ = locked
                suspend g(1) in the section -> after g
            after g:  live {n, section}
                g = output
                if question(g) > 0
                    return
                    diverge
                else
                    goto join4
            join4:  live {n, section}
                if f() { return h(n); }
                drop section
                goto loop1
        "#]],
    );
}
