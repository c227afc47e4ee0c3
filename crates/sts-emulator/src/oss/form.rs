//! The form of `PostObject`: `multipart/form-data`, the file last.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use multer::Multipart;

use crate::oss::refusal::Refusal;
use crate::oss::request::Request;
use crate::oss::target::check_key;

/// More than any form has.
const MOST_FIELDS: usize = 200;

const NOT_A_FORM: &str = "The body of your POST request is not well-formed multipart/form-data.";

/// A form that was read. Fields after the file do not count (documented).
#[derive(Debug)]
pub(crate) struct Form {
    fields: Vec<(String, Bytes)>,
    pub(crate) file: Bytes,
    file_type: Option<String>,
    /// With the name of the file put in.
    pub(crate) key: String,
}

impl Form {
    pub(crate) async fn read(request: &Request) -> Result<Self, Refusal> {
        let malformed = || Refusal::malformed_form(NOT_A_FORM);
        let content_type = request.text_header("content-type")?.unwrap_or_default();
        let boundary = multer::parse_boundary(content_type).map_err(|_| malformed())?;
        let body = Full::new(request.body.clone()).into_data_stream();
        let mut parts = Multipart::new(body, boundary);
        let mut fields: Vec<(String, Bytes)> = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(|_| malformed())? {
            let name = part.name().ok_or_else(malformed)?.to_owned();
            if fields.len() == MOST_FIELDS {
                return Err(malformed());
            }
            if !name.eq_ignore_ascii_case("file") {
                fields.push((name, part.bytes().await.map_err(|_| malformed())?));
                continue;
            }
            let file_name = part.file_name().unwrap_or_default().to_owned();
            let file_type = part.content_type().map(ToString::to_string);
            let file = part.bytes().await.map_err(|_| malformed())?;
            let mut form = Self { fields, file, file_type, key: String::new() };
            let key = form.text("key").filter(|key| !key.is_empty());
            let key = key.ok_or_else(|| {
                let message = "The body of POST must contain the specified 'key', before the file.";
                Refusal::invalid_argument(message, "key", "")
            })?;
            form.key = key.replace("${filename}", &file_name);
            check_key(&form.key)?;
            return Ok(form);
        }
        Err(Refusal::invalid_argument("POST requires exactly one file upload per request.", "file", ""))
    }

    /// A field of text; names compare without case (documented).
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        field.and_then(|(_, value)| str::from_utf8(value).ok())
    }

    /// All fields but the file.
    pub(crate) fn fields(&self) -> Vec<(&str, &[u8])> {
        self.fields.iter().map(|(name, value)| (name.as_str(), &value[..])).collect()
    }

    /// The field, or else what the part of the file says.
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.text("content-type").or(self.file_type.as_deref())
    }

    #[cfg(test)]
    pub(crate) fn for_test(fields: &[(&str, &str)], file: &'static [u8]) -> Self {
        let key = fields.iter().find(|(name, _)| *name == "key").map(|(_, key)| *key);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), Bytes::from((*value).to_owned()));
        Self {
            fields: fields.iter().map(owned).collect(),
            file: Bytes::from_static(file),
            file_type: None,
            key: key.unwrap_or_default().to_owned(),
        }
    }
}
