//! `StartOptions`: what an instance can be given besides its arguments.

use crate::core::Tags;

/// Options of [`Engine::start_with`](super::Engine::start_with).
///
/// ```standalone_crate
/// use undying::prelude::*;
/// use undying::{Filter, StartOptions};
///
/// #[orchestration]
/// async fn order(number: u64) -> u64 {
///     number
/// }
///
/// # #[tokio::main]
/// # async fn main() -> undying::Result<()> {
/// let engine = Engine::open_in_memory().await?;
/// let options = StartOptions::new().tag("customer", "ann").tag("city", "Bern");
/// engine.start_with("order-17", order(17), options).await?;
///
/// let of_ann = Filter { tags: [("customer".into(), "ann".into())].into(), ..Filter::default() };
/// assert_eq!(engine.list(of_ann).await?.instances[0].id, "order-17");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct StartOptions {
    pub(super) tags: Tags,
}

impl StartOptions {
    /// No options.
    #[must_use]
    pub fn new() -> Self {
        StartOptions::default()
    }

    /// Adds a tag, by which [`Filter::tags`](crate::Filter::tags) finds the instance; another
    /// value of the same name is replaced. At most 16, their names 1 to 64 bytes long, their
    /// values at most 256.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(name.into(), value.into());
        self
    }
}
