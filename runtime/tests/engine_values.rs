//! What operators see of instances and entities without their types.

mod common;

use common::{Door, Place};
use undying::prelude::*;
use undying::{EntityFilter, Error};

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    id: u64,
    lines: Vec<(String, u32)>,
}

#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
enum Declined {
    #[error("short of {0}")]
    Short(u64),
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[orchestration]
async fn pay(order: Order, limit: u64) -> Result<u64, Declined> {
    let sum: u64 = order.lines.iter().map(|(_, price)| u64::from(*price)).sum();
    match sum > limit {
        true => Err(Declined::Short(sum - limit)),
        false => Ok(sum),
    }
}

#[activity]
async fn breaks() -> () {
    panic!("no such file")
}

#[orchestration]
async fn cannot_say() -> u8 {
    breaks().await;
    1
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Purse {
    coins: u64,
    from: Vec<String>,
}

#[entity]
impl Purse {
    pub fn put(&mut self, coins: u64, from: String) {
        self.coins += coins;
        self.from.push(from);
    }
}

fn text(value: Option<undying::schema::Stored>) -> Option<String> {
    value.map(|value| value.to_string())
}

#[tokio::test]
async fn an_instance_shows_its_arguments_and_its_result_also_after_a_restart() {
    let place = Place::folder();
    let engine = place.open(&Door::open()).await;
    for (id, limit) in [("paid", 10), ("declined", 1)] {
        let lines = vec![("tea".to_owned(), 3)];
        let order = Order { id: 7, lines };
        let handle = engine
            .start(id, pay(order, limit))
            .await
            .expect("it starts");
        handle.wait().await.expect("it ends");
    }
    drop(engine);
    let engine = place.open(&Door::open()).await;
    let paid = engine.describe("paid").await.expect("it is there");
    let arguments = r#"arguments { order: Order { id: 7, lines: [("tea", 3)] }, limit: 10 }"#;
    assert_eq!(text(paid.arguments).as_deref(), Some(arguments));
    assert_eq!(text(paid.result).as_deref(), Some("Ok(3)"));
    let declined = engine.describe("declined").await.expect("it is there");
    assert_eq!(text(declined.result).as_deref(), Some("Err(Short(2))"));
    assert_eq!(declined.failure, None);
}

#[tokio::test]
async fn a_failure_that_the_type_cannot_say_is_shown_in_place_of_a_result() {
    let engine = Place::memory().open(&Door::open()).await;
    let handle = engine.start("one", cannot_say()).await.expect("it starts");
    handle.wait().await.expect("it ends");
    let one = handle.describe().await.expect("it is there");
    let failure = one.failure.map(|failure| failure.to_string());
    assert!(
        failure
            .as_deref()
            .is_some_and(|it| it.contains("no such file")),
        "{failure:?}"
    );
    assert_eq!(one.result, None);
}

#[tokio::test]
async fn an_entity_shows_its_state_and_no_arguments() {
    let place = Place::folder();
    let engine = place.open(&Door::open()).await;
    let put = Purse::at("ada").put(5, "bob".into());
    engine.call(put).await.expect("it is put");
    let state = r#"Purse { coins: 5, from: ["bob"] }"#;
    let hot = engine.describe("@Purse@ada").await.expect("it is there");
    assert_eq!(text(hot.state).as_deref(), Some(state));
    drop(engine);
    let engine = place.open(&Door::open()).await;
    let cold = engine.describe("@Purse@ada").await.expect("it is there");
    assert_eq!(
        (text(cold.state).as_deref(), cold.arguments),
        (Some(state), None)
    );
}

#[tokio::test]
async fn entities_are_listed_by_the_name_of_their_type_with_states_as_text() {
    let engine = Place::memory().open(&Door::open()).await;
    for key in ["ada", "bob"] {
        let put = Purse::at(key).put(2, "eve".into());
        engine.call(put).await.expect("it is put");
    }
    let filter = EntityFilter {
        states: true,
        ..EntityFilter::default()
    };
    let page = engine
        .entities_named("Purse", filter)
        .await
        .expect("it lists");
    let mut states: Vec<_> = page
        .entities
        .into_iter()
        .map(|one| (one.key, text(one.state).unwrap_or_default()))
        .collect();
    states.sort();
    let state = r#"Purse { coins: 2, from: ["eve"] }"#.to_owned();
    assert_eq!(
        states,
        [("ada".into(), state.clone()), ("bob".into(), state)]
    );
    let nobody = engine.describe("@Purse@eve").await.expect_err("unused");
    assert!(matches!(nobody, Error::NotFound { .. }), "{nobody}");
}
