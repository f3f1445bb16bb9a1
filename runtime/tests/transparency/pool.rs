//! A pool that replaces machines which fail, grows and shrinks.

use std::collections::BTreeMap;

use undying::__private::Arg;
use undying::core::{Outcome, StartAttempt};
use undying::durable::{Entry, Named};
use undying::prelude::*;
use undying::schema::Stored;

use crate::hooked::{Items, hooked, may_fail, say};
use crate::transparent;
use crate::world::{Case, create, send};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resize(usize);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ready(u64);
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Broken(u64);

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub enum NoNode {
    #[error("out of stock")]
    OutOfStock,
    #[error(transparent)]
    Failed(#[from] Failure),
}

#[rsm]
pub struct Pool {
    target: usize,
    next: u64,
    /// Whether each is ready.
    nodes: BTreeMap<u64, (RsmRef<Node>, bool)>,
    replaced: u64,
    #[volatile]
    ready: usize,
}

#[rsm]
impl Pool {
    chart! {
        pub enum PoolState;
        start Idle {
            Resize => resize,
            Ready  => ready,
            Broken => broken,
        }
        Resizing {
            entry  => adjust,
            Ready  => ready,
            Broken => broken,
            Resize => defer,
        }
    }
    fn new() -> Self {
        Pool {
            target: 0,
            next: 0,
            nodes: BTreeMap::new(),
            replaced: 0,
            ready: 0,
        }
    }
    #[activate]
    fn warm(&mut self) {
        self.ready = self.nodes.values().filter(|(_, ready)| *ready).count();
    }
    fn resize(&mut self, resize: Resize) -> Next<Self> {
        self.target = resize.0;
        Next::goto(PoolState::Resizing)
    }
    fn adjust(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        while self.nodes.len() < self.target {
            let n = self.next;
            self.next += 1;
            let pool = cx.me();
            let node = cx.create::<Node>((n, pool));
            may_fail();
            self.nodes.insert(n, (node, false));
        }
        while self.nodes.len() > self.target {
            if let Some((_, (node, _))) = self.nodes.pop_last() {
                cx.send(&node, Halt);
            }
        }
        self.warm();
        self.done()
    }
    fn done(&self) -> Next<Self> {
        match self.ready == self.target {
            true => Next::goto(PoolState::Idle),
            false => Next::stay(),
        }
    }
    fn ready(&mut self, ready: Ready, cx: &mut Cx<Self>) -> Next<Self> {
        if let Some((_, is_ready)) = self.nodes.get_mut(&ready.0) {
            *is_ready = true;
            self.ready += 1;
        }
        may_fail();
        match cx.state() {
            PoolState::Resizing => self.done(),
            PoolState::Idle => Next::stay(),
        }
    }
    fn broken(&mut self, broken: Broken) -> Next<Self> {
        if self.nodes.remove(&broken.0).is_none() {
            return Next::stay();
        }
        self.replaced += 1;
        Next::goto(PoolState::Resizing)
    }
}

#[rsm]
pub struct Node {
    n: u64,
    pool: RsmRef<Pool>,
}

#[rsm]
impl Node {
    chart! {
        pub enum NodeState;
        start Booting {
            entry => boot,
        }
        Up {}
    }
    fn new(init: (u64, RsmRef<Pool>)) -> Self {
        Node {
            n: init.0,
            pool: init.1,
        }
    }
    async fn boot(&mut self, cx: &mut Cx<Self>) -> Next<Self> {
        let n = self.n;
        match allocate(n).await {
            Ok(()) => {
                cx.send(&self.pool, Ready(n));
                Next::goto(NodeState::Up)
            }
            Err(_) => {
                cx.send(&self.pool, Broken(n));
                Next::halt()
            }
        }
    }
}

#[activity]
async fn allocate(n: u64) -> Result<(), NoNode> {
    match n % 3 {
        1 => Err(NoNode::OutOfStock),
        _ => Ok(()),
    }
}

fn attempt(start: &StartAttempt) -> Outcome {
    let (Arg(n),) = start.args.read::<Named<AllocateCall>>().unwrap().0;
    let result = match n % 3 {
        1 => Err(NoNode::OutOfStock),
        _ => Ok(()),
    };
    say(format!("allocated {n}"));
    Outcome::Done(Stored::write(&result).unwrap())
}

#[test]
fn a_pool_comes_to_the_size_it_is_told() {
    let pool = Pool::at("it");
    let case = Case {
        items: Items::new([
            hooked::<Pool>(),
            hooked::<Node>(),
            Entry::activity::<AllocateCall>(file!(), line!()),
        ]),
        clients: vec![vec![
            create(&pool, ()),
            send(&pool, &Resize(3)),
            send(&pool, &Resize(5)),
            send(&pool, &Resize(2)),
        ]],
        attempt,
        view: |world| {
            let pool = world.fields(&Pool::at("it")).unwrap();
            let ready = pool.nodes.values().filter(|(_, ready)| *ready).count();
            assert_eq!((pool.target, ready, pool.ready), (2, 2, 0));
            let nodes = world
                .ids()
                .iter()
                .filter(|id| id.starts_with("#Node"))
                .count();
            assert_eq!(nodes, 2, "those that halted are gone");
            let names = pool.nodes.keys();
            let said = world.said.len();
            vec![format!("{:?} {} {said}", names, pool.replaced)]
        },
        until_ms: 300_000,
    };
    transparent("pool", &case);
}
