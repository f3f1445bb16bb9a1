//! State charts: what is refused, and what leads where.

use proc_macro2::{Ident, Span};
use syn::{ImplItem, ItemImpl};

use crate::chart;
use crate::diagnostics::Diagnostics;

/// The first lines of what is refused of a chart, and of the methods behind it.
fn refused(states: &str, methods: &str) -> Vec<String> {
    let mut diag = Diagnostics::default();
    let tokens = format!("enum S; {states}").parse().expect("tokens");
    let chart = chart::parse(tokens, &mut diag);
    let checked = chart::check(chart, &Ident::new("chart", Span::call_site()), &mut diag);
    let block: ItemImpl = syn::parse_str(&format!("impl M {{ {methods} }}")).expect("methods");
    let items: Vec<ImplItem> = block.items;
    chart::reach(
        &checked,
        &Ident::new("S", Span::call_site()),
        &items,
        &mut diag,
    );
    let rules = chart::Rules {
        monitor: false,
        events: true,
    };
    chart::handlers(checked.handlers, &items, "M", rules, &mut diag);
    let refused = diag.take().into_iter().map(|error| {
        let text = error.to_string();
        let text = text.split('"').nth(1).unwrap_or_default();
        text.split("\\n").next().unwrap_or_default().to_owned()
    });
    refused.collect()
}

#[track_caller]
fn check(states: &str, methods: &str, expected: &[&str]) {
    assert_eq!(refused(states, methods), expected, "{states} {methods}");
}

const LOST: &[&str] = &["nothing leads to the state `B`"];

#[test]
fn a_state_is_led_to_by_the_rows_of_those_that_are() {
    check("start A { E => goto B } B {}", "", &[]);
    check("start A { E => push B } B {}", "", &[]);
    check("start A {} B {} always { E => goto B }", "", &[]);
    check("start A {} B { E => goto B }", "", LOST);
}

#[test]
fn a_state_is_led_to_by_the_methods_that_name_it() {
    let chart = "start A { E => e } B {}";
    let of = |body: &str| format!("fn e(&mut self) -> Next<Self> {{ {body} }}");
    check(chart, &of("Next::goto(S::B)"), &[]);
    check(chart, &of("Next::goto(states::S::B)"), &[]);
    check(chart, &of("Next::push(B)"), &[]);
    check(
        chart,
        &of("let to = if self.a { S::A } else { S::B }; Next::goto(to)"),
        &[],
    );
    check(chart, &of("log!(\"{:?}\", S::B)"), &[]);
    check(chart, &of("self.b(B, Other::B)"), LOST);
}

#[test]
fn a_state_is_not_led_to_by_a_handler_of_one_that_is_not_entered() {
    let e = "fn e(&mut self) -> Next<Self> { Next::goto(S::B) }";
    check("start A {} B { E => e }", e, LOST);
    check("start A {} B { entry => e }", e, LOST);
    check(
        "start A { exit => a } B { E => e }",
        "fn a(&mut self) { self.b() } fn b(&mut self) { S::B; } fn e(&mut self) {}",
        &[],
    );
}

#[test]
fn a_chart_is_read_on_behind_what_is_wrong() {
    check(
        "start A { E => goto, F => 7, G => goto B, } B { entry = e, _ => ignore }",
        "",
        &[
            "`goto` leads to a state",
            "what a row does is a handler, or one of `goto`, `push`, `pop`, `halt`, `defer`, `ignore`",
            "a row is an event and what is done about it",
        ],
    );
}

#[test]
fn a_handler_takes_what_it_is_run_for() {
    let chart = "start A { entry => i, exit => o, default => d, E => e, _ => a }";
    let methods = |i, o, d, e| {
        format!(
            "fn i(&mut self, {i}) {{}} fn o(&mut self, {o}) {{}} fn d(&mut self, {d}) {{}} async fn e(&mut self, {e}) {{}} fn a(&mut self) {{}}"
        )
    };
    let cx = "cx: &mut Cx<Self>";
    check(
        chart,
        &methods(
            "v: Option<Es>, cx: &mut Cx<M>",
            cx,
            cx,
            "cx: &mut Cx<Self>, v: E",
        ),
        &[],
    );
    check(
        chart,
        &methods("v: &Es", "v: E", "v: E", "v: E, w: E"),
        &[
            "the event is the handler's own: it is not lent",
            "a state is left without an event: an exit action takes at most `cx: &mut Cx<Self>`",
            "a handler of `default` is run because there is no event: it takes at most `cx: &mut Cx<Self>`",
            "a handler takes one event",
        ],
    );
}
