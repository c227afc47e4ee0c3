//! The one request and the one reply that everything here is measured with.

use ali_sts::Credentials;

pub const ROLE: &str = "acs:ram::123456789012:role/app-uploader";
pub const SESSION: &str = "user-4711";

/// Length of the session policy in the calls over loopback, in bytes.
pub const POLICY_BYTES: usize = 300;

/// What the server answers: the shape and the lengths of the service's own answer.
pub const REPLY: &str = concat!(
    r#"{"RequestId":"6894B13B-6D71-4EF5-88FA-F32781734A7F","AssumedRoleUser":{"AssumedRoleId":"344584339364951186:user-4711","#,
    r#""Arn":"acs:ram::123456789012:role/app-uploader/user-4711"},"Credentials":{"SecurityToken":""#,
    "CAISuQJ1q6Ft5B2yfSjIr5bkPsndh7hVg6rjxrWGb0cDtqlfj6fTujz2IHhIenFvBe0WsP8wnmtU6PwelqVoRoReREvCKM1565kPY7dk",
    "cBmB6aKP9rUhpMCPOwr6UmzGvqL7Z+H+U6muGJOEYEzFkSle2KbzcS7YMXWuLZyOj+wMDL1VJH7aCwBLH9BLPABvhdYHPH/KT5aXPwXt",
    "n3DbATgD2GM+qxsmtPnhmpXGs0qD0gKvlb9LyNmJfPHBM5k5D4ljUt+ny6l2eq3NzDRc7AZp3Ks9lbdP9j3A4IzaXAgLvQfJPOLK98ZuK",
    "Rd6fbJ8DKUgivz4g+Fg6/O7xojWzBJ8NvJXRQhmvxk1AqYGaKUagAFYXXsRmEnRAJzFDpXJnCSyYJ6DKAwr9cBGiRWEtKz3sB2wkXvYk",
    "lH4pTnyNzs2YqQhdfVk0p8w4sNPQlLe1RkJhSlm5C4cRxXW4lqgkYYkrs5e2kLIbnpZ8zWtLq0GoFbXUMCo7eZsZqAlwTkHwQbTn7Nd6k",
    "QlkzPuMdRrPIS1m8uH2vYx5aGq3Wd0QpJbY6mYw0iXn2s4c9LgV7tRrE1kUoZaHdFhTzNq8xWvCyPbGjMeSlKuOi2AD5w==",
    r#"","AccessKeyId":"STS.NUgYrLnoC37mZZCNnAbez8Bqp","AccessKeySecret":"CVwjCkNzTMupZ8NbTCxCBRq3K16jtcWFTJAyBEv2","#,
    r#""Expiration":"2030-01-01T00:00:00Z"}}"#
);

/// The key that everything is signed with.
pub fn credentials() -> Credentials {
    Credentials::new("LTAI5tBenchmarkExample01", "BenchmarkSecretOf30Characters0")
}

/// A session policy of exactly so many bytes: none, or at least 200.
pub fn policy(bytes: usize) -> String {
    let (start, end) =
        (r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["#, "]}]}");
    let resource = |path: String| format!(r#""acs:oss:*:*:my-bucket/uploads/{path}""#);
    if bytes == 0 {
        return String::new();
    }
    let mut policy = start.to_owned();
    for user in 0.. {
        let next = resource(format!("user-{user:04}/*"));
        if policy.len() + 2 * next.len() + 2 + end.len() > bytes {
            break;
        }
        policy.push_str(&next);
        policy.push(',');
    }
    let rest = bytes - policy.len() - end.len() - resource(String::new()).len();
    policy + &resource("x".repeat(rest)) + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_have_the_length_asked_for() {
        for bytes in [0, 300, 2000] {
            assert_eq!(policy(bytes).len(), bytes);
        }
    }
}
