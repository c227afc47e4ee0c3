//! Policies that Alibaba Cloud keeps ready. Of those few, what their documentation says that they allow.

/// The text of a system policy.
pub(super) fn system_policy(name: &str) -> Option<&'static str> {
    let text = match name {
        "AdministratorAccess" => {
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        }
        "AliyunSTSAssumeRoleAccess" => {
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#
        }
        "AliyunOSSFullAccess" => {
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#
        }
        "AliyunOSSReadOnlyAccess" => {
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:Get*","oss:List*"],"Resource":"*"}]}"#
        }
        _ => return None,
    };
    Some(text)
}

/// The names, for those who mistype one.
pub(super) const SYSTEM_POLICIES: [&str; 4] =
    ["AdministratorAccess", "AliyunSTSAssumeRoleAccess", "AliyunOSSFullAccess", "AliyunOSSReadOnlyAccess"];
