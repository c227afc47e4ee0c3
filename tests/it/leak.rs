//! Nothing secret shows: no secret, token, assertion, signature, session policy or password, in no form, in nothing
//! that is printed or logged.

mod echo;
mod logs;
mod types;
