//! Documents of our own, of every form that the grammar has.

/// Each in compact form; they are valid, and hold between them every member, spelling and operator form.
pub(crate) const VALID: [&str; 14] = [
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    r#"{"Statement":[{"Resource":["acs:oss:*:*:photos","acs:oss:*:*:photos/*"],"Action":["oss:ListObjects","oss:GetObject"],"Effect":"Allow"}],"Version":"1"}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Deny","NotAction":"ram:BindMFADevice","Resource":"*","Condition":{"Bool":{"acs:MFAPresent":"false"}}}]}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:Get*"],"NotResource":["acs:oss:*:*:secret/*"]}]}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::123456789012:root","acs:ram::123456789012:user/eve"],"Service":"ecs.aliyuncs.com"}}]}"#,
    r#"{"Version":"1","Statement":[{"Action":"sts:AssumeRole","Condition":{"StringEquals":{"oidc:aud":["a","b"],"oidc:iss":"https://idp.example"},"StringLike":{"oidc:sub":"repo:*"}},"Effect":"Allow","Principal":{"Federated":["acs:ram::1:oidc-provider/idp"]}}]}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":["*"],"Action":["oss:GetObject"],"Resource":["acs:oss:*:1:b/*"],"Condition":{"StringNotEquals":{"acs:SourceVpc":["vpc-1"]}}}]}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Deny","Principal":[],"Action":["oss:*"],"Resource":["acs:oss:*:1:b"]}]}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":"*","Action":["oss:*"],"Resource":["*"]}]}"#,
    r#"{"Version":"1","Statement":[{"Sid":"kms policy","Effect":"Allow","Action":["kms:*"],"Resource":["*"],"Condition":{}}]}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:CreateRole","Resource":"*","Condition":{"ForAllValues:StringEquals":{"ram:TrustedPrincipalTypes":"Service"}}}]}"#,
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:ListObjects","Resource":"acs:oss:*:*:b","Condition":{"StringLike":{"oss:Prefix":["","docs/*"]},"NumericLessThanEquals":{"kms:RecoveryWindowInDays":"7"},"DateLessThan":{"acs:CurrentTime":"2030-01-01T00:00:00+08:00"},"IpAddress":{"acs:SourceIp":["192.0.2.0/24","2001:db8::1"]}}},{"Effect":"Deny","Action":"oss:PutObject","Resource":"*"}]}"#,
    // Escapes stay as they were written.
    r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:b\/\u4f60\ud83d\ude00\"\\"}]}"#,
    r#"{"\u0056ersion":"\u0031","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:b/你"}]}"#,
];
