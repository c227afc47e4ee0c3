//! Replies in the two shapes of the service.

use crate::sts::refusal::Refusal;

/// A value of a reply: text, or a named group. The service knows no other kind.
pub(crate) enum Value {
    Text(String),
    Group(Vec<Field>),
}

/// A name and its value.
pub(crate) type Field = (&'static str, Value);

/// A text field.
pub(crate) fn text(name: &'static str, value: impl Into<String>) -> Field {
    (name, Value::Text(value.into()))
}

/// What an operation answers: the name of the XML root element, and the fields after `RequestId`.
pub(crate) struct Answer {
    pub(crate) root: &'static str,
    pub(crate) fields: Vec<Field>,
}

/// The `Format` of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
}

impl Format {
    /// By the `Format` parameter, in any letter case.
    pub(crate) fn requested(value: Option<&str>, default: Self) -> Result<Self, Refusal> {
        match value {
            None => Ok(default),
            Some(name) if name.eq_ignore_ascii_case("JSON") => Ok(Self::Json),
            Some(name) if name.eq_ignore_ascii_case("XML") => Ok(Self::Xml),
            Some(_) => Err(Refusal::format()),
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json;charset=utf-8",
            Self::Xml => "text/xml;charset=utf-8",
        }
    }

    /// The body of a successful reply.
    pub(crate) fn success(self, request_id: &str, answer: Answer) -> String {
        let mut fields = vec![text("RequestId", request_id)];
        fields.extend(answer.fields);
        self.write(answer.root, &fields)
    }

    /// The body of a refusal.
    pub(crate) fn failure(self, request_id: &str, host_id: &str, refusal: &Refusal) -> String {
        let help = format!(
            "https://api.aliyun.com/troubleshoot?q={}&product=Sts&requestId={request_id}",
            refusal.code()
        );
        let mut fields = vec![
            text("RequestId", request_id),
            text("HostId", host_id),
            text("Code", refusal.code()),
            text("Message", refusal.message()),
            text("Recommend", help),
        ];
        if let Some(denied) = refusal.access_denied() {
            let detail = vec![
                text("AuthAction", "sts:AssumeRole"),
                text("AuthPrincipalDisplayName", denied.principal_name.as_str()),
                text("AuthPrincipalOwnerId", denied.principal_owner.as_str()),
                text("AuthPrincipalType", denied.principal_type),
                text("NoPermissionType", denied.no_permission_type),
                text("PolicyType", denied.policy_type),
                // Opaque to everybody but the vendor; here Base64 of `sts-emulator: see the audit trail`.
                text("EncodedDiagnosticMessage", "c3RzLWVtdWxhdG9yOiBzZWUgdGhlIGF1ZGl0IHRyYWls"),
            ];
            fields.push(("AccessDeniedDetail", Value::Group(detail)));
        }
        self.write("Error", &fields)
    }

    fn write(self, root: &str, fields: &[Field]) -> String {
        let mut body = String::with_capacity(1024);
        match self {
            Self::Json => write_json(&mut body, fields),
            Self::Xml => {
                body.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
                write_element(&mut body, root, |body| write_xml(body, fields));
            }
        }
        body
    }
}

fn write_json(out: &mut String, fields: &[Field]) {
    out.push('{');
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&format!("\"{name}\":"));
        match value {
            Value::Text(text) => out.push_str(&serde_json::Value::from(text.as_str()).to_string()),
            Value::Group(fields) => write_json(out, fields),
        }
    }
    out.push('}');
}

fn write_xml(out: &mut String, fields: &[Field]) {
    for (name, value) in fields {
        write_element(out, name, |out| match value {
            Value::Text(text) => write_escaped(out, text),
            Value::Group(fields) => write_xml(out, fields),
        });
    }
}

fn write_element(out: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    out.push_str(&format!("<{name}>"));
    content(out);
    out.push_str(&format!("</{name}>"));
}

pub(crate) fn write_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // A parser would turn a bare CR into LF, and white space of attributes into spaces.
            '\t' | '\n' | '\r' => out.push_str(&format!("&#{};", u32::from(character))),
            // XML 1.0 cannot say these, not even escaped.
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            plain => out.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(value: &str) -> Answer {
        let group = Value::Group(vec![text("Inner", value)]);
        Answer { root: "AssumeRoleResponse", fields: vec![("Group", group)] }
    }

    #[test]
    fn json_and_xml_hold_the_same_fields() {
        assert_eq!(
            Format::Json.success("ID", answer("a\"\u{1}中")),
            "{\"RequestId\":\"ID\",\"Group\":{\"Inner\":\"a\\\"\\u0001中\"}}"
        );
        assert_eq!(
            Format::Xml.success("ID", answer("<a>&'\"\r\u{1}中")),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AssumeRoleResponse><RequestId>ID</RequestId><Group><Inner>\
             &lt;a&gt;&amp;&apos;&quot;&#13;\u{FFFD}中</Inner></Group></AssumeRoleResponse>"
        );
    }

    #[test]
    fn format_in_any_case_and_xml_without_one() {
        for (value, format) in [(Some("json"), Format::Json), (Some("Xml"), Format::Xml), (None, Format::Xml)]
        {
            assert_eq!(Format::requested(value, Format::Xml).ok(), Some(format));
        }
        assert_eq!(
            Format::requested(Some("YAML"), Format::Json).unwrap_err().code(),
            "InvalidParameter.Format"
        );
    }
}
