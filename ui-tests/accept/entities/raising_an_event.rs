//! Accepted: an operation that raises an event of an instance.
//! Why: it leaves when the turn of the operation is durable, like a signal.

use undying::prelude::*;
use undying_ui_tests::run;

#[entity]
#[derive(Default, Serialize, Deserialize)]
pub struct Bell(u64);

#[entity]
impl Bell {
    pub async fn ring(&mut self, listener: String) {
        self.0 += 1;
        raise(listener, "rung", self.0).await;
    }
}

#[orchestration]
async fn listening(cx: &mut Context) -> u64 {
    let me = cx.instance_id().to_owned();
    Bell::at("front").ring(me).signal().await;
    event::<u64>("rung").await
}

pub fn main() {
    assert_eq!(run(listening()), 1);
}
