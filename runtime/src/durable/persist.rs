//! `Persist`: what may live across an await.

use serde::{Serialize, de::DeserializeOwned};

/// A value that can be kept across an `.await`, sent as an argument or returned as a result.
///
/// Implemented for everything that derives serde's `Serialize` and `Deserialize`, owns its data
/// and is `Send`. You never implement it by hand.
///
/// ```
/// fn kept<T: undying::Persist>(_: T) {}
/// kept((1u64, String::from("order-17"), vec![Some(true)]));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept across an `.await`",
    label = "lives across an `.await`, so it must be saved with the instance",
    note = "derive `Serialize` and `Deserialize` for it, or end its life before the `.await`"
)]
pub trait Persist: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> Persist for T {}
