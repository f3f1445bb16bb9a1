//! Ids and names that are the engine's own.

use super::limits::INSTANCE_ID_BYTES_MAX;

/// The ids of entities begin so; nothing else may have one.
pub(crate) const ENTITY_PREFIX: char = '@';

/// The ids of the engine's own instances begin so, and the names of their orchestrations.
pub(crate) const SYSTEM_PREFIX: char = '$';

/// What is wrong with the id of an instance of this orchestration, if anything.
pub(crate) fn invalid_id(id: &str, orchestration: &str) -> Option<String> {
    if id.is_empty() || id.len() > INSTANCE_ID_BYTES_MAX {
        return Some(format!(
            "an instance id has 1 to {INSTANCE_ID_BYTES_MAX} bytes, this one {}",
            id.len()
        ));
    }
    reserved_id(id, orchestration)
}

/// Whose the id is, if it is not for instances of this orchestration.
pub(crate) fn reserved_id(id: &str, orchestration: &str) -> Option<String> {
    if id.starts_with(ENTITY_PREFIX) {
        return Some(format!(
            "`{id}` begins with `{ENTITY_PREFIX}`, as only the ids of entities may"
        ));
    }
    if id.starts_with(SYSTEM_PREFIX) && !orchestration.starts_with(SYSTEM_PREFIX) {
        return Some(format!(
            "`{id}` begins with `{SYSTEM_PREFIX}`, as only the engine's own ids may"
        ));
    }
    None
}
