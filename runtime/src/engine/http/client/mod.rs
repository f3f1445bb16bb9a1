//! Durable HTTP: requests that orchestrations make, with retries, and polls that outlive a crash.

mod error;
mod exchange;
mod request;
mod response;
mod send;

pub use error::HttpError;
pub use exchange::Client;
pub use request::Request;
pub use response::Response;
pub use send::{SendCall, send};
