//! The stored form of an entity: its state, then the operation under way.

use crate::durable::{Loader, Parts, Refusal, Saver};
use crate::schema::Stored;

/// What is stored, taken apart; no value is read.
pub(super) struct Head {
    pub(super) state: Stored,
    pub(super) under_way: Option<UnderWay>,
}

/// The operation under way.
pub(super) struct UnderWay {
    pub(super) method: String,
    pub(super) deleted: bool,
    /// Whether an operation before it has changed the entity.
    pub(super) used: bool,
    /// The state before it.
    pub(super) before: Stored,
    /// Its frame.
    pub(super) bytes: Vec<u8>,
}

impl Head {
    pub(super) fn read(bytes: &[u8], parts: &Parts, name: &'static str) -> Result<Self, Refusal> {
        let mut loader = Loader::new(bytes, parts, name);
        let state = loader.stored()?;
        if loader.end().is_ok() {
            return Ok(Head {
                state,
                under_way: None,
            });
        }
        let method = std::str::from_utf8(loader.bytes()?)
            .map_err(|_| loader.damaged("the name of its operation is not text"))?
            .to_owned();
        let deleted = loader.u64()? == 1;
        let used = loader.u64()? == 1;
        let before = loader.stored()?;
        let bytes = loader.rest().to_vec();
        Ok(Head {
            state,
            under_way: Some(UnderWay {
                method,
                deleted,
                used,
                before,
                bytes,
            }),
        })
    }

    /// The state as of the last operation that ended, if any has changed the entity.
    pub(super) fn at_rest(self) -> Option<Stored> {
        match self.under_way {
            None => Some(self.state),
            Some(frame) => frame.used.then_some(frame.before),
        }
    }
}

/// Whether these bytes are the stored form of an entity; one that is not is refused.
pub(crate) fn read_under_way(bytes: &[u8]) -> bool {
    let read = Head::read(bytes, &Parts::default(), "an entity");
    read.is_ok_and(|head| {
        let whole = head.state.bytes.len() <= bytes.len();
        let before = head.at_rest();
        whole && before.is_none_or(|state| state.bytes.len() <= bytes.len())
    })
}

/// What stands before the frame of the operation.
pub(super) fn write_under_way(
    saver: &mut Saver<'_>,
    method: &str,
    deleted: bool,
    used: bool,
    before: &Stored,
) {
    saver.bytes(method.as_bytes());
    saver.u64(u64::from(deleted));
    saver.u64(u64::from(used));
    saver.stored(before);
}
