//! Actions and resources that do not go together.

use super::Checker;
use super::covers::head;
use super::resource::{SEGMENTS, has_form, is_placeholder};
use super::subject::{ActionPattern, Subject, has_wildcard, is_stars};
use crate::catalogue::{Action, Form};
use crate::finding::{Edit, Fix};
use crate::{Location, Pattern, rules};

/// What people mean when they write a wildcard: if these are lost, it is worth a word.
const MEANT: [&str; 2] = ["ListObjects", "GetObject"];

impl Checker<'_, '_> {
    pub(super) fn mismatches(&mut self, subject: &Subject<'_>) {
        let (Some(actions), Some(resources)) = (subject.positive_actions(), subject.positive_resources())
        else {
            return;
        };
        if resources.iter().any(|resource| is_stars(resource)) {
            return;
        }
        let mut resources = Resources::new(resources);
        let mut mended = false;
        let mut any_mismatch = false;
        for (number, action) in actions.iter().enumerate() {
            let at = Location::Action(subject.index, number);
            match action.known {
                Some(known) if !resources.fit(known) => {
                    any_mismatch = true;
                    let fix = if mended { None } else { self.bucket_fix(subject, known, &resources.list) };
                    mended |= fix.is_some();
                    self.report_fixed(at, &rules::ACTION_RESOURCE_MISMATCH, asked_about(known), fix);
                }
                Some(_) => {}
                None if action.is_wild() => any_mismatch |= self.wildcard(at, action, &mut resources),
                None => {}
            }
        }
        if !any_mismatch {
            self.unused(subject, actions, &resources.list);
        }
    }

    /// Whether none of the actions that it matches fits.
    fn wildcard(&mut self, at: Location, action: &ActionPattern<'_>, resources: &mut Resources<'_>) -> bool {
        let Some(service) = action.service else { return false };
        if !self.may_work(service.actions().count()) {
            return false;
        }
        let (mut matched, mut fitted, mut lost) = (false, false, None);
        for known in service.matching(action.name) {
            matched = true;
            if resources.fit(known) {
                fitted = true;
            } else if MEANT.contains(&known.name) {
                lost = lost.or(Some(known));
            }
        }
        if !matched {
            return false;
        }
        if !fitted {
            let message = "none of the actions that this matches is asked about any of these resources";
            if service.is_complete {
                self.report(at, &rules::ACTION_RESOURCE_MISMATCH, message);
            }
        } else if let Some(lost) = lost {
            let (what, only) = match lost.form {
                Form::Bucket => ("buckets", "objects"),
                _ => ("objects", "buckets"),
            };
            let message = format!(
                "this matches actions on {what} too, as `{}:{}`, but only {only} are named here; name both or say which \
                 actions",
                lost.service.code, lost.name
            );
            self.report(at, &rules::WILDCARD_PARTLY_MISMATCHED, message);
        }
        !fitted
    }

    /// Resources that none of the actions is asked about.
    fn unused(&mut self, subject: &Subject<'_>, actions: &[ActionPattern<'_>], resources: &[Resource<'_>]) {
        let known: Option<Vec<Action>> = actions.iter().map(|action| action.known).collect();
        let Some(known) = known.filter(|_| resources.len() > 1) else { return };
        if !self.may_work(known.len() * resources.len()) {
            return;
        }
        for (number, resource) in resources.iter().enumerate() {
            if !known.iter().any(|action| resource.fits(*action)) {
                let message =
                    "none of the actions of this statement is asked about such a resource; remove it";
                self.report(Location::Resource(subject.index, number), &rules::RESOURCE_UNUSED, message);
            }
        }
    }

    /// Names the bucket besides its objects, if it is clear which, and if that allows no more than is asked for.
    fn bucket_fix(&self, subject: &Subject<'_>, known: Action, resources: &[Resource<'_>]) -> Option<Fix> {
        if known.form != Form::Bucket || !subject.is_allow() {
            return None;
        }
        // `oss:Delete*` was about objects, and would be about the bucket too.
        if subject.actions.iter().any(ActionPattern::is_wild) {
            return None;
        }
        // Who is about one folder should not list the others.
        let lists = subject.has_action("oss:ListObjects") || subject.has_action("oss:ListObjectVersions");
        let is_whole = |resource: &Resource<'_>| {
            resource.name.and_then(|name| name.split_once('/')).is_some_and(|(_, object)| object == "*")
        };
        let names_prefix = subject.statement.conditions().iter().any(|other| other.key() == "oss:Prefix");
        if lists && !names_prefix && !resources.iter().all(is_whole) {
            return None;
        }
        let bucket = |resource: &Resource<'_>| {
            let (bucket, _) = resource.name?.split_once('/')?;
            let before = resource.text.strip_suffix(resource.name?)?;
            let plain = !matches!(bucket, "" | "accesspoint" | "resourcepool")
                && bucket.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let simple = before.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'*' | b'-'));
            (plain && simple && resource.is_of("oss")).then(|| format!("{before}{bucket}"))
        };
        let first = resources.first().and_then(bucket)?;
        if resources.iter().skip(1).any(|resource| bucket(resource).as_ref() != Some(&first)) {
            return None;
        }
        let last = self.document.span(Location::Resource(subject.index, resources.len() - 1));
        let all = self.document.span(Location::Resources(subject.index));
        let label = "name the bucket too";
        let addition = format!(",\"{first}\"");
        Some(if all == last {
            let edits =
                vec![Edit::new(all.start..all.start, "["), Edit::new(all.end..all.end, addition + "]")];
            Fix::new(label, edits)
        } else {
            Fix::replace(label, last.end..last.end, addition)
        })
    }
}

/// The resources of a statement, and what has been asked of them.
struct Resources<'p> {
    list: Vec<Resource<'p>>,
    // There are many actions, and few forms of resources.
    answers: Vec<(&'static str, Form, bool)>,
}

impl<'p> Resources<'p> {
    fn new(texts: &'p [String]) -> Self {
        Self { list: texts.iter().map(|text| Resource::new(text)).collect(), answers: Vec::new() }
    }

    /// Whether a request of this action may name a resource that one of these matches.
    fn fit(&mut self, action: Action) -> bool {
        let (code, form) = (action.service.code, action.form);
        let known = self.answers.iter().find(|(of, asked, _)| *of == code && *asked == form);
        if let Some((_, _, fit)) = known {
            return *fit;
        }
        let fit = self.list.iter().any(|resource| resource.fits(action));
        self.answers.push((code, form, fit));
        fit
    }
}

/// A resource pattern, taken apart.
struct Resource<'p> {
    text: &'p str,
    code: &'p str,
    /// `None`: it may be any, or is not known.
    name: Option<&'p str>,
}

impl<'p> Resource<'p> {
    fn new(text: &'p str) -> Self {
        let mut segments = text.splitn(SEGMENTS, ':');
        let code = segments.nth(1).unwrap_or_default();
        // What has no good form has been reported.
        let name = segments.nth(2).filter(|_| !is_placeholder(text) && has_form(text));
        Self { text, code, name }
    }

    fn is_of(&self, code: &str) -> bool {
        self.code == code || (has_wildcard(self.code) && Pattern::new(self.code).matches(code))
    }

    /// Whether a request of this action may name a resource that this matches.
    fn fits(&self, action: Action) -> bool {
        let Some(name) = self.name else { return true };
        let codes = action.service.resource_codes;
        if action.form == Form::Vector {
            return self.is_of("ossvector");
        }
        codes.iter().any(|code| self.is_of(code)) && fits_form(name, action.form)
    }
}

/// Whether the last segment of a pattern may match a name of this form.
fn fits_form(name: &str, form: Form) -> bool {
    let is_access_point = name.starts_with("accesspoint/");
    match form {
        Form::Any | Form::Vector => true,
        Form::Account => Pattern::new(name).matches("*"),
        Form::Bucket if is_access_point => !name.contains("/object/"),
        Form::Bucket => !name.contains('/'),
        Form::Object => name.contains('/') || has_wildcard(name),
        Form::Under(folders) => {
            let head = head(name);
            let in_folder =
                |folder: &&str| head.starts_with(folder) || (folder.starts_with(head) && has_wildcard(name));
            folders.iter().any(in_folder)
        }
    }
}

fn asked_about(action: Action) -> String {
    let (code, name) = (action.service.code, action.name);
    match action.form {
        Form::Bucket => format!(
            "`{code}:{name}` is asked about a bucket, which no resource here is: `acs:oss:*:*:bucket/*` is its objects, \
             `acs:oss:*:*:bucket` is the bucket"
        ),
        Form::Object => format!(
            "`{code}:{name}` is asked about objects, which no resource here is: `acs:oss:*:*:bucket` is the bucket, \
             `acs:oss:*:*:bucket/*` are its objects"
        ),
        Form::Account => format!(
            "`{code}:{name}` is asked about the account as a whole; allow it on `acs:{code}:*:*:*` or `*`"
        ),
        Form::Under(folders) => {
            let folders: Vec<String> = folders.iter().map(|folder| format!("`{folder}…`")).collect();
            format!("`{code}:{name}` is asked about {}, which no resource here is", folders.join(" and "))
        }
        Form::Vector => {
            format!("`{code}:{name}` is asked about `acs:ossvector:…`, which no resource here is")
        }
        Form::Any => format!("`{code}:{name}` is not asked about resources of this service"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, fits_form};

    #[test]
    fn forms_of_names() {
        for (name, bucket, object, account, role) in [
            ("*", true, true, true, true),
            ("b", true, false, false, false),
            ("b/*", false, true, false, false),
            ("b*", true, true, false, false),
            ("b/a.jpg", false, true, false, false),
            ("accesspoint/ap", true, true, false, false),
            ("accesspoint/ap/object/*", false, true, false, false),
            ("role/r", false, true, false, true),
            ("r*", true, true, false, true),
            ("role/*", false, true, false, true),
        ] {
            assert_eq!(fits_form(name, Form::Bucket), bucket, "{name}");
            assert_eq!(fits_form(name, Form::Object), object, "{name}");
            assert_eq!(fits_form(name, Form::Account), account, "{name}");
            assert_eq!(fits_form(name, Form::Under(&["role/"])), role, "{name}");
        }
    }
}
