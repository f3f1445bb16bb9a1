//! What is refused, with which code, and in which words.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;
use undying::prelude::*;

use super::Api;

#[orchestration]
async fn books(lines: Vec<(String, u8)>) -> usize {
    lines.len()
}

#[tokio::test]
async fn a_malformed_request_is_told_the_field() {
    let api = Api::new().await;
    let table = [
        (
            "/orchestrations/books/x",
            json!({"lines": [["a", 1], ["b", 256]]}),
            "`lines[1][1]`: it is the number `256`, not `u8`",
        ),
        (
            "/orchestrations/books/x",
            json!({"line": []}),
            "`line`: there is no such parameter: the parameters are `lines`",
        ),
        (
            "/orchestrations/books/x",
            json!({}),
            "the value: `lines` is missing",
        ),
        (
            "/orchestrations/books/x",
            json!([[]]),
            "the value: the arguments are an object, and the parameters are `lines`",
        ),
        (
            "/orchestrations/books/x?tags=1",
            json!({"lines": []}),
            "this path has no parameter `tags`, or it is given twice",
        ),
        (
            "/orchestrations/books/@x",
            json!({"lines": []}),
            "begins with `@`, as only the ids of entities may",
        ),
    ];
    for (path, body, why) in table {
        let (word, message) = api.post(path, body).await.refused(400);
        assert_eq!(word, "malformed");
        assert!(message.ends_with(why), "{message}");
    }
    let body = Body::from("{\"lines\": ");
    let answer = api
        .send(Method::POST, "/orchestrations/books/x", body)
        .await;
    let (_, message) = answer.refused(400);
    assert!(
        message.starts_with("the body is not JSON: EOF"),
        "{message}"
    );
    assert_eq!(api.get("/instances/x").await.refused(404).0, "not_found");
}

#[tokio::test]
async fn a_malformed_query_is_told_the_parameter_and_its_values() {
    let api = Api::new().await;
    let table = [
        (
            "/instances?status=done",
            "`status` is `done`; it must be one of running",
        ),
        (
            "/instances?limit=-1",
            "`limit` is `-1`; it must be a number",
        ),
        (
            "/instances?cursor=last",
            "`cursor` is `last`; it must be what `next` said",
        ),
        (
            "/instances?created_from=today",
            "`created_from` is `today`; it must be a time like",
        ),
        (
            "/instances/x/result?wait=5",
            "`wait` is `5`; it must be a time like `500ms`",
        ),
        (
            "/instances?statu=done",
            "this path has no parameter `statu`",
        ),
    ];
    for (path, why) in table {
        let (word, message) = api.get(path).await.refused(400);
        assert_eq!(word, "malformed");
        assert!(message.starts_with(why), "{message}");
    }
}

#[tokio::test]
async fn too_large_a_body_is_refused_and_not_read() {
    let api = Api::new().await;
    let body = Body::from(vec![b' '; 4 * 1024 * 1024 + 1]);
    let answer = api
        .send(Method::POST, "/orchestrations/books/x", body)
        .await;
    assert_eq!(answer.refused(413).0, "too_large");
}

#[tokio::test]
async fn an_unknown_orchestration_is_named_with_those_there_are() {
    let api = Api::new().await;
    let answer = api.ask("/orchestrations/book/x").await.with(404);
    assert_eq!(
        answer["message"],
        "this program has no orchestration `book`"
    );
    assert!(
        answer["hint"].as_str().unwrap().contains("`books`"),
        "{answer}"
    );
}

#[tokio::test]
async fn another_method_is_refused_in_the_same_shape() {
    let api = Api::new().await;
    assert_eq!(
        api.ask("/instances/x").await.refused(405).0,
        "method_not_allowed"
    );
}

#[tokio::test]
async fn a_closed_engine_asks_to_come_again() {
    let api = Api::new().await;
    assert_eq!(
        api.get("/health").await.with(200)["stopped"],
        serde_json::Value::Null
    );
    api.engine.shutdown().await.unwrap();
    let answer = api.get("/instances/x").await;
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.refused(503).0, "closed");
}
