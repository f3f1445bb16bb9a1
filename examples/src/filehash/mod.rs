//! The plain parts of the `filehash` example: files in, digests out.

pub mod check;
pub mod digest;
pub mod digests;
pub mod folder;
pub mod listing;
pub mod summary;
