//! Actors of kameo.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Result, anyhow};
use kameo::Actor;
use kameo::actor::{ActorRef, Spawn};
use kameo::mailbox;
use kameo::message::{Context, Message};

use crate::actors::{Actors, Rings};

struct Add;
struct Link(ActorRef<Node>);
struct Token;

#[derive(Actor)]
pub(crate) struct Node {
    count: u64,
    next: Option<ActorRef<Node>>,
    rings: Arc<Rings>,
}

impl Message<Add> for Node {
    type Reply = u64;

    async fn handle(&mut self, _: Add, _: &mut Context<Self, u64>) -> u64 {
        self.count += 1;
        self.count
    }
}

impl Message<Link> for Node {
    type Reply = ();

    async fn handle(&mut self, link: Link, _: &mut Context<Self, ()>) {
        self.next = Some(link.0);
    }
}

impl Message<Token> for Node {
    type Reply = ();

    async fn handle(&mut self, token: Token, _: &mut Context<Self, ()>) {
        self.rings.passed.fetch_add(1, Relaxed);
        if let Some(next) = &self.next
            && !self.rings.over.load(Relaxed)
        {
            // Who has stopped does not pass it on.
            let _ = next.tell(token).try_send();
        }
    }
}

pub(crate) struct Kameo(Vec<ActorRef<Node>>);

impl Actors for Kameo {
    async fn spawn(count: usize, rings: &Arc<Rings>) -> Result<Kameo> {
        let node = || Node {
            count: 0,
            next: None,
            rings: rings.clone(),
        };
        let spawn = |_| Node::spawn_with_mailbox(node(), mailbox::unbounded());
        Ok(Kameo((0..count).map(spawn).collect()))
    }

    async fn ask(&self, actor: usize) -> Result<u64> {
        let asked = self.0[actor].ask(Add).await;
        asked.map_err(|error| anyhow!("actor {actor}: {error:?}"))
    }

    fn link(&self, actor: usize, next: usize) -> Result<()> {
        let linked = self.0[actor].tell(Link(self.0[next].clone())).try_send();
        linked.map_err(|error| anyhow!("actor {actor}: {error}"))
    }

    fn token(&self, actor: usize) -> Result<()> {
        let given = self.0[actor].tell(Token).try_send();
        given.map_err(|error| anyhow!("actor {actor}: {error}"))
    }
}
