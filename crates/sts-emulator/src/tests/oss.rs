//! OSS: what is allowed, what is refused, and what comes back.

mod bench;
mod hostile;
mod judged;
mod operations;
mod posted;
mod signed;
mod world;
