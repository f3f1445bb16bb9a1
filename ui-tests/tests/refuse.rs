//! Every program in `refuse/` is refused, in the words of its `.stderr`.
//!
//! `TRYBUILD=overwrite` writes the words anew: read the difference like code.

#[test]
fn the_refused_programs_are_refused() {
    trybuild::TestCases::new().compile_fail("refuse/*/*.rs");
}
