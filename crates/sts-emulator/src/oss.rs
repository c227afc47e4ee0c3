//! A small OSS that enforces: buckets and objects in memory, signatures of both versions, policies and ACLs.

mod authentication;
mod call;
mod cors;
mod form;
mod form_policy;
mod operation;
mod partial;
mod permission;
mod refusal;
mod reply;
mod request;
mod run;
mod service;
mod store;
mod target;
mod xml;

pub(crate) use self::service::OssService;
