//! The verbs of operators.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use undying::prelude::*;

use super::{Api, until_parked};

#[orchestration]
async fn adds(n: u32) -> u32 {
    n + event::<u32>("more").await
}

#[orchestration]
async fn reads_a_number() -> u32 {
    event::<u32>("n").await
}

#[tokio::test]
async fn a_suspended_instance_goes_on_when_it_is_resumed() {
    let api = Api::new().await;
    api.post("/orchestrations/adds/one", json!({"n": 1}))
        .await
        .with(202);
    api.ask("/instances/one/suspend?reason=lunch")
        .await
        .with(204);
    api.post("/instances/one/events/more", json!(2))
        .await
        .with(202);
    let whole = api.get("/instances/one").await.with(202);
    assert_eq!(
        (&whole["status"], &whole["reason"]),
        (&json!("suspended"), &json!("lunch"))
    );
    api.ask("/instances/one/resume").await.with(204);
    assert_eq!(api.get("/instances/one/result?wait=30s").await.with(200), 3);
    for verb in ["suspend", "resume"] {
        let late = api.ask(&format!("/instances/one/{verb}")).await;
        assert_eq!(late.refused(410).0, "ended");
    }
}

#[tokio::test]
async fn an_instance_is_restarted_with_its_arguments_in_its_place_or_beside_it() {
    let api = Api::new().await;
    api.post("/orchestrations/adds/one", json!({"n": 1}))
        .await
        .with(202);
    assert_eq!(
        api.ask("/instances/one/restart").await.refused(409).0,
        "wrong_status"
    );
    api.ask("/instances/one/cancel").await.with(204);

    let beside = api.ask("/instances/one/restart?as=two").await;
    assert_eq!(beside.header("location"), "/durable/instances/two");
    assert_eq!(beside.with(202)["id"], "two");
    api.ask("/instances/one/restart").await.with(202);
    for id in ["one", "two"] {
        api.post(&format!("/instances/{id}/events/more"), json!(4))
            .await
            .with(202);
        let result = api.get(&format!("/instances/{id}/result?wait=30s")).await;
        assert_eq!(result.with(200), 5);
    }
}

#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
enum Shut {
    #[error("the shop is shut")]
    Shut,
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[activity]
async fn buy(State(open): State<Arc<AtomicBool>>) -> Result<u8, Shut> {
    match open.load(Ordering::SeqCst) {
        true => Ok(7),
        false => Err(Shut::Shut),
    }
}

#[orchestration]
async fn shops() -> Result<u8, Shut> {
    buy().await
}

#[tokio::test]
async fn what_has_failed_is_rewound_to_the_call_that_failed() {
    let api = Api::new().await;
    api.ask("/orchestrations/shops/one").await.with(202);
    api.get("/instances/one/result?wait=30s").await.with(500);
    api.open.store(true, Ordering::SeqCst);
    let answer = api.ask("/instances/one/rewind?reason=it%20is%20open").await;
    assert_eq!(answer.header("location"), "/durable/instances/one");
    answer.with(202);
    let result = api.get("/instances/one/result?wait=30s").await;
    assert_eq!(result.with(200), json!({"Ok": 7}));
    assert_eq!(api.get("/instances/one").await.with(200)["rewound"], 1);
    assert_eq!(
        api.ask("/instances/one/rewind").await.refused(410).0,
        "ended"
    );
}

#[tokio::test]
async fn what_is_done_to_all_is_done_to_those_that_the_query_says() {
    let api = Api::new().await;
    for id in ["a-1", "a-2", "b-1", "b-2"] {
        let path = format!("/orchestrations/adds/{id}");
        api.post(&path, json!({"n": 1})).await.with(202);
    }
    for (verb, query, said) in [
        ("suspend", "prefix=a-&reason=lunch", json!({"suspended": 2})),
        ("resume", "prefix=a-1", json!({"resumed": 1})),
        (
            "terminate",
            "prefix=a-&reason=enough",
            json!({"terminated": 2}),
        ),
        ("cancel", "status=running", json!({"cancelled": 2})),
        ("retry", "status=running", json!({"retried": 0})),
    ] {
        let answer = api.ask(&format!("/all/{verb}?{query}")).await;
        assert_eq!(answer.with(200), said, "{verb}");
    }
    let whole = api.get("/instances/a-2").await.with(500);
    assert_eq!(
        (&whole["status"], &whole["reason"]),
        (&json!("terminated"), &json!("enough"))
    );
    let counts = api.get("/counts").await.with(200);
    assert_eq!(counts, json!({"cancelled": 2, "terminated": 2}));
}

#[tokio::test]
async fn all_that_have_failed_are_rewound_or_replaced() {
    let api = Api::new().await;
    for id in ["one", "two"] {
        api.ask(&format!("/orchestrations/shops/{id}"))
            .await
            .with(202);
        let result = api.get(&format!("/instances/{id}/result?wait=30s")).await;
        result.with(500);
    }
    api.open.store(true, Ordering::SeqCst);
    let anew = "/orchestrations/shops/one?replace_ended=true";
    assert_eq!(api.ask(anew).await.with(202)["created"], true);
    api.get("/instances/one/result?wait=30s").await.with(200);
    let all = api
        .ask("/all/rewind?status=failed&reason=it%20is%20open")
        .await;
    assert_eq!(all.with(200), json!({"rewound": 1}));
    api.get("/instances/two/result?wait=30s").await.with(200);
    assert_eq!(api.get("/instances/one").await.with(200)["rewound"], 0);
}

#[tokio::test]
async fn what_is_done_to_all_must_say_to_whom() {
    let api = Api::new().await;
    let (_, message) = api.ask("/all/terminate?reason=x").await.refused(400);
    assert_eq!(message, "this would terminate all instances that can be");
    let purge = api.ask("/all/purge?status=failed").await;
    assert_eq!(purge.refused(404).0, "unknown");
    let unknown = api.ask("/all/resume?status=suspended&reason=x").await;
    assert!(unknown.refused(400).1.contains("no parameter `reason`"));
}

#[tokio::test]
async fn a_parked_instance_is_retried() {
    let api = Api::new().await;
    api.ask("/orchestrations/reads_a_number/one")
        .await
        .with(202);
    api.post("/instances/one/events/n", json!("many"))
        .await
        .with(202);
    until_parked(&api, "one").await;
    api.ask("/instances/one/retry").await.with(204);
    until_parked(&api, "one").await;
}

#[tokio::test]
async fn an_unknown_instance_is_not_found_by_any_verb() {
    let api = Api::new().await;
    for verb in [
        "cancel",
        "terminate",
        "suspend",
        "resume",
        "retry",
        "restart",
    ] {
        let answer = api.ask(&format!("/instances/none/{verb}")).await;
        assert_eq!(answer.refused(404).0, "not_found", "{verb}");
    }
    assert_eq!(api.get("/instances/none").await.refused(404).0, "not_found");
    assert_eq!(
        api.get("/instances/none/result").await.refused(404).0,
        "not_found"
    );
}
