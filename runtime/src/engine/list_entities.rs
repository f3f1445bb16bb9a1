//! Listing entities from outside.

use crate::core::{Answer, Command, EntityCursor, EntityFilter, EntityQuery};
use crate::durable::{Entity, Timestamp};
use crate::error::{Error, Result};

use super::Engine;

/// One page of [`Engine::entities`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EntityPage<E> {
    /// The entities, in the order of their keys within each partition.
    pub entities: Vec<Listed<E>>,
    /// Where the next page begins: set [`EntityFilter::after`] to it. `None` on the last page.
    pub next: Option<EntityCursor>,
}

/// One entity of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listed<E> {
    /// Its key, as text.
    pub key: String,
    /// When it was used first, since it was deleted last.
    pub created: Timestamp,
    /// When an operation changed it last. Reading does not count.
    pub updated: Timestamp,
    /// Its state, if [`EntityFilter::states`] asks for it and its stored form is not damaged.
    pub state: Option<E>,
}

impl Engine {
    /// Lists the entities of a type that have been used and were not deleted since, a page at a
    /// time: as of the last commit, without those whose rows cannot be read, which
    /// [`list`](Self::list) finds. It looks at those alone whose keys begin as the filter says.
    ///
    /// Entities of all types, with their ids, are listed by [`list`](Self::list) with the id prefix
    /// `@`, those of one type with `@Account@`.
    ///
    /// ```standalone_crate
    /// use undying::EntityFilter;
    /// use undying::prelude::*;
    ///
    /// #[entity]
    /// #[derive(Default, Serialize, Deserialize)]
    /// struct Account {
    ///     balance: i64,
    /// }
    ///
    /// #[entity]
    /// impl Account {
    ///     pub fn deposit(&mut self, amount: i64) {
    ///         self.balance += amount;
    ///     }
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> undying::Result<()> {
    /// let engine = Engine::open_in_memory().await?;
    /// for (key, amount) in [("bern/ada", 5), ("bern/bob", 7), ("zug/eve", 9)] {
    ///     engine.call(Account::at(key).deposit(amount)).await?;
    /// }
    /// let mut filter = EntityFilter { key_prefix: "bern/".into(), states: true, ..Default::default() };
    /// let mut sum = 0;
    /// loop {
    ///     let page = engine.entities::<Account>(filter.clone()).await?;
    ///     sum += page.entities.iter().flat_map(|one| &one.state).map(|one| one.balance).sum::<i64>();
    ///     filter.after = page.next;
    ///     if filter.after.is_none() {
    ///         break;
    ///     }
    /// }
    /// assert_eq!(sum, 12);
    /// # engine.shutdown().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::BadResult`] when this program's type cannot read a state, [`Error::Closed`].
    pub async fn entities<E: Entity>(&self, filter: EntityFilter) -> Result<EntityPage<E>> {
        let name = E::NAME.to_owned();
        let query = EntityQuery { name, filter };
        let (found, next) = match self.ask(Command::Entities(query)).await? {
            Answer::Entities(found, next) => (found, next),
            answer => return Err(Error::refused("", E::NAME, answer)),
        };
        let mut entities = Vec::with_capacity(found.len());
        for one in found {
            let state = one.state.map(|state| state.read::<E>()).transpose();
            let state = state.map_err(|source| Error::BadResult {
                id: format!("@{}@{}", E::NAME, one.key),
                source,
            })?;
            entities.push(Listed {
                key: one.key,
                created: one.created,
                updated: one.updated,
                state,
            });
        }
        Ok(EntityPage { entities, next })
    }
}
