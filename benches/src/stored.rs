//! What a store holds.

use std::path::Path;

use undying::store::keys::Family;
use undying::store::{OpenStore, StoreError, StoreOptions};

/// The bytes of all rows but the history, which is a log of the past and expires. No engine may
/// have the store open.
///
/// # Errors
/// The store cannot be opened, read or closed.
pub fn stored_bytes(store: &Path) -> Result<usize, StoreError> {
    let rows = StoreOptions::new(store).open()?;
    let all = rows.scan(&[], &[0xff], usize::MAX)?;
    rows.close()?;
    let state = all
        .iter()
        .filter(|(key, _)| Family::of(key) != Family::History);
    Ok(state.map(|(key, value)| key.len() + value.len()).sum())
}
