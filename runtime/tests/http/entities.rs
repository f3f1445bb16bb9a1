//! Entities: calls, signals, states and lists.

use serde_json::json;
use undying::prelude::*;

use super::Api;

#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
enum Short {
    #[error("{by} short")]
    Coins { by: u64 },
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Purse {
    coins: u64,
    from: Vec<String>,
}

#[entity]
impl Purse {
    pub fn put(&mut self, coins: u64, from: Option<String>) -> u64 {
        self.coins += coins;
        self.from.extend(from);
        self.coins
    }
    pub fn take(&mut self, coins: u64) -> Result<u64, Short> {
        match self.coins.checked_sub(coins) {
            Some(left) => self.coins = left,
            None => {
                return Err(Short::Coins {
                    by: coins - self.coins,
                });
            }
        }
        Ok(self.coins)
    }
    pub fn coins(&self) -> u64 {
        self.coins
    }
}

#[entity(key = u32)]
#[derive(Default, Serialize, Deserialize)]
struct Slot {
    uses: u8,
}

#[entity]
impl Slot {
    pub fn use_it(&mut self) {
        self.uses += 1;
    }
    pub fn breaks(&mut self) {
        panic!("it is broken");
    }
}

#[tokio::test]
async fn an_operation_is_called_by_name_and_its_result_answered() {
    let api = Api::new().await;
    let put = api
        .post(
            "/entities/Purse/ada/put",
            json!({"coins": 5, "from": "bob"}),
        )
        .await;
    assert_eq!(put.with(200), 5);
    let take = api
        .post("/entities/Purse/ada/take", json!({"coins": 7}))
        .await;
    assert_eq!(take.with(200), json!({"Err": {"Coins": {"by": 2}}}));
    let coins = api.ask("/entities/Purse/ada/coins").await;
    assert_eq!(coins.with(200), 5);
    assert_eq!(api.engine.call(Purse::at("ada").coins()).await.unwrap(), 5);
    let state = api.get("/entities/Purse/ada").await.with(200);
    assert_eq!(state, json!({"coins": 5, "from": ["bob"]}));
    let described = api.get("/instances/@Purse@ada").await.with(202);
    assert_eq!(described["state"], state);
}

#[tokio::test]
async fn a_signal_is_accepted_and_done_before_what_comes_later() {
    let api = Api::new().await;
    let signal = "/entities/Purse/b%2Fc/put?signal=true";
    for coins in 1..=3 {
        let answer = api.post(signal, json!({"coins": coins})).await;
        assert_eq!(answer.with(202), serde_json::Value::Null);
    }
    let coins = api.ask("/entities/Purse/b%2Fc/coins").await;
    assert_eq!(coins.with(200), 6);
    assert_eq!(api.engine.call(Purse::at("b/c").coins()).await.unwrap(), 6);
}

#[tokio::test]
async fn entities_are_listed_by_name_and_prefix() {
    let api = Api::new().await;
    for key in ["ada", "adele", "bob"] {
        let path = format!("/entities/Purse/{key}/put");
        api.post(&path, json!({"coins": 1})).await.with(200);
    }
    api.ask("/entities/Slot/7/use_it").await.with(200);
    let mut keys = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = api
            .get(&format!("/entities/Purse?prefix=ad&limit=1{cursor}"))
            .await
            .with(200);
        for one in page["entities"].as_array().unwrap() {
            keys.push(one["key"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    keys.sort();
    assert_eq!(keys, ["ada", "adele"]);

    let page = api.get("/entities/Slot?states=true").await.with(200);
    let slot = &page["entities"][0];
    assert_eq!(
        (&slot["key"], &slot["state"]),
        (&json!("7"), &json!({"uses": 1}))
    );
    assert_eq!(api.get("/entities/Wallet").await.refused(404).0, "unknown");
}

#[tokio::test]
async fn a_key_is_one_of_its_type() {
    let api = Api::new().await;
    api.ask("/entities/Slot/007/use_it").await.with(200);
    api.ask("/entities/Slot/7/use_it").await.with(200);
    assert_eq!(
        api.get("/entities/Slot/7").await.with(200),
        json!({"uses": 2})
    );
    let (word, message) = api.ask("/entities/Slot/seven/use_it").await.refused(400);
    assert_eq!(word, "malformed");
    assert!(message.contains("the key `seven`"), "{message}");
}

#[tokio::test]
async fn what_there_is_not_is_named_with_what_there_is() {
    let api = Api::new().await;
    assert_eq!(
        api.get("/entities/Purse/nobody").await.refused(404).0,
        "unknown"
    );
    let answer = api.ask("/entities/Purse/ada/burn").await.with(404);
    assert_eq!(answer["message"], "`Purse` has no operation `burn`");
    assert_eq!(answer["hint"], "it has `put`, `take`, `coins`");
    let answer = api.ask("/entities/Wallet/ada/burn").await.with(404);
    assert_eq!(answer["message"], "this program has no entity `Wallet`");
    assert_eq!(answer["hint"], "it has `Purse`, `Slot`");
}

#[tokio::test]
async fn an_operation_that_panics_is_a_failure() {
    let api = Api::new().await;
    let (word, message) = api.ask("/entities/Slot/1/breaks").await.refused(500);
    assert_eq!(word, "failed");
    assert!(message.contains("it is broken"), "{message}");
}

#[tokio::test]
async fn an_operation_with_a_key_is_done_once_and_answered_again() {
    let api = Api::new().await;
    let path = "/entities/Purse/ada/put";
    for _ in 0..3 {
        let put = api.post_once(path, "k-1", json!({"coins": 5})).await;
        assert_eq!(put.with(200), 5);
    }
    let other = api.post_once(path, "k-1", json!({"coins": 6})).await;
    assert_eq!(other.refused(422).0, "another_request");
    assert_eq!(
        api.post_once(path, "k-2", json!({"coins": 5}))
            .await
            .with(200),
        10
    );
}
