//! `Returned`: what can be the result of a durable function, asked for so that a refusal is one worded error.

use std::marker::PhantomData;

use crate::durable::Persist;

/// What a durable function can return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a durable function",
    label = "results are saved until their callers take them",
    note = "derive `Serialize` and `Deserialize` for it; for its error type too"
)]
pub trait Returned: Persist {}
#[diagnostic::do_not_recommend]
impl<T: Persist> Returned for T {}

/// Stands for a return type.
#[derive(Debug)]
pub struct Out<T>(PhantomData<T>);

/// The return type that an [`Out`] stands for.
///
/// A bound on an associated type would print serde's errors raw; one level down it is worded.
pub trait Returning {
    /// The type itself.
    type Output: Persist;
}
impl<T: Returned> Returning for Out<T> {
    type Output = T;
}
