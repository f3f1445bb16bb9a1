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
