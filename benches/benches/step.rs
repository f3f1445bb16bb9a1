//! One step of a small machine in memory: what the generated code itself costs at an await.

use std::task::Poll;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use undying::Refusal;
use undying::durable::{Driver, Durable, Loader, Memory, Pending, Saver, Turn, Waits};
use undying::prelude::*;

/// A call that is ready at once, so that nothing but the step is measured.
struct Ready(u64);

impl<C> Durable<C> for Ready {
    type Output = u64;
    type Pending = Ready;
    fn begin(self, _: &mut Turn) -> Ready {
        self
    }
}

impl Pending for Ready {
    type Output = u64;
    fn poll(&mut self, _: &mut Turn) -> Poll<u64> {
        Poll::Ready(self.0)
    }
    fn cancel(&mut self, _: &mut Turn) {}
    fn waits(&self, _: &mut Waits) {}
    fn save(&mut self, _: &mut Saver<'_>) -> Result<(), Refusal> {
        Ok(())
    }
    fn load(_: &mut Loader<'_>) -> Result<Ready, Refusal> {
        Ok(Ready(0))
    }
}

#[orchestration]
async fn walk(steps: u64) -> u64 {
    let mut sum = 0;
    for _ in 0..steps {
        sum += Ready(1).await;
    }
    sum
}

fn step(c: &mut Criterion) {
    const STEPS: u64 = 10_000;
    let mut group = c.benchmark_group("step");
    group.throughput(Throughput::Elements(STEPS));
    group.bench_function("hot", |b| {
        b.iter(|| {
            let sum = Driver::new(Memory::Hot).run(walk(STEPS)).expect("it ends");
            assert_eq!(sum, STEPS);
        });
    });
    group.finish();
}

criterion_group!(benches, step);
criterion_main!(benches);
