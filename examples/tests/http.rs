//! The order service, talked to over HTTP, and killed in between.
#![expect(
    clippy::unwrap_used,
    reason = "a test whose service does not answer fails"
)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The service, killed when dropped.
struct Service {
    process: Child,
    at: String,
    client: reqwest::Client,
}

impl Service {
    fn start(store: &Path) -> Service {
        let mut process = Command::new(env!("CARGO_BIN_EXE_http"))
            .args(["--port", "0", "--store"])
            .arg(store)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        // What it says later is nobody's, but the pipe must not be closed.
        std::thread::spawn(move || said.lines().for_each(drop));
        let at = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap()
            .to_owned();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Service {
            process,
            at,
            client,
        }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.client.get(format!("{}{path}", self.at))).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.at));
        answer(request.body(body.to_string())).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let code = response.status().as_u16();
    let body = response.text().await.unwrap();
    (code, serde_json::from_str(&body).unwrap_or_default())
}

impl Drop for Service {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn an_order_is_placed_watched_and_approved_over_http_and_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("orders");
    let service = Service::start(&store);
    let cheap = json!({"item": "pen", "price": 2});
    assert_eq!(
        service.post("/orchestrations/order/o-1", cheap).await.0,
        202
    );
    let receipt = json!({"Ok": {"item": "pen", "paid": 2}});
    assert_eq!(
        service.get("/instances/o-1/result?wait=60s").await,
        (200, receipt)
    );

    let dear = json!({"item": "piano", "price": 900});
    let (code, placed) = service
        .post("/orchestrations/order/o-2", dear.clone())
        .await;
    assert_eq!((code, &placed["created"]), (202, &json!(true)));
    drop(service); // kill -9

    let service = Service::start(&store);
    let (_, placed) = service.post("/orchestrations/order/o-2", dear).await;
    assert_eq!(placed["created"], false);
    assert_eq!(service.get("/instances/o-2").await.0, 202);
    let granted = json!({"Granted": {"by": "ann"}});
    let raise = placed["links"]["raise"]
        .as_str()
        .unwrap()
        .replace("{event}", "approval");
    assert_eq!(service.post(&raise, granted).await.0, 202);
    let receipt = json!({"Ok": {"item": "piano", "paid": 900}});
    assert_eq!(
        service.get("/instances/o-2/result?wait=60s").await,
        (200, receipt)
    );
    let (_, whole) = service.get("/instances/o-2").await;
    assert_eq!(whole["custom_status"], "approved by ann");
    // The signal was sent before the order ended, and a call comes after it.
    let (code, sales) = service.get("/entities/Sales/piano").await;
    assert_eq!((code, sales), (200, json!({"orders": 1, "turnover": 900})));
}
