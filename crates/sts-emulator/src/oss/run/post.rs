//! Uploads by a form.

use http::StatusCode;

use super::Run;
use super::objects::{meta_of_form, stored};
use crate::oss::refusal::Refusal;
use crate::oss::reply::{self, Reply};
use crate::oss::store::Object;

impl Run<'_> {
    pub(super) fn post_object(self) -> Result<Reply, Refusal> {
        let form = self.call.form.as_ref().ok_or_else(Refusal::internal)?;
        let (bucket, key) = (self.call.request.bucket()?, form.key.as_str());
        let object = Object::new(&form.file, &self.call.checksums, meta_of_form(self.call)?, self.now());
        let is_forbidden = form.text("x-oss-forbid-overwrite") == Some("true");
        if is_forbidden && self.store.bucket(bucket)?.find(key).is_some() {
            return Err(Refusal::object_exists());
        }
        let object = self.store.put(bucket, key, object)?;
        let location = format!("http://{}/{}", self.host, sts_sign::percent_encode(key).replace("%2F", "/"));
        let mut reply = match (form.text("success_action_redirect"), form.text("success_action_status")) {
            (Some(page), _) if !page.is_empty() => {
                let joint = if page.contains('?') { '&' } else { '?' };
                let (key, etag) =
                    (sts_sign::percent_encode(key), sts_sign::percent_encode(&reply::quoted(&object.etag)));
                let mut reply = reply::empty(StatusCode::SEE_OTHER);
                reply::set(
                    &mut reply,
                    "location",
                    &format!("{page}{joint}bucket={bucket}&key={key}&etag={etag}"),
                );
                reply
            }
            (_, Some("200")) => reply::empty(StatusCode::OK),
            (_, Some("201")) => {
                let mut reply = reply::xml("PostResponse", |xml| {
                    xml.text("Bucket", bucket);
                    xml.text("Location", &location);
                    xml.text("Key", key);
                    xml.text("ETag", reply::quoted(&object.etag));
                });
                *reply.status_mut() = StatusCode::CREATED;
                reply
            }
            _ => reply::empty(StatusCode::NO_CONTENT),
        };
        stored(&mut reply, &object);
        Ok(reply)
    }
}
