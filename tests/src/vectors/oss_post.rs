//! Vectors of OSS `PostObject`.

use super::oss::{credentials, failed};
use super::vector::{Broken, compare, object, optional_text, pairs, text};
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};
use sts_sign::oss_post::FormFields;
use sts_sign::{oss_v1, oss_v4};
use sts_types::Credentials;

pub(super) struct Vector<'a> {
    credentials: Credentials,
    version: Version<'a>,
    policy: &'a str,
    string_to_sign: &'a str,
    signature: &'a str,
    token: Option<&'a str>,
    /// The whole form as an official sample makes it.
    form: Vec<(&'a str, &'a str)>,
}

enum Version<'a> {
    V1,
    V4 { region: &'a str, date: &'a str, time: SystemTime, credential: &'a str },
}

impl<'a> Vector<'a> {
    pub(super) fn read(line: &'a Map<String, Value>) -> Result<Self, String> {
        let inputs = object(line, "inputs")?;
        let version = match text(line, "version")? {
            "v1" => Version::V1,
            "v4" => {
                let date = text(inputs, "x_oss_date")?;
                Version::V4 {
                    region: text(inputs, "region")?,
                    date,
                    time: basic_time(date)?,
                    credential: text(inputs, "x_oss_credential")?,
                }
            }
            other => return Err(format!("`{other}` is no version")),
        };
        let form = match line.get("form_fields") {
            Some(_) => pairs(object(line, "form_fields")?)?,
            None => Vec::new(),
        };
        Ok(Self {
            credentials: credentials(inputs)?,
            version,
            policy: text(inputs, "policy_json")?,
            string_to_sign: text(line, "string_to_sign")?,
            signature: text(line, "signature")?,
            token: optional_text(inputs, "security_token")?,
            form,
        })
    }

    /// Every stage against what the official clients gave for it, never against another stage of ours.
    pub(super) fn check(&self) -> Result<(), Broken> {
        match &self.version {
            Version::V1 => {
                let secret = self.credentials.access_key_secret().expose_secret();
                compare("signature", self.signature, &oss_v1::signature(secret, self.string_to_sign))?;
                let fields = oss_v1::Signer::new(&self.credentials).sign_post(self.policy).map_err(failed)?;
                self.check_fields(
                    &fields,
                    &[
                        ("OSSAccessKeyId", self.credentials.access_key_id()),
                        ("policy", self.string_to_sign),
                        ("Signature", self.signature),
                    ],
                )
            }
            Version::V4 { region, date, time, credential } => {
                let secret = self.credentials.access_key_secret().expose_secret();
                let signature = oss_v4::signature(secret, *time, region, "oss", self.string_to_sign);
                compare("signature", self.signature, &signature.map_err(failed)?)?;
                let signer = oss_v4::Signer::new(&self.credentials, region, *time).map_err(failed)?;
                let conditions = [
                    ("x-oss-signature-version", "OSS4-HMAC-SHA256"),
                    ("x-oss-credential", credential),
                    ("x-oss-date", date),
                ];
                self.compare_all("conditions", &signer.post_conditions(*time).map_err(failed)?, &conditions)?;
                let fields = signer.sign_post(self.policy, *time).map_err(failed)?;
                let own = [("policy", self.string_to_sign), ("x-oss-signature", self.signature)];
                self.check_fields(&fields, &[conditions.as_slice(), &own].concat())
            }
        }
    }

    fn check_fields(&self, fields: &FormFields, expected: &[(&str, &str)]) -> Result<(), Broken> {
        compare("policy", self.string_to_sign, fields.get("policy").unwrap_or_default())?;
        self.compare_all("request", fields, expected)?;
        let Some((_, key)) = self.form.iter().find(|(name, _)| *name == "key") else { return Ok(()) };
        let mut form: Vec<(&str, &str)> = fields.iter().chain([("key", *key)]).collect();
        let mut official = self.form.clone();
        form.sort_unstable();
        official.sort_unstable();
        compare("form", &format!("{official:?}"), &format!("{form:?}"))
    }

    /// The fields are those expected, and the token.
    fn compare_all(
        &self,
        stage: &'static str,
        fields: &FormFields,
        expected: &[(&str, &str)],
    ) -> Result<(), Broken> {
        let mut expected = expected.to_vec();
        expected.extend(self.token.map(|token| ("x-oss-security-token", token)));
        let mut fields: Vec<(&str, &str)> = fields.iter().collect();
        expected.sort_unstable();
        fields.sort_unstable();
        compare(stage, &format!("{expected:?}"), &format!("{fields:?}"))
    }
}

fn basic_time(text: &str) -> Result<SystemTime, String> {
    let wrong = |error: jiff::Error| format!("`{text}` is no time: {error}");
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).map_err(wrong)?;
    let seconds = jiff::tz::Offset::UTC.to_timestamp(time).map_err(wrong)?.as_second();
    let seconds = u64::try_from(seconds).map_err(|_| format!("`{text}` lies before 1970"))?;
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}
