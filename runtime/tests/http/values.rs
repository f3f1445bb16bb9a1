//! How stored values are shown as JSON, and that what is shown can be given again.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::json;
use undying::prelude::*;

use super::Api;

#[derive(Debug, Serialize, Deserialize, PartialEq, PartialOrd, Clone)]
enum Shape {
    Point,
    Circle(f32),
    Line(i8, i8),
    Text { said: String },
}

#[derive(Debug, Serialize, Deserialize, PartialEq, Clone)]
struct Wrapped(char);

#[derive(Debug, Serialize, Deserialize, PartialEq, Clone)]
struct All {
    shapes: Vec<Shape>,
    floats: (f64, f64, f32),
    wide: (u128, i128, u64),
    bytes: Vec<u8>,
    wrapped: Wrapped,
    unit: (),
    none: Option<u8>,
    some: Option<bool>,
    numbers: BTreeMap<i16, bool>,
    pairs: BTreeMap<(u8, u8), String>,
}

#[orchestration]
async fn echo(all: All) -> All {
    all
}

#[orchestration]
async fn address(of: IpAddr) -> IpAddr {
    of
}

#[tokio::test]
async fn what_json_cannot_say_is_a_string_or_a_list_and_is_read_back() {
    let api = Api::new().await;
    let all = json!({
        "shapes": ["Point", {"Circle": 0.1}, {"Line": [1, -2]}, {"Text": {"said": "é\n"}}],
        "floats": ["NaN", "-Infinity", "Infinity"],
        "wide": ["340282366920938463463374607431768211455", "-170141183460469231731687303715884105728", 18446744073709551615_u64],
        "bytes": [0, 255],
        "wrapped": "x",
        "unit": null,
        "none": null,
        "some": true,
        "numbers": {"-4": false, "4": true},
        "pairs": [[[1, 2], "a"], [[3, 4], "b"]],
    });
    api.post("/orchestrations/echo/one", json!({"all": all}))
        .await
        .with(202);
    let result = api.get("/instances/one/result?wait=30s").await.with(200);
    assert_eq!(result, all);
    let whole = api.get("/instances/one").await.with(200);
    assert_eq!(whole["arguments"]["all"], all);
}

#[tokio::test]
async fn a_type_with_two_forms_is_read_as_people_write_it_and_shown_as_it_is_stored() {
    let api = Api::new().await;
    let args = json!({"of": "127.0.0.1"});
    api.post("/orchestrations/address/one", args)
        .await
        .with(202);
    let result = api.get("/instances/one/result?wait=30s").await.with(200);
    assert_eq!(result, json!({"V4": [127, 0, 0, 1]}));
}
