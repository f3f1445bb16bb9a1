//! What an annotated function becomes around its body.

pub(crate) mod activity;
pub(crate) mod body;
mod call;
pub(crate) mod entity;
pub(crate) mod methods;
pub(crate) mod refused;
pub(crate) mod replay;
pub(crate) mod rsm;
mod written;

pub(crate) use call::{Envelope, Expanded};
