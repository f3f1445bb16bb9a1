//! Macros: known ones are seen, others keep their tokens.

use expect_test::expect;

use super::check;

#[test]
fn arguments_of_a_format_are_operands() {
    check(
        r#"format!("{n} {} {}", g(1).await, a())"#,
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(1) -> after g
        after g:  live {n}
            g = output
            return format("{n} {} {}", g, a(), n)
    "#]],
    );
}

#[test]
fn a_captured_name_is_a_use() {
    check(
        r#"let k = f(); g(1).await; format!("{k:>n$} {{s}}")"#,
        expect![[r#"
        start0:
            n, s = arguments
            k = f()
            suspend g(1) -> after g
        after g:  live {n, k}
            g = output
            __rt::awaited(g)
            return format("{k:>n$} {{s}}", k, n)
    "#]],
    );
}

#[test]
fn the_message_of_an_assertion_is_evaluated_on_failure() {
    check(
        r#"assert!(g(n).await > 1, "{}", g(2).await); n"#,
        expect![[r#"
            start0:
                n, s = arguments
                suspend g(n) -> after g
            after g:  live {n}
                g = output
                if !(g > 1)
                    suspend g(2) -> after g#2
                else
                    goto join1
            after g#2:
                g = output
                assert(false, "{}", g)
                diverge
            join1:  live {n}
                return n
        "#]],
    );
}

#[test]
fn the_sides_of_a_failed_assertion_are_kept_for_its_message() {
    check(
        r#"assert_eq!(a(), 2, "{}", g(2).await); n"#,
        expect![[r#"
            start0:
                n, s = arguments
                operand = a()
                if !(operand == 2)
                    suspend g(2) -> after g
                else
                    goto join1
            after g:  live {operand}
                g = output
                assert_eq(operand, 2, "{}", g)
                diverge
            join1:  live {n}
                return n
        "#]],
    );
}

#[test]
fn matches_is_the_match_it_stands_for() {
    check(
        "matches!(g(n).await, Some(x) if x > 1)",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            match g
            Some(x) if x > 1 =>
                return true
            _ =>
                return false
    "#]],
    );
}

#[test]
fn elements_of_vec_are_values() {
    check(
        "vec![a(), g(n).await]",
        expect![[r#"
        start0:
            n, s = arguments
            operand = a()
            suspend g(n) -> after g
        after g:  live {operand}
            g = output
            return vec(operand, g)
    "#]],
    );
}

#[test]
fn a_repeated_element_of_vec_is_awaited_once() {
    check(
        "vec![g(n).await; 3]",
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:
            g = output
            return vec(g, 3)
    "#]],
    );
}

#[test]
fn fields_of_a_log_line_are_operands() {
    check(
        r#"info!(order.id = n, total = %g(n).await, "paid {s}"); s"#,
        expect![[r#"
        start0:
            n, s = arguments
            suspend g(n) -> after g
        after g:  live {n, s}
            g = output
            info(n, g, "paid {s}", s)
            return s
    "#]],
    );
}

#[test]
fn tokens_of_an_unknown_macro_may_name_locals() {
    check(
        "let k = f(); g(1).await; custom!(k => 2)",
        expect![[r#"
        start0:
            n, s = arguments
            k = f()
            suspend g(1) -> after g
        after g:  live {k}
            g = output
            __rt::awaited(g)
            return custom(k)
    "#]],
    );
}

#[test]
fn join_is_an_await_of_a_tuple() {
    check(
        "let (a, b) = join!(g(1), g(2)); a + b",
        expect![[r#"
        start0:
            n, s = arguments
            suspend :: undying::join((g(1), g(2),)) -> after join
        after join:
            join = output
            (a, b) = join
            return a + b
    "#]],
    );
}

#[test]
fn a_panic_ends_the_block() {
    check(
        r#"if n > 1 { g(1).await; panic!("no"); } g(2).await"#,
        expect![[r#"
        start0:
            n, s = arguments
            if n > 1
                suspend g(1) -> after g
            else
                goto join1
        after g:
            g = output
            __rt::awaited(g)
            panic("no")
            diverge
        join1:
            suspend g(2) -> after g#2
        after g#2:
            g = output
            return g
    "#]],
    );
}
