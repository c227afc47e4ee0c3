//! Telling grants from refusals, whatever form they have.

use crate::error::ResponseError;
use crate::error::denied::AccessDeniedDetail;
use crate::error::mismatch::without_string_to_sign;
use crate::error::scrub::Scrubber;
use crate::error::service::ServiceError;
use crate::reply::{AccessDeniedFields, Fields, Text, filled, json, xml};
use bytes::Bytes;
use http::{HeaderName, Response};
use std::borrow::Cow;
use sts_types::{ErrorCode, Secret};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");

/// What an answer amounts to.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for a moment, and a box would cost every good call an allocation"
)]
pub(crate) enum Verdict<'a> {
    /// The service granted; the operation's members are in here.
    Granted(Fields<'a>),
    /// The service refused. The second value is its message as it came, which must not leave this crate.
    Refused(Box<ServiceError>, Cow<'a, str>),
    /// It is not an answer of this service.
    Garbled(ResponseError),
}

/// Classifies an answer once. `scrubber` knows the values of the request that no error may repeat.
pub(crate) fn judge<'a, 's>(
    response: &'a Response<Bytes>,
    scrubber: impl FnOnce() -> Scrubber<'s>,
) -> Verdict<'a> {
    let status = response.status();
    let fields = json::read(response.body());
    if status.is_success() {
        match fields {
            // Some gateways write a code into good answers too (source: pop-core).
            Some(fields)
                if matches!(filled(&fields.code), None | Some("200" | "OK" | "Success" | "success")) =>
            {
                return Verdict::Granted(fields);
            }
            Some(fields) => return refused(response, fields, &scrubber()),
            None => return garbled(response, "it is not one JSON object", &scrubber()),
        }
    }
    let fields =
        fields.filter(|fields| filled(&fields.code).is_some()).or_else(|| xml::read(response.body()));
    match fields {
        Some(fields) => refused(response, fields, &scrubber()),
        None if status.is_server_error() || status.as_u16() == 429 => {
            let code = Some(Cow::Owned(format!("HTTP {}", status.as_u16())));
            refused(response, Fields { code, ..Fields::default() }, &scrubber())
        }
        None if status.is_redirection() => {
            garbled(response, "it is a redirect, which is never followed", &scrubber())
        }
        None => garbled(response, "it has no error code", &scrubber()),
    }
}

/// The request id, from the header where there is one. The service's are upper-case UUIDs; what cannot be an id is none.
pub(crate) fn request_id(response: &Response<Bytes>, text: &Text<'_>) -> Option<String> {
    let is_id = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let header = response.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    header.filter(is_id).or(filled(text).filter(is_id)).map(str::to_owned)
}

/// An answer that is not one of this service.
pub(crate) fn not_an_answer(
    response: &Response<Bytes>,
    problem: &'static str,
    scrubber: &Scrubber<'_>,
) -> ResponseError {
    let request_id = request_id(response, &None).and_then(|id| scrubber.name(&id));
    ResponseError { status: response.status().as_u16(), request_id, problem }
}

fn garbled<'a>(response: &Response<Bytes>, problem: &'static str, scrubber: &Scrubber<'_>) -> Verdict<'a> {
    Verdict::Garbled(not_an_answer(response, problem, scrubber))
}

fn refused<'a>(response: &'a Response<Bytes>, fields: Fields<'a>, scrubber: &Scrubber<'_>) -> Verdict<'a> {
    let message = fields.message.unwrap_or_default();
    let code = scrubber.name(fields.code.as_deref().unwrap_or_default());
    let error = ServiceError {
        code: ErrorCode::new(code.map_or(Cow::Borrowed("[removed]"), Cow::Owned)),
        message: scrubber.sentence(without_string_to_sign(&message)),
        request_id: request_id(response, &fields.request_id).and_then(|id| scrubber.name(&id)),
        host_id: filled(&fields.host_id).and_then(|host| scrubber.name(host)),
        recommend: filled(&fields.recommend).map(|url| scrubber.sentence(url)),
        status: response.status().as_u16(),
        access_denied: fields.access_denied.map(|denied| detail(*denied, scrubber)),
        mismatch: None,
        attempts: 0,
    };
    Verdict::Refused(Box::new(error), message)
}

fn detail(fields: AccessDeniedFields<'_>, scrubber: &Scrubber<'_>) -> AccessDeniedDetail {
    let name = |text: Text<'_>| text.and_then(|text| scrubber.name(&text)).unwrap_or_default();
    AccessDeniedDetail {
        auth_action: name(fields.auth_action),
        auth_principal_display_name: name(fields.auth_principal_display_name),
        auth_principal_owner_id: name(fields.auth_principal_owner_id),
        auth_principal_type: name(fields.auth_principal_type),
        no_permission_type: name(fields.no_permission_type),
        policy_type: name(fields.policy_type),
        encoded_diagnostic_message: filled(&fields.encoded_diagnostic_message).map(Secret::from),
    }
}
