//! The trail says why, and never anything confidential.

use std::sync::{Arc, Mutex};

use super::call::Call;
use crate::{Emulator, RequestRecord};

#[tokio::test]
async fn a_line_for_each_request_and_the_reason_of_each_refusal() {
    let seen = Arc::new(Mutex::new(String::new()));
    let lines = Arc::clone(&seen);
    let observer = move |record: &RequestRecord| *lines.lock().unwrap() += &(record.to_json() + "\n");
    let emulator = Emulator::builder().on_request(observer).start().await.unwrap();
    let good = Call::assume_role(&emulator).send(&emulator).await;
    let session = good.credentials();
    let wrong = sts_types::Credentials::new(emulator.access_key_id(), "canary-secret");
    Call::assume_role_as(&emulator, &wrong).send(&emulator).await;
    let stranger = emulator.untrusted_role_arn();
    Call::assume_role(&emulator).with("RoleArn", stranger).send(&emulator).await;
    Call::assume_role(&emulator).with("RoleSessionName", "a").send(&emulator).await;
    Call::signed("GetCallerIdentity", &session).send(&emulator).await;

    let records = emulator.requests();
    let why: Vec<String> = records
        .iter()
        .map(|record| match record.checks().iter().find(|check| !check.is_passed()) {
            Some(check) => format!("{} {}: {}", record.status(), check.what().name(), check.detail()),
            None => record.status().to_string(),
        })
        .collect();
    assert_eq!(why[0], "200");
    assert_eq!(why[1], "400 signature: SignatureDoesNotMatch");
    assert!(why[2].starts_with("403 policies: ") && why[2].contains("trust policy"), "{}", why[2]);
    assert!(why[3].starts_with("400 parameters: InvalidParameter.RoleSessionName"), "{}", why[3]);
    assert_eq!(why[4], "200");
    let user = format!("acs:ram::{}:user/emulator-user", emulator.account_id());
    assert_eq!(records[0].caller(), Some(user.as_str()));
    let text = records[2].to_string();
    assert!(
        text.contains(" sts AssumeRole: 403 NoPermission\n  by acs:ram::")
            && text.contains("\n  NO    policies: "),
        "{text}"
    );

    let secrets = [
        emulator.access_key_secret().expose_secret().to_owned(),
        session.access_key_secret().expose_secret().to_owned(),
        session.security_token().unwrap().expose_secret().to_owned(),
        "canary-secret".to_owned(),
    ];
    let expected: String = records.iter().map(|record| record.to_json() + "\n").collect();
    emulator.stop().await;
    let written = seen.lock().unwrap().clone();
    assert_eq!(written, expected);
    for secret in secrets {
        assert!(!written.contains(&secret));
    }
}
