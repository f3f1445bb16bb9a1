//! A store's rows where they are when there are many of them: in the keyspaces of their families.

use undying::store::{SEAL_BYTES, keys::Family};

/// The keyspaces, in the order of [`Family::ALL`], with all rows of chunks in those of their families.
pub(crate) fn keyspaces(database: &fjall::Database) -> [fjall::Keyspace; Family::ALL.len()] {
    let keyspaces = Family::ALL.map(|family| {
        let keyspace = database.keyspace(family.name(), fjall::KeyspaceCreateOptions::default);
        keyspace.expect("it is there")
    });
    let chunks = &keyspaces[Family::Chunks as usize];
    for row in chunks.iter() {
        let (commit, value) = row.into_inner().expect("it is read");
        let (mut rest, _) = value.split_at(value.len() - SEAL_BYTES);
        while !rest.is_empty() {
            let (head, after) = rest.split_at(6);
            let key_len = u16::from_le_bytes([head[0], head[1]]);
            let value_len = u32::from_le_bytes([head[2], head[3], head[4], head[5]]);
            let (key, after) = after.split_at(key_len.into());
            let keyspace = &keyspaces[Family::of(key) as usize];
            if value_len == u32::MAX {
                keyspace.remove(key).expect("it is deleted");
                rest = after;
            } else {
                let (value, after) = after.split_at(value_len as usize);
                keyspace.insert(key, value).expect("it is written");
                rest = after;
            }
        }
        chunks.remove(commit).expect("it is deleted");
    }
    keyspaces
}
