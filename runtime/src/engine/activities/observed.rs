//! Attempts are seen from outside: as metrics. (As spans: `tests/engine_spans.rs`.)

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::super::by_hand::{Double, Panics};
use super::tests::{attempt, bench};
use crate::durable::Arg;
use crate::engine::Runner as _;

#[derive(Default)]
struct Counters(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Recorder for Counters {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels: Vec<_> = key.labels().map(|label| label.value()).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        Counter::from_arc(self.0.lock().unwrap().entry(name).or_default().clone())
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn attempts_retries_and_failures_are_counted_for_each_activity() {
    let counters = Counters::default();
    let bench = bench(10);
    metrics::with_local_recorder(&counters, || {
        let mut again = attempt::<Panics>(2, (Arg(false),));
        again.attempt = 2;
        let first = attempt::<Panics>(1, (Arg(false),));
        bench
            .activities
            .start(vec![first, again, attempt::<Double>(3, (Arg(1),))]);
    });
    bench.outcomes(3).await;
    let counted = |name: &str| counters.0.lock().unwrap()[name].load(Ordering::SeqCst);
    assert_eq!(counted("undying_activity_attempts_total panics"), 2);
    assert_eq!(counted("undying_activity_retries_total panics"), 1);
    assert_eq!(counted("undying_activity_failures_total panics panic"), 2);
    assert_eq!(counted("undying_activity_attempts_total double"), 1);
    assert_eq!(counted("undying_activity_failures_total double error"), 0);
}
