//! The policies and the request that decisions are measured with: the request matches the last statement.

use sts_policy::{Compiled, Context, Policy, Request};

/// What each statement allows.
pub const ACTIONS: [&str; 2] = ["oss:GetObject", "oss:PutObject"];

/// Before the number of the statement; a `/*` follows it.
pub const FOLDER: &str = ":my-bucket/uploads/user-";

pub const BLOCK: &str = "10.0.0.0/8";
pub const END: &str = "2030-01-01T00:00:00Z";

pub const ADDRESS: &str = "10.24.3.77";
pub const NOW: &str = "2026-11-25T08:30:00Z";

/// So many statements of two actions, a resource pattern, an IP range and a date bound.
pub fn policy(statements: usize) -> String {
    let statements: Vec<String> = (0..statements)
        .map(|number| {
            format!(
                r#"{{"Effect":"Allow","Action":["{}","{}"],"Resource":"acs:oss:*:*{FOLDER}{number:04}/*","Condition":{{"IpAddress":{{"acs:SourceIp":"{BLOCK}"}},"DateLessThan":{{"acs:CurrentTime":"{END}"}}}}}}"#,
                ACTIONS[0], ACTIONS[1]
            )
        })
        .collect();
    format!(r#"{{"Version":"1","Statement":[{}]}}"#, statements.join(","))
}

pub fn compiled(statements: usize) -> Compiled {
    policy(statements).parse::<Policy>().expect("a good policy").compile()
}

pub fn resource(statements: usize) -> String {
    format!("acs:oss:cn-hangzhou:123456789012{FOLDER}{:04}/2026/11/photo-000123.jpg", statements - 1)
}

pub fn context() -> Context {
    Context::new().with("acs:SourceIp", ADDRESS).with("acs:CurrentTime", NOW)
}

pub fn request<'a>(resource: &'a str, context: &'a Context) -> Request<'a> {
    Request::new(ACTIONS[1], resource, context)
}
