//! The plain parts of the `filehash` example: files in, digests out, and the kills.

pub mod check;
pub mod digest;
pub mod digests;
pub mod folder;
pub mod listing;
pub mod moments;
pub mod runs;
pub mod summary;
pub mod supervise;
