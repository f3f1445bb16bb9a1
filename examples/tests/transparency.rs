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

use std::collections::BTreeSet;

use undying::__private::Arg;
use undying::core::{Outcome, StartAttempt};
use undying::durable::{Call, Entry, Named};
use undying::schema::Stored;
use undying::{Persist, RsmRef};
use undying_examples::rsm::pool_manager::{CreateVmCall, DeleteVmCall, ReadPoolsCall};
use undying_examples::rsm::{broker, ping_pong, pool_manager, simple_timers, survey, wordcount};

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
        takes_ms: 0,
        is_late: false,
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
        takes_ms: 0,
        is_late: false,
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
        takes_ms: 0,
        is_late: false,
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
        takes_ms: 0,
        is_late: false,
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

#[test]
fn the_surveys_are_transparent() {
    use survey::{Core, Progressing, Subscriber, SurveyHandler, SurveyPlan};
    let plan = |seed| SurveyPlan {
        open_ms: 35,
        every_ms: 10,
        seed,
    };
    let case = Case {
        items: Items::new([
            hooked::<Core>(),
            hooked::<Subscriber>(),
            hooked::<SurveyHandler>(),
            hooked::<Progressing>(),
        ]),
        clients: vec![
            vec![create(&Core::at("main"), ())],
            vec![create(&Subscriber::at(1), plan(1))],
            vec![create(&Subscriber::at(2), plan(2))],
        ],
        attempt: |_| Outcome::Cancelled,
        takes_ms: 0,
        // A response that is due while a machine waits after a failure is not given later.
        is_late: true,
        view: |world| {
            let results = [1, 2].map(|number| {
                let subscriber = world.fields(&Subscriber::at(number));
                subscriber.unwrap().results
            });
            let said: u64 = results.iter().map(|results| results.yes + results.no).sum();
            let core = world.fields(&Core::at("main")).unwrap();
            let progress = monitor::<Progressing>(world);
            assert_eq!((core.surveys, core.subscribers.len()), (2, 0));
            assert_eq!((progress.responses, progress.counted), (said, said));
            let mut seen = vec![format!("{results:?} {progress:?}")];
            seen.extend(world.ids());
            seen
        },
        until_ms: 100_000,
    };
    transparent("survey", &case);
}

/// What a call is told.
fn told<C: Call>(start: &StartAttempt) -> C::Args {
    start.args.read::<Named<C>>().unwrap().0
}

fn done(result: &impl Persist) -> Outcome {
    Outcome::Done(Stored::write(result).unwrap())
}

/// The world of the pool manager: a file that somebody changes, with a mistake at first, and VMs that
/// are there or not.
fn cloud(start: &StartAttempt) -> Outcome {
    use pool_manager::{Config, Trouble};
    let name = start.entry.name;
    let (what, vm, fails) = if name == ReadPoolsCall::NAME {
        return done(&Config::parse(
            FILE[FILE.len().min(start.operation as usize) - 1],
        ));
    } else if name == CreateVmCall::NAME {
        let (Arg(vm), Arg(chance)) = told::<CreateVmCall>(start);
        let fails = chance.fails(&vm, None);
        ("create".to_owned(), vm, fails)
    } else {
        assert_eq!(name, DeleteVmCall::NAME);
        let (Arg(vm), Arg(deletion), Arg(chance)) = told::<DeleteVmCall>(start);
        let fails = chance.fails(&vm, Some(deletion));
        (format!("delete {deletion}"), vm, fails)
    };
    let came_to = if fails { "fails" } else { "succeeds" };
    hooked::say(format!("{}/{} {what} {came_to}", vm.pool, vm.number));
    match fails {
        true => done(&Err::<(), _>(Trouble::Unlucky)),
        false => done(&Ok::<(), Trouble>(())),
    }
}

/// What each look at the file finds, the last one from then on.
const FILE: [&str; 3] = ["web 2\nbatch 1", "web 1\nother", "web 1\nother 1"];

#[test]
fn the_pool_manager_is_transparent() {
    use pool_manager::{Chance, DriverInit, PoolDriver, PoolManager, PoolsAtGoal, VmManager};
    let init = DriverInit {
        file: "pools".into(),
        every_ms: 30_000,
        chance: Chance {
            failing: 30,
            seed: 1,
        },
    };
    let case = Case {
        items: Items::new([
            hooked::<PoolDriver>(),
            hooked::<PoolManager>(),
            hooked::<VmManager>(),
            hooked::<PoolsAtGoal>(),
            Entry::activity::<ReadPoolsCall>(file!(), line!()),
            Entry::activity::<CreateVmCall>(file!(), line!()),
            Entry::activity::<DeleteVmCall>(file!(), line!()),
        ]),
        clients: vec![vec![create(&PoolDriver::at("it"), init)]],
        attempt: cloud,
        takes_ms: 40_000,
        is_late: false,
        view: |world| {
            let driver = world.fields(&PoolDriver::at("it")).unwrap();
            let spec = monitor::<PoolsAtGoal>(world);
            assert_eq!((driver.followed, &driver.trouble), (2, &None));
            assert_eq!(
                driver.config.0,
                [("other".to_owned(), 1), ("web".to_owned(), 1)].into()
            );
            let mut sizes = Vec::new();
            for (name, pool) in &driver.pools {
                let vms = world.fields(pool).unwrap();
                sizes.push((vms.created.len(), vms.creating.len(), vms.deleting.len()));
                assert_eq!(spec.pools.get(pool), driver.config.0.get(name));
            }
            assert_eq!(sizes, [(1, 0, 0), (1, 0, 0)]);
            // What was done to the world is what the machines know: nothing twice, nothing forgotten.
            let vms = |what: &str, came_to: &str| -> Vec<String> {
                let said = world.said.iter().filter(|said| said.ends_with(came_to));
                let of = said.filter_map(|said| said.split_once(what));
                of.map(|(vm, _)| vm.to_owned()).collect()
            };
            let came = BTreeSet::from_iter(vms(" create", "succeeds"));
            let deleted = BTreeSet::from_iter(vms(" delete", "succeeds"));
            let there = came.difference(&deleted).count();
            let went = came.intersection(&deleted).count();
            let failed = [" create", " delete"].map(|what| vms(what, "fails").len());
            let known = [spec.came, spec.went, spec.not_created, spec.not_deleted];
            let done = [came.len(), went, failed[0], failed[1]].map(|number| number as u64);
            assert_eq!(known, done, "created, deleted, not created, not deleted");
            let ids = world.ids();
            let machines = ["#PoolManager", "#VmManager"]
                .map(|kind| ids.iter().filter(|id| id.starts_with(kind)).count());
            assert_eq!((machines, ids.len()), ([2, 2], 6), "{ids:?}");
            // Which VMs fail, and how many, depends on which of them came when.
            vec![format!("{sizes:?}, {there} are there, {:?}", spec.goal)]
        },
        until_ms: 240_000,
    };
    transparent("pool_manager", &case);
}
