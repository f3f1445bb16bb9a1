//! What bodies become: tables of blocks, with what is live at their start.

mod assignments;
mod borrows;
mod branches;
mod charts;
mod conditions;
mod fuzzed;
mod guards;
mod jumps;
mod loops;
mod macros;
mod operands;
mod operations;
mod points;
mod replay;
mod sections;
mod statements;

use expect_test::Expect;
use syn::{Block, parse_quote};

use crate::diagnostics::Diagnostics;
use crate::expand::{Compiled, compile};
use crate::graph::pretty::pretty;
use crate::names::{Kind, Parameter};

/// The body of `async fn f(n: i64, s: String) -> R`.
#[track_caller]
fn compiled(body: &str) -> Compiled {
    let parameters = vec![
        Parameter {
            pat: parse_quote!(n),
            ty: parse_quote!(i64),
            kind: Kind::User,
        },
        Parameter {
            pat: parse_quote!(s),
            ty: parse_quote!(String),
            kind: Kind::User,
        },
    ];
    compiled_with(parameters, body)
}

#[track_caller]
fn compiled_with(parameters: Vec<Parameter>, body: &str) -> Compiled {
    let block: Block = syn::parse_str(&format!("{{ {body} }}")).expect("a body");
    let mut diag = Diagnostics::default();
    let compiled = compile(parameters, block, &parse_quote!(R), &mut diag);
    assert!(diag.is_empty(), "{}", diag.into_tokens());
    let compiled = compiled.expect("nothing was refused");
    assert!(compiled.live.at_entry(&compiled.graph).is_empty(), "{body}");
    compiled
}

#[track_caller]
fn check(body: &str, expected: Expect) {
    let Compiled {
        graph,
        live,
        layout,
        ..
    } = compiled(body);
    expected.assert_eq(&pretty(&graph, &live, &layout));
}

/// Names of the saved slots and of the resume points.
#[track_caller]
fn check_names(body: &str, slots: &[&str], points: &[&str]) {
    let layout = compiled(body).layout;
    let saved: Vec<&str> = layout.saved.iter().map(|slot| slot.name.as_str()).collect();
    let named: Vec<&str> = layout
        .points
        .iter()
        .map(|point| point.name.as_str())
        .collect();
    assert_eq!(
        (saved.as_slice(), named.as_slice()),
        (slots, points),
        "{body}"
    );
}
