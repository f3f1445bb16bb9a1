//! An order service without a line about HTTP: orders are placed, watched and approved by requests.
//!
//! ```sh
//! cargo run --release --bin http -- --port 8080
//!
//! curl -X POST localhost:8080/orchestrations/order/o-17 -d '{"item": "piano", "price": 900}'
//! curl localhost:8080/instances/o-17                       # 202: it waits for an approval
//! curl -X POST localhost:8080/instances/o-17/events/approval -d '{"Granted": {"by": "ann"}}'
//! curl 'localhost:8080/instances/o-17/result?wait=30s'     # 200: {"Ok": {"item": "piano", "paid": 900}}
//! curl localhost:8080/entities/Sales/piano                 # 200: {"orders": 1, "turnover": 900}
//! curl 'localhost:8080/instances?status=running&limit=10'
//! ```
//!
//! Kill it and start it again: orders that wait go on waiting. It listens on 127.0.0.1 only; a service
//! for others puts its own layers around [`undying::http::router`].

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;
use tokio::net::TcpListener;
use undying::prelude::*;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[derive(Debug, Parser)]
#[command(about = "Serves orders over HTTP on 127.0.0.1")]
struct Options {
    /// Where to listen; 0 takes a free port.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The folder the orders are stored in.
    #[arg(long, default_value = "./orders")]
    store: PathBuf,
}

/// What a person decides about an expensive order.
#[derive(Debug, Serialize, Deserialize)]
enum Approval {
    Granted { by: String },
    Refused { why: String },
}

#[derive(Debug, Serialize, Deserialize)]
struct Receipt {
    item: String,
    paid: u64,
}

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum NotSold {
    #[error("refused: {why}")]
    Refused { why: String },
    #[error("nobody approved it in time")]
    NoApproval,
    #[error(transparent)]
    Failed(#[from] undying::Failure),
}

/// Orders above this need an approval.
const FREE: u64 = 100;

#[activity(retry(max_attempts = 5, first = "200ms"), timeout = "10s")]
async fn charge(item: String, price: u64) -> Result<u64, NotSold> {
    println!("charging {price} for {item}");
    Ok(price)
}

#[orchestration]
async fn order(cx: &mut Context, item: String, price: u64) -> Result<Receipt, NotSold> {
    if price > FREE {
        cx.set_status("waits for an approval");
        match timeout(days(3), event::<Approval>("approval")).await {
            Ok(Approval::Granted { by }) => cx.set_status(format!("approved by {by}")),
            Ok(Approval::Refused { why }) => return Err(NotSold::Refused { why }),
            Err(Elapsed) => return Err(NotSold::NoApproval),
        }
    }
    let paid = charge(item.clone(), price).await?;
    Sales::at(&item).sold(paid).signal().await;
    Ok(Receipt { item, paid })
}

/// What was sold of one item.
#[entity]
#[derive(Default, Serialize, Deserialize)]
struct Sales {
    orders: u64,
    turnover: u64,
}

#[entity]
impl Sales {
    pub fn sold(&mut self, paid: u64) {
        self.orders += 1;
        self.turnover += paid;
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Options { port, store } = Options::parse();
    let engine = Engine::open(&store).await?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.with_context(|| format!("listening on port {port}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    let interrupted = async {
        // Without the signal the service is stopped by a kill, which loses nothing either.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    axum::serve(listener, undying::http::router(engine.clone()))
        .with_graceful_shutdown(interrupted)
        .await?;
    engine.shutdown().await?;
    Ok(())
}
