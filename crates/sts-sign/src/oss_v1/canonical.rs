//! The string to sign.

use super::Request;
use super::sub_resources::is_sub_resource;
use crate::error::{EmptyName, InvalidHeader, SignError};
use crate::fields::{Fields, checked_value};
use crate::oss::{Query, Resource};
use crate::sink::Sink;
use crate::text::{checked_method, has_prefix};

/// What of a request is signed, all of it checked; `sort` before `write`.
pub(super) struct Canonical<'a> {
    method: &'a str,
    content_md5: &'a str,
    content_type: &'a str,
    /// The caller's `date` and `x-oss-date`.
    date: Option<&'a str>,
    x_oss_date: Option<&'a str>,
    /// Those whose name begins with `x-oss-`.
    fields: Fields<'a>,
    resource: Resource<'a>,
    sub_resources: Query<'a>,
}

impl<'a> Canonical<'a> {
    /// Takes what the caller gave. `token`: the signer's, which takes the place of one among the headers.
    pub(super) fn new(request: &Request<'a>, token: Option<&'a str>) -> Result<Self, SignError> {
        request.resource.check()?;
        let mut canonical = Self {
            method: checked_method(request.method)?,
            content_md5: "",
            content_type: "",
            date: None,
            x_oss_date: None,
            fields: Fields::new(),
            resource: request.resource,
            sub_resources: Query::new(),
        };
        let (mut content_md5, mut content_type) = (None, None);
        for (name, value) in request.headers {
            let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
            if !has_prefix(name, "x-oss-") {
                let once = match name.len() {
                    4 if is("date") => &mut canonical.date,
                    11 if is("content-md5") => &mut content_md5,
                    12 if is("content-type") => &mut content_type,
                    _ => continue,
                };
                set_once(once, name, value)?;
            } else if token.is_none() || !is("x-oss-security-token") {
                if is("x-oss-date") {
                    set_once(&mut canonical.x_oss_date, name, value)?;
                }
                canonical.fields.push_given(name, value)?;
            }
        }
        if let Some(token) = token {
            canonical.fields.push("x-oss-security-token", token);
        }
        canonical.fields.sort_by_name();
        canonical.content_md5 = content_md5.unwrap_or_default();
        canonical.content_type = content_type.unwrap_or_default();
        for (name, value) in request.query {
            if name.is_empty() {
                return Err(EmptyName::new().into());
            }
            if is_sub_resource(name) || request.sub_resources.contains(name) {
                canonical.sub_resources.push(name, value);
            }
        }
        Ok(canonical)
    }

    /// The caller's own time: the field's name and what it says.
    pub(super) fn date(&self) -> Option<(&'static str, &'a str)> {
        let date = self.x_oss_date.map(|date| ("x-oss-date", date));
        date.or_else(|| self.date.map(|date| ("date", date)))
    }

    /// Adds a parameter that is signed.
    pub(super) fn push_sub_resource(&mut self, name: &'a str, value: &'a str) {
        self.sub_resources.push(name, value);
    }

    pub(super) fn sort(&mut self) -> Result<(), SignError> {
        self.sub_resources.sort()
    }

    /// `date`: what stands in the line of the date.
    pub(super) fn write(&self, date: &str, sink: &mut impl Sink) {
        sink.put_upper(self.method);
        for line in [self.content_md5, self.content_type, date] {
            sink.put(b"\n");
            sink.put(line.as_bytes());
        }
        sink.put(b"\n");
        self.fields.write_lines(|_| true, sink);
        self.write_resource(sink);
    }

    pub(super) fn write_resource(&self, sink: &mut impl Sink) {
        self.resource.write_raw(sink);
        if !self.sub_resources.is_empty() {
            sink.put(b"?");
            self.sub_resources.write_raw(sink);
        }
    }
}

/// Takes the value of a field that a request has once.
fn set_once<'a>(place: &mut Option<&'a str>, name: &str, value: &'a str) -> Result<(), SignError> {
    if place.is_some() {
        return Err(InvalidHeader::given_twice(name).into());
    }
    *place = Some(checked_value(name, value)?);
    Ok(())
}
