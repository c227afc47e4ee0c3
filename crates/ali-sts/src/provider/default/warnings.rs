//! What looks wrong about the settings, though it may not be the reason of anything.

use crate::os::Os;
use crate::provider::explanation::Warning;
use crate::provider::explanation::WarningKind::{
    ClockOffset, FileMode, FileName, HalfSet, MetadataProxy, NoFile, NotRead, Shadowed, UnusedRole,
};
use crate::provider::profile::{is_true, selected, shown, shown_path};
use crate::provider::{Environment, cli_config, credentials_file};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use sts_types::ProviderErrorKind::NotConfigured;

const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const OIDC: [&str; 2] = ["ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"];
const METADATA_DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);

/// Of the aliyun CLI alone, and of many others too.
const ANYBODYS: [&str; 3] = ["ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"];

/// Where people put a file that is then not found.
const WRONG_NAMES: [(&str, &str); 8] = [
    (".alibabacloud/config.json", cli_config::USUAL),
    (".alibabacloud/config", cli_config::USUAL),
    (".alibabacloud/credentials.txt", credentials_file::USUAL),
    (".alibabacloud/credentials.json", credentials_file::USUAL),
    (".aliyun/config", cli_config::USUAL),
    (".aliyun/config.json.txt", cli_config::USUAL),
    (".aliyun/credentials", credentials_file::USUAL),
    (".aliyun/credentials.ini", credentials_file::USUAL),
];

/// A clock that is off by less does no harm.
const TOLERATED_MS: i64 = 60_000;

/// Blocks: looks which files there are.
pub(super) fn collect(os: &Os, profile: Option<&str>, offset_ms: i64) -> Vec<Warning> {
    let files = Files::of(os);
    let mut all = variables(os);
    all.extend(profiles(os, profile, &files));
    all.extend(files.warnings(os));
    all.extend(metadata_proxy(os));
    if offset_ms.abs() > TOLERATED_MS {
        let (seconds, way) = (offset_ms.abs() / 1000, if offset_ms > 0 { "behind" } else { "ahead of" });
        let message = format!(
            "this machine's clock is {seconds} s {way} the service's; requests are signed by the service's time, and other \
             programs may be refused: set the clock"
        );
        all.push(Warning::new(ClockOffset, message));
    }
    all
}

/// A variable that is not Unicode is told where it is used.
fn is_set(os: &Os, name: &str) -> bool {
    os.variable(name).is_ok_and(|value| value.is_some())
}

fn has_key(os: &Os) -> bool {
    Environment::of(os.clone()).credentials().is_ok()
}

fn variables(os: &Os) -> Vec<Warning> {
    let mut all = Vec::new();
    let trio = [OIDC[0], OIDC[1], ROLE_ARN];
    let (set, unset): (Vec<&str>, Vec<&str>) = trio.into_iter().partition(|name| is_set(os, name));
    let quoted = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let oidc = set.iter().any(|name| OIDC.contains(name));
    if oidc && !unset.is_empty() {
        let message =
            format!("for OIDC all three must be set: {} is, {} is not", quoted(&set), quoted(&unset));
        all.push(Warning::new(HalfSet, message));
    }
    if !oidc && is_set(os, ROLE_ARN) && has_key(os) {
        let message = format!(
            "`{ROLE_ARN}` is set, and the access key of the environment is used as it is, as by the official SDKs; to act as the role, \
             assume it with the key"
        );
        all.push(Warning::new(UnusedRole, message));
    }
    let anybodys: Vec<&str> = ANYBODYS.into_iter().filter(|name| is_set(os, name)).collect();
    if !anybodys.is_empty() {
        let message = format!(
            "{} may be any vendor's and is not read (the aliyun CLI does); put `ALIBABA_CLOUD_` before the name",
            quoted(&anybodys)
        );
        all.push(Warning::new(NotRead, message));
    }
    all
}

fn profiles(os: &Os, profile: Option<&str>, files: &Files) -> Option<Warning> {
    let named = selected(os, profile).ok()?;
    if Environment::of(os.clone()).credentials().err().is_none_or(|error| error.kind() != NotConfigured) {
        let by = match &named {
            Some((name, _)) => format!("profile `{}`", shown(name)),
            None => format!("`{}`", shown_path(files.existing().next()?)),
        };
        let message = format!(
            "the access key in the environment's variables comes before {by}; unset it to use the file"
        );
        return Some(Warning::new(Shadowed, message));
    }
    let (name, _) = named?;
    if files.existing().next().is_some() {
        return None;
    }
    let message = format!("profile `{}` is asked for, and there is no file that could have it", shown(&name));
    Some(Warning::new(NoFile, message))
}

/// The files that are there.
struct Files {
    config: Option<PathBuf>,
    credentials: Option<PathBuf>,
    other_credentials: Option<PathBuf>,
    wrong: Vec<(PathBuf, PathBuf)>,
}

impl Files {
    fn of(os: &Os) -> Self {
        let home = os.home();
        let usual = |name: &str| home.as_ref().map(|home| home.join(name)).filter(|path| path.exists());
        let chosen =
            |variable| os.variable(variable).ok().flatten().map(PathBuf::from).filter(|path| path.exists());
        let wrong = WRONG_NAMES
            .into_iter()
            .filter_map(|(wrong, right)| Some((usual(wrong)?, home.as_ref()?.join(right))));
        Self {
            config: chosen(cli_config::VARIABLE).or_else(|| usual(cli_config::USUAL)),
            credentials: chosen(credentials_file::VARIABLE).or_else(|| usual(credentials_file::USUAL)),
            other_credentials: usual(credentials_file::OTHER_USUAL),
            wrong: wrong.collect(),
        }
    }

    fn existing(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.config, &self.credentials, &self.other_credentials].into_iter().flatten()
    }

    fn warnings(&self, os: &Os) -> Vec<Warning> {
        let mut all = Vec::new();
        for (wrong, right) in &self.wrong {
            let message =
                format!("`{}` is not looked for; should it be `{}`?", shown_path(wrong), shown_path(right));
            all.push(Warning::new(FileName, message));
        }
        if let (Some(read), Some(other)) = (&self.credentials, &self.other_credentials) {
            let message = format!(
                "`{}` is read and `{}` is not; SDKs differ in which one they take",
                shown_path(read),
                shown_path(other)
            );
            all.push(Warning::new(FileName, message));
        }
        for path in self.existing().filter(|path| os.is_open_to_others(path)) {
            let message =
                format!("others may read `{}`, which has secrets; `chmod 600` it", shown_path(path));
            all.push(Warning::new(FileMode, message));
        }
        all
    }
}

/// Ours never goes through one. That of others does, and whoever runs the proxy then sees the credentials.
fn metadata_proxy(os: &Os) -> Option<Warning> {
    let first = |names: [&'static str; 4]| names.into_iter().find(|name| is_set(os, name));
    let proxy = first(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])?;
    if is_true(os, METADATA_DISABLED).unwrap_or_default() {
        return None;
    }
    let exempt = ["no_proxy", "NO_PROXY"].into_iter().filter_map(|name| os.variable(name).ok().flatten());
    if exempt
        .flat_map(|list| list.split(',').map(exempts_metadata).collect::<Vec<_>>())
        .any(|exempts| exempts)
    {
        return None;
    }
    let message = format!(
        "`{proxy}` stands in front of the metadata service for other programs (never for this one); add `{METADATA}` to `NO_PROXY`"
    );
    Some(Warning::new(MetadataProxy, message))
}

fn exempts_metadata(entry: &str) -> bool {
    let entry = entry.trim();
    let (network, bits) = entry.split_once('/').unwrap_or((entry, "32"));
    let (Ok(network), Ok(bits @ 0..=32)) = (network.parse::<Ipv4Addr>(), bits.parse::<u32>()) else {
        return entry == "*";
    };
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or_default();
    network.to_bits() & mask == METADATA.to_bits() & mask
}

#[cfg(test)]
mod tests {
    use super::{collect, exempts_metadata};
    use crate::os::Os;
    use crate::provider::explanation::WarningKind::{
        self, ClockOffset, HalfSet, MetadataProxy, NoFile, NotRead, Shadowed, UnusedRole,
    };

    const KEY: [(&str, &str); 2] =
        [("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s")];

    fn kinds(variables: &[(&str, &str)]) -> Vec<WarningKind> {
        let os = Os::fixed("/nowhere", variables.iter().copied());
        collect(&os, None, 0).iter().map(|warning| warning.kind()).collect()
    }

    #[test]
    fn variables_that_look_wrong() {
        assert_eq!(kinds(&[]), []);
        assert_eq!(kinds(&KEY), []);
        let role = ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/x");
        assert_eq!(kinds(&[KEY[0], KEY[1], role]), [UnusedRole]);
        assert_eq!(kinds(&[role]), []);
        assert_eq!(kinds(&[role, ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/x")]), [HalfSet]);
        assert_eq!(kinds(&[("ACCESS_KEY_ID", "x")]), [NotRead]);
        assert_eq!(kinds(&[("ALIBABA_CLOUD_PROFILE", "x")]), [NoFile]);
        assert_eq!(kinds(&[KEY[0], KEY[1], ("ALIBABA_CLOUD_PROFILE", "x")]), [Shadowed]);
        assert_eq!(kinds(&[("HTTP_PROXY", "http://p")]), [MetadataProxy]);
        assert_eq!(kinds(&[("HTTPS_PROXY", "http://p")]), []);
        let off = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "TRUE");
        assert_eq!(kinds(&[("all_proxy", "http://p"), off]), []);
        assert_eq!(kinds(&[("all_proxy", "http://p"), ("no_proxy", "x, 100.100.100.200")]), []);
    }

    #[test]
    fn a_clock_that_is_off_is_told_both_ways() {
        let os = Os::fixed("/nowhere", []);
        for (offset, told) in [(61_000, "61 s behind the"), (-14_400_000, "14400 s ahead of the")] {
            let warnings = collect(&os, None, offset);
            assert_eq!(warnings[0].kind(), ClockOffset);
            assert!(warnings[0].to_string().contains(told), "{}", warnings[0]);
        }
        assert!(collect(&os, None, 59_000).is_empty());
    }

    #[test]
    fn exemptions_of_the_metadata_service() {
        for yes in ["100.100.100.200", " * ", "100.64.0.0/10", "0.0.0.0/0", "100.100.100.0/24"] {
            assert!(exempts_metadata(yes), "{yes}");
        }
        for no in
            ["", "100.100.100.201", "169.254.0.0/16", "localhost", "100.100.100.200/33", "100.100.101.0/24"]
        {
            assert!(!exempts_metadata(no), "{no}");
        }
    }
}
