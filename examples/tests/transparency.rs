//! Failure transparency of the example programs: whatever a run with crashes shows is what some run
//! without crashes shows. The process dies at every commit and in every turn of user code.
#![allow(clippy::unwrap_used, reason = "a world at rest is as it should be")]

#[path = "../../runtime/tests/transparency/hooked.rs"]
#[allow(
    dead_code,
    reason = "these programs have fewer places where they may fail"
)]
mod hooked;
#[path = "../../runtime/tests/sim/life.rs"]
#[allow(dead_code, reason = "the simulation needs more of it")]
mod life;
#[path = "../../runtime/tests/transparency/transparent.rs"]
mod transparent;
#[path = "../../runtime/tests/transparency/world.rs"]
#[allow(dead_code, reason = "these programs have no orchestrations")]
mod world;

use undying::RsmRef;
use undying::core::Outcome;
use undying_examples::rsm::{broker, ping_pong, simple_timers, wordcount};

use hooked::{Items, hooked};
use transparent::transparent;
use world::{Case, World, create};

/// What the only monitor says.
fn monitor<M: undying::Rsm>(world: &mut World) -> M {
    let monitor = RsmRef::<M>::named("monitor");
    world.fields(&monitor).expect("it was told something")
}

#[test]
fn ping_pong_is_transparent() {
    use ping_pong::{Ping, Pong, RoundTrips, Rounds};
    let pings = || ["a", "b"].map(Ping::at);
    let case = Case {
        items: Items::new([hooked::<Ping>(), hooked::<Pong>(), hooked::<RoundTrips>()]),
        clients: pings().map(|ping| vec![create(&ping, Rounds(4))]).to_vec(),
        attempt: |_| Outcome::Cancelled,
        view: |world| {
            let pings = ["a", "b"].map(Ping::at);
            let played = pings.map(|ping| world.fields(&ping).unwrap().played);
            let mut seen = vec![format!("{played:?} {:?}", monitor::<RoundTrips>(world))];
            seen.extend(world.ids());
            seen
        },
        until_ms: 100_000,
    };
    transparent("ping_pong", &case);
}

#[test]
fn the_broker_is_transparent() {
    use broker::{Account, Balance, Broker, Client, OPENED_WITH, Which, Wish, account};
    // One that has enough, one that has too little, one that may come too early.
    let wishes = [
        (Which::A, 60, 0),
        (Which::B, OPENED_WITH + 1, 0),
        (Which::B, 30, 4),
    ];
    let clients = wishes
        .iter()
        .zip(0..)
        .map(|((from, amount, pauses), client)| {
            let (from, amount, pauses) = (*from, *amount, *pauses);
            let wish = Wish {
                client,
                from,
                amount,
                pauses,
            };
            vec![create(&Client::at(client), wish)]
        });
    let case = Case {
        items: Items::new([
            hooked::<Client>(),
            hooked::<Account>(),
            hooked::<Broker>(),
            hooked::<Balance>(),
        ]),
        clients: clients.collect(),
        attempt: |_| Outcome::Cancelled,
        view: |world| {
            let mut seen = Vec::new();
            for client in 0..3 {
                let accounts = [Which::A, Which::B].map(|which| account(client, which));
                let balances = accounts.map(|account| world.fields(&account).unwrap().balance);
                assert_eq!(balances.iter().sum::<u64>(), 2 * OPENED_WITH);
                let outcome = world.fields(&Client::at(client)).unwrap();
                seen.push(format!("{balances:?} {outcome:?}"));
            }
            let balance = monitor::<Balance>(world);
            seen.push(format!("{balance:?}"));
            seen.extend(world.ids());
            seen
        },
        until_ms: 100_000,
    };
    transparent("broker", &case);
}

#[test]
fn simple_timers_are_transparent() {
    use simple_timers::{Changes, TimerOfState, TwoTimers};
    let case = Case {
        items: Items::new([hooked::<TwoTimers>(), hooked::<TimerOfState>()]),
        clients: vec![vec![create(&TwoTimers::at("it"), Changes(2))]],
        attempt: |_| Outcome::Cancelled,
        view: |world| {
            let timers = world.fields(&TwoTimers::at("it")).unwrap();
            let monitor = monitor::<TimerOfState>(world);
            vec![format!("{timers:?} {monitor:?}")]
        },
        until_ms: 100_000,
    };
    transparent("simple_timers", &case);
}

#[test]
fn the_word_count_is_transparent() {
    use wordcount::{Counter, Gather, Rising, Source, SourceInit};
    let init = || SourceInit {
        words: 24,
        vocabulary: 5,
        counters: 2,
        seed: 7,
    };
    let case = Case {
        items: Items::new([
            hooked::<Source>(),
            hooked::<Counter>(),
            hooked::<Gather>(),
            hooked::<Rising>(),
        ]),
        clients: vec![vec![create(&Source::at("it"), init())]],
        attempt: |_| Outcome::Cancelled,
        view: |world| {
            let source = world.fields(&Source::at("it")).unwrap();
            let mut seen = Vec::new();
            for counter in &source.counters {
                seen.push(format!("{:?}", world.fields(counter).unwrap().frequencies));
            }
            let rising = monitor::<Rising>(world);
            seen.push(format!("{} {rising:?}", source.sent));
            seen
        },
        until_ms: 100_000,
    };
    transparent("wordcount", &case);
}
