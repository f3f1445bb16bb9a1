//! What is written in the attributes' parentheses.

mod activity;
mod duration;
mod entity;
mod options;
mod orchestration;
mod resumable;
mod rsm;

pub(crate) use activity::Activity;
pub(crate) use entity::Entity;
pub(crate) use options::Options;
pub(crate) use orchestration::Orchestration;
pub(crate) use resumable::{Context, Resumable};
pub(crate) use rsm::Rsm;
