//! `StartOptions`: what an instance can be given besides its arguments.

use super::Engine;
use crate::core::{Answer, Command, Number, Tags};
use crate::error::{Error, Result};

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
    pub(super) replaces_ended: bool,
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
    /// Begins the id anew if its instance has ended: the old one is purged and the new one started
    /// in one commit. One that has not ended is the same instance as ever and stays, and so does
    /// one of another orchestration.
    ///
    /// ```standalone_crate
    /// use undying::prelude::*;
    /// use undying::StartOptions;
    ///
    /// #[orchestration]
    /// async fn report(day: u64) -> u64 {
    ///     day
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::open_in_memory().await?;
    /// assert_eq!(engine.start("report", report(1)).await?.result().await?, 1);
    /// // The same id is the same instance ..
    /// assert_eq!(engine.start("report", report(2)).await?.result().await?, 1);
    /// // .. unless it may be replaced.
    /// let anew = StartOptions::new().replace_ended();
    /// assert_eq!(engine.start_with("report", report(2), anew).await?.result().await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Whoever starts it again after [`Error::Closed`](crate::Error::Closed) may replace what the
    /// first start began, if that has ended meanwhile.
    #[must_use]
    pub fn replace_ended(mut self) -> Self {
        self.replaces_ended = true;
        self
    }
}

impl Engine {
    /// The number of the instance `id`, if there is one and it has ended.
    pub(super) async fn ended(&self, id: &str) -> Result<Option<Number>> {
        match self
            .command(Command::Describe { id: id.to_owned() })
            .await?
        {
            Answer::Description(one) => Ok(one.status.has_ended().then_some(one.number)),
            Answer::NotFound => Ok(None),
            answer => Err(Error::refused(id, "", answer)),
        }
    }
}
