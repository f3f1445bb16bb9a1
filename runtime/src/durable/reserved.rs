//! Ids and names that are the engine's own.

use super::limits::INSTANCE_ID_BYTES_MAX;

/// The ids of entities begin so; nothing else may have one.
pub(crate) const ENTITY_PREFIX: char = '@';

/// The ids of machines begin so; nothing else may have one.
pub(crate) const RSM_PREFIX: char = '#';

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
    if id.starts_with(RSM_PREFIX) {
        return Some(format!(
            "`{id}` begins with `{RSM_PREFIX}`, as only the ids of machines may"
        ));
    }
    if id.starts_with(SYSTEM_PREFIX) && !orchestration.starts_with(SYSTEM_PREFIX) {
        return Some(format!(
            "`{id}` begins with `{SYSTEM_PREFIX}`, as only the engine's own ids may"
        ));
    }
    None
}

/// The id of the machine that somebody named.
pub(crate) fn rsm_id(rsm: &str, name: &dyn std::fmt::Display) -> String {
    format!("{RSM_PREFIX}{rsm}{RSM_PREFIX}{name}")
}

/// The id of the `nth` machine that the instance of this number has created. No other has it, nor
/// ever will.
pub(crate) fn created_id(rsm: &str, (partition, n): (u16, u64), nth: u64) -> String {
    format!("{RSM_PREFIX}{rsm}{RSM_PREFIX}{RSM_PREFIX}{partition}.{n}.{nth}")
}

/// The same for one that is to be created later.
pub(crate) fn promised_id(rsm: &str, number: (u16, u64), nth: u64) -> String {
    format!("{}~", created_id(rsm, number, nth))
}

/// Whether the machine of this id was created in the turn that gave it the id: then its creation is
/// on its way before anybody can know the id.
pub(crate) fn is_created_id(id: &str) -> bool {
    let name = id
        .strip_prefix(RSM_PREFIX)
        .and_then(|id| id.split_once(RSM_PREFIX));
    name.is_some_and(|(_, name)| name.starts_with(RSM_PREFIX) && !name.ends_with('~'))
}
