//! One life of the store: opened at what is durable, dropped at the first failed commit.

use std::sync::Arc;

use super::hub::{Asker, Hub};
use crate::core::{HighWater, Number, Opening, Shard, Suspects, read_books};
use crate::engine::KernelError;
use crate::store::{OpenStore, Store};

/// What one life of this process hands on to the next (rules 6 and 23).
#[derive(Debug, Default)]
pub(super) struct Legacy {
    pub(super) epoch: u64,
    pub(super) floors: Vec<(u16, u64)>,
    pub(super) suspects: Suspects,
    /// Nothing is left to be counted after an unclean close.
    pub(super) clean: bool,
    /// An epoch was too large for the store.
    pub(super) careful: bool,
    /// Instances that ran when the process died (rule 19).
    pub(super) deaths: Vec<Number>,
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
    hub: &Hub,
    legacy: &Legacy,
) -> Result<Begun, KernelError> {
    let durable = HighWater::read(&store)?.epoch;
    let epoch = durable.max(legacy.epoch) + 1;
    let mut shards = Vec::with_capacity(hub.partitions.shards());
    for index in 0..hub.partitions.shards() {
        let opening = Opening {
            index,
            partitions: hub.partitions,
            program: hub.program.clone(),
            caps: store.caps(),
            bounds: hub.bounds,
            epoch,
            floors: &legacy.floors,
            clean: legacy.clean,
            suspects: legacy.suspects.clone(),
            careful: legacy.careful,
            deaths: legacy.deaths.clone(),
            now: hub.clock.now(),
        };
        shards.push(Shard::open(opening, &store)?);
    }
    Ok(Begun {
        store,
        shards,
        epoch,
    })
}
