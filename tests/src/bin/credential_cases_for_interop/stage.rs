//! An emulator with its front, home folders filled from cases, and what a reader's answer amounts to.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use sts_emulator::Emulator;

use crate::front::{Behind, Front};
use crate::probe::hash;
use crate::table::Case;

/// A key that no service knows, with a token: they are read, and not used.
const OTHER_ID: &str = "LTAI-interop-other";
const OTHER_SECRET: &str = "interop-other-secret";
const OTHER_TOKEN: &str = "interop-other-token";

pub(crate) struct Stage {
    emulator: Emulator,
    front: Front,
    oidc_token: String,
}

/// What one reader finds of one case. Its folder is removed in the end.
pub(crate) struct Scene {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

impl Stage {
    pub(crate) async fn set_up() -> Result<Self, Box<dyn Error>> {
        let emulator = Emulator::builder().all_services().start().await?;
        let host = |url: Option<&str>| url.unwrap_or_default().trim_start_matches("http://").to_owned();
        let behind = Behind {
            sts: host(Some(emulator.base_url())),
            exchange: host(emulator.sign_in_url()),
            metadata: host(emulator.metadata_url()),
        };
        let front = Front::put_up(behind).await?;
        let oidc_token = emulator.issue_oidc_token("interop")?.expose_secret().to_owned();
        Ok(Self { emulator, front, oidc_token })
    }

    pub(crate) fn front(&self) -> &Front {
        &self.front
    }

    pub(crate) fn sts_url(&self) -> &str {
        self.emulator.base_url()
    }

    /// What stands for `{{…}}` in the cases.
    fn values(&self, home: &Path) -> BTreeMap<&'static str, String> {
        let in_an_hour = jiff::Timestamp::now().as_second().saturating_add(3600);
        let rfc_3339 = jiff::Timestamp::from_second(in_an_hour).unwrap_or_default().to_string();
        let emulator = &self.emulator;
        BTreeMap::from([
            ("home", home.to_string_lossy().into_owned()),
            ("id", emulator.access_key_id().to_owned()),
            ("secret", emulator.access_key_secret().expose_secret().to_owned()),
            ("other_id", OTHER_ID.to_owned()),
            ("other_secret", OTHER_SECRET.to_owned()),
            ("other_token", OTHER_TOKEN.to_owned()),
            ("role", emulator.role_arn().to_owned()),
            ("untrusting_role", emulator.untrusted_role_arn().to_owned()),
            ("oidc_provider", emulator.oidc_provider_arn().to_owned()),
            ("oidc_token", self.oidc_token.clone()),
            ("uri", emulator.credentials_uri().unwrap_or_default().to_owned()),
            ("account", emulator.account_id().to_owned()),
            ("access_configuration", emulator.cloud_sso_access_configuration_id().to_owned()),
            ("cloud_sso_token", emulator.cloud_sso_access_token().expose_secret().to_owned()),
            ("oauth_refresh_token", emulator.oauth_refresh_token().expose_secret().to_owned()),
            ("in_an_hour", rfc_3339),
            ("unix_in_an_hour", in_an_hour.to_string()),
        ])
    }

    /// Puts the files of a case into a new home folder.
    pub(crate) fn scene(&self, case: &Case) -> Result<Scene, Box<dyn Error>> {
        self.front.asked();
        let port = self.front.address.port();
        let folder = std::env::temp_dir().join(format!("ali-sts-interop-{}-{port}", std::process::id()));
        let mut scene = Scene { variables: Vec::new(), folder };
        std::fs::create_dir_all(scene.home())?;
        let values = self.values(&scene.home());
        for (name, content) in &case.files {
            let text = match fill(content, &values)? {
                Value::Array(lines) => {
                    lines.iter().map(|line| format!("{}\n", line.as_str().unwrap_or_default())).collect()
                }
                Value::String(text) => text,
                json => format!("{json:#}"),
            };
            write(&scene.home().join(name), &text)?;
        }
        write(&scene.certificate(), &self.front.certificate)?;
        let variable = |(name, value): (&String, &Value)| {
            let value = fill(value, &values)?;
            Ok((name.clone(), value.as_str().map_or(value.to_string(), str::to_owned)))
        };
        scene.variables = case.env.iter().map(variable).collect::<Result<_, Box<dyn Error>>>()?;
        Ok(scene)
    }

    /// What was found, in words: whose key or session, and which services were asked for it.
    pub(crate) fn answer(&self, found: &Value) -> String {
        let asked = self.front.asked();
        let member = |name: &str| found.get(name).and_then(Value::as_str);
        if let Some(kind) = member("none") {
            return match kind {
                "" => "none".to_owned(),
                kind => format!("none ({kind})"),
            };
        }
        let text = |name| member(name).unwrap_or_default();
        if let Some((_, session)) = text("session").split_once(":assumed-role/") {
            let (role, name) = session.split_once('/').unwrap_or_default();
            let by = if asked.is_empty() { String::new() } else { format!(", by {}", asked.join(" and ")) };
            return format!("{role} as {}{by}", without_numbers(name));
        }
        let (own, secret) =
            (self.emulator.access_key_id(), self.emulator.access_key_secret().expose_secret());
        let (secret, other) = (hash(secret), hash(OTHER_SECRET));
        let token = member("token");
        let other_token = hash(OTHER_TOKEN);
        match (text("id"), text("secret")) {
            (id, found) if id == own && found == secret && token.is_none() => "the key".to_owned(),
            (OTHER_ID, found) if found == other && token.is_none() => "the other key".to_owned(),
            (OTHER_ID, found) if found == other && token == Some(other_token.as_str()) => {
                "the other key with its token".to_owned()
            }
            _ => "a mixture".to_owned(),
        }
    }
}

/// Some names have the time in them.
fn without_numbers(name: &str) -> String {
    let mut shown = String::new();
    for character in name.chars() {
        match character {
            '0'..='9' if shown.ends_with('…') => {}
            '0'..='9' => shown.push('…'),
            other => shown.push(other),
        }
    }
    shown
}

/// With the placeholders filled in. One that stands alone and is a number becomes one.
fn fill(value: &Value, values: &BTreeMap<&str, String>) -> Result<Value, Box<dyn Error>> {
    Ok(match value {
        Value::String(text) if text == "{{unix_in_an_hour}}" => {
            values.get("unix_in_an_hour").ok_or("no time")?.parse::<i64>()?.into()
        }
        Value::String(text) => {
            let filled = values
                .iter()
                .fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value));
            if filled.contains("{{") {
                return Err(format!("`{text}` has a placeholder that is none").into());
            }
            filled.into()
        }
        Value::Array(all) => all.iter().map(|one| fill(one, values)).collect::<Result<_, _>>()?,
        Value::Object(members) => {
            let mut filled = Map::new();
            for (name, member) in members {
                filled.insert(name.clone(), fill(member, values)?);
            }
            filled.into()
        }
        other => other.clone(),
    })
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    #[expect(clippy::disallowed_methods, reason = "this program is about files")]
    std::fs::write(path, text)?;
    // As the CLI leaves them.
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

impl Scene {
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
