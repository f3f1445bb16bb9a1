//! A body that does something else than its recording is refused, by step, with both.

use super::*;

/// The version that wrote the recording. It comes to wait at each line.
#[orchestration(replay, name = "order")]
async fn order(account: String) -> u64 {
    let paid = charge(account.clone(), 20).await;
    ship(account).await;
    sleep(millis(50)).await;
    paid
}

/// A later version, to which the old one is led when it waits for the last time.
macro_rules! version {
    ($Call:ident: $account:ident $body:block) => {{
        #[orchestration(replay, name = "order", call = $Call)]
        async fn order($account: String) -> u64 $body
        let _ = order;
        diverged(deploy::<$Call>(super::diverged::order("alice".into()), 3))
    }};
}

fn diverged<T>(result: Result<T, Stop>) -> (u64, String, String) {
    match refusal(result) {
        Refusal::Diverged {
            body,
            step,
            expected,
            actual,
        } => {
            assert_eq!(body, "order");
            (step, expected, actual)
        }
        other => panic!("{other}"),
    }
}

fn is((step, expected, actual): (u64, String, String), of: (u64, &str, &str)) {
    assert_eq!((step, expected.as_str(), actual.as_str()), of);
}

const CHARGE: &str = r#"the activity `charge(account: "alice", amount: 20)`"#;
const SHIP: &str = r#"the activity `ship(order: "alice")`"#;
const TIMER: &str = "a timer of 1700000000050 ms";

#[test]
fn the_version_that_wrote_a_recording_goes_on() {
    let output = deploy::<OrderCall>(order("alice".into()), 3);
    assert_eq!(output, Ok(20));
}

#[test]
fn a_version_that_does_the_same_and_more_at_the_end_goes_on() {
    #[orchestration(replay, name = "order", call = More)]
    async fn order(account: String) -> u64 {
        let kept = format!("{account} of the new version");
        let paid = charge(account.clone(), 20).await;
        ship(account).await;
        sleep(millis(50)).await;
        paid + charge(kept, 1).await
    }
    let _ = order;
    assert_eq!(
        deploy::<More>(super::diverged::order("alice".into()), 3),
        Ok(21)
    );
}

#[test]
fn a_changed_argument_is_named() {
    let found = version!(Changed: account {
        let paid = charge(account.clone(), 21).await;
        ship(account).await;
        sleep(millis(50)).await;
        paid
    });
    let actual = r#"the activity `charge(account: "alice", amount: 21)`"#;
    is(found, (1, CHARGE, actual));
}

#[test]
fn a_large_argument_that_changed_is_named_by_its_size_and_hash() {
    #[orchestration(replay, name = "order", call = Long)]
    async fn long(text: String) -> u64 {
        charge(text.repeat(300), 1).await;
        charge(text, 2).await
    }
    #[orchestration(replay, name = "order", call = Other)]
    async fn other(text: String) -> u64 {
        charge(text.repeat(301), 1).await;
        charge(text, 2).await
    }
    let _ = other;
    let (step, expected, actual) = diverged(deploy::<Other>(long("x".into()), 2));
    assert_eq!(step, 1);
    assert!(
        expected.starts_with("the activity `charge(303 bytes with hash "),
        "{expected}"
    );
    assert!(
        actual.starts_with("the activity `charge(304 bytes with hash "),
        "{actual}"
    );
    assert_eq!(deploy::<Long>(long("x".into()), 2), Ok(2));
}

#[test]
fn reordered_calls_are_named() {
    let found = version!(Reordered: account {
        ship(account.clone()).await;
        let paid = charge(account, 20).await;
        sleep(millis(50)).await;
        paid
    });
    is(found, (1, CHARGE, SHIP));
}

#[test]
fn a_removed_call_is_named() {
    let found = version!(Removed: account {
        let paid = charge(account, 20).await;
        sleep(millis(50)).await;
        paid
    });
    is(found, (2, SHIP, TIMER));
}

#[test]
fn an_added_call_is_named() {
    let found = version!(Added: account {
        let paid = charge(account.clone(), 20).await;
        ship("first".into()).await;
        ship(account).await;
        sleep(millis(50)).await;
        paid
    });
    is(found, (2, SHIP, r#"the activity `ship(order: "first")`"#));
}

#[test]
fn a_call_added_beside_another_is_named() {
    let found = version!(Beside: account {
        let (paid, _) = join((charge(account.clone(), 20), ship("too".into()))).await;
        ship(account).await;
        sleep(millis(50)).await;
        paid
    });
    is(
        found,
        (
            2,
            "an `.await` that waits",
            r#"the activity `ship(order: "too")`"#,
        ),
    );
}

#[test]
fn an_earlier_end_is_named() {
    let found = version!(Earlier: account {
        charge(account, 20).await
    });
    is(found, (2, SHIP, "its end"));
}

#[test]
fn an_end_where_it_waited_for_what_it_had_asked_for_is_named() {
    let found = version!(Unawaited: account {
        let task = charge(account.clone(), 20).spawn().await;
        let _kept = task;
        20
    });
    is(found, (2, "an `.await` that waits", "its end"));
}

#[test]
fn another_time_is_named() {
    let found = version!(Slower: account {
        let paid = charge(account.clone(), 20).await;
        ship(account).await;
        sleep(millis(51)).await;
        paid
    });
    is(found, (3, TIMER, "a timer of 1700000000051 ms"));
}

#[test]
fn beginning_again_where_it_went_on_is_named() {
    let found = version!(Again: account {
        charge(account.clone(), 20).await;
        continue_as_new(order(account)).await
    });
    is(found, (2, SHIP, "beginning again"));
}

#[test]
fn a_result_that_is_not_taken_any_more_is_named() {
    #[orchestration(replay, name = "order", call = InOrder)]
    async fn in_order(n: u64) -> u64 {
        let one = charge("a".into(), n).spawn().await;
        let two = charge("b".into(), n).spawn().await;
        one.await + two.await
    }
    #[orchestration(replay, name = "order", call = Turned)]
    async fn turned(n: u64) -> u64 {
        let one = charge("a".into(), n).spawn().await;
        let two = charge("b".into(), n).spawn().await;
        two.await + one.await
    }
    let _ = turned;
    // It comes to wait twice if the first call completes before the second.
    let waits_twice = |seed| {
        Driver::new(Memory::Hot)
            .seeded(seed)
            .run_until(in_order(1), 2)
    };
    let rest = (0..64).find_map(|seed| waits_twice(seed).ok()).unwrap();
    let found = diverged(Driver::new(Memory::Hot).resume::<Turned>(rest));
    let (taking, waiting) = (
        "taking the result of operation 0",
        "an `.await` that does not take it",
    );
    is(found, (3, taking, waiting));
}

#[test]
fn another_status_signal_event_child_and_raise_are_named() {
    #[orchestration(replay, name = "order", call = Old)]
    async fn old(cx: &ReplayContext, n: u64) -> u64 {
        cx.set_status(format!("at {n}"));
        charge("a".into(), 1).await;
        raise("other", "greeting", n).await;
        charge("a".into(), 2).await;
        timeout(days(1), event::<u64>("number")).await.ok();
        old(n).id(format!("child {n}")).await
    }
    macro_rules! new {
        ($Call:ident: $cx:ident $n:ident $body:block) => {{
            #[orchestration(replay, name = "order", call = $Call)]
            async fn new($cx: &ReplayContext, $n: u64) -> u64 $body
            let _ = new;
            diverged(deploy::<$Call>(old(7), 3))
        }};
    }
    let found = new!(Status: cx n {
        cx.set_status(format!("near {n}"));
        charge("a".into(), 1).await
    });
    is(found, (2, r#"the status "at 7""#, r#"the status "near 7""#));
    let found = new!(Raises: cx n {
        cx.set_status(format!("at {n}"));
        charge("a".into(), 1).await;
        raise("other", "greeting", n + 1).await;
        charge("a".into(), 2).await
    });
    let raised = |n| format!("raising the event `greeting` = `{n}` of `other`");
    is(found, (4, &raised(7), &raised(8)));
    let found = new!(Waits: cx n {
        cx.set_status(format!("at {n}"));
        charge("a".into(), 1).await;
        raise("other", "greeting", n).await;
        charge("a".into(), 2).await;
        event::<u64>("numbers").await
    });
    let waits = |name| format!("waiting for the event `{name}`");
    is(found, (5, &waits("number"), &waits("numbers")));
}
