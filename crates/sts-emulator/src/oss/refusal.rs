//! Every refusal of OSS: status, code, message, and the detail that the service gives with it.

mod permission;
mod request;
mod signature;
mod state;

use std::borrow::Cow;

use http::StatusCode;

use crate::oss::xml::Writer;

/// Strings to sign that are longer are not sent back.
const MOST_DETAIL_BYTES: usize = 16 * 1024;

/// Why a request gets no answer. Codes and messages are those of the service's documentation and of what its clients
/// have published; `EC`, its detailed code, is there where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    detailed_code: Option<&'static str>,
    details: Vec<(&'static str, String)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code: code.into(), message: message.into(), detailed_code: None, details: Vec::new() }
    }

    fn detailed(self, code: &'static str) -> Self {
        Self { detailed_code: Some(code), ..self }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if value.len() <= MOST_DETAIL_BYTES {
            self.details.push((name, value));
        }
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The code of what is no fault.
    #[cfg(test)]
    pub(crate) fn known_code(&self) -> &'static str {
        match self.code {
            Cow::Borrowed(code) => code,
            Cow::Owned(_) => panic!("a fault"),
        }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn detailed_code(&self) -> Option<&'static str> {
        self.detailed_code
    }

    /// The service's XML. `host` is what the client has called it.
    pub(crate) fn to_xml(&self, request_id: &str, host: &str) -> String {
        let mut xml = Writer::new();
        xml.group("Error", |xml| {
            xml.text("Code", &self.code);
            xml.text("Message", &self.message);
            xml.text("RequestId", request_id);
            xml.text("HostId", host);
            for (name, value) in &self.details {
                xml.text(name, value);
            }
            if let Some(code) = self.detailed_code {
                xml.text("EC", code);
            }
        });
        xml.finish()
    }
}

/// `47 45 54`, as the service shows the bytes of what it signed.
fn spaced_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn the_xml_has_the_shape_that_clients_read() {
        let xml = Refusal::not_allowed_by_policy().to_xml("ID", "b.localhost");
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access denied by \
             authorizer&apos;s policy.</Message><RequestId>ID</RequestId><HostId>b.localhost</HostId>\
             <EC>0003-00000202</EC></Error>"
        );
    }

    #[test]
    fn what_was_signed_is_told_unless_it_is_huge() {
        let xml = Refusal::signature_mismatch("id", "c2ln", "GET\n", None).to_xml("ID", "h");
        assert!(xml.contains("<StringToSignBytes>47 45 54 0A</StringToSignBytes>"), "{xml}");
        let huge = "x".repeat(20_000);
        assert!(Refusal::signature_mismatch("id", "", &huge, Some(&huge)).to_xml("ID", "h").len() < 1000);
    }
}
