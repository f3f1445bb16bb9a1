//! What a turn asks for, looked at before it leaves.

use crate::durable::Request;

/// The bytes of what it takes along.
pub(super) fn args_of(request: &Request) -> usize {
    match request {
        Request::Activity { args, .. }
        | Request::Child { args, .. }
        | Request::Operate { args, .. } => args.bytes.len(),
        Request::Timer { .. } => 0,
        Request::Lock { entities, .. } => entities.iter().map(|(id, _)| id.len()).sum(),
        Request::Event { name, .. } => name.len(),
    }
}
