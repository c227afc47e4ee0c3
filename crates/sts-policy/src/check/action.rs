//! Actions: whether there are such.

use super::Checker;
use super::subject::{ActionPattern, Subject, has_wildcard, is_stars};
use crate::finding::Fix;
use crate::grammar::nearest;
use crate::{Location, catalogue, rules};

/// What names of actions begin with, where the word is long enough to be misspelt.
const VERBS: [&str; 31] = [
    "Describe",
    "Create",
    "Delete",
    "Update",
    "Modify",
    "Attach",
    "Detach",
    "Associate",
    "Unassociate",
    "Authorize",
    "Revoke",
    "Release",
    "Allocate",
    "Enable",
    "Disable",
    "Restart",
    "Reboot",
    "Install",
    "Uninstall",
    "Register",
    "Deregister",
    "Remove",
    "Renew",
    "Query",
    "Submit",
    "Cancel",
    "Import",
    "Export",
    "Replace",
    "Publish",
    "Restore",
];

impl Checker<'_, '_> {
    pub(super) fn actions(&mut self, subject: &Subject<'_>) {
        for (number, action) in subject.actions.iter().enumerate() {
            let at = Location::Action(subject.index, number);
            if self.action_form(at, action) {
                if action.is_wild() { self.action_pattern(at, action) } else { self.action_name(at, action) }
            }
            self.action_verb(at, action);
            self.stars(at, action.text);
        }
    }

    /// `service:Name`, or `*`.
    fn action_form(&mut self, at: Location, action: &ActionPattern<'_>) -> bool {
        let text = action.text;
        if is_action(text) || text.contains("${") {
            return true;
        }
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if bare.len() < text.len() && is_action(&bare) {
            let fix = self.rewrite(at, "remove the white space", bare);
            let message = "there is white space in this action, so it is none; remove it";
            self.report_fixed(at, &rules::ACTION_FORM, message, fix);
        } else {
            let message = "this is no action: actions are `service:Name`, as in `oss:GetObject`, or `*`";
            self.report(at, &rules::ACTION_FORM, message);
        }
        false
    }

    fn action_name(&mut self, at: Location, action: &ActionPattern<'_>) {
        let Some(service) = action.service else { return self.action_of_aws(at, action) };
        let code = service.code;
        if let Some(known) = action.known {
            if action.name != known.name || action.code != code {
                let message = format!(
                    "this action is written `{code}:{}`; in most places any case is taken",
                    known.name
                );
                let fix = self.rename(at, format!("{code}:{}", known.name));
                self.report_fixed(at, &rules::ACTION_CASE, message, fix);
            }
            return;
        }
        if let Some(actions) = service.api(action.name) {
            let names: Vec<String> = actions.iter().map(|name| format!("`{code}:{name}`")).collect();
            let message = format!(
                "this is the name of an API, not of an action; what is asked about is {}",
                names.join(" and ")
            );
            let fix = match actions {
                [name] => self.rename(at, format!("{code}:{name}")),
                _ => None,
            };
            return self.report_fixed(at, &rules::ACTION_IS_API_NAME, message, fix);
        }
        // Hostile documents have thousands of names; nobody sees more than a hundred findings.
        let near = if self.problems.is_full() {
            None
        } else {
            let other = catalogue::elsewhere(service, action.name);
            let other = other.map(|action| format!("{}:{}", action.service.code, action.name));
            other.or_else(|| service.nearest(action.name).map(|name| format!("{code}:{name}")))
        };
        if let Some(near) = near {
            let message = format!("`{code}` has no such action; did you mean `{near}`?");
            let fix = self.rename(at, near);
            self.report_fixed(at, &rules::ACTION_UNKNOWN, message, fix);
        } else if service.is_complete {
            let message = format!("no action of this name is documented for `{code}`; look it up");
            self.report(at, &rules::ACTION_UNKNOWN, message);
        }
    }

    /// Of AWS, whose policies are much copied.
    fn action_of_aws(&mut self, at: Location, action: &ActionPattern<'_>) {
        let own = match action.code {
            "s3" => "oss",
            "iam" => "ram",
            _ => return,
        };
        let service = catalogue::service(own);
        let near = service.and_then(|service| match service.api(action.name) {
            Some([name]) => Some(*name),
            Some(_) => None,
            None => service.action(action.name).map(|action| action.name),
        });
        let (meant, fix) = match near {
            Some(name) => (format!("did you mean `{own}:{name}`?"), self.rename(at, format!("{own}:{name}"))),
            None => (format!("here it is `{own}`, with actions of other names"), None),
        };
        let message = format!("`{}` is a service of AWS; {meant}", action.code);
        self.report_fixed(at, &rules::ACTION_UNKNOWN, message, fix);
    }

    /// Whether a pattern matches anything.
    fn action_pattern(&mut self, at: Location, action: &ActionPattern<'_>) {
        let Some(service) = action.service else { return self.action_of_aws(at, action) };
        if !service.is_complete {
            return;
        }
        if is_stars(action.name) || !self.may_work(service.actions().count()) {
            return;
        }
        if service.matching(action.name).next().is_none() {
            let message = format!("no documented action of `{}` matches this", service.code);
            self.report(at, &rules::ACTION_UNKNOWN, message);
        }
    }

    /// Of services without a catalogue, and of patterns, the verb can be checked.
    fn action_verb(&mut self, at: Location, action: &ActionPattern<'_>) {
        if action.known.is_some() || self.problems.is_full() {
            return;
        }
        let Some((verb, right)) = misspelt_verb(action.name) else { return };
        let message = format!("did you mean `{right}`?");
        let fix = self.letters(at).map(|letters| {
            let start = letters.start + action.text.len() - action.name.len();
            Fix::replace(format!("write `{right}`"), start..start + verb.len(), right)
        });
        self.report_fixed(at, &rules::ACTION_VERB, message, fix);
    }
}

/// Whether it has the form of an action, or of a pattern of actions.
fn is_action(text: &str) -> bool {
    let is_name = |part: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'*' | b'?' | b':');
        !part.is_empty() && part.bytes().all(plain)
    };
    match text.split_once(':') {
        Some((code, name)) => is_name(code) && is_name(name),
        None => is_name(text) && has_wildcard(text),
    }
}

/// The first word of a name, if it is nearly one of the verbs, and that verb.
pub(super) fn misspelt_verb(name: &str) -> Option<(&str, &'static str)> {
    let end =
        name.char_indices().skip(1).find(|(_, c)| !c.is_ascii_lowercase()).map_or(name.len(), |(at, _)| at);
    let verb = name.get(..end)?;
    // Shorter ones are near to words that are meant.
    if verb.len() < 6 || VERBS.contains(&verb) {
        return None;
    }
    let right = nearest(verb, VERBS.into_iter().filter(|right| right.len() > 5))?;
    // `Dissociate` is no misspelt `Associate`.
    let is_near = verb.len().abs_diff(right.len()) <= 1 && verb.chars().next() == right.chars().next();
    is_near.then_some((verb, right))
}

#[cfg(test)]
mod tests {
    use super::misspelt_verb;

    #[test]
    fn verbs_are_guessed_only_where_they_are_near() {
        assert_eq!(misspelt_verb("Describle*"), Some(("Describle", "Describe")));
        assert_eq!(misspelt_verb("DescibeInstances"), Some(("Descibe", "Describe")));
        for name in [
            "DescribeInstances",
            "Describe*",
            "describeInstances",
            "Subscribe",
            "Dissociate",
            "Get*",
            "*",
            "",
            "List",
            "Prescribe",
        ] {
            assert_eq!(misspelt_verb(name), None, "{name}");
        }
    }
}
