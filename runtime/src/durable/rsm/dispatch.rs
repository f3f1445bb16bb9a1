//! Dispatch: what a stack of states says about an event (P# rules 1, 2 and 4).

use super::chart::{Chart, Does, On};
use crate::planted::planted;

/// What is done about an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What this row says.
    Does(Does),
    /// No state on the stack says anything, nor does the chart as a whole.
    Unhandled,
}

/// What the states of `stack`, the top last, say about the event at this place of the chart; about
/// one that the chart does not know if there is no place.
///
/// The top's own row for the event comes first. Then the topmost of the wildcards and of the
/// inherited rows for the event; the row for the event if both are in one state. Then the rows of the
/// whole chart.
pub(super) fn verdict(chart: &Chart, stack: &[usize], event: Option<usize>) -> Verdict {
    let specific = |state: usize| event.and_then(|event| row(chart, state, On::Event(event)));
    let Some((top, below)) = stack.split_last() else {
        return Verdict::Unhandled;
    };
    if let Some(does) = specific(*top) {
        return Verdict::Does(does);
    }
    let inherited = |state: &usize| {
        let own = specific(*state).or_else(|| row(chart, *state, On::Any));
        own.filter(|does| is_inherited(*does))
    };
    let does = row(chart, *top, On::Any)
        .or_else(|| below.iter().rev().find_map(inherited))
        .or_else(|| {
            let event = On::Event(event?);
            let row = chart.always.iter().find(|row| row.on == event);
            row.map(|row| row.does)
        });
    does.map_or(Verdict::Unhandled, Verdict::Does)
}

/// What they say when nothing that waits can be taken.
pub(super) fn on_default(chart: &Chart, stack: &[usize]) -> Option<Does> {
    let (top, below) = stack.split_last()?;
    row(chart, *top, On::Nothing).or_else(|| {
        let inherited = |state: &usize| row(chart, *state, On::Nothing);
        let mut below = below.iter().rev().filter_map(inherited);
        below.find(|does| is_inherited(*does))
    })
}

/// Whether the event at this place stays in the mailbox.
pub(super) fn is_deferred(chart: &Chart, stack: &[usize], event: Option<usize>) -> bool {
    verdict(chart, stack, event) == Verdict::Does(Does::Defer)
}

/// A state that is pushed inherits what is done, but no change of states.
fn is_inherited(does: Does) -> bool {
    matches!(does, Does::Handle(_) | Does::Defer | Does::Ignore)
}

fn row(chart: &Chart, state: usize, on: On) -> Option<Does> {
    let rows = chart.states.get(state)?.rows;
    let does = rows.iter().find(|row| row.on == on).map(|row| row.does);
    does.map(|does| match does {
        Does::Defer if planted!(DeferredEventLost) => Does::Ignore,
        does => does,
    })
}

#[cfg(test)]
mod tests {
    use super::super::chart::{ChartState, Heat, Row};
    use super::*;

    const A: On = On::Event(0);
    const B: On = On::Event(1);
    const DO_1: Does = Does::Handle(1);
    const DO_2: Does = Does::Handle(2);

    /// What a stack says about `A`; each state is its rows, the top last.
    #[track_caller]
    fn check(states: &[&[(On, Does)]], always: &[(On, Does)], expected: Verdict) {
        let leak = |rows: &[(On, Does)]| -> &'static [Row] {
            let rows = rows.iter().map(|(on, does)| Row {
                on: *on,
                does: *does,
            });
            Vec::leak(rows.collect())
        };
        let states = states.iter().map(|rows| ChartState {
            name: "S",
            heat: Heat::Warm,
            entry: None,
            exit: None,
            rows: leak(rows),
        });
        let chart = Chart {
            machine: "M",
            events: &["A", "B"],
            states: Vec::leak(states.collect()),
            always: leak(always),
            handlers: &[],
            start: 0,
        };
        let stack: Vec<usize> = (0..chart.states.len()).collect();
        assert_eq!(verdict(&chart, &stack, Some(0)), expected);
    }

    #[test]
    fn a_row_for_the_event_beats_the_wildcard_of_its_state() {
        check(&[&[(On::Any, DO_1), (A, DO_2)]], &[], Verdict::Does(DO_2));
        check(&[&[(On::Any, DO_1), (B, DO_2)]], &[], Verdict::Does(DO_1));
    }

    #[test]
    fn a_pushed_state_inherits_handlers_defers_and_ignores() {
        for does in [DO_1, Does::Defer, Does::Ignore] {
            check(&[&[(A, does)], &[]], &[], Verdict::Does(does));
        }
    }

    #[test]
    fn a_pushed_state_inherits_no_change_of_states() {
        for does in [Does::Goto(0), Does::Push(0), Does::Pop, Does::Halt] {
            check(&[&[(A, does)], &[]], &[], Verdict::Unhandled);
            check(&[&[(On::Any, does)], &[]], &[], Verdict::Unhandled);
        }
    }

    #[test]
    fn the_topmost_definition_wins() {
        check(&[&[(A, DO_1)], &[(A, DO_2)], &[]], &[], Verdict::Does(DO_2));
    }

    #[test]
    fn the_wildcard_of_a_state_beats_what_is_below_it() {
        check(
            &[&[(A, DO_1)], &[(On::Any, DO_2)]],
            &[],
            Verdict::Does(DO_2),
        );
        check(
            &[&[(A, DO_1)], &[(On::Any, DO_2)], &[]],
            &[],
            Verdict::Does(DO_2),
        );
        check(
            &[&[(On::Any, DO_1)], &[(A, DO_2)], &[]],
            &[],
            Verdict::Does(DO_2),
        );
    }

    #[test]
    fn of_a_lower_state_the_row_for_the_event_beats_the_wildcard() {
        check(
            &[&[(On::Any, DO_1), (A, DO_2)], &[]],
            &[],
            Verdict::Does(DO_2),
        );
    }

    #[test]
    fn the_rows_of_the_whole_chart_come_last() {
        check(&[&[]], &[(A, DO_1)], Verdict::Does(DO_1));
        check(
            &[&[(On::Any, DO_2)], &[]],
            &[(A, DO_1)],
            Verdict::Does(DO_2),
        );
        check(
            &[&[(A, Does::Goto(0))], &[]],
            &[(A, DO_1)],
            Verdict::Does(DO_1),
        );
    }
}
