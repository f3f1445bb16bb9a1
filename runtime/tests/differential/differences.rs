//! Where a machine differs from its plain body, on purpose: the seams the documentation names.

use std::sync::Arc;

use undying::__private::{Driver, Memory};
use undying::{Orchestration, orchestration};

use crate::support::effects::{self, Guard};
use crate::support::machine::*;

const MEMORIES: [Memory; 3] = [Memory::Hot, Memory::Written, Memory::Cold];

fn run<O: undying::__private::OrchestrationCall>(
    memory: Memory,
    call: Orchestration<O>,
) -> (O::Output, Vec<String>) {
    effects::trace();
    let output = Driver::new(memory).run(call).unwrap();
    (output, effects::trace())
}

#[orchestration]
async fn loops_over_an_adaptor_with_effects(n: i64) -> i64 {
    let mut sum = 0;
    for k in (0..n).map(tr) {
        sum += inc(k).await;
    }
    sum
}

#[test]
fn adaptors_of_a_drained_for_run_before_its_first_round() {
    for memory in MEMORIES {
        let (sum, trace) = run(memory, loops_over_an_adaptor_with_effects(2));
        assert_eq!(sum, 3);
        // Plain: 0, inc 0, 1, inc 1.
        assert_eq!(
            trace,
            ["0", "1", "(\"inc\", 0)", "(\"inc\", 1)"],
            "{memory:?}"
        );
    }
}

#[orchestration]
async fn loops_over_an_endless_adaptor(n: i64) -> i64 {
    for k in std::iter::repeat(n) {
        return inc(k).await;
    }
    n
}

#[test]
#[should_panic(expected = "endless")]
fn an_endless_adaptor_is_refused_by_name() {
    run(Memory::Hot, loops_over_an_endless_adaptor(1));
}

#[orchestration]
async fn holds_a_guard_without_underscore(n: i64) -> i64 {
    #[allow(unused_variables)]
    let guard = Guard(n);
    inc(n).await;
    log("after");
    n
}

#[test]
fn a_value_without_later_use_is_dropped_at_the_await() {
    for memory in MEMORIES {
        let (_, trace) = run(memory, holds_a_guard_without_underscore(1));
        // Plain: inc, after, drop.
        assert_eq!(
            trace,
            ["(\"drop\", 1)", "(\"inc\", 1)", "\"after\""],
            "{memory:?}"
        );
    }
}

#[orchestration]
async fn holds_a_guard(n: i64) -> i64 {
    let _guard = Guard(n);
    inc(n).await;
    log("after");
    n
}

#[test]
fn a_kept_value_is_dropped_and_rebuilt_when_the_frame_is_cold() {
    // The first write of a type makes a value more, to trace its schema.
    run(Memory::Written, holds_a_guard(0));
    let (_, hot) = run(Memory::Hot, holds_a_guard(1));
    assert_eq!(hot, ["(\"inc\", 1)", "\"after\"", "(\"drop\", 1)"]);
    let (_, written) = run(Memory::Written, holds_a_guard(1));
    assert_eq!(written, hot);
    let (_, cold) = run(Memory::Cold, holds_a_guard(1));
    assert_eq!(
        cold,
        [
            "(\"drop\", 1)",
            "(\"inc\", 1)",
            "\"after\"",
            "(\"drop\", 1)"
        ]
    );
}

/// A shared number, saved as the number.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
struct Shared(Arc<i64>);

impl From<i64> for Shared {
    fn from(n: i64) -> Self {
        Shared(Arc::new(n))
    }
}

impl From<Shared> for i64 {
    fn from(shared: Shared) -> i64 {
        *shared.0
    }
}

#[orchestration]
async fn shares_an_arc(n: i64) -> bool {
    let one = Shared::from(n);
    let other = one.clone();
    ping().await;
    Arc::ptr_eq(&one.0, &other.0)
}

#[test]
fn two_arcs_are_one_only_while_the_frame_stays_in_memory() {
    assert!(run(Memory::Hot, shares_an_arc(1)).0);
    assert!(run(Memory::Written, shares_an_arc(1)).0);
    assert!(!run(Memory::Cold, shares_an_arc(1)).0);
}

#[orchestration]
async fn logs_an_await(n: i64) -> i64 {
    tracing::trace!("about to {}", inc(n).await);
    n
}

#[test]
fn awaits_in_a_log_line_happen_whether_it_is_enabled_or_not() {
    // Nothing listens, so the plain body would not make the call.
    assert_eq!(
        run(Memory::Cold, logs_an_await(1)),
        (1, vec!["(\"inc\", 1)".to_owned()])
    );
}

#[orchestration]
async fn keeps_two_paths_to_one_list(n: i64) -> i64 {
    let mut list = vec![n];
    let path = &mut list;
    inc(n).await;
    list.push(1);
    inc(n).await;
    path.push(2);
    list.len() as i64
}

#[test]
fn a_borrow_across_an_await_is_made_again_and_may_overlap_another() {
    // rustc refuses the plain body (E0499): the machine never sees a borrow span two steps.
    for memory in MEMORIES {
        assert_eq!(
            run(memory, keeps_two_paths_to_one_list(1)).0,
            3,
            "{memory:?}"
        );
    }
}
