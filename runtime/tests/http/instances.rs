//! Starting instances, looking at them, waiting, listing, counting and purging.

use serde_json::json;
use undying::prelude::*;

use super::Api;
use super::common::until;

#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
enum Declined {
    #[error("no money")]
    NoMoney { short: u64 },
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[orchestration]
async fn pay(order: String, amount: u64, tip: Option<u64>) -> Result<u64, Declined> {
    if order.is_empty() {
        return Err(Declined::NoMoney { short: amount });
    }
    Ok(amount + tip.unwrap_or(0))
}

#[orchestration]
async fn open_door(cx: &mut Context, name: String) -> String {
    cx.set_status("knocking");
    event::<()>("open").await;
    name
}

#[orchestration]
async fn panics_at_once() -> () {
    panic!("not today")
}

#[tokio::test]
async fn an_orchestration_is_started_by_name_and_waited_for() {
    let api = Api::new().await;
    let args = json!({"amount": 20, "order": "a"});
    let answer = api
        .post("/orchestrations/pay/order%2017?tag.city=Bern", args.clone())
        .await;
    assert_eq!(answer.header("location"), "/durable/instances/order%2017");
    assert_eq!(answer.header("retry-after"), "1");
    let body = answer.with(202);
    assert_eq!(
        (&body["id"], &body["created"]),
        (&json!("order 17"), &json!(true))
    );
    let links = body["links"].as_object().unwrap();
    let names: Vec<_> = links.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "cancel",
            "history",
            "purge",
            "raise",
            "restart",
            "result",
            "resume",
            "retry",
            "rewind",
            "status",
            "suspend",
            "terminate"
        ]
    );
    assert_eq!(
        links["raise"],
        "/durable/instances/order%2017/events/{event}"
    );

    let result = api.get("/instances/order%2017/result?wait=30s").await;
    assert_eq!(result.with(200), json!({"Ok": 20}));
    let whole = api.get("/instances/order%2017").await.with(200);
    assert_eq!(whole["status"], "completed");
    assert_eq!(
        whole["arguments"],
        json!({"order": "a", "amount": 20, "tip": null})
    );
    assert_eq!(whole["result"], json!({"Ok": 20}));
    assert_eq!(whole["tags"], json!({"city": "Bern"}));
    assert!(whole["created"].as_str().unwrap().ends_with('Z'), "{whole}");
}

#[tokio::test]
async fn the_history_is_told_in_lines() {
    let api = Api::new().await;
    let args = json!({"order": "a", "amount": 20});
    api.post("/orchestrations/pay/one", args).await.with(202);
    api.get("/instances/one/result?wait=30s").await.with(200);
    let history = api.get("/instances/one/history").await.with(200);
    assert_eq!(history["dropped"], 0);
    let entries = history["entries"].as_array().unwrap();
    let what: Vec<_> = entries
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert!(
        what[0].starts_with("started by a client, with "),
        "{what:?}"
    );
    assert!(
        entries[0]["at"].as_str().unwrap().ends_with('Z'),
        "{entries:?}"
    );
    assert_eq!(entries[what.len() - 1]["number"], what.len() - 1);
}

#[tokio::test]
async fn the_same_id_twice_is_the_same_instance() {
    let api = Api::new().await;
    let first = json!({"order": "a", "amount": 1});
    let second = json!({"order": "b", "amount": 2});
    api.post("/orchestrations/pay/one", first).await.with(202);
    let body = api.post("/orchestrations/pay/one", second).await.with(202);
    assert_eq!(body["created"], false);
    let result = api.get("/instances/one/result?wait=30s").await.with(200);
    assert_eq!(result, json!({"Ok": 1}));
    let (word, _) = api
        .post("/orchestrations/open_door/one", json!({"name": "x"}))
        .await
        .refused(409);
    assert_eq!(word, "another_orchestration");
}

#[tokio::test]
async fn without_an_id_each_start_is_another_instance_and_an_err_is_a_failure() {
    let api = Api::new().await;
    let args = json!({"order": "", "amount": 3});
    let one = api
        .post("/orchestrations/pay", args.clone())
        .await
        .with(202);
    let two = api.post("/orchestrations/pay", args).await.with(202);
    assert_ne!(one["id"], two["id"]);
    let path = format!("/instances/{}", one["id"].as_str().unwrap());
    let failed = api.get(&format!("{path}/result?wait=30s")).await.with(500);
    let returned = json!({"Err": {"NoMoney": {"short": 3}}});
    assert_eq!(
        (&failed["error"], &failed["result"]),
        (&json!("failed"), &returned)
    );
    let whole = api.get(&path).await.with(500);
    assert_eq!(
        (&whole["status"], &whole["result"]),
        (&json!("failed"), &returned)
    );
}

#[tokio::test]
async fn what_is_under_way_answers_202_until_it_has_ended() {
    let api = Api::new().await;
    api.post("/orchestrations/open_door/front", json!({"name": "ann"}))
        .await
        .with(202);
    let result = api.get("/instances/front/result?wait=20ms").await;
    assert_eq!(result.header("location"), "/durable/instances/front");
    assert_eq!(result.with(202)["status"], "running");
    until(async || api.get("/instances/front").await.body["point"] == "event").await;
    let answer = api.get("/instances/front").await;
    assert_eq!(answer.header("retry-after"), "1");
    let whole = answer.with(202);
    assert_eq!(whole["custom_status"], "knocking");
    assert_eq!(whole["arguments"], json!({"name": "ann"}));
    assert_eq!(whole.get("result"), None);

    let waiting = api.get("/instances/front/result?wait=30s");
    let opening = api.ask("/instances/front/events/open");
    let (result, _) = tokio::join!(waiting, opening);
    assert_eq!(result.with(200), "ann");
}

#[tokio::test]
async fn what_has_no_result_answers_500_and_says_why() {
    let api = Api::new().await;
    for id in ["cancelled", "terminated"] {
        api.post(
            &format!("/orchestrations/open_door/{id}"),
            json!({"name": ""}),
        )
        .await
        .with(202);
    }
    api.ask("/orchestrations/panics_at_once/parked")
        .await
        .with(202);
    api.ask("/instances/cancelled/cancel").await.with(204);
    api.ask("/instances/terminated/terminate?reason=too%20late")
        .await
        .with(204);
    let said = [
        ("cancelled", "instance `cancelled` was cancelled"),
        (
            "terminated",
            "instance `terminated` was terminated: too late",
        ),
        (
            "parked",
            "instance `parked` is parked: `panics_at_once` panicked: not today",
        ),
    ];
    for (id, message) in said {
        let (word, said) = api
            .get(&format!("/instances/{id}/result?wait=30s"))
            .await
            .refused(500);
        assert_eq!(word, id);
        assert!(said.starts_with(message), "{said}");
        let whole = api.get(&format!("/instances/{id}")).await.with(500);
        assert_eq!(whole["status"], id);
        let again = api.get(&format!("/instances/{id}/result")).await;
        assert_eq!(again.refused(500).0, id);
    }
    let whole = api.get("/instances/parked").await.with(500);
    assert!(
        whole["parked"].as_str().unwrap().contains("not today"),
        "{whole}"
    );
}

#[tokio::test]
async fn instances_are_listed_counted_and_purged_by_what_the_query_says() {
    let api = Api::new().await;
    for n in 0..5 {
        let path = format!("/orchestrations/pay/done-{n}?tag.n={}", n % 2);
        api.post(&path, json!({"order": "a", "amount": n}))
            .await
            .with(202);
        api.get(&format!("/instances/done-{n}/result?wait=30s"))
            .await
            .with(200);
    }
    api.post("/orchestrations/open_door/open", json!({"name": ""}))
        .await
        .with(202);

    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/instances?prefix=done-&limit=2{cursor}");
        let page = api.get(&path).await.with(200);
        let instances = page["instances"].as_array().unwrap();
        assert!(instances.len() <= 2);
        ids.extend(
            instances
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    ids.sort();
    assert_eq!(ids, ["done-0", "done-1", "done-2", "done-3", "done-4"]);

    let counts = api.get("/counts").await.with(200);
    assert_eq!(counts, json!({"completed": 5, "running": 1}));
    let counts = api
        .get("/counts?status=completed&orchestration=pay&tag.n=1")
        .await;
    assert_eq!(counts.with(200), json!({"completed": 2}));
    let counts = api
        .get("/counts?status=completed&status=failed&orchestration=pay&orchestration=wait")
        .await;
    assert_eq!(counts.with(200), json!({"completed": 5}));
    let counts = api
        .get("/counts?version=1.2.0&version=7&status=completed")
        .await;
    assert_eq!(counts.with(200), json!({"completed": 5}));
    let counts = api.get("/counts?version=").await;
    assert_eq!(counts.with(200), json!({}));
    let one = api.get("/instances/done-1").await.with(200);
    assert_eq!(one["version"], "1.2");
    let later = api.get("/counts?created_from=2200-01-01T00:00:00Z").await;
    assert_eq!(later.with(200), json!({}));

    assert_eq!(
        api.delete("/instances/done-0").await.with(200),
        json!({"purged": 1})
    );
    assert_eq!(
        api.delete("/instances/done-0").await.refused(404).0,
        "not_found"
    );
    assert_eq!(
        api.delete("/instances/open").await.refused(409).0,
        "wrong_status"
    );
    assert_eq!(
        api.delete("/instances?tag.n=1").await.with(200),
        json!({"purged": 2})
    );
    let (_, message) = api.delete("/instances").await.refused(400);
    assert_eq!(message, "this would purge all instances that have ended");
    let counts = api.get("/counts").await.with(200);
    assert_eq!(counts, json!({"completed": 2, "running": 1}));
}
