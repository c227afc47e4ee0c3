//! The Security Token Service.

mod call;
mod operation;
pub(crate) mod parameters;
pub(crate) mod refusal;
pub(crate) mod reply;
mod service;
mod verify;

pub(crate) use self::service::StsService;
#[cfg(test)]
pub(crate) use self::service::{Reply, Request};
