//! Replayed orchestrations: what the others of this folder do, with what cannot be saved across their
//! awaits.

use undying::prelude::*;

use super::bodies::{PANICS, spend, step};
use super::entities::{Look, Put, Take, purse};
use super::events::{goes_on, saw};
use super::locks::inside;

fn maybe_panic() {
    assert!(!spend(&PANICS), "a turn that panics");
}

/// So many steps, one after the other.
#[orchestration(replay)]
pub async fn replayed_chain(n: u64, v: u64) -> u64 {
    let rounds = vec![v; n as usize];
    let mut value = v;
    for kept in rounds.iter() {
        value = step(value).await;
        maybe_panic();
        assert!(value > *kept);
    }
    value
}

/// So many rounds of all that an orchestration can wait for, but events; 20 each.
#[orchestration(replay)]
pub async fn replayed_mix(cx: &ReplayContext, n: u64, nap: u64) -> u64 {
    let pad: Box<dyn Fn(u64) -> Vec<u64> + Send + Sync> = Box::new(|n| vec![n; 50]);
    let mut sum = 0;
    for round in 0..n {
        let dice = cx.random() % 1_000;
        assert!(
            step(dice).await == dice + 1,
            "arguments and results belong together"
        );
        maybe_panic();
        let (two, one, ()) = join((
            async { step(step(0).await).await },
            step(0),
            sleep(millis(nap)),
        ))
        .await;
        // Either may win.
        let raced = race((async { step(step(0).await).await }, sleep(millis(nap)))).await;
        let won = match raced {
            Either::First(two) => two,
            Either::Second(()) => 2,
        };
        maybe_panic();
        let task = step(3).spawn().await;
        let child = replayed_chain(3, 0).await;
        cx.set_status(format!("round {round} of {}", pad(round).len()));
        let quick = timeout(millis(nap), step(0)).await.unwrap_or(1);
        let all = join_all((0..3).map(|n| async move { step(n).await })).await;
        sum += two + one + won + child + task.await + quick + all.iter().sum::<u64>();
        sum += u64::from(all == [1, 2, 3]);
    }
    sum
}

/// Takes coins from purse 0 and puts them into purse `a`; how many were moved.
#[orchestration(replay)]
pub async fn replayed_pay(a: u64, coins: u64) -> u64 {
    if purse::<Take>(0, coins).await.is_err() {
        return 0;
    }
    purse::<Put>(a, coins).await;
    maybe_panic();
    coins
}

/// Signals `b` times to put 1, 2, 3 .. into purse `a`, some of them in turns of their own, and asks
/// how many there are then.
#[orchestration(replay)]
pub async fn replayed_tell(a: u64, b: u64) -> u64 {
    for coins in 1..=b {
        purse::<Put>(a, coins).signal().await;
        if coins % 3 == 0 {
            step(coins).await;
            maybe_panic();
        }
    }
    purse::<Look>(a, 0).await
}

/// As [`hasty`](super::locks::hasty), with the critical sections of its helper.
#[orchestration(replay)]
pub async fn replayed_hasty(seed: u64, rounds: u64) -> u64 {
    let seeds = [seed];
    let mut entered = 0;
    for seed in seeds.iter() {
        for round in 0..rounds {
            let nap = millis(5 * (seed % 4));
            entered += match race((async { inside(seed + round).await }, sleep(nap))).await {
                Either::First(entered) => entered,
                Either::Second(()) => 0,
            };
        }
    }
    rounds * 100 + entered
}

/// As [`inbox`](super::events::inbox).
#[orchestration(replay)]
pub async fn replayed_inbox(last: u64, _b: u64) -> u64 {
    let mut seen = 0;
    while goes_on(seen, last) {
        seen = saw(seen, event::<u64>("a").await);
    }
    seen
}

/// As [`patient`](super::events::patient).
#[orchestration(replay)]
pub async fn replayed_patient(last: u64, nap: u64) -> u64 {
    let mut seen = 0;
    while goes_on(seen, last) {
        match race((sleep(millis(nap)), event::<u64>("a"))).await {
            Either::First(()) => {}
            Either::Second(next) => seen = saw(seen, next),
        }
    }
    seen
}

/// As [`rounds`](super::events::rounds).
#[orchestration(replay)]
pub async fn replayed_rounds(seen: u64, last: u64) -> u64 {
    let pad = vec![seen; 600];
    let kept = &pad;
    if !goes_on(seen, last) {
        return seen;
    }
    let lost = step(0).spawn().await;
    let next = event::<u64>("a").await;
    assert!(kept.len() == 600);
    let _ = lost;
    continue_as_new(replayed_rounds(saw(seen, next), last)).await
}

/// Starts a [`replayed_inbox`] and raises its events, most of them in turns of their own.
#[orchestration(replay)]
pub async fn replayed_chatter(cx: &ReplayContext, last: u64, _b: u64) -> u64 {
    let id = format!("{}/inbox", cx.instance_id());
    let child = replayed_inbox(last, 0).id(id.clone()).spawn().await;
    for n in 1..=last {
        raise(id.as_str(), "a", n).await;
        if n % 3 != 0 {
            step(n).await;
        }
        maybe_panic();
    }
    child.await
}
