//! Events raised as JSON, and taken as what the orchestration says they are.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use undying::prelude::*;

use super::Api;
use crate::until_parked;

#[derive(Debug, Serialize, Deserialize)]
struct Approval {
    granted: bool,
    by: Option<String>,
    #[serde(default)]
    rank: u8,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Wait,
    Pay(i64),
    Ship { to: String },
}

#[orchestration]
async fn takes_all() -> String {
    let approval = event::<Approval>("approval").await;
    let steps = [event::<Step>("step").await, event::<Step>("step").await];
    let last = event::<Step>("step").await;
    let number = event::<f64>("number").await;
    let maybe = event::<Option<u32>>("maybe").await;
    let map = event::<BTreeMap<u16, Vec<String>>>("map").await;
    event::<()>("nothing").await;
    format!("{approval:?} {steps:?} {last:?} {number} {maybe:?} {map:?}")
}

#[tokio::test]
async fn structs_enums_numbers_options_and_maps_arrive_as_their_types() {
    let api = Api::new().await;
    api.ask("/orchestrations/takes_all/one").await.with(202);
    let raised = [
        ("approval", json!({"granted": true, "by": "ann"})),
        ("step", json!("wait")),
        ("step", json!({"pay": -7})),
        ("step", json!({"ship": {"to": "Bern"}})),
        ("number", json!(2)),
        ("maybe", Value::Null),
        ("map", json!({"17": ["a"], "4": []})),
    ];
    for (name, value) in raised {
        api.post(&format!("/instances/one/events/{name}"), value)
            .await
            .with(202);
    }
    api.ask("/instances/one/events/nothing").await.with(202);
    let result = api.get("/instances/one/result?wait=30s").await.with(200);
    assert_eq!(
        result,
        "Approval { granted: true, by: Some(\"ann\"), rank: 0 } [Wait, Pay(-7)] \
         Ship { to: \"Bern\" } 2 None {4: [], 17: [\"a\"]}"
    );
}

#[orchestration]
async fn approved() -> bool {
    event::<Approval>("approval").await.granted
}

#[tokio::test]
async fn an_event_that_does_not_fit_parks_the_instance_with_the_field() {
    let api = Api::new().await;
    api.ask("/orchestrations/approved/one").await.with(202);
    let given = json!({"granted": "yes"});
    api.post("/instances/one/events/approval", given)
        .await
        .with(202);
    let whole = until_parked(&api, "one").await;
    assert_eq!(
        whole["parked"],
        "the event `approval`: the JSON does not fit `Approval`: `granted`: it is the string \
         `\"yes\"`, not `bool`"
    );
    assert_eq!(whole["events_waiting"], 1);
}

#[tokio::test]
async fn events_of_ended_and_unknown_instances_are_refused() {
    let api = Api::new().await;
    api.ask("/orchestrations/approved/one").await.with(202);
    let path = "/instances/one/events/approval";
    api.post(path, json!({"granted": true})).await.with(202);
    assert_eq!(
        api.get("/instances/one/result?wait=30s").await.with(200),
        true
    );
    assert_eq!(
        api.post(path, json!({"granted": true}))
            .await
            .refused(410)
            .0,
        "ended"
    );
    let unknown = api.post("/instances/two/events/approval", json!(1)).await;
    assert_eq!(unknown.refused(404).0, "not_found");
    let name = "n".repeat(257);
    let long = api
        .post(&format!("/instances/one/events/{name}"), json!(1))
        .await;
    assert!(long.refused(400).1.contains("1 to 256 bytes"));
}

#[orchestration]
async fn takes_two() -> (u8, u8) {
    (event("n").await, event("n").await)
}

#[tokio::test]
async fn an_event_with_a_key_is_raised_once() {
    let api = Api::new().await;
    api.ask("/orchestrations/takes_two/one").await.with(202);
    for (key, n) in [("a", 1), ("a", 1), ("b", 2)] {
        let raised = api
            .post_once("/instances/one/events/n", key, json!(n))
            .await;
        raised.with(202);
    }
    let result = api.get("/instances/one/result?wait=30s").await;
    assert_eq!(result.with(200), json!([1, 2]));
}

#[tokio::test]
async fn an_early_event_waits_for_its_instance() {
    let api = Api::new().await;
    let path = "/instances/one/events/approval";
    let given = json!({"granted": true});
    assert_eq!(
        api.post(path, given.clone()).await.refused(404).0,
        "not_found"
    );
    api.post(&format!("{path}?early=true"), given)
        .await
        .with(202);
    api.ask("/orchestrations/approved/one").await.with(202);
    assert_eq!(
        api.get("/instances/one/result?wait=30s").await.with(200),
        true
    );
}
