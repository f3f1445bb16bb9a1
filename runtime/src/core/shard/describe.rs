//! What is known of one instance.

use super::super::entity::ENTITY_PREFIX;
use super::super::format::ReadError;
use super::super::instance::{Instance, State};
use super::super::rows::Rows;
use super::super::section::Section;
use super::super::{Answer, Description, Ending};
use super::entities::state_of;
use super::manage::read_args;
use super::{Reply, Shard};

impl<R: Reply> Shard<R> {
    pub(super) fn describe(
        &mut self,
        id: &str,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        let Some(number) = self.find(id, rows)? else {
            return Ok(self.absent(id));
        };
        let answer = self.look(number, rows, |instance| {
            Answer::Description(Box::new(description(instance)))
        })?;
        Ok((answer.unwrap_or(Answer::NotFound), self.stamp(number)))
    }

    /// Describes an instance with its values.
    pub(super) fn inspect(
        &mut self,
        id: &str,
        rows: &dyn Rows,
    ) -> Result<(Answer, u64), ReadError> {
        let Some(number) = self.find(id, rows)? else {
            return Ok(self.absent(id));
        };
        let looked = self.look(number, rows, |instance| {
            (with_values(instance), instance.origin.clone())
        })?;
        let Some((mut described, origin)) = looked else {
            return Ok((Answer::NotFound, self.stamp(number)));
        };
        if !id.starts_with(ENTITY_PREFIX) {
            described.arguments = Some(match origin {
                Some(arguments) => arguments,
                None => read_args(number, id, rows)?,
            });
        }
        let answer = Answer::Description(Box::new(described));
        Ok((answer, self.stamp(number)))
    }
}

fn with_values(instance: &Instance) -> Description {
    let mut described = description(instance);
    match &instance.state {
        State::Ended(Ending::Completed(value) | Ending::Error(value)) => {
            described.result = Some(value.clone());
        }
        State::Ended(Ending::Failed(failure)) => described.failure = Some(failure.clone()),
        _ if instance.is_entity() || instance.is_rsm() => match state_of(instance) {
            Ok(state) => described.state = state,
            Err(why) => {
                described.parked.get_or_insert(why);
            }
        },
        _ => {}
    }
    described
}

fn description(instance: &Instance) -> Description {
    Description {
        id: instance.id.to_string(),
        number: instance.number,
        orchestration: instance.orchestration.clone().into_owned(),
        version: instance.version.as_deref().map(str::to_owned),
        status: instance.status(),
        custom_status: instance.custom_status.clone(),
        parked: instance.parked.clone(),
        arguments: None,
        result: None,
        failure: None,
        state: None,
        reason: instance.reason().map(str::to_owned),
        tags: instance.tags.clone(),
        created: instance.created,
        updated: instance.updated,
        holds: instance
            .sections
            .values()
            .flat_map(Section::held)
            .map(str::to_owned)
            .collect(),
        locked_by: instance.queue.owner().map(|owner| owner.number),
        calls_pending: instance.pending(),
        events_waiting: instance.events.count(),
        continued: instance.continued,
        rewound: instance.rewinds.count,
        parent: instance.parent,
        point: instance.point(),
    }
}
