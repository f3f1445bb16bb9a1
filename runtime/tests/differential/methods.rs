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

twin! {
    plain {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct Cart { items: Vec<i64>, owner: String }
        impl Cart {
            pub async fn new(n: i64) -> Self {
                Self { items: many(n).await, owner: name(n).await }
            }
            pub async fn grown(mut self, by: i64) -> Self {
                self.items.push(inc(by).await);
                ping().await;
                self.items.push(by);
                self.owner = self.doubled().to_string();
                self
            }
            fn doubled(&self) -> i64 { self.items.iter().sum::<i64>() * 2 }
        }
    }
    machine {
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub struct Cart { items: Vec<i64>, owner: String }
        #[undying::methods]
        impl Cart {
            #[resumable(orchestration)]
            pub async fn new(n: i64) -> Self {
                Self { items: many(n).await, owner: name(n).await }
            }
            #[resumable(orchestration)]
            pub async fn grown(mut self, by: i64) -> Self {
                self.items.push(inc(by).await);
                ping().await;
                self.items.push(by);
                self.owner = self.doubled().to_string();
                self
            }
            fn doubled(&self) -> i64 { self.items.iter().sum::<i64>() * 2 }
        }
    }
    async fn associated_functions_and_mut_self(n: i64) -> String {
        let cart = Cart::new(n).await;
        let grown = cart.clone().grown(7).await;
        format!("{cart:?}{grown:?}").replace("Cart", "")
    }
}
