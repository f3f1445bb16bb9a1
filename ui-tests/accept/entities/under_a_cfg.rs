//! Accepted: operations, and parts of them, under `#[cfg(..)]`.
//! Why: rustc decides which of them there are before the macro makes calls of them.

use undying::prelude::*;
use undying_ui_tests::shop::*;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Gauge(u64);

#[entity]
impl Gauge {
    #[cfg(any())]
    pub fn gone(&mut self) -> Nothing {}
    #[cfg(not(any()))]
    pub async fn set(&mut self, n: u64) -> u64 {
        #[cfg(any())]
        self.gone().await;
        #[cfg(not(any()))]
        let n = add(n, 1).await;
        self.0 = n;
        self.0
    }
}

#[orchestration]
async fn measured() -> u64 {
    Gauge::at("oil").set(4).await
}

pub fn main() {
    assert_eq!(run(measured()), 5);
}
