//! Names of slots and resume points.

use super::check_names;

#[test]
fn a_point_is_named_after_what_is_called() {
    check_names(
        "g(1).await; a.b(2).await; module::c(3).await; s.await",
        &["s"],
        &["g", "b", "c", "s"],
    );
}

#[test]
fn options_do_not_name_a_call() {
    check_names(
        "g(1).retry(3).timeout(x).await; g(2).spawn().await; A::at(n).f(3).signal_after(x).await",
        &["n"],
        &["g", "g#2", "f"],
    );
}

#[test]
fn equal_names_are_told_apart_by_an_ordinal() {
    check_names(
        "let x = f(); g(1).await; let x = h(x); g(2).await; x",
        &["x", "x#2"],
        &["g", "g#2"],
    );
}

#[test]
fn an_unrelated_edit_renumbers_nothing() {
    let slots = &["a", "b"];
    check_names(
        "let a = f(); let b = f(); g(1).await; g(2).await; a + b",
        slots,
        &["g", "g#2"],
    );
    check_names(
        "let a = f(); let unrelated = h(n); log(unrelated); let b = f(); g(1).await; other(1).await; g(2).await; a + b",
        slots,
        &["g", "other", "g#2"],
    );
}

#[test]
fn a_statement_may_name_its_point() {
    check_names(
        "#[resume(name = \"first payment\")] let a = g(1).await; #[resume(name = \"second\")] g(2).await; g(a).await",
        &["a"],
        &["first payment", "second", "g"],
    );
}

#[test]
fn a_name_that_is_taken_is_left_to_who_asked_for_it() {
    check_names(
        "g(1).await; #[resume(name = \"g\")] h(2).await; g(3).await",
        &[],
        &["g#2", "g", "g#3"],
    );
}

#[test]
fn several_awaits_of_a_named_statement_are_numbered() {
    check_names(
        "#[resume(name = \"pay\")] { g(1).await; g(2).await; }",
        &[],
        &["pay", "pay#2"],
    );
}

#[test]
fn cursors_are_named_after_their_loop() {
    check_names(
        "for (a, _) in f(n) { g(a).await; }",
        &["for a", "for a index"],
        &["g"],
    );
    check_names("for k in 0..n { g(k).await; }", &["for k"], &["g"]);
    check_names("for _ in 0..n { g(1).await; }", &["for _"], &["g"]);
}

#[test]
fn raw_identifiers_are_stored_without_their_mark() {
    check_names(
        "let r#type = f(); r#match(1).await; r#type",
        &["type"],
        &["match"],
    );
}

#[test]
fn what_is_kept_of_an_expression_is_named_too() {
    check_names("f(a(), g(n).await)", &["operand"], &["g"]);
    check_names("f(g(1).await, h(2).await)", &["g"], &["g", "h"]);
}
