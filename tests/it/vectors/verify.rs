//! The verifier against official requests: every line, and what breaks where something is wrong.

use super::{FOLDER, check, first_line};
use ali_sts_tests::vectors::{Failure, Outcome, Tally, check_line_by_verifier};
use serde_json::Value;
use std::path::Path;

#[test]
fn all_lines_of_all_schemes_pass() {
    for (file, lines) in [
        ("rpc-v1-sha1.jsonl", 245),
        ("rpc-v1-sha256.jsonl", 148),
        ("acs3.jsonl", 114),
        ("roa.jsonl", 64),
        ("oss-v1.jsonl", 156),
        ("oss-v4.jsonl", 84),
        ("oss-v4-presign.jsonl", 84),
        ("oss-postobject.jsonl", 94),
    ] {
        let (tally, report) = check(Path::new(FOLDER).join(file));
        assert_eq!(tally, Tally { passed: lines, failed: 0, skipped: 0 }, "{file}\n{report}");
    }
}

/// The first line of each file with one thing wrong; the signers are not asked here.
#[test]
fn a_wrong_value_names_the_verifiers_stage() {
    let wrong = |line: &mut Value, name: &str| line["inputs"][name] = "wrong".into();
    let files = ["acs3", "roa", "oss-v1", "oss-v4", "oss-v4-presign", "oss-postobject"];
    for file in files.map(|name| format!("{name}.jsonl")) {
        let stage = |change: &dyn Fn(&mut Value)| match check_line_by_verifier(&first_line(&file, change)) {
            Outcome::Failed(Failure { stage, .. }) => stage,
            other => panic!("{other:?}"),
        };
        assert_eq!(stage(&|line| wrong(line, "access_key_secret")), "verifier: signature", "{file}");
        assert_eq!(
            stage(&|line| line["string_to_sign"] = "wrong".into()),
            "verifier: string to sign",
            "{file}"
        );
        if file == "oss-postobject.jsonl" {
            // The form is made of the inputs, and the first one is of V1, which signs the policy alone.
            assert_eq!(stage(&|line| wrong(line, "policy_base64")), "verifier: read", "{file}");
            continue;
        }
        assert_eq!(stage(&|line| wrong(line, "access_key_id")), "verifier: read", "{file}");
        assert_eq!(stage(&|line| wrong(line, "security_token")), "verifier: read", "{file}");
        let first = if ["acs3.jsonl", "oss-v4.jsonl", "oss-v4-presign.jsonl"].contains(&file.as_str()) {
            "verifier: canonical request"
        } else {
            "verifier: string to sign"
        };
        assert_eq!(stage(&|line| line["inputs"]["method"] = "TRACE".into()), first, "{file}");
        assert_eq!(stage(&|line| line["inputs"]["method"] = 1.into()), "line", "{file}");
    }
}

/// The rows of `disagreements.jsonl`: which client's signature the verifier takes (`sts_sign::verify`'s documentation says why).
/// What a client does before there is a request (formatting numbers, leaving out nulls) is not the verifier's business.
mod disagreements {
    use super::{FOLDER, Path, Value};
    use sts_sign::verify::{Bucket, Request, acs3, oss_v1, oss_v4, roa};
    use sts_types::Secret;

    fn row(id: &str) -> Value {
        let text = std::fs::read_to_string(Path::new(FOLDER).join("disagreements.jsonl")).unwrap();
        let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.into_iter().find(|found| found["id"] == id).unwrap()
    }

    /// A client's output of this form: its `Authorization`, or its string to sign.
    fn output(id: &str, client: &str) -> String {
        let result = row(id)["results"][client].clone();
        result.get(0).unwrap_or(&result).as_str().unwrap().to_owned()
    }

    fn secret() -> Secret {
        Secret::new("fAkE0SecretForVectors0000000001")
    }

    type Header<'a> = (&'a str, &'a [u8]);

    /// Whether the verifier takes a client's `Authorization` for a row's request.
    fn takes(
        id: &str,
        client: &str,
        query: &str,
        added: &[Header<'_>],
        is_good: impl Fn(&Request<'_>) -> bool,
    ) -> bool {
        let (row, authorization) = (row(id), output(id, client));
        let input = &row["input"];
        let path = match (&input["pathname"], &input["key"]) {
            (Value::String(path), _) => path.clone(),
            (_, key) => format!("/{}", key.as_str().unwrap()),
        };
        let given = input["headers"].as_object().unwrap();
        let headers = given.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap().as_bytes()));
        let headers =
            headers.chain(added.iter().copied()).chain([("authorization", authorization.as_bytes())]);
        is_good(&Request::new(input["method"].as_str().unwrap(), &path).query(query).headers(headers))
    }

    fn acs3(id: &str, client: &str, query: &str) -> bool {
        takes(id, client, query, &[], |request| {
            acs3::Claim::read(request).unwrap().check_signature(&secret()).is_ok()
        })
    }

    fn oss_v1(id: &str, client: &str, query: &str, added: &[Header<'_>]) -> bool {
        let added = [added, &[("date", b"Thu, 15 Jan 2026 08:30:45 GMT")]].concat();
        takes(id, client, query, &added, |request| {
            let claim = oss_v1::Claim::read(request, Bucket::InHost("b"));
            claim.is_ok_and(|claim| claim.check_signature(&secret()).is_ok())
        })
    }

    fn oss_v4(id: &str, client: &str, query: &str) -> bool {
        let added = [("x-oss-date", &b"20260115T083045Z"[..]), ("x-oss-content-sha256", b"UNSIGNED-PAYLOAD")];
        takes(id, client, query, &added, |request| {
            oss_v4::Claim::read(request, Bucket::InHost("b")).unwrap().check_signature(&secret()).is_ok()
        })
    }

    const ACS3_CLIENTS: [&str; 3] = ["openapi-util-py", "openapi-util-js", "openapi-core-js"];

    #[test]
    fn acs3_names_of_parameters_are_not_encoded() {
        let query = "a%20b=1&a%2Fb=2&%E9%94%AE=3&a%2A=4";
        assert!(ACS3_CLIENTS.iter().all(|client| acs3("acs3-reserved-query-key", client, query)));
    }

    #[test]
    fn acs3_any_set_of_headers_may_be_signed() {
        assert!(ACS3_CLIENTS.iter().all(|client| acs3("acs3-extra-headers", client, "")));
    }

    #[test]
    fn acs3_an_empty_path_is_a_slash() {
        let taken = ACS3_CLIENTS.map(|client| acs3("acs3-empty-path", client, ""));
        assert_eq!(taken, [true, false, false]);
    }

    #[test]
    fn acs3_the_path_is_signed_as_sent() {
        // Of the three, only Python's client sends what it signs.
        let taken = ACS3_CLIENTS.map(|client| acs3("acs3-path-plus", client, ""));
        assert_eq!(taken, [true, false, false]);
    }

    #[test]
    fn acs3_values_of_one_header_are_sorted_and_joined() {
        assert!(ACS3_CLIENTS.iter().all(|client| acs3("acs3-dup-case-header", client, "")));
    }

    /// Strings to sign are what these rows hold.
    fn roa(id: &str, query: &str) -> String {
        let row = row(id);
        let given = row["input"]["headers"].as_object().unwrap();
        // What a request of this scheme must have, in so far as the probes lack it.
        let authorization = format!("acs id:{}=", "A".repeat(27));
        let required = [
            ("authorization", authorization.as_bytes()),
            ("x-acs-signature-method", b"HMAC-SHA1"),
            ("x-acs-signature-nonce", b"n"),
            ("x-acs-signature-version", b"1.0"),
        ];
        let headers = given.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap().as_bytes()));
        let claim =
            roa::Claim::read(&Request::new("GET", "/c").query(query).headers(headers.chain(required)));
        let text = claim.unwrap().string_to_sign().to_owned();
        text.replace(
            "x-acs-signature-method:HMAC-SHA1\nx-acs-signature-nonce:n\nx-acs-signature-version:1.0\n",
            "",
        )
    }

    #[test]
    fn roa_follows_the_majority() {
        assert_eq!(roa("roa-empty-value", "b=1&a"), output("roa-empty-value", "sdk-core"));
        assert_eq!(roa("roa-null-value", "b=1"), output("roa-null-value", "openapi-util-py"));
        assert_eq!(roa("roa-no-accept", ""), output("roa-no-accept", "sdk-core"));
        assert_eq!(roa("roa-mixed-case-acs", ""), output("roa-mixed-case-acs", "sdk-core"));
        // Trimmed as every server does it; what is within stays, of which the clients make different things.
        let padded =
            output("roa-padded-header", "sdk-core").replace("x-acs-p:  a\tb\n c \n", "x-acs-p:a\tb c\n");
        let request = |value: &'static [u8]| {
            let headers = [
                ("accept", &b"application/json"[..]),
                ("date", b"Thu, 15 Jan 2026 08:30:45 GMT"),
                ("x-acs-version", b"v"),
                ("x-acs-p", value),
                ("authorization", b"acs id:AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
                ("x-acs-signature-method", b"HMAC-SHA1"),
                ("x-acs-signature-nonce", b"n"),
                ("x-acs-signature-version", b"1.0"),
            ];
            roa::Claim::read(&Request::new("GET", "/c").headers(headers))
                .map(|claim| claim.string_to_sign().to_owned())
        };
        let added =
            "x-acs-signature-method:HMAC-SHA1\nx-acs-signature-nonce:n\nx-acs-signature-version:1.0\n";
        assert_eq!(request(b"  a\tb c ").unwrap().replace(added, ""), padded);
        assert!(request(b"  a\tb\n c ").is_err(), "a line break within a value");
    }

    #[test]
    fn oss_v1_takes_what_is_documented() {
        let taken =
            |id, query: &str| ["oss2", "oss-v2-py", "ali-oss"].map(|client| oss_v1(id, client, query, &[]));
        assert_eq!(taken("ossv1-padded-header", ""), [false, false, true]);
        assert_eq!(taken("ossv1-x-oss-process", "x-oss-process=image/info"), [true, false, true]);
        assert_eq!(taken("ossv1-x-oss-unknown-param", "x-oss-foo=1"), [false, false, true]);
        // The probe's signatures do not cover a token, whoever sends it: none is taken with one.
        assert!(oss_v1("ossv1-token-header", "oss-v2-py", "", &[]));
        assert!(!oss_v1("ossv1-token-header", "oss-v2-py", "", &[("security-token", b"TOKEN")]));
        assert!(!oss_v1("ossv1-token-header", "ali-oss", "", &[("x-oss-security-token", b"TOKEN")]));
    }

    #[test]
    fn oss_v4_takes_what_is_documented() {
        let taken =
            |id, query: &str| ["oss2", "oss-v2-py", "ali-oss"].map(|client| oss_v4(id, client, query));
        assert_eq!(taken("ossv4-padded-header", ""), [false, false, true]);
        assert_eq!(taken("ossv4-sort-case", "a=2&A=1&b=4&B=3"), [true, true, false]);
        assert_eq!(taken("ossv4-sort-underscore", "x_y=1&x-y=2&x.y=3&xy=4"), [true, true, false]);
        assert_eq!(taken("ossv4-sort-encoded", "a%2Fb=1&a-b=2&a~b=3"), [true, true, false]);
        assert_eq!(taken("ossv4-empty-string-value", "acl="), [true, true, false]);
        assert_eq!(taken("ossv4-additional-format", ""), [true, true, true]);
        let missing = ["oss2", "oss-v2-py"].map(|client| oss_v4("ossv4-missing-additional", client, ""));
        assert_eq!(missing, [false, true]);
    }

    #[test]
    fn every_row_of_these_schemes_is_here() {
        let text = std::fs::read_to_string(Path::new(FOLDER).join("disagreements.jsonl")).unwrap();
        let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        // There is no null on the wire, and no number.
        let is_of_the_wire = |id: &str| !["acs3-null-query", "acs3-int-query"].contains(&id);
        let ids: Vec<String> = rows
            .filter(|row| row["scheme"] != "rpc")
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .filter(|id| is_of_the_wire(id))
            .collect();
        assert_eq!(ids.len(), 21);
        for id in ids {
            assert!(include_str!("verify.rs").contains(&format!("(\"{id}\"")), "{id} has no decision");
        }
    }
}
