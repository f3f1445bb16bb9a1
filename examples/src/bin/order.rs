//! A checkout: retries, a timeout, a race against a sleep, and compensation when it fails.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use undying::prelude::*;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Order {
    id: u32,
    items: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Receipt {
    order: u32,
    items: usize,
}

#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
enum OrderError {
    #[error("the warehouse does not answer")]
    WarehouseBusy,
    #[error("nobody approved it in time")]
    NotApproved,
    /// What the engine has to say: timed out, panicked, cancelled.
    #[error(transparent)]
    Failed(#[from] undying::Failure),
    /// Items that could not be given back.
    #[error(transparent)]
    NotUndone(#[from] Uncompensated),
}

/// The world outside: which items are held, and what has been asked so far.
#[derive(Debug, Clone, Default)]
struct Shop(Arc<Mutex<World>>);

#[derive(Debug, Default)]
struct World {
    held: BTreeSet<String>,
    asked: BTreeSet<String>,
    charges: u32,
}

impl Shop {
    fn with<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Fails the first time it is asked for an item, so every call needs its retry.
#[activity(retry(max_attempts = 3, first = "10ms", factor = 2.0))]
async fn reserve(item: String, State(shop): State<Shop>) -> Result<String, OrderError> {
    shop.with(|world| {
        if world.asked.insert(item.clone()) {
            return Err(OrderError::WarehouseBusy);
        }
        world.held.insert(item.clone());
        Ok(item)
    })
}

/// Undoes [`reserve`]. Undoing twice is the same as once, since an activity may run twice.
#[activity]
async fn release(item: String, State(shop): State<Shop>) {
    shop.with(|world| world.held.remove(&item));
}

/// Somebody looks at the order. Nobody ever looks at order 2, which is given up after 3 s.
#[activity]
async fn approve(order: u32) -> bool {
    if order == 2 {
        std::future::pending::<()>().await;
    }
    true
}

/// The payment service hangs at order 3: each of two attempts is given up after 50 ms.
#[activity(timeout = "50ms", retry(max_attempts = 2, first = "10ms"))]
async fn charge(order: Order, State(shop): State<Shop>) -> Result<Receipt, OrderError> {
    shop.with(|world| world.charges += 1);
    if order.id == 3 {
        std::future::pending::<()>().await;
    }
    let items = order.items.len();
    Ok(Receipt {
        order: order.id,
        items,
    })
}

/// Holds the items, waits for approval, charges; gives everything back when any of that fails.
#[orchestration]
async fn checkout(order: Order) -> Result<Receipt, OrderError> {
    let mut saga = Saga::new();
    let paid = async {
        for item in order.items.clone() {
            saga.undo_with(release(reserve(item).await?));
        }
        match race((approve(order.id), sleep(secs(3)))).await {
            Either::First(true) => charge(order).await,
            _ => Err(OrderError::NotApproved),
        }
    }
    .await;
    if paid.is_err() {
        saga.compensate().await?;
    }
    paid
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let store = tempfile::tempdir()?;
    let shop = Shop::default();
    let engine = Engine::builder()
        .state(shop.clone())
        .open(store.path())
        .await?;

    let mut handles = Vec::new();
    for id in 1..=3 {
        let items = ["cup", "pot"].map(|item| format!("{item} {id}")).to_vec();
        let order = Order { id, items };
        handles.push(engine.start(format!("order-{id}"), checkout(order)).await?);
    }
    let mut results = Vec::new();
    for handle in handles {
        let result = handle.result().await?;
        match &result {
            Ok(receipt) => println!("{}: {} items charged", handle.id(), receipt.items),
            Err(error) => println!("{}: {error}; all items given back", handle.id()),
        }
        results.push(result);
    }

    assert_eq!(results[0], Ok(Receipt { order: 1, items: 2 }));
    assert_eq!(results[1], Err(OrderError::NotApproved));
    let timed_out = Failure::TimedOut {
        call: "charge".into(),
        after_ms: 50,
        attempts: 2,
    };
    assert_eq!(results[2], Err(OrderError::Failed(timed_out)));
    let (held, charges) = shop.with(|world| (world.held.clone(), world.charges));
    assert_eq!(held, BTreeSet::from(["cup 1".into(), "pot 1".into()]));
    assert_eq!(charges, 3, "one for order 1, two attempts for order 3");
    engine.shutdown().await?;
    Ok(())
}
