//! `<access key id>/<YYYYMMDD>/<region>/<product>/aliyun_v4_request`.

use crate::verify::signed::Key;

#[derive(Clone)]
pub(in crate::verify) struct Scope {
    pub(in crate::verify) access_key_id: String,
    /// Eight digits.
    pub(in crate::verify) date: String,
    pub(in crate::verify) region: String,
    pub(in crate::verify) product: String,
}

impl Scope {
    pub(in crate::verify) fn parse(credential: &str) -> Option<Self> {
        // From the end: what is left over is the id, whatever it is made of.
        let rest = credential.strip_suffix("/aliyun_v4_request")?;
        let (rest, product) = rest.rsplit_once('/')?;
        let (rest, region) = rest.rsplit_once('/')?;
        let (access_key_id, date) = rest.rsplit_once('/')?;
        let is_date = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
        let is_text = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        if !is_date || ![access_key_id, region, product].into_iter().all(is_text) {
            return None;
        }
        let [access_key_id, date, region, product] =
            [access_key_id, date, region, product].map(str::to_owned);
        Some(Self { access_key_id, date, region, product })
    }

    /// Without the id.
    pub(in crate::verify) fn to_text(&self) -> String {
        format!("{}/{}/{}/aliyun_v4_request", self.date, self.region, self.product)
    }

    pub(in crate::verify) fn key(&self) -> Key {
        Key::OssV4 { date: self.date.clone(), region: self.region.clone(), product: self.product.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn five_parts_and_the_last_is_fixed() {
        let scope = Scope::parse("a/b/20260115/cn-hangzhou/oss-cloudbox/aliyun_v4_request").unwrap();
        assert_eq!(scope.access_key_id, "a/b");
        assert_eq!(scope.to_text(), "20260115/cn-hangzhou/oss-cloudbox/aliyun_v4_request");
        for bad in [
            "",
            "id",
            "20260115/r/oss/aliyun_v4_request",
            "/20260115/r/oss/aliyun_v4_request",
            "id/2026011/r/oss/aliyun_v4_request",
            "id/2026-1-5/r/oss/aliyun_v4_request",
            "id/20260115//oss/aliyun_v4_request",
            "id/20260115/r//aliyun_v4_request",
            "id/20260115/r/oss/aws4_request",
            "id/20260115/r\n/oss/aliyun_v4_request",
        ] {
            assert!(Scope::parse(bad).is_none(), "{bad}");
        }
    }
}
