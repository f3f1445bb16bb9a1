//! HTTP: a management API for an engine (feature `http`), and requests that are made durably from
//! orchestrations (feature `http-client`).
//!
//! # The management API
//!
//! [`router`] is an [`axum::Router`]: nest it under a path, with a layer that says who may call
//! it. All bodies are JSON.
//!
//! | request | does | answers |
//! |---|---|---|
//! | `POST /orchestrations/{name}` | [starts](crate::Engine::start) it under a new id, a UUID | 202 |
//! | `POST /orchestrations/{name}/{id}` | the same, under this id; `?tag.city=Bern` gives it a tag, `?replace_ended=true` lets it [take the place](crate::StartOptions::replace_ended) of one that has ended | 202 |
//! | `GET /instances/{id}` | [describes](crate::Engine::describe) the instance, with arguments and result, or the state of an entity | 200, 202, 500 |
//! | `GET /instances/{id}/result` | its result; `?wait=30s` waits for it, at most a minute | 200, 202, 500 |
//! | `GET /instances/{id}/history` | what [happened](crate::Engine::history) to it | 200 |
//! | `GET /instances` | [lists](crate::Engine::list), a page at a time | 200 |
//! | `GET /counts` | [counts](crate::Engine::count) by status | 200 |
//! | `DELETE /instances/{id}` | [purges](crate::Engine::purge) it | 200 |
//! | `DELETE /instances` | [purges all](crate::Engine::purge_all) that the query says; it must say something | 200 |
//! | `POST /all/{verb}` | [cancels](crate::Engine::cancel_all), [terminates](crate::Engine::terminate_all), [suspends](crate::Engine::suspend_all), [resumes](crate::Engine::resume_all), [retries](crate::Engine::retry_all) or [rewinds](crate::Engine::rewind_all) all that the query says, `&reason=..`; the verb is `cancel`, `terminate`, .. | 200 |
//! | `POST /instances/{id}/events/{event}` | [raises](crate::Engine::raise) an event with the body as its value; `?early=true` lets it [wait](crate::Raise::early) for an instance that is started later | 202 |
//! | `POST /instances/{id}/cancel` | [cancels](crate::Handle::cancel) | 204 |
//! | `POST /instances/{id}/terminate` | [terminates](crate::Engine::terminate), `?reason=..` | 204 |
//! | `POST /instances/{id}/suspend` | [suspends](crate::Engine::suspend), `?reason=..` | 204 |
//! | `POST /instances/{id}/resume` | [resumes](crate::Engine::resume) | 204 |
//! | `POST /instances/{id}/retry` | lets a parked instance [go on](crate::Engine::retry) | 204 |
//! | `POST /instances/{id}/rewind` | [rewinds](crate::Engine::rewind) what has failed, `?reason=..` | 202 |
//! | `POST /instances/{id}/restart` | [restarts](crate::Engine::restart); `?as=new-id` leaves the old one | 202 |
//! | `GET /entities/{name}` | [lists](crate::Engine::entities) the entities of a name, a page at a time; `?states=true` with their states | 200 |
//! | `GET /entities/{name}/{key}` | the [state](crate::Engine::state) of an entity | 200 |
//! | `POST /entities/{name}/{key}/{operation}` | [calls](crate::Engine::call) it; `?signal=true` only [signals](crate::Engine::signal) | 200, 202 |
//! | `GET /health` | what the engine [is doing](crate::Engine::health) | 200, 503 |
//!
//! Lists, counts, purges and what is done to all take `status`, `orchestration`, `version`, `prefix`
//! (of the id),
//! `created_from`, `created_before`, `updated_from`, `updated_before` (like `2026-01-31T12:00:00Z`),
//! `tag.name=value`, `limit`, and `cursor`, which is `next` of the page before; lists of entities
//! take `prefix` (of the key), the times of their update, `limit` and `cursor`. `status`,
//! `orchestration` and `version` may be repeated, for one of several. An unknown parameter is refused.
//!
//! **Starting** takes the arguments as an object by the names of the parameters: `{"order": "o-17",
//! "prices": [20, 22]}`. An `Option` may be left out, a name that is no parameter is refused. It
//! answers `{"id", "created", "links"}`, and where to look next in `Location`. Starting an id a
//! second time is starting it once: it answers 202 as well, with `"created": false`, so a client
//! that heard nothing asks again. Without an id, asking again would start another instance.
//!
//! **Events and operations** take a header `Idempotency-Key`: with it, whoever heard nothing asks
//! [again](crate::Request::idempotency_key), and it is done once; a key that was used for another
//! request is refused with 422.
//!
//! **An instance** answers 202 with `Location` and `Retry-After` while it runs or is suspended; 200
//! when it has completed; and 500 when it has failed, also by returning an `Err`, was cancelled or
//! terminated, or is parked. Which of them, `status` in the body says, or `error` when the result was
//! asked for; an `Err` is there as `"result": {"Err": ..}`. What a `Result` is, is shown as serde has
//! it: `{"Ok": ..}`. Operations of entities answer 200 with either.
//!
//! **Errors** are `{"error": "not_found", "message": "..", "hint": ".."}`: a word for programs, a
//! sentence, and perhaps what would help. 400 is a malformed request, which names the field; 404
//! something unknown; 409 an id of another orchestration, or an instance that has not ended; 410 one
//! that has; 413 a body or a value of [too many
//! bytes](crate::durable::limits::PAYLOAD_BYTES_MAX); 429 a full mailbox and 503 a busy or closed
//! engine, with `Retry-After`; 500 a failure.
//!
//! **Values** that are given are read as a text of JSON would be, so all that serde can read from
//! JSON fits; numbers may be strings. Values that are shown are shown by their stored
//! [schemas](crate::schema), also when this program has their types no more: structs as objects,
//! variants as serde writes them, bytes as lists of numbers. What JSON cannot say is a string or a
//! list: `"NaN"`, `"Infinity"`, integers beyond 64 bits, and maps with keys that are no texts,
//! numbers or plain variants, as lists of pairs. `Some(None)` is shown as `null`, like `None`. A type
//! that writes itself in one way for humans and in another for machines, like an `IpAddr`, is read
//! in the first and shown in the second.
//!
//! **Events** are stored as JSON, and what [`event::<T>`](crate::event) takes is read from that when
//! it is taken: one that does not fit parks the instance. The program that takes it needs no feature.
//!
//! # Requests from orchestrations
//!
//! [`send`] makes a [`Request`] in an orchestration, and gives the [`Response`]: the exchange is an
//! activity, retried by policy; an answer of 202 is polled with durable sleeps, for days if need be,
//! and across crashes.

#[cfg(feature = "http-client")]
mod client;
#[cfg(feature = "http")]
mod server;

#[cfg(feature = "http-client")]
pub use client::{Client, HttpError, Request, Response, SendCall, send};
#[cfg(feature = "http")]
pub use server::router;
