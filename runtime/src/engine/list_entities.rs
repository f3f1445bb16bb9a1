//! Listing entities from outside.

use crate::core::{Answer, Command, EntityCursor, EntityFilter, EntityFound, EntityQuery};
use crate::durable::{Entity, Timestamp};
use crate::error::{Error, Result};
use crate::schema::Stored;

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
        let EntityPage { entities, next } = self.entities_named(E::NAME, filter).await?;
        let entities = entities.into_iter().map(|one| {
            let state = one.state.map(|state| state.read::<E>()).transpose();
            let state = state.map_err(|source| Error::BadResult {
                id: format!("@{}@{}", E::NAME, one.key),
                source,
            })?;
            Ok(Listed {
                key: one.key,
                created: one.created,
                updated: one.updated,
                state,
            })
        });
        let entities = entities.collect::<Result<_>>()?;
        Ok(EntityPage { entities, next })
    }

    /// As [`entities`](Self::entities), for whoever has not the type: its name, which is that of the
    /// struct unless the attribute gives it another, says which, and states are as they are stored.
    /// They print by their stored schemas, also if this program has no entities of that name.
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
    /// engine.call(Account::at("ada").deposit(5)).await?;
    /// let filter = EntityFilter { states: true, ..Default::default() };
    /// for one in engine.entities_named("Account", filter).await?.entities {
    ///     let state = one.state.map(|state| state.to_string());
    ///     assert_eq!(state.as_deref(), Some("Account { balance: 5 }"));
    /// }
    /// # engine.shutdown().await
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn entities_named(
        &self,
        name: impl Into<String>,
        filter: EntityFilter,
    ) -> Result<EntityPage<Stored>> {
        let name = name.into();
        let query = EntityQuery { name, filter };
        match self.command(Command::Entities(query)).await? {
            Answer::Entities(found, next) => {
                let entities = found.into_iter().map(Listed::from).collect();
                Ok(EntityPage { entities, next })
            }
            answer => Err(Error::refused("", "", answer)),
        }
    }
}

impl From<EntityFound> for Listed<Stored> {
    fn from(found: EntityFound) -> Self {
        Listed {
            key: found.key,
            created: found.created,
            updated: found.updated,
            state: found.state,
        }
    }
}
