//! Orchestrations that take and raise events. What they await says whether one was lost, came twice or
//! out of order.

use undying::prelude::*;

use super::bodies::{PANICS, spend, step};

/// One event too many, too few or too early.
pub const WRONG: u64 = 1_000_000_000;
/// What one event counts that was seen before.
pub const AGAIN: u64 = 1_000;

/// What was seen after the event `next`: counts in `a`, how many came again above that.
pub(super) fn saw(before: u64, next: u64) -> u64 {
    assert!(!spend(&PANICS), "a turn that panics");
    match before % AGAIN {
        seen if next == seen + 1 => before + 1,
        seen if next <= seen => before + AGAIN,
        _ => WRONG,
    }
}

/// Whether there are more to come.
pub(super) fn goes_on(seen: u64, last: u64) -> bool {
    seen % AGAIN < last && seen < WRONG
}

/// Takes the events 1, 2, 3, .. to the last.
#[orchestration]
pub async fn inbox(last: u64, _b: u64) -> u64 {
    let mut seen = 0;
    while goes_on(seen, last) {
        seen = saw(seen, event::<u64>("a").await);
    }
    seen
}

/// Raises 1 for the inbox `id-{inbox}`, then tells `id-{second}` to go on.
#[orchestration]
pub async fn cause(inbox: u64, second: u64) {
    raise(format!("id-{inbox}"), "a", 1u64).await;
    raise(format!("id-{second}"), "go", ()).await;
}

/// Raises 2 for it when it is told to.
#[orchestration]
pub async fn consequence(inbox: u64, _b: u64) {
    event::<()>("go").await;
    raise(format!("id-{inbox}"), "a", 2u64).await;
}

/// The same with a sleep of so many milliseconds that gives up each await; a tie is the sleep's.
#[orchestration]
pub async fn patient(last: u64, nap: u64) -> u64 {
    let mut seen = 0;
    while goes_on(seen, last) {
        match race((sleep(millis(nap)), event::<u64>("a"))).await {
            Either::First(()) => {}
            Either::Second(next) => seen = saw(seen, next),
        }
    }
    seen
}

/// The same, with two awaits at a time.
#[orchestration]
pub async fn pairs(last: u64, _b: u64) -> u64 {
    let mut seen = 0;
    while goes_on(seen, last) {
        let (one, two) = join((event::<u64>("a"), event::<u64>("a"))).await;
        seen = saw(saw(seen, one), two);
    }
    seen
}

/// The same in runs of one event each, with a local in a row of its own.
#[orchestration]
pub async fn rounds(seen: u64, last: u64) -> u64 {
    let pad = vec![seen; 600];
    if !goes_on(seen, last) {
        return seen;
    }
    let lost = step(0).spawn().await;
    let next = event::<u64>("a").await;
    assert!(pad.len() == 600);
    let _ = lost;
    continue_as_new(rounds(saw(seen, next), last)).await
}

/// Starts an [`inbox`] and raises its events, most of them in turns of their own.
#[orchestration]
pub async fn chatter(cx: &mut Context, last: u64, _b: u64) -> u64 {
    let id = format!("{}/inbox", cx.instance_id());
    let child = inbox(last, 0).id(id.clone()).spawn().await;
    for n in 1..=last {
        raise(id.clone(), "a", n).await;
        if n % 3 != 0 {
            step(n).await;
        }
        assert!(!spend(&PANICS), "a turn that panics");
    }
    child.await
}

/// Raises the events of an [`inbox`] that it starts only after a sleep of so many milliseconds.
#[orchestration]
pub async fn herald(cx: &mut Context, last: u64, nap: u64) -> u64 {
    let id = format!("{}/late", cx.instance_id());
    for n in 1..=last {
        raise(id.clone(), "a", n).await;
        if n % 3 != 0 {
            step(n).await;
        }
    }
    sleep(millis(nap)).await;
    inbox(last, 0).id(id).await
}

/// Raises the events 1, 2, 3, .. of the instance `late`, in one turn; starts it or not.
#[orchestration]
pub async fn crier(last: u64, starts: u64) -> u64 {
    for n in 1..=last {
        raise("late", "a", n).await;
    }
    if starts > 0 {
        inbox(starts, 0).start_detached("late").await;
    }
    last
}

/// Begins again as something else.
#[orchestration]
pub async fn changeling(a: u64, b: u64) -> u64 {
    continue_as_new(rounds(a, b)).await
}

/// Takes a number, when a text may come.
#[orchestration]
pub async fn choosy(_a: u64, _b: u64) -> u64 {
    event::<u64>("a").await
}
