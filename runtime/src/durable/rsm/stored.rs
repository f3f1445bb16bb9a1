//! The stored form of a machine: its fields, where it is in its chart, the handler under way.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::steps::{Hot, Running, Step};
use super::timers::Timers;
use super::{Cx, Handler, ReplyTo, Rsm, States, Trigger};
use crate::durable::{Loader, Parts, Persist, Refusal, Saver};
use crate::schema::Stored;

/// What is kept besides the fields.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub(super) struct Kept<S: Persist> {
    stack: Vec<S>,
    agenda: Vec<Step<S>>,
    trigger: Option<Trigger>,
    timers: Timers,
    ids: u64,
    reply_to: ReplyTo,
    owed: ReplyTo,
    temperature: u64,
}

pub(super) fn encode<M: Rsm>(machine: &M) -> Result<Stored, Refusal> {
    Stored::write(machine).map_err(|error| Refusal::value(place::<M>(), error))
}

fn place<M: Rsm>() -> String {
    format!("the fields of `{}`", M::NAME)
}

pub(super) fn write<M: Rsm>(hot: &mut Hot<M>, saver: &mut Saver<'_>) -> Result<(), Refusal> {
    let Some((machine, cx)) = hot.pair.as_deref() else {
        return Err(Refusal::Damaged {
            body: M::NAME.to_owned(),
            what: "its fields went with a turn that failed".to_owned(),
        });
    };
    saver.stored(&encode(machine)?);
    let under_way = hot.running.is_some();
    let kept = Kept {
        stack: hot.stack.clone(),
        agenda: hot.agenda.iter().copied().collect(),
        trigger: under_way.then(|| hot.trigger.clone()),
        timers: cx.timers.clone(),
        ids: cx.ids,
        reply_to: cx.reply_to.clone(),
        owed: hot.owed.clone(),
        temperature: hot.temperature,
    };
    let kept = Stored::write(&kept).map_err(|error| Refusal::value(place::<M>(), error))?;
    saver.stored(&kept);
    if let Some(running) = &mut hot.running {
        saver.bytes(running.handler.as_bytes());
        running.frame.save(saver)?;
    }
    Ok(())
}

/// The fields in a machine's stored form, whatever its type is.
pub(crate) fn stored_fields(frame: &[u8]) -> Result<Stored, Refusal> {
    Loader::new(frame, &Parts::default(), "the machine").stored()
}

pub(super) fn read<M: Rsm>(bytes: &[u8], parts: &mut Parts) -> Result<Hot<M>, Refusal> {
    let mut loader = Loader::new(bytes, parts, M::NAME);
    let machine = loader
        .stored()?
        .read::<M>()
        .map_err(|error| Refusal::value(place::<M>(), error))?;
    let kept = loader
        .stored()?
        .read::<Kept<M::State>>()
        .map_err(|error| Refusal::value(format!("the states of `{}`", M::NAME), error))?;
    let Some(top) = kept.stack.last().map(|top| top.place()) else {
        return Err(loader.damaged("it is in no state"));
    };
    let running = match loader.end() {
        Ok(()) => None,
        Err(_) => {
            let name = std::str::from_utf8(loader.bytes()?)
                .map_err(|_| loader.damaged("the name of its handler is not text"))?
                .to_owned();
            let frame = loader.rest().to_vec();
            Some(resume(&name, frame, parts)?)
        }
    };
    let mut cx = Cx::new(kept.timers, kept.ids);
    (cx.top, cx.reply_to) = (top, kept.reply_to);
    Ok(Hot {
        pair: Some(Box::new((machine, cx))),
        stack: kept.stack,
        agenda: VecDeque::from(kept.agenda),
        trigger: kept.trigger.unwrap_or(Trigger::Created),
        running,
        owed: kept.owed,
        temperature: kept.temperature,
        halted: false,
        is_moved: true,
        is_plain: false,
    })
}

/// The handler that was under way.
fn resume<M: Rsm>(name: &str, frame: Vec<u8>, parts: &mut Parts) -> Result<Running<M>, Refusal> {
    let place = M::CHART.handlers.iter().position(|known| *known == name);
    match place.map(|place| (M::CHART.handlers[place], &M::HANDLERS[place])) {
        Some((handler, Handler::Async { load, .. })) => Ok(Running {
            handler,
            frame: load(frame, std::mem::take(parts)),
        }),
        Some((_, Handler::Sync(_))) => Err(Refusal::Damaged {
            body: M::NAME.to_owned(),
            what: format!("its handler `{name}` does not wait any more"),
        }),
        None => Err(Refusal::Unregistered {
            kind: "handler".to_owned(),
            name: format!("{}::{name}", M::NAME),
        }),
    }
}
