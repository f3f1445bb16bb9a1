//! Encoding and decoding the frame of an orchestration that waits: two locals, and a hundred.
//!
//! What is measured is a suspension, driven in memory without an engine: kept as it is ("hot"), also
//! encoded ("written"), and also dropped and decoded ("cold"). The differences are encoding and decoding.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use undying::durable::{Driver, Memory, OrchestrationCall};
use undying::prelude::*;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How often each orchestration comes to wait.
const WAITS: u64 = 1_000;

#[orchestration]
async fn small(waits: u64) -> u64 {
    let mut waited = 0;
    while waited < waits {
        sleep(millis(1)).await;
        waited += 1;
    }
    waited
}

macro_rules! large {
    ($($local:ident)*) => {
        #[orchestration]
        async fn large(waits: u64) -> u64 {
            $(let $local = waits;)*
            let mut waited = 0;
            while waited < waits {
                sleep(millis(1)).await;
                waited += 1;
            }
            let unused = [$($local - waits),*];
            waited + unused.into_iter().sum::<u64>()
        }
    };
}
large! {
    v00 v01 v02 v03 v04 v05 v06 v07 v08 v09 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19
    v20 v21 v22 v23 v24 v25 v26 v27 v28 v29 v30 v31 v32 v33 v34 v35 v36 v37 v38 v39
    v40 v41 v42 v43 v44 v45 v46 v47 v48 v49 v50 v51 v52 v53 v54 v55 v56 v57 v58 v59
    v60 v61 v62 v63 v64 v65 v66 v67 v68 v69 v70 v71 v72 v73 v74 v75 v76 v77 v78 v79
    v80 v81 v82 v83 v84 v85 v86 v87 v88 v89 v90 v91 v92 v93 v94 v95 v96 v97 v98 v99
}

fn measure<O: OrchestrationCall<Output = u64>>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    call: fn(u64) -> Orchestration<O>,
) {
    let kept = [
        ("hot", Memory::Hot),
        ("written", Memory::Written),
        ("cold", Memory::Cold),
    ];
    for (how, memory) in kept {
        group.bench_function(format!("{name}/{how}"), |b| {
            b.iter(|| {
                let mut driver = Driver::new(memory);
                let waited = driver.run(call(WAITS)).expect("it ends");
                assert_eq!(waited, WAITS);
            });
        });
    }
    let mut driver = Driver::new(Memory::Written);
    driver.run(call(1)).expect("it ends");
    println!("a frame of {name}: {} bytes", driver.saves()[0].frame);
}

fn frames(c: &mut Criterion) {
    let mut group = c.benchmark_group("frames");
    group.throughput(Throughput::Elements(WAITS));
    measure(&mut group, "2 locals", small);
    measure(&mut group, "102 locals", large);
    group.finish();
}

criterion_group!(benches, frames);
criterion_main!(benches);
