//! The same bodies compiled and replayed: T1 (recording shows in nothing) and T2 (a recording that is
//! cut anywhere goes on to the same end).
//!
//! The bodies of `differential` are compared in the same way; these use what those leave out: events,
//! entities, children, detached starts, runs.

use std::fmt::Debug;

use super::*;

/// Coins, of which there are never fewer than none.
#[derive(Debug, Default, Serialize, Deserialize)]
#[entity]
pub(crate) struct Purse {
    coins: u64,
    log: Vec<u64>,
}

#[entity]
impl Purse {
    pub fn put(&mut self, coins: u64) -> u64 {
        self.coins += coins;
        self.log.push(coins);
        self.coins
    }
    pub fn take(&mut self, coins: u64) -> Option<u64> {
        self.coins = self.coins.checked_sub(coins)?;
        Some(self.coins)
    }
    pub fn log(&self) -> Vec<u64> {
        self.log.clone()
    }
}

/// Every body twice, and a list of comparisons.
macro_rules! bodies {
    ($(async fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty $body:block)*) => {
        mod compiled {
            use super::*;
            $(#[orchestration] pub(super) async fn $name($($arg: $ty),*) -> $out $body)*
        }
        mod replayed {
            use super::*;
            $(#[orchestration(replay)] pub(super) async fn $name($($arg: $ty),*) -> $out $body)*
        }
        const BODIES: &[(&str, fn(&mut dyn FnMut(&str, &dyn Fn(Driver, Way) -> Seen)))] = &[
            $((stringify!($name), |each| {
                each("compiled", &|driver, way| run(driver, way, &|n| compiled::$name(n)));
                each("replayed", &|driver, way| run(driver, way, &|n| replayed::$name(n)));
            }),)*
        ];
    };
}

bodies! {
    async fn steps(n: u64) -> u64 {
        let mut sum = 0;
        for amount in 0..n {
            sum += charge("alice".into(), amount).await;
        }
        sum
    }
    async fn no_await(n: u64) -> u64 {
        n + 1
    }
    async fn joined(n: u64) -> (u64, String, Vec<u64>) {
        let all = join_all((0..n).map(|amount| charge(format!("account {amount}"), amount)));
        join((charge("alice".into(), n), ship("o".into()), all)).await
    }
    async fn joined_blocks(n: u64) -> (u64, String) {
        let account = format!("account {n}");
        let (paid, shipped) = join((
            async {
                let first = charge(account.clone(), n).await;
                first + charge(account.clone(), first).await
            },
            async { ship(account.clone()).await },
        ))
        .await;
        (paid, format!("{account}: {shipped}"))
    }
    async fn raced(n: u64) -> u64 {
        match race((charge("alice".into(), n), sleep(millis(n)), charge("bob".into(), 2 * n))).await {
            Either3::First(paid) => paid,
            Either3::Second(()) => 1_000,
            Either3::Third(paid) => 10_000 + paid,
        }
    }
    async fn raced_blocks(n: u64) -> u64 {
        match race((
            async { charge("a".into(), charge("a".into(), n).await).await },
            async {
                sleep(millis(1)).await;
                charge("b".into(), n).await
            },
        ))
        .await
        {
            Either::First(paid) => paid,
            Either::Second(paid) => 100 + paid,
        }
    }
    async fn hurried(n: u64) -> Vec<bool> {
        let mut in_time = Vec::new();
        for time in 0..n {
            let call = join((sleep(millis(2)), charge("alice".into(), time)));
            in_time.push(timeout(millis(time), call).await.is_ok());
        }
        in_time
    }
    async fn spawned(n: u64) -> u64 {
        let mut tasks = Vec::new();
        for amount in 0..n {
            tasks.push(charge("alice".into(), amount).spawn().await);
        }
        sleep(millis(1)).await;
        let mut sum = 0;
        while let Some(task) = tasks.pop() {
            if tasks.len() == 1 {
                task.cancel().await;
            } else {
                sum += task.await;
            }
        }
        sum
    }
    async fn sleeps(n: u64) -> u64 {
        for nap in 0..n {
            sleep(millis(nap)).await;
            sleep_until(std::time::UNIX_EPOCH).await;
        }
        n
    }
    async fn three_events(n: u64) -> Vec<u64> {
        let mut seen = vec![n];
        for _ in 0..3 {
            seen.push(event::<u64>("number").await);
        }
        seen
    }
    async fn two_events_at_once(n: u64) -> (u64, u64, String) {
        let (one, two) = join((event::<u64>("number"), event::<u64>("number"))).await;
        (one + n, two, event::<String>("word").await)
    }
    async fn events_or_time(n: u64) -> (Vec<u64>, u64) {
        let (mut seen, mut given_up) = (Vec::new(), 0);
        for _ in 0..n {
            match race((sleep(millis(1)), event::<u64>("number"))).await {
                Either::First(()) => given_up += 1,
                Either::Second(number) => seen.push(number),
            }
        }
        (seen, given_up)
    }
    async fn impatient(n: u64) -> Vec<Result<u64, Elapsed>> {
        let mut seen = Vec::new();
        for _ in 0..n {
            seen.push(timeout(days(1), event::<u64>("number")).await);
        }
        seen
    }
    async fn answers(n: u64) -> u64 {
        raise("driven", "answer", n).await;
        event::<u64>("answer").await
    }
    async fn entities(n: u64) -> (Vec<Option<u64>>, Vec<u64>) {
        let purse = Purse::at("alice");
        let mut seen = Vec::new();
        for coins in 0..n {
            purse.put(coins).await;
            seen.push(purse.take(2).await);
        }
        (seen, purse.log().await)
    }
    async fn signals(n: u64) -> Vec<u64> {
        for coins in 0..n {
            Purse::at("bob").put(coins).signal().await;
            if coins % 2 == 0 {
                charge("alice".into(), coins).await;
            }
        }
        Purse::at("bob").log().await
    }
    async fn entities_at_once(n: u64) -> (u64, u64) {
        join((Purse::at("a").put(n), Purse::at("b").put(n + 1))).await
    }
    async fn children(n: u64) -> u64 {
        if n == 0 {
            return 1;
        }
        let below = join((children(n / 2), children(n / 3).id(format!("third of {n}")))).await;
        below.0 + below.1
    }
    async fn detached(n: u64) -> u64 {
        steps(n).start_detached("one").await;
        steps(n).start_detached("two").await;
        charge("bob".into(), n).await
    }
    async fn runs(n: u64) -> u64 {
        charge("alice".into(), n).await;
        let kept = event::<u64>("number").await;
        if n < 2 {
            return n * 100 + kept;
        }
        continue_as_new(runs(n - 1)).await
    }
    async fn fallible(n: u64) -> Result<u64, undying::Failure> {
        let paid: Result<u64, undying::Failure> = if n > 3 {
            Err(undying::Failure::Cancelled { call: "charge".into() })
        } else {
            Ok(charge("alice".into(), n).await)
        };
        Ok(paid? + charge("bob".into(), n).await)
    }
    async fn loops(n: u64) -> Vec<u64> {
        let mut seen = Vec::new();
        if n == 0 {
            return seen;
        }
        'outer: loop {
            for amount in 0.. {
                if amount == n {
                    continue 'outer;
                }
                seen.push(charge("alice".into(), amount).await);
                if seen.len() as u64 >= 2 * n || seen.len() > 9 {
                    break 'outer;
                }
            }
        }
        seen
    }
    async fn known_macros(n: u64) -> String {
        let paid = vec![charge("a".into(), n).await, charge("b".into(), n).await];
        assert!(charge("c".into(), 1).await == 1, "{}", ship("no".into()).await);
        let odd = matches!(charge("d".into(), n).await, paid if paid % 2 == 1);
        let (left, right) = join!(charge("e".into(), n), ship("o".into()));
        format!("{paid:?} {odd} {left} {right} {}", charge("f".into(), n).await)
    }
    async fn helpers(n: u64) -> u64 {
        let (one, two) = join((both_times(n), both_times(n + 1))).await;
        one + two
    }
    async fn endless_loser(n: u64) -> u64 {
        let never = event::<u64>("never");
        match race((never, steps(n))).await {
            Either::First(never) => never,
            Either::Second(sum) => sum,
        }
    }
    async fn closures(n: u64) -> u64 {
        let account = String::from("alice");
        let pay = |amount| charge(account.clone(), amount);
        let mut sum = 0;
        for amount in [n, 2 * n] {
            sum += pay(amount).await;
        }
        sum
    }
}

/// Two steps, in a frame of its own.
#[resumable]
async fn both_times(n: u64) -> u64 {
    let first = charge("helper".into(), n).await;
    first + charge("helper".into(), first + 1).await
}

/// What a run shows.
#[derive(Debug, PartialEq)]
struct Seen {
    output: String,
    effects: Vec<String>,
}

/// How a body is run.
#[derive(Debug, Clone, Copy)]
enum Way {
    Through(u64),
    /// Written, dropped and read back where it comes to wait for the n-th time.
    Cut(u64, usize),
}

/// Runs a call, if it comes to wait so often.
fn run<O: OrchestrationCall<Output: Debug>>(
    mut driver: Driver,
    way: Way,
    call: &dyn Fn(u64) -> Orchestration<O>,
) -> Seen {
    effects();
    let output = match way {
        Way::Through(n) => driver.run(call(n)),
        Way::Cut(n, at) => match driver.run_until(call(n), at) {
            Ok(rest) => driver.resume::<O>(rest),
            // It has no such place.
            Err(_) => {
                effects();
                return run(fresh(Memory::Hot), Way::Through(n), call);
            }
        },
    };
    Seen {
        output: match output {
            Ok(output) => format!("{output:?}"),
            Err(stop) => format!("stopped: {stop}"),
        },
        effects: effects(),
    }
}

fn fresh(memory: Memory) -> Driver {
    let mut driver = Driver::new(memory);
    for number in 1..=4u64 {
        driver = driver.event("number", &number).unwrap();
    }
    driver.event("word", &"hi".to_owned()).unwrap()
}

#[test]
fn t1_a_body_shows_the_same_compiled_and_replayed() {
    assert!(BODIES.len() >= 25, "{}", BODIES.len());
    for (name, each) in BODIES {
        for n in 0..5 {
            let mut seen = Vec::new();
            each(&mut |_, run| seen.push(run(fresh(Memory::Hot), Way::Through(n))));
            assert_eq!(
                seen[1], seen[0],
                "{name}({n}); left: replayed, right: compiled"
            );
            for seed in 0..8 {
                let mut seen = Vec::new();
                let driver = || fresh(Memory::Hot).seeded(seed);
                each(&mut |_, run| seen.push(run(driver(), Way::Through(n))));
                assert_eq!(seen[1], seen[0], "{name}({n}), seed {seed}");
            }
        }
    }
}

#[test]
fn t2_a_recording_cut_at_every_turn_goes_on_to_the_same_end() {
    for (name, each) in BODIES {
        for n in 0..5 {
            each(&mut |model, run| {
                let whole = run(fresh(Memory::Hot), Way::Through(n));
                // Cut everywhere in one run, then in each place alone.
                let cold = run(fresh(Memory::Cold), Way::Through(n));
                assert_eq!(cold, whole, "{name}({n}), {model}");
                for at in 1..12 {
                    let cut = run(fresh(Memory::Hot), Way::Cut(n, at));
                    assert_eq!(cut, whole, "{name}({n}), {model}, cut at {at}");
                }
                for seed in 0..4 {
                    let driver = |memory| fresh(memory).seeded(seed);
                    let whole = run(driver(Memory::Hot), Way::Through(n));
                    let cold = run(driver(Memory::Cold), Way::Through(n));
                    assert_eq!(cold, whole, "{name}({n}), {model}, seed {seed}");
                }
            });
        }
    }
}
