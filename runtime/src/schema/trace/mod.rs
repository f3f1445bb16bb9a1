//! Finds out how a type lies in postcard by driving its `Deserialize` with samples.
//!
//! Each pass reads one value and records the calls made for it. Options are taken as `Some`,
//! sequences with an element and enums in their next unknown variant until all is known. Calls are
//! told apart by the type of the visitor that makes them, so types of one name never mix and
//! recursion closes by itself. A type that refuses a sample is offered others. What cannot be
//! found out makes the whole type *opaque*.

mod access;
mod build;
mod call;
mod error;
mod graph;
mod recorder;
mod samples;
mod variants;

use std::any::type_name;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;

use self::access::make;
use self::graph::{Edge, Graph, Label};
use super::error::Untraceable;
use super::model::Schema;

/// Passes without anything learnt before the trace gives up.
const PATIENCE: u32 = 3;

/// The schema of `T`.
///
/// A type whose structure cannot be found out, such as one that reads its second field
/// differently depending on its first, has an [opaque](Schema::is_opaque) schema that names it.
///
/// # Errors
/// [`Untraceable::NeedsSelfDescribing`] if reading `T` needs a format that describes itself:
/// postcard could never read a value of it back.
pub fn trace<T: DeserializeOwned>() -> Result<Schema, Untraceable> {
    explore::<T>().map(|(schema, _)| schema)
}

/// The schema of `T`, and why it is opaque if it is.
pub(crate) fn explore<T: DeserializeOwned>() -> Result<(Schema, Option<String>), Untraceable> {
    let pass = |graph: &mut Graph| drop(make(graph, Edge::Root, Label::Root, 0, PhantomData::<T>));
    passes(type_name::<T>(), pass)
}

fn passes(type_name: &str, pass: fn(&mut Graph)) -> Result<(Schema, Option<String>), Untraceable> {
    let mut graph = Graph::default();
    let mut stale = 0;
    while stale < PATIENCE && !graph.is_spent() && !graph.is_finished() {
        let progress = graph.progress;
        graph.start_pass();
        if catch_unwind(AssertUnwindSafe(|| pass(&mut graph))).is_err() {
            graph.blame();
        }
        stale = if graph.progress == progress {
            stale + 1
        } else {
            0
        };
    }
    if let Some(place) = graph.self_describing {
        let type_name = type_name.into();
        return Err(Untraceable::NeedsSelfDescribing { type_name, place });
    }
    Ok(match build::build(&graph) {
        Ok(schema) => (schema, None),
        Err(why) => (build::opaque(&graph, type_name), Some(why)),
    })
}
