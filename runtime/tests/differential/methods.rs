//! Methods of annotated impls: `self` is an argument like the others.

use crate::support::twin::twin;

twin! {
    plain {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct Order { lines: Vec<i64> }
        impl Order {
            pub async fn settle(self, tip: i64) -> i64 {
                let mut sum = tip;
                for line in &self.lines {
                    sum += inc(*line).await;
                }
                sum * self.lines.len() as i64
            }
        }
    }
    machine {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct Order { lines: Vec<i64> }
        #[undying::methods]
        impl Order {
            #[orchestration]
            pub async fn settle(self, tip: i64) -> i64 {
                let mut sum = tip;
                for line in &self.lines {
                    sum += inc(*line).await;
                }
                sum * self.lines.len() as i64
            }
        }
    }
    async fn self_by_value(n: i64) -> i64 {
        let order = Order { lines: many(n).await };
        order.clone().settle(n).await + order.settle(0).await
    }
}
