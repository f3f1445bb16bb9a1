//! Actors of ractor.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use anyhow::{Result, anyhow};
use ractor::rpc::CallResult;
use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};

use crate::actors::{Actors, Rings};

/// What an actor is told.
pub(crate) enum Message {
    Add(RpcReplyPort<u64>),
    Link(ActorRef<Message>),
    Token,
}

struct Node;

struct State {
    count: u64,
    next: Option<ActorRef<Message>>,
    rings: Arc<Rings>,
}

impl Actor for Node {
    type Msg = Message;
    type State = State;
    type Arguments = Arc<Rings>;

    async fn pre_start(
        &self,
        _: ActorRef<Message>,
        rings: Arc<Rings>,
    ) -> Result<State, ActorProcessingErr> {
        Ok(State {
            count: 0,
            next: None,
            rings,
        })
    }

    async fn handle(
        &self,
        _: ActorRef<Message>,
        message: Message,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            Message::Add(reply) => {
                state.count += 1;
                reply.send(state.count)?;
            }
            Message::Link(next) => state.next = Some(next),
            Message::Token => {
                state.rings.passed.fetch_add(1, Relaxed);
                if let Some(next) = &state.next
                    && !state.rings.over.load(Relaxed)
                {
                    next.send_message(Message::Token)?;
                }
            }
        }
        Ok(())
    }
}

pub(crate) struct Ractor(Vec<ActorRef<Message>>);

impl Actors for Ractor {
    async fn spawn(count: usize, rings: &Arc<Rings>) -> Result<Ractor> {
        let mut actors = Vec::new();
        for _ in 0..count {
            let (actor, _) = Actor::spawn(None, Node, rings.clone()).await?;
            actors.push(actor);
        }
        Ok(Ractor(actors))
    }

    async fn ask(&self, actor: usize) -> Result<u64> {
        match self.0[actor].call(Message::Add, None).await? {
            CallResult::Success(count) => Ok(count),
            _ => Err(anyhow!("actor {actor} did not answer")),
        }
    }

    fn link(&self, actor: usize, next: usize) -> Result<()> {
        Ok(self.0[actor].send_message(Message::Link(self.0[next].clone()))?)
    }

    fn token(&self, actor: usize) -> Result<()> {
        Ok(self.0[actor].send_message(Message::Token)?)
    }
}
