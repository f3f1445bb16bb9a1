//! One life of the store: opened at what is durable, dropped at the first failed commit.

use std::sync::Arc;

use super::hub::Asker;
use crate::core::{HighWater, Number, Opening, Partitions, Program, Shard, Suspects, read_books};
use crate::durable::Timestamp;
use crate::engine::KernelError;
use crate::store::{OpenStore, Store};

/// What one life of this process hands on to the next (rules 6 and 23).
#[derive(Debug, Default)]
pub(super) struct Legacy {
    pub(super) epoch: u64,
    pub(super) floors: Vec<(u16, u64)>,
    pub(super) suspects: Suspects,
}

/// A life that begins.
pub(super) struct Begun {
    pub(super) store: Arc<dyn Store>,
    pub(super) shards: Vec<Shard<Asker>>,
    pub(super) epoch: u64,
}

/// Opens the store and checks that it is one of ours.
pub(super) fn open_store(
    opener: &dyn OpenStore,
    partitions: u16,
) -> Result<(Arc<dyn Store>, HighWater), KernelError> {
    let store = opener.open()?;
    let high_water = HighWater::read(&store)?;
    if high_water.partitions != 0 && high_water.partitions != partitions {
        return Err(KernelError::Unreadable {
            what: "the store".to_owned(),
            why: format!(
                "it has {} virtual partitions, this engine is set to {partitions}: open it with \
                 that number",
                high_water.partitions
            ),
        });
    }
    read_books(&store)?;
    Ok((store, high_water))
}

/// Begins a life on an open store: the shards read what is runnable.
pub(super) fn begin(
    store: Arc<dyn Store>,
    program: &Arc<dyn Program>,
    partitions: Partitions,
    legacy: &Legacy,
    clean: bool,
    deaths: &[Number],
    now: Timestamp,
) -> Result<Begun, KernelError> {
    let durable = HighWater::read(&store)?.epoch;
    let epoch = durable.max(legacy.epoch) + 1;
    let mut shards = Vec::with_capacity(partitions.shards());
    for index in 0..partitions.shards() {
        let opening = Opening {
            index,
            partitions,
            program: program.clone(),
            caps: store.caps(),
            epoch,
            floors: &legacy.floors,
            clean,
            suspects: legacy.suspects.clone(),
            deaths: deaths.to_vec(),
            now,
        };
        shards.push(Shard::open(opening, &store)?);
    }
    Ok(Begun {
        store,
        shards,
        epoch,
    })
}
