//! Stubs: what activities do in a test.

use std::time::Duration;

use undying::prelude::*;
use undying::testing::{Stub, Test, VirtualClock, nap};

/// What no test has.
#[derive(Clone)]
pub(crate) struct Terminal;

#[activity(retry(max_attempts = 5, first = "1h"), timeout = "10m")]
async fn charge(account: String, amount: u64, State(_): State<Terminal>) -> Result<u64, Declined> {
    Err(Declined::Said(format!("{account} with {amount}")))
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Declined {
    Said(String),
    Failed(Failure),
}

impl From<Failure> for Declined {
    fn from(failure: Failure) -> Self {
        Declined::Failed(failure)
    }
}

#[activity]
async fn now(_unit: ()) -> u64 {
    7
}

#[orchestration]
async fn buy(account: String) -> Result<u64, Declined> {
    let factor = now(()).await;
    Ok(charge(account, 20).await? * factor)
}

#[undying::test]
async fn a_stub_is_called_with_typed_arguments_and_counted(test: Test) -> undying::Result<()> {
    let bank = Stub::<ChargeCall>::new(|(account, amount)| match account.as_str() {
        "ann" => Ok(amount + 1),
        _ => Err(Declined::Said(account)),
    });
    let engine = test.open(Engine::builder().stub(&bank)).await?;
    let ann = engine.start("1", buy("ann".to_owned())).await?;
    assert_eq!(ann.result().await?, Ok(147));
    let bob = engine.start("2", buy("bob".to_owned())).await?;
    assert_eq!(bob.result().await?, Err(Declined::Said("bob".to_owned())));
    let accounts: Vec<_> = bank
        .calls()
        .into_iter()
        .map(|call| call.arguments.0)
        .collect();
    assert_eq!(accounts, ["ann", "bob", "bob", "bob", "bob", "bob"]);
    Ok(())
}

#[undying::test]
async fn a_stub_that_fails_is_tried_again_by_the_policy(test: Test) -> undying::Result<()> {
    let bank = Stub::<ChargeCall>::with(|(_, amount), attempt| async move {
        match attempt.attempt() {
            1 => Err(Declined::Said("closed".to_owned())),
            2 => panic!("on fire"),
            _ => Ok(amount),
        }
    });
    let engine = test.open(Engine::builder().stub(&bank)).await?;
    let began = test.clock().now();
    assert_eq!(
        engine
            .start("1", buy("ann".to_owned()))
            .await?
            .result()
            .await?,
        Ok(140)
    );
    assert_eq!(bank.count(), 3);
    assert!(test.clock().now() >= began + hours(2));
    assert_eq!(bank.calls()[2].context.instance_id(), "1");
    Ok(())
}

#[undying::test]
async fn a_stub_that_takes_its_time_is_timed_out_by_the_clock(test: Test) -> undying::Result<()> {
    let bank = Stub::<ChargeCall>::with(|(_, amount), attempt| async move {
        let time = match attempt.attempt() {
            1 => Duration::MAX,
            2 => minutes(11),
            _ => minutes(9),
        };
        nap(time).await;
        Ok(amount)
    });
    let engine = test.open(Engine::builder().stub(&bank)).await?;
    let clock: VirtualClock = test.clock();
    let began = clock.now();
    let handle = engine.start("1", buy("ann".to_owned())).await?;
    clock.advance(minutes(9)).await;
    assert_eq!(bank.count(), 1);
    assert_eq!(handle.result().await?, Ok(140));
    // Two timeouts, two pauses, and nine minutes.
    assert_eq!(clock.now(), began + minutes(20) + hours(2) + minutes(9));
    Ok(())
}

#[test]
fn a_stub_is_an_activity_on_threads_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let bank = Stub::<ChargeCall>::new(|(_, amount)| Ok(amount));
        // The states of the activities that are not stubbed.
        let builder = Engine::builder().state(crate::planted::Bank::default());
        let engine = builder.stub(&bank).open_in_memory().await.unwrap();
        let handle = engine.start("1", buy("ann".to_owned())).await.unwrap();
        assert_eq!(handle.result().await.unwrap(), Ok(140));
        assert_eq!(bank.count(), 1);
    });
}

#[undying::test]
async fn a_state_that_a_test_does_not_give_is_missed_by_the_attempt(
    engine: Engine,
) -> undying::Result<()> {
    let handle = engine.start("1", buy("ann".to_owned())).await?;
    let Err(Declined::Failed(failure)) = handle.result().await? else {
        panic!("it has no terminal");
    };
    assert!(
        failure
            .to_string()
            .contains("stubs::Terminal>`: give it one"),
        "{failure}"
    );
    Ok(())
}
