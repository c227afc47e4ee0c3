//! Where a derived key is good: a region and a product of it.

use crate::error::{InvalidText, SignError};

/// The product of object storage, and the default.
pub(super) const OSS: &str = "oss";

/// What ends the scope.
pub(super) const TERMINATOR: &str = "aliyun_v4_request";

/// Region and product, checked.
#[derive(Clone)]
pub(crate) struct Scope {
    /// `/cn-hangzhou/oss/aliyun_v4_request`, which goes behind a date. INVARIANT: the region ends where `region_end` says.
    text: String,
    region_end: usize,
}

impl Scope {
    /// `region` with or without the `oss-` that it has in the names of endpoints.
    pub(super) fn new(region: &str, product: &str) -> Result<Self, SignError> {
        Self::of_name(region.strip_prefix("oss-").unwrap_or(region), product)
    }

    /// The same region with another product.
    pub(super) fn with_product(&self, product: &str) -> Result<Self, SignError> {
        Self::of_name(self.region(), product)
    }

    fn of_name(region: &str, product: &str) -> Result<Self, SignError> {
        if !is_name(region) {
            return Err(InvalidText::new("region", "is no name like `cn-hangzhou`: correct it").into());
        }
        if !is_name(product) {
            return Err(InvalidText::new("product", "is no name like `oss`: correct it").into());
        }
        Ok(Self { text: format!("/{region}/{product}/{TERMINATOR}"), region_end: 1 + region.len() })
    }

    /// What goes behind the date.
    pub(crate) fn after_date(&self) -> &str {
        &self.text
    }

    pub(super) fn region(&self) -> &str {
        self.text.get(1..self.region_end).unwrap_or_default()
    }

    pub(super) fn product(&self) -> &str {
        let rest = self.text.get(self.region_end..).unwrap_or_default();
        rest.split('/').nth(1).unwrap_or_default()
    }
}

/// Whether a text can stand in a scope, whose pieces end at slashes, and in a header, where commas end it.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn the_prefix_of_endpoints_is_taken_off() {
        for region in ["cn-hangzhou", "oss-cn-hangzhou"] {
            let scope = Scope::new(region, "oss-cloudbox").unwrap();
            assert_eq!((scope.region(), scope.product()), ("cn-hangzhou", "oss-cloudbox"));
            assert_eq!(scope.after_date(), "/cn-hangzhou/oss-cloudbox/aliyun_v4_request");
        }
    }

    #[test]
    fn the_prefix_is_taken_off_once() {
        let scope = Scope::new("oss-oss-box", "oss").unwrap().with_product("oss-cloudbox").unwrap();
        assert_eq!(scope.after_date(), "/oss-box/oss-cloudbox/aliyun_v4_request");
    }

    #[test]
    fn what_would_end_it_early_is_refused() {
        for name in ["", "cn/hangzhou", "cn,x", "cn hangzhou", " cn", "cn\n", "杭州", "a;b", "a=b"] {
            assert!(Scope::new(name, "oss").is_err(), "{name}");
            assert!(Scope::new("cn-hangzhou", name).is_err(), "{name}");
        }
        let error = Scope::new("cn/x", "oss").err().unwrap();
        assert_eq!(error.to_string(), "the region is no name like `cn-hangzhou`: correct it");
    }
}
