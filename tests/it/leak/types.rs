//! Every public type of every crate, printed with secrets inside. The table is kept by hand; a name that a crate exports
//! and the table lacks fails the test.

use crate::canary::{self, Canaries, everything};
use crate::wire::{self, Act, Server};
use ali_sts::{
    Client, ClientBuilder, Credentials, Error, ProvideCredentials as _, ProxySettings, RetryPolicy,
    SharedProvider,
};
use std::collections::BTreeSet;
use std::fmt::{Debug, Display};
use std::time::{Duration, SystemTime};
use sts_emulator::Emulator;
use sts_types::{Arn, Secret, SessionDuration, SessionPolicy};

/// What each name of a public interface prints.
#[derive(Default)]
struct Table {
    names: BTreeSet<&'static str>,
    printed: Vec<(&'static str, String)>,
}

impl Table {
    fn debug(&mut self, name: &'static str, value: &dyn Debug) {
        self.names.insert(name);
        self.printed.push((name, format!("{value:?}\n{value:#?}")));
    }

    fn display<T: Debug + Display>(&mut self, name: &'static str, value: &T) {
        self.debug(name, value);
        self.printed.push((name, value.to_string()));
    }

    /// For what cannot be printed, or holds nothing: and why.
    fn skip(&mut self, names: &[&'static str], _why: &'static str) {
        self.names.extend(names);
    }

    fn error<T: std::error::Error + 'static>(&mut self, name: &'static str, error: &T) {
        self.names.insert(name);
        self.printed.push((name, canary::chain(error)));
    }
}

const ROLE: &str = "acs:ram::123456789012:role/app";

fn credentials() -> Credentials {
    Credentials::new("STS.canary", canary::SECRET)
        .with_security_token(canary::TOKEN)
        .with_expiration(SystemTime::UNIX_EPOCH)
        .with_provider_name("canary")
}

fn types(table: &mut Table) {
    let policy = || SessionPolicy::unchecked(canary::POLICY);
    let (oidc, saml) = (canary::OIDC_TOKEN, canary::SAML_ASSERTION);
    let oidc = || sts_types::OidcToken::try_from(oidc).unwrap();
    let saml = || sts_types::SamlAssertion::try_from(saml).unwrap();
    let (oidc_arn, saml_arn) = ("acs:ram::1:oidc-provider/idp", "acs:ram::1:saml-provider/idp");
    let (oidc_arn, saml_arn) = (
        oidc_arn.parse::<sts_types::OidcProviderArn>().unwrap(),
        saml_arn.parse::<sts_types::SamlProviderArn>().unwrap(),
    );
    let role: sts_types::RoleArn = ROLE.parse().unwrap();
    let session: sts_types::SessionName = "session".parse().unwrap();
    let arn = Arn::unchecked(ROLE);

    table.display("sts_types::Arn", &arn);
    table.debug("sts_types::ArnKind", &arn.kind());
    table.display("sts_types::RoleArn", &role);
    table.display("sts_types::OidcProviderArn", &oidc_arn);
    table.display("sts_types::SamlProviderArn", &saml_arn);
    table.debug("sts_types::Credentials", &credentials());
    table.debug("sts_types::Secret", &Secret::new(canary::SECRET));
    table.display("sts_types::SessionDuration", &SessionDuration::DEFAULT);
    table.display("sts_types::ErrorCode", &sts_types::ErrorCode::NO_PERMISSION);
    table.debug("sts_types::ErrorKind", &sts_types::ErrorKind::NoSuchRole);
    table.debug("sts_types::OidcToken", &oidc());
    table.debug("sts_types::SamlAssertion", &saml());
    table.debug("sts_types::SessionPolicy", &policy());
    table.display("sts_types::SessionName", &session);
    table.display("sts_types::ExternalId", &"tenant".parse::<sts_types::ExternalId>().unwrap());
    table.display("sts_types::SourceIdentity", &"alice".parse::<sts_types::SourceIdentity>().unwrap());

    let mut input = sts_types::AssumeRoleInput::new(role.clone(), session.clone());
    input.policy = Some(policy());
    table.debug("sts_types::AssumeRoleInput", &input);
    let mut input = sts_types::AssumeRoleWithOidcInput::new(oidc_arn, role.clone(), oidc(), session);
    input.policy = Some(policy());
    table.debug("sts_types::AssumeRoleWithOidcInput", &input);
    let mut input = sts_types::AssumeRoleWithSamlInput::new(saml_arn, role, saml());
    input.policy = Some(policy());
    table.debug("sts_types::AssumeRoleWithSamlInput", &input);
    table.debug("sts_types::GetCallerIdentityInput", &sts_types::GetCallerIdentityInput::new());
    table.debug("sts_types::AssumeRoleOutput", &sts_types::AssumeRoleOutput::new(credentials()));
    table.debug(
        "sts_types::AssumeRoleWithOidcOutput",
        &sts_types::AssumeRoleWithOidcOutput::new(credentials()),
    );
    table.debug(
        "sts_types::AssumeRoleWithSamlOutput",
        &sts_types::AssumeRoleWithSamlOutput::new(credentials()),
    );
    let kind = sts_types::IdentityType::RamUser;
    table.display("sts_types::IdentityType", &kind);
    let identity = sts_types::GetCallerIdentityOutput::new(kind, "1", arn.clone(), "1");
    table.debug("sts_types::GetCallerIdentityOutput", &identity);
    table.debug("sts_types::AssumedRoleUser", &sts_types::AssumedRoleUser::new(arn, "1:session"));
    table.debug("sts_types::OidcTokenInfo", &sts_types::OidcTokenInfo::default());
    table.debug("sts_types::SamlAssertionInfo", &sts_types::SamlAssertionInfo::default());

    table.debug("sts_types::SharedProvider", &SharedProvider::new(credentials()));
    let kind = sts_types::ProviderErrorKind::Failed;
    table.debug("sts_types::ProviderErrorKind", &kind);
    table.error("sts_types::ProviderError", &sts_types::ProviderError::new(kind, "canary", "it failed"));
    // Each way in which something secret can be the wrong value.
    let spaced = |text: &str| format!("{text} {text}");
    for error in [
        sts_types::OidcToken::try_from(spaced(canary::OIDC_TOKEN)).unwrap_err(),
        sts_types::OidcToken::try_from(canary::OIDC_TOKEN.repeat(1000)).unwrap_err(),
        sts_types::SamlAssertion::try_from(spaced(canary::SAML_ASSERTION)).unwrap_err(),
        sts_types::SamlAssertion::try_from(canary::SAML_ASSERTION.repeat(2000)).unwrap_err(),
        SessionPolicy::try_from(canary::POLICY.repeat(100)).unwrap_err(),
        // Arguments mixed up.
        sts_types::RoleArn::try_from(canary::SECRET).unwrap_err(),
        sts_types::SessionName::try_from(canary::TOKEN).unwrap_err(),
        sts_types::SessionName::try_from(canary::OIDC_TOKEN).unwrap_err(),
        sts_types::ExternalId::try_from(format!("{} ", canary::SECRET)).unwrap_err(),
        sts_types::SourceIdentity::try_from(canary::SAML_ASSERTION).unwrap_err(),
        Arn::try_from(canary::TOKEN).unwrap_err(),
    ] {
        table.error("sts_types::InvalidInput", &error);
    }
    let stray = Credentials::new("STS.canary", format!("{}\n", canary::SECRET)).with_security_token("x");
    let ever = Duration::ZERO;
    for credentials in [credentials(), stray] {
        let error = credentials.validate(SystemTime::UNIX_EPOCH, ever).unwrap_err();
        table.error("sts_types::InvalidCredentials", &error);
    }
    table.skip(&["sts_types::ProvideCredentials"], "a trait");
}

fn sign(table: &mut Table) {
    use sts_sign::rpc_v1;
    let params = [("Policy", canary::POLICY), ("SAMLAssertion", canary::SAML_ASSERTION)];
    let request = rpc_v1::Request::new(&params, SystemTime::UNIX_EPOCH, "nonce");
    table.debug("sts_sign::rpc_v1::Request", &request);
    table.debug("sts_sign::rpc_v1::Signer", &rpc_v1::Signer::new(&credentials()));
    let prepared = rpc_v1::Signer::new(&credentials()).prepare("POST", &params).unwrap();
    table.debug("sts_sign::rpc_v1::Prepared", &prepared);
    table.debug("sts_sign::rpc_v1::Algorithm", &rpc_v1::Algorithm::HmacSha1);
    let acs3 = sts_sign::acs3::Signer::new(&credentials());
    table.debug("sts_sign::acs3::Signer", &acs3);
    let request =
        sts_sign::acs3::Request::new("host", "Action", "2015-04-01", SystemTime::UNIX_EPOCH, "nonce");
    let headers = [("x-acs-secret", canary::TOKEN)];
    let request = request.query(&params).headers(&headers);
    table.debug("sts_sign::acs3::Request", &request.body(canary::POLICY.as_bytes()));
    table.debug("sts_sign::Headers", &acs3.sign(&request).unwrap());
    let roa = sts_sign::roa::Signer::new(&credentials());
    table.debug("sts_sign::roa::Signer", &roa);
    let roa_request = sts_sign::roa::Request::new(SystemTime::UNIX_EPOCH, "nonce").query(&params);
    table.debug("sts_sign::roa::Request", &roa_request.headers(&headers));
    table.debug("sts_sign::Headers", &roa.sign(&roa_request).unwrap());
    let bearer = sts_sign::bearer::BearerToken::new(canary::TOKEN);
    table.debug("sts_sign::bearer::BearerToken", &bearer);
    table.debug("sts_sign::Headers", &bearer.roa_headers(&roa_request).unwrap());
    let oss_headers = [("x-oss-meta-secret", canary::TOKEN)];
    let oss_v1 = sts_sign::oss_v1::Signer::new(&credentials());
    table.debug("sts_sign::oss_v1::Signer", &oss_v1);
    let oss_v1_request = sts_sign::oss_v1::Request::new("GET", SystemTime::UNIX_EPOCH).bucket("b").key("k");
    let oss_v1_request = oss_v1_request.query(&params).headers(&oss_headers);
    table.debug("sts_sign::oss_v1::Request", &oss_v1_request);
    table.debug("sts_sign::Headers", &oss_v1.sign(&oss_v1_request).unwrap());
    table.debug("sts_sign::oss_post::FormFields", &oss_v1.sign_post(canary::POLICY).unwrap());
    let oss_v4 =
        sts_sign::oss_v4::Signer::new(&credentials(), "cn-hangzhou", SystemTime::UNIX_EPOCH).unwrap();
    table.debug("sts_sign::oss_v4::Signer", &oss_v4);
    let oss_v4_request = sts_sign::oss_v4::Request::new("GET", SystemTime::UNIX_EPOCH).bucket("b").key("k");
    let oss_v4_request = oss_v4_request.query(&params).headers(&oss_headers);
    table.debug("sts_sign::oss_v4::Request", &oss_v4_request);
    table.debug("sts_sign::Headers", &oss_v4.sign(&oss_v4_request).unwrap());
    let with_line_break = format!("{}\n{0}", canary::TOKEN);
    let broken_header = [("x-acs-secret", with_line_break.as_str())];
    let broken = credentials().with_security_token(with_line_break.as_str());
    table.display("sts_sign::Timestamp", &sts_sign::Timestamp::new(SystemTime::UNIX_EPOCH).unwrap());
    let late = SystemTime::UNIX_EPOCH + Duration::from_secs(300_000_000_000);
    let value = canary::POLICY;
    let signed = |params: &[(&str, &str)], time, nonce| {
        rpc_v1::Request::new(params, time, nonce).sign(&credentials(), &mut Vec::new()).unwrap_err()
    };
    for error in [
        signed(&[("", value)], SystemTime::UNIX_EPOCH, "nonce"),
        signed(&[("Policy", value), ("Policy", value)], SystemTime::UNIX_EPOCH, "nonce"),
        signed(&[("SecurityToken", canary::TOKEN)], SystemTime::UNIX_EPOCH, "nonce"),
        signed(&params, SystemTime::UNIX_EPOCH, ""),
        signed(&params, late, "nonce"),
        acs3.sign(&request.headers(&broken_header)).unwrap_err(),
        sts_sign::acs3::Signer::new(&broken).sign(&request).unwrap_err(),
        sts_sign::bearer::BearerToken::new(with_line_break.as_str()).roa_headers(&roa_request).unwrap_err(),
        sts_sign::oss_v1::Signer::new(&broken).sign(&oss_v1_request).unwrap_err(),
        oss_v1.sign_post(&canary::POLICY[1..]).unwrap_err(),
        oss_v1_request.url(canary::SECRET).unwrap_err(),
        oss_v4.sign(&oss_v4_request.bucket(&format!("{} ", canary::SECRET))).unwrap_err(),
        sts_sign::oss_v4::Signer::new(&broken, &format!("{}/", canary::SECRET), SystemTime::UNIX_EPOCH)
            .unwrap_err(),
    ] {
        table.error("sts_sign::SignError", &error);
        use sts_sign::SignError;
        match &error {
            SignError::EmptyName(error) => table.error("sts_sign::EmptyName", error),
            SignError::DuplicateName(error) => table.error("sts_sign::DuplicateName", error),
            SignError::ReservedName(error) => table.error("sts_sign::ReservedName", error),
            SignError::EmptyNonce(error) => table.error("sts_sign::EmptyNonce", error),
            SignError::TimeOutOfRange(error) => table.error("sts_sign::TimeOutOfRange", error),
            SignError::InvalidHeader(error) => table.error("sts_sign::InvalidHeader", error),
            SignError::InvalidText(error) => table.error("sts_sign::InvalidText", error),
            _ => panic!("{error} is new: give it a row"),
        }
    }
    table.skip(&["sts_sign::roa::EMPTY_BODY_MD5"], "a constant");
    table.skip(
        &[
            "sts_sign::acs3::canonical_query",
            "sts_sign::acs3::signature",
            "sts_sign::acs3::string_to_sign",
            "sts_sign::oss_v1::canonical_resource",
            "sts_sign::oss_v1::signature",
            "sts_sign::oss_v1::string_to_sign",
            "sts_sign::oss_v4::canonical_request",
            "sts_sign::oss_v4::signature",
            "sts_sign::oss_v4::string_to_sign",
            "sts_sign::percent_encode",
            "sts_sign::roa::signature",
            "sts_sign::rpc_v1::canonical_query",
            "sts_sign::rpc_v1::sign_form",
            "sts_sign::rpc_v1::signature",
            "sts_sign::rpc_v1::string_to_sign",
        ],
        "functions",
    );
}

fn verify(table: &mut Table) {
    use sts_sign::verify::{
        self, Bucket, Parameters, ReadError, Request, acs3, oss_post, oss_v1, oss_v4, roa, rpc_v1,
    };
    let token = canary::TOKEN;
    let form =
        format!("SignatureNonce=n&SecurityToken={token}&Policy={}", sts_sign::percent_encode(canary::POLICY));
    let query = format!(
        "{form}&AccessKeyId=id&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Timestamp=t&Signature={}%3D",
        "A".repeat(27)
    );
    let hash = "0".repeat(64);
    let scope = "20260115/r/oss/aliyun_v4_request";
    let headers = |authorization: &str| -> Vec<(String, String)> {
        let common = [("authorization", authorization), ("date", "d"), ("host", "h"), ("x-acs-action", "a")];
        let acs = [
            ("x-acs-version", "v"),
            ("x-acs-date", "d"),
            ("x-acs-signature-nonce", "n"),
            ("x-acs-content-sha256", "0"),
        ];
        let roa = [("x-acs-signature-method", "HMAC-SHA1"), ("x-acs-signature-version", "1.0")];
        let oss = [("x-oss-date", "20260115"), ("x-oss-content-sha256", "UNSIGNED-PAYLOAD")];
        let tokens = [("x-acs-security-token", token), ("x-oss-security-token", token)];
        let all = common.iter().chain(&acs).chain(&roa).chain(&oss).chain(&tokens);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let with = |authorization: String, read: &mut dyn FnMut(&Request<'_>)| {
        let headers = headers(&authorization);
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        read(&Request::new("GET", "/").query(&form).headers(headers).body(canary::POLICY));
    };
    let secret = Secret::new(canary::SECRET);
    let base64 = format!("{}=", "A".repeat(27));
    let signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version";
    let mut mismatches = Vec::new();
    let rpc = rpc_v1::Claim::read(&Request::new("GET", "/").query(&query)).unwrap();
    table.debug("sts_sign::verify::rpc_v1::Claim", &rpc);
    mismatches.push(rpc.check_signature(&secret).unwrap_err());
    with(format!("ACS3-HMAC-SHA256 Credential=id,SignedHeaders={signed},Signature={hash}"), &mut |request| {
        table.debug("sts_sign::verify::Request", request);
        let claim = acs3::Claim::read(request).unwrap();
        table.debug("sts_sign::verify::acs3::Claim", &claim);
        mismatches.push(claim.check_signature(&secret).unwrap_err());
    });
    with(format!("acs id:{base64}"), &mut |request| {
        let claim = roa::Claim::read(request).unwrap();
        table.debug("sts_sign::verify::roa::Claim", &claim);
        mismatches.push(claim.check_signature(&secret).unwrap_err());
    });
    with(format!("OSS id:{base64}"), &mut |request| {
        let claim = oss_v1::Claim::read(request, Bucket::InPath).unwrap();
        table.debug("sts_sign::verify::oss_v1::Claim", &claim);
        mismatches.push(claim.check_signature(&secret).unwrap_err());
    });
    with(format!("OSS4-HMAC-SHA256 Credential=id/{scope},Signature={hash}"), &mut |request| {
        let claim = oss_v4::Claim::read(request, Bucket::InPath).unwrap();
        table.debug("sts_sign::verify::oss_v4::Claim", &claim);
        mismatches.push(claim.check_signature(&secret).unwrap_err());
    });
    // Base64 of `{"expiration":"","conditions":[]}`.
    let policy = b"eyJleHBpcmF0aW9uIjoiIiwiY29uZGl0aW9ucyI6W119";
    let fields = [
        ("policy", &policy[..]),
        ("OSSAccessKeyId", b"id"),
        ("Signature", base64.as_bytes()),
        ("x-oss-security-token", token.as_bytes()),
    ];
    let claim = oss_post::Claim::read(&fields).unwrap();
    table.debug("sts_sign::verify::oss_post::Claim", &claim);
    mismatches.push(claim.check_signature(&secret).unwrap_err());
    for mismatch in &mismatches {
        table.error("sts_sign::verify::Mismatch", mismatch);
    }
    let time = rpc.check_time(SystemTime::UNIX_EPOCH, verify::Skew::default()).unwrap_err();
    table.error("sts_sign::verify::TimeError", &time);
    table.debug("sts_sign::verify::Skew", &verify::Skew::default());
    table.debug("sts_sign::verify::Bucket", &Bucket::InHost("bucket"));
    table.debug("sts_sign::verify::Parameters", &Parameters::read(query.as_bytes(), b"").unwrap());

    let read = |query: String| rpc_v1::Claim::read(&Request::new("GET", "/").query(&query)).unwrap_err();
    let of_headers = |extra: &[(&str, &[u8])]| {
        let authorization = format!("ACS3-HMAC-SHA256 Credential=id,SignedHeaders={signed},Signature={hash}");
        let headers = headers(&authorization);
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        acs3::Claim::read(&Request::new("GET", "/").headers(headers.chain(extra.iter().copied())))
            .unwrap_err()
    };
    for error in [
        read(form.clone()),
        read(format!("{query}&SecurityToken={token}")),
        read(format!("{query}%")),
        read(query.replace("HMAC-SHA1", token)),
        of_headers(&[("x-acs-accesskey-id", token.as_bytes())]),
        of_headers(&[("x", token.as_bytes()); 300]),
        oss_v1::Claim::read(
            &Request::new("GET", "/").query(&query).headers([("authorization", token.as_bytes())]),
            Bucket::InPath,
        )
        .unwrap_err(),
    ] {
        table.error("sts_sign::verify::ReadError", &error);
        match &error {
            ReadError::Missing(error) => table.error("sts_sign::verify::MissingField", error),
            ReadError::Repeated(error) => table.error("sts_sign::verify::RepeatedField", error),
            ReadError::Malformed(error) => table.error("sts_sign::verify::MalformedField", error),
            ReadError::Unsupported(error) => table.error("sts_sign::verify::UnsupportedField", error),
            ReadError::Unsigned(error) => table.error("sts_sign::verify::UnsignedField", error),
            ReadError::Contradiction(error) => table.error("sts_sign::verify::Contradiction", error),
            ReadError::TooMany(error) => table.error("sts_sign::verify::TooMany", error),
            _ => panic!("{error} is new: give it a row"),
        }
    }
}

fn policy(table: &mut Table) {
    let policy: sts_policy::Policy = canary::POLICY.parse().unwrap();
    table.debug("sts_policy::Policy", &policy);
    let statement = &policy.statements()[0];
    table.debug("sts_policy::Statement", statement);
    table.debug("sts_policy::Effect", &statement.effect());
    table.debug("sts_policy::ActionElement", statement.action());
    table.debug("sts_policy::ResourceElement", &statement.resource());
    table.debug("sts_policy::OneOrMany", statement.resource().unwrap().patterns());
    table.debug("sts_policy::Document", &sts_policy::Document::parse(canary::POLICY));
    let condition = format!(
        r#""Principal":{{"RAM":"{0}"}},"Condition":{{"ForAnyValue:StringLike":{{"acs:PrincipalARN":["{0}"]}}}},"Resource""#,
        canary::SECRET
    );
    let secret: sts_policy::Policy = canary::POLICY.replace("\"Resource\"", &condition).parse().unwrap();
    let statement = &secret.statements()[0];
    table.debug("sts_policy::Condition", &statement.conditions()[0]);
    table.debug("sts_policy::Operator", &statement.conditions()[0].operator());
    table.debug("sts_policy::Principal", &statement.principal());
    table.debug("sts_policy::TypedPrincipal", &sts_policy::Principal::ram([canary::SECRET]));
    // Each way in which a policy can be wrong, with secrets in all its values.
    for broken in [
        canary::POLICY[..100].to_owned(),
        format!("{0}{0}", canary::POLICY),
        canary::POLICY.replace(':', ";"),
        canary::POLICY.replace('"', "'"),
        canary::POLICY.replace('"', ""),
        canary::POLICY.replace("Allow", canary::SECRET),
        canary::POLICY.replace("\"1\"", &format!("\"{}\"", canary::TOKEN)),
        canary::POLICY.replace("Resource", "Resourses").replace("oss:*", "${x}"),
        canary::POLICY.replace("acs:", "arn:aws:"),
        canary::POLICY.replace("canary", "canary\t"),
    ] {
        let error = broken.parse::<sts_policy::Policy>().unwrap_err();
        table.error("sts_policy::ParseErrors", &error);
        for finding in error.findings() {
            table.display("sts_policy::Finding", finding);
            table.display("sts_policy::Place", finding.place());
            table.debug("sts_policy::Rule", finding.rule());
            table.debug("sts_policy::Fix", &finding.fix());
            table.debug("sts_policy::Edit", &finding.fix().map(sts_policy::Fix::edits));
        }
    }
    // Of everything wrong with content, as every kind of policy.
    let wrong = format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":["oss:ListObjects","oss: {secret}"],"Resource":"acs:oss:*:*:{secret}/**","Principal":["{secret}"],"Condition":{{"StringEquals":{{"oss:x-oss-acl":"{secret}*"}},"IpAddress":{{"acs:SourceIp":"{secret}"}}}}}}]}}"#,
        secret = canary::SECRET,
    );
    for text in [canary::POLICY, &wrong] {
        for kind in sts_policy::PolicyKind::ALL {
            let report = sts_policy::Document::parse(text).check(*kind);
            table.debug("sts_policy::Report", &report);
            report.findings().iter().for_each(|finding| table.display("sts_policy::Finding", finding));
        }
    }
    for broken in
        [&canary::POLICY[..100], &format!("{0}{0}", canary::POLICY), &canary::POLICY.replace(':', ";")]
    {
        table.error("sts_policy::NotJson", &sts_policy::minify(broken).unwrap_err());
    }
    use sts_policy::{HoleKind, OssPreset, Template};
    table.debug("sts_policy::StatementBuilder", &sts_policy::StatementBuilder::from(statement.clone()));
    let builder = sts_policy::Policy::builder().statement(statement.clone());
    table.debug("sts_policy::PolicyBuilder", &builder);
    let twice = builder.on_all(statement.conditions()[0].clone()).on_all(statement.conditions()[0].clone());
    table.error("sts_policy::BuildError", &twice.build().unwrap_err());
    let text = canary::POLICY.replace("bucket", "${x}");
    let template = Template::new(&text, [("x", HoleKind::PathSegment)]).unwrap();
    table.debug("sts_policy::Template", &template);
    let error = template.fill([("x", format!("{}*", canary::SECRET))]).unwrap_err();
    table.error("sts_policy::FillError", &error);
    table.display("sts_policy::Refusal", &error.refusals()[0]);
    let error = Template::new(&text, [("x", HoleKind::Address)]).unwrap_err();
    table.error("sts_policy::TemplateError", &error);
    if let sts_policy::TemplateError::Hole(error) = &error {
        table.error("sts_policy::HoleError", error);
    }
    let preset = OssPreset::download("bucket", [canary::SECRET]);
    table.debug("sts_policy::OssPreset", &preset);
    let refused = OssPreset::download("bucket", [format!("{}*", canary::SECRET)]);
    table.error("sts_policy::PresetError", &refused.build().unwrap_err());
    table.display("sts_policy::SessionFit", &secret.fits_session());
    table.display("sts_policy::Cost", &secret.fits_session().costs()[0]);
    table.display("sts_policy::Saving", &secret.fits_session().savings()[0]);
    table.skip(&["sts_policy::DateValue"], "an instant");
    table.skip(&["sts_policy::minify", "sts_policy::json_schema"], "functions");
    table.skip(
        &[
            "sts_policy::Comparison",
            "sts_policy::HoleKind",
            "sts_policy::Location",
            "sts_policy::PolicyKind",
            "sts_policy::PrincipalKind",
            "sts_policy::RefusalReason",
            "sts_policy::SavingKind",
            "sts_policy::SetPrefix",
            "sts_policy::Severity",
            "sts_policy::ValueType",
        ],
        "names and numbers",
    );
}

fn policy_decisions(table: &mut Table) {
    use sts_policy::decide;
    let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":["canary"],"Action":"canary","Resource":"canary","Condition":{"StringEquals":{"acs:UserAgent":"canary"}}}]}"#;
    let policy: sts_policy::Policy = text.replace("canary", canary::SECRET).parse().unwrap();
    let compiled = policy.compile();
    let context = sts_policy::Context::new().with("acs:UserAgent", canary::TOKEN);
    // The action is shown; it is a name like any other.
    let request =
        sts_policy::Request::new("oss:GetObject", canary::SECRET, &context).principal(canary::SECRET);
    let layers = decide::Layers::new().identity([&compiled]);
    let trace = compiled.explain(&request);
    table.debug("sts_policy::decide::Trace", &trace);
    for statement in trace.statements() {
        table.debug("sts_policy::decide::StatementTrace", statement);
        for mismatch in statement.mismatches() {
            table.debug("sts_policy::decide::Mismatch", mismatch);
            if let decide::Mismatch::Condition(mismatch) = mismatch {
                table.debug("sts_policy::decide::ConditionMismatch", mismatch);
            }
        }
    }
    table.debug("sts_policy::decide::Compiled", &compiled);
    table.debug("sts_policy::decide::Context", &context);
    table.debug("sts_policy::decide::Request", &request);
    table.debug("sts_policy::decide::Layers", &layers);
    table.debug("sts_policy::decide::Layer", &decide::Layer::Session);
    table.debug("sts_policy::decide::Ruling", &layers.decide(&request));
    table.debug("sts_policy::decide::Verdict", &compiled.decide(&request));
    table.display("sts_policy::decide::Decision", &sts_policy::Decision::Allow);
    table.debug("sts_policy::decide::Options", &decide::Options::new());
    table.debug("sts_policy::decide::AbsentKey", &decide::AbsentKey::Met);
    table.debug("sts_policy::decide::BucketOwner", &decide::BucketOwner::Exempt);
    table.debug("sts_policy::decide::DoubtfulValue", &decide::DoubtfulValue::Accepted);
    table.debug("sts_policy::decide::Star", &decide::Star::CrossesColons);
    let at_root =
        ["sts_policy::Compiled", "sts_policy::Context", "sts_policy::Decision", "sts_policy::Request"];
    table.skip(&at_root, "those of sts_policy::decide, at the root for short");
    table.debug("sts_policy::Pattern", &sts_policy::Pattern::new(canary::SECRET));
}

async fn http(table: &mut Table) {
    let url = |scheme: &str| format!("{scheme}://alice:{}@127.0.0.1:1", canary::PROXY_PASSWORD);
    let settings = ProxySettings::explicit(url("http"));
    let url_of_env = url("https");
    let of_env = ProxySettings::from_vars(Some(&url_of_env), Some(&url_of_env), Some(&url_of_env), None);
    table.debug("sts_http::ProxySettings", &settings);
    table.debug("sts_http::ProxySettings", &of_env);
    let builder = sts_http::HttpClient::builder().proxy(settings);
    table.debug("sts_http::HttpClientBuilder", &builder);
    let client = builder.build().unwrap();
    table.debug("sts_http::HttpClient", &client);
    let shared = sts_http::SharedSender::new(client.clone());
    table.debug("sts_http::SharedSender", &shared);
    let request = http::Request::post(format!("http://127.0.0.1:2/?Policy={}", canary::SECRET));
    let request = request.header("x-secret", canary::TOKEN).body(canary::POLICY.into()).unwrap();
    let error = sts_http::SendRequest::send_request(&client, request).await.unwrap_err();
    table.display("sts_http::ErrorKind", &error.kind());
    table.error("sts_http::Error", &error);
    let wrong =
        sts_http::HttpClient::builder().proxy(ProxySettings::explicit(url("ftp"))).build().unwrap_err();
    table.error("sts_http::BuildError", &wrong);
    table.error(
        "sts_http::InvalidUserAgent",
        &sts_http::user_agent("x", "1", Some("CanarySecretKx7Rq2Zt9Wm4Vb1Yp6Lc\n")).unwrap_err(),
    );
    table.debug("sts_http::Backoff", &sts_http::Backoff::new());
    table.debug("sts_http::RetryPolicy", &RetryPolicy::new());
    let provider = rustls::crypto::ring::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(provider.into());
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    table.debug("sts_http::tls::RustlsConfig", &sts_http::tls::RustlsConfig::from(config));
    table.skip(&["sts_http::SendRequest"], "a trait");
    table.skip(&["sts_http::http_date", "sts_http::retry_after", "sts_http::user_agent"], "functions");
    table.skip(&["sts_http::check_input"], "a function, and for the fuzzer alone");
}

/// Not configured; the text that is at hand is not in it.
fn refused_with(_: &str) -> sts_types::ProviderError {
    sts_types::ProviderError::new(sts_types::ProviderErrorKind::NotConfigured, "yours", "not set up")
}

async fn product(table: &mut Table) {
    let server = Server::start(|number, received| {
        Act::Reply(match number {
            0 => wire::refusal(403, "", "NoPermission", "Roles may not be assumed by root accounts."),
            1 => wire::answer(404, "", &received.body),
            2 => Vec::new(),
            _ => {
                let query = received.body.split("&Signature=").next().unwrap();
                let text = format!("server string to sign is:POST&%2F&{}", sts_sign::percent_encode(query));
                wire::refusal(400, "", "SignatureDoesNotMatch", &text)
            }
        })
    })
    .await;
    let builder = || -> ClientBuilder {
        Client::builder().endpoint(server.url()).credentials(credentials()).retry(RetryPolicy::never()).proxy(
            ProxySettings::explicit(format!("http://a:{}@127.0.0.1:1", canary::PROXY_PASSWORD)).no_proxy("*"),
        )
    };
    table.debug("ali_sts::ClientBuilder", &builder());
    let sts = builder().build().unwrap();
    table.debug("ali_sts::Client", &sts);
    table.debug("ali_sts::blocking::Client", &builder().build_blocking().unwrap());
    table.debug("ali_sts::Timeouts", &ali_sts::Timeouts::from(Duration::from_secs(1)));
    table.debug("ali_sts::SignatureScheme", &ali_sts::SignatureScheme::Acs3);
    table.debug("ali_sts::Clock", sts.clock());
    table.debug("ali_sts::CredentialsJson", &ali_sts::CredentialsJson::from(&credentials()));
    table.debug("ali_sts::provider::Environment", &ali_sts::provider::Environment::new());
    table.debug("ali_sts::provider::CliConfig", &ali_sts::provider::CliConfig::new().sts(builder()));
    table.debug(
        "ali_sts::provider::CredentialsFile",
        &ali_sts::provider::CredentialsFile::new().sts(builder()),
    );
    table.debug("ali_sts::provider::Default", &ali_sts::provider::Default::new().sts(builder()));
    let captured = canary::SECRET;
    let of_yours = ali_sts::provider::from_fn("yours", move || async move { Err(refused_with(captured)) });
    table.debug("ali_sts::provider::FromFn", &of_yours);
    table.skip(&["ali_sts::provider::from_fn"], "a function");
    let chain = ali_sts::provider::Chain::first(of_yours).or_else(credentials());
    table.debug("ali_sts::provider::Chain", &chain);
    let explanation = chain.explain().await;
    table.display("ali_sts::provider::Explanation", &explanation);
    for attempt in explanation.attempts() {
        table.debug("ali_sts::provider::Attempt", attempt);
        table.display("ali_sts::provider::Outcome", &attempt.outcome());
    }
    table.skip(
        &["ali_sts::reqsign::ReqsignProvider"],
        "it prints what the provider in it prints, and brings thirty crates",
    );
    table.skip(
        &["ali_sts::provider::Warning", "ali_sts::provider::WarningKind"],
        "the fixtures show all of them",
    );
    let password = format!("http://user:{}@127.0.0.1/", canary::SECRET);
    let metadata = ali_sts::provider::EcsRamRole::new().endpoint(&password);
    table.debug("ali_sts::provider::EcsRamRole", &metadata);
    table.error("sts_types::ProviderError", &metadata.provide_credentials().await.unwrap_err());
    let uri = ali_sts::provider::CredentialsUri::new(&password).authorization(canary::TOKEN);
    table.debug("ali_sts::provider::CredentialsUri", &uri);
    table.error("sts_types::ProviderError", &uri.provide_credentials().await.unwrap_err());
    let role = ali_sts::provider::OidcRole::new("acs:ram::1:oidc-provider/idp", ROLE, "/no/token");
    let role = role.policy(canary::POLICY);
    table.debug("ali_sts::provider::OidcRole", &role);
    table.error("sts_types::ProviderError", &role.provide_credentials().await.unwrap_err());
    let program = ali_sts::provider::ExternalProcess::new(format!("/no/program '{}'", canary::SECRET));
    table.debug("ali_sts::provider::ExternalProcess", &program);
    table.error("sts_types::ProviderError", &program.provide_credentials().await.unwrap_err());
    let call = || sts.assume_role(ROLE).policy(canary::POLICY);
    table.debug("ali_sts::AssumeRole", &call());
    table.debug("ali_sts::PreparedAssumeRole", &call().prepare().unwrap());
    let role = call().into_provider();
    table.debug("ali_sts::provider::RamRole", role.provider());
    table.debug("ali_sts::provider::Cached", &role);
    table.debug("ali_sts::provider::Cached", &ali_sts::provider::Cached::new(credentials()));
    table.debug("ali_sts::provider::CachedBuilder", &ali_sts::provider::Cached::builder(credentials()));
    table.debug("ali_sts::provider::CacheStats", &role.stats());
    let blocking = ali_sts::provider::Cached::builder(credentials()).build_blocking().unwrap();
    table.debug("ali_sts::blocking::Cached", &blocking);
    let refreshed = ali_sts::provider::Cached::new(credentials());
    table.debug("ali_sts::provider::BackgroundRefresh", &refreshed.refresh_in_background().unwrap());
    let store = ali_sts::provider::SessionStore::new(sts.clone());
    table.debug("ali_sts::provider::SessionStore", &store);
    table.debug(
        "ali_sts::provider::SessionStoreBuilder",
        &ali_sts::provider::SessionStore::builder(sts.clone()),
    );
    table.debug("ali_sts::AssumeRole", &store.assume_role(ROLE).policy(canary::POLICY));
    let oidc = sts.assume_role_with_oidc("acs:ram::1:oidc-provider/idp", ROLE, canary::OIDC_TOKEN);
    table.debug("ali_sts::AssumeRoleWithOidc", &oidc.policy(canary::POLICY));
    let saml = sts.assume_role_with_saml("acs:ram::1:saml-provider/idp", ROLE, canary::SAML_ASSERTION);
    table.debug("ali_sts::AssumeRoleWithSaml", &saml.policy(canary::POLICY));
    table.debug("ali_sts::GetCallerIdentity", &sts.get_caller_identity());
    // Requests that hold a refused value until they are sent.
    table.debug("ali_sts::AssumeRole", &sts.assume_role(ROLE).policy(&canary::POLICY[1..]));
    let spaced = format!("{0} {0}", canary::OIDC_TOKEN);
    table.debug("ali_sts::AssumeRoleWithOidc", &sts.assume_role_with_oidc("x", ROLE, spaced));

    let unusable = Client::new(Credentials::new("id", format!("{}\n", canary::SECRET))).unwrap_err();
    let input = sts.assume_role(ROLE).policy(&canary::POLICY[1..]).send().await.unwrap_err();
    // A clock past the year 9999.
    let late = ali_sts::Clock::from_fn(|| SystemTime::UNIX_EPOCH + Duration::from_secs(300_000_000_000));
    let late = builder().clock(late).build().unwrap().assume_role(ROLE).policy(canary::POLICY).send().await;
    let mut errors = vec![unusable, input, late.unwrap_err()];
    for mixed_up in [
        Client::builder().region(canary::SECRET),
        Client::builder().endpoint(canary::TOKEN),
        Client::builder().endpoint(format!("ftp://{}", canary::SECRET)),
        Client::builder().api_version(canary::TOKEN),
        Client::builder().user_agent(canary::POLICY),
    ] {
        errors.push(mixed_up.build().unwrap_err());
    }
    for _ in 0..4 {
        errors.push(call().send().await.unwrap_err());
    }
    for error in &errors {
        table.error("ali_sts::Error", error);
        table.printed.push(("ali_sts::Error", everything(error)));
        match error {
            Error::Input(_) => {}
            Error::Credentials(error) => {
                table.error("ali_sts::CredentialsError", error);
                if let ali_sts::CredentialsError::Unusable(error) = error {
                    table.error("ali_sts::UnusableCredentials", error);
                }
            }
            Error::Local(error) => table.error("ali_sts::LocalError", error),
            Error::Transport(error) => table.error("ali_sts::TransportError", error),
            Error::Response(error) => table.error("ali_sts::ResponseError", error),
            Error::Service(error) => {
                table.error("ali_sts::ServiceError", error.as_ref());
                if let Some(mismatch) = error.mismatch() {
                    table.display("ali_sts::SignatureMismatch", mismatch);
                }
                if let Some(denied_by) = error.denied_by() {
                    table.display("ali_sts::DeniedBy", &denied_by);
                }
            }
            _ => panic!("{error:?} is new: give it a row"),
        }
    }
    table.debug("ali_sts::Difference", &ali_sts::Difference::Value);
    let mut detail = ali_sts::AccessDeniedDetail::default();
    detail.encoded_diagnostic_message = Some(canary::POLICY.into());
    table.debug("ali_sts::AccessDeniedDetail", &detail);
    table.skip(&["ali_sts::IntoSessionPolicy"], "a trait");
    table.skip(&["ali_sts::session_name_for"], "a function");
}

fn worlds(table: &mut Table) {
    use sts_emulator::{World, WorldError};

    let text = format!(
        "[[accounts]]\nid = '1'\naccess_keys = [{{ id = 'LTAI', secret = '{}' }}]\nusers = [{{ name = 'a', \
         policies = ['{}'] }}]\n",
        canary::SECRET,
        canary::POLICY
    );
    table.debug("sts_emulator::World", &World::from_toml(&text).unwrap());
    for wrong in [
        World::from_toml(&text.replace("secret", "secrets")),
        World::from_toml(&text.replace("'LTAI'", "7")),
        World::from_toml(&text.replace("[[", "[")),
        World::from_json(&format!("{{\"accounts\": [\"{}\"", canary::SECRET)),
        World::read("no/such/world.toml"),
        World::read("world"),
    ] {
        let error = wrong.unwrap_err();
        table.error("sts_emulator::WorldError", &error);
        for problem in error.problems() {
            table.display("sts_emulator::WorldProblem", problem);
        }
        match &error {
            WorldError::Unreadable(error) => table.error("sts_emulator::WorldUnreadable", error),
            WorldError::Format(error) => table.error("sts_emulator::WorldFormat", error),
            WorldError::Faults(error) => table.error("sts_emulator::WorldFaults", error),
            _ => panic!("{error} is new: give it a row"),
        }
    }
}

/// What arrives with something secret in every place that has one, and in some that do not.
fn hostile_visits(emulator: &Emulator, session: &Credentials) {
    use std::io::{Read as _, Write as _};
    let (token, secret) = (session.security_token().unwrap().expose_secret(), canary::SECRET);
    let encoded = sts_sign::percent_encode(token);
    let oss = emulator.oss_url().unwrap();
    let object = format!("{oss}/{}/hello.txt", emulator.bucket());
    let id = session.access_key_id();
    let sign_in = emulator.sign_in_url().unwrap();
    let role = format!("{}/latest/meta-data/ram/security-credentials/app", emulator.metadata_url().unwrap());
    for (method, url, headers, body) in [
        (
            "GET",
            format!("{object}?OSSAccessKeyId={id}&Expires=1&Signature={secret}&security-token={encoded}"),
            "",
            "",
        ),
        ("GET", object.clone(), &*format!("authorization: {}\r\n", canary::TOKEN), ""),
        (
            "GET",
            object.clone(),
            &format!("authorization: OSS {id}:{secret}\r\nx-oss-security-token: {token}\r\n"),
            "",
        ),
        ("GET", format!("{object}?versionId={secret}"), "", ""),
        ("PUT", format!("{oss}/-{secret}/x"), "", canary::POLICY),
        ("POST", emulator.base_url().to_owned(), "", &format!("Action={secret}&SecurityToken={encoded}")),
        (
            "GET",
            format!("{}/?Action=AssumeRole&Version={secret}&Policy={encoded}", emulator.base_url()),
            "",
            "",
        ),
        ("GET", role.clone(), &format!("x-aliyun-ecs-metadata-token: {secret}\r\n"), ""),
        ("GET", role.clone(), "", ""),
        ("GET", format!("{role}-{secret}"), "", ""),
        ("GET", emulator.credentials_uri().unwrap().to_owned(), &format!("authorization: {secret}\r\n"), ""),
        (
            "POST",
            format!("{sign_in}/cloud-credentials"),
            &format!("authorization: Bearer {secret}\r\n"),
            canary::POLICY,
        ),
        ("POST", format!("{sign_in}/v1/token"), "", &format!("grant_type={secret}&refresh_token={secret}")),
        ("POST", format!("{sign_in}/v1/exchange"), &format!("authorization: Bearer {secret}\r\n"), ""),
        ("GET", format!("{sign_in}/{secret}"), "", ""),
    ] {
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = if path.is_empty() { "/" } else { path };
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).unwrap();
        assert!(reply.starts_with(b"HTTP/1.1 "), "{method} {url}");
    }
}

fn records(table: &mut Table, emulator: &Emulator) {
    let records = emulator.requests();
    assert!(records.len() > 15 && records.iter().any(|record| record.code() == Some("ServiceUnavailable")));
    for record in &records {
        table.display("sts_emulator::RequestRecord", record);
        table.printed.push(("sts_emulator::RequestRecord", record.to_json()));
        table.debug("sts_emulator::Service", &record.service());
        for check in record.checks() {
            table.display("sts_emulator::Check", check);
            table.debug("sts_emulator::What", &check.what());
        }
    }
}

async fn emulator(table: &mut Table) -> Canaries {
    use sts_emulator::Fault;
    let uri_password = "CanaryOfTheUriGq5Wd8Zn3Hx";
    let token_key = "CanaryTokenKeyPb7Ls2Vk9Jm4";
    let builder = Emulator::builder().token_key(token_key).credentials_uri_authorization(uri_password);
    table.debug("sts_emulator::EmulatorBuilder", &builder);
    let emulator = builder.all_services().start().await.unwrap();
    let sts =
        Client::builder().endpoint(emulator.base_url()).credentials(emulator.credentials()).build().unwrap();
    let out = sts.assume_role(emulator.role_arn()).policy(canary::POLICY).send().await.unwrap();
    let wrong = Client::builder().endpoint(emulator.base_url());
    let wrong =
        wrong.credentials(Credentials::new(emulator.access_key_id(), canary::SECRET)).build().unwrap();
    wrong.assume_role(emulator.role_arn()).policy(canary::POLICY).send().await.unwrap_err();
    let fault = Fault::error(503, "ServiceUnavailable").operation("GetCallerIdentity").times(1);
    table.debug("sts_emulator::Fault", &fault);
    emulator.inject(fault);
    Client::builder()
        .endpoint(emulator.base_url())
        .credentials(out.credentials.clone())
        .retry(RetryPolicy::never())
        .build()
        .unwrap()
        .get_caller_identity()
        .send()
        .await
        .unwrap_err();
    hostile_visits(&emulator, &out.credentials);
    let rotated = emulator.rotate_key(emulator.root_credentials().access_key_id()).unwrap();
    table.debug("sts_emulator::Emulator", &emulator);
    records(table, &emulator);
    worlds(table);
    table.debug("sts_emulator::ClockOffset", &sts_emulator::ClockOffset::default());
    table.debug("sts_emulator::EmulatorBuilder", &Emulator::builder());
    let beyond = Emulator::builder().listen("192.0.2.1:0".parse().unwrap());
    let short = Emulator::builder().max_session_duration(Duration::from_secs(1));
    let taken = Emulator::builder().listen(emulator.base_url()["http://".len()..].parse().unwrap());
    for builder in [beyond, short, taken] {
        use sts_emulator::StartError;
        let error = builder.start().await.unwrap_err();
        table.error("sts_emulator::StartError", &error);
        match &error {
            StartError::NotLoopback(error) => table.error("sts_emulator::NotLoopback", error),
            StartError::MaxSessionDuration(error) => table.error("sts_emulator::MaxSessionDuration", error),
            StartError::Listen(error) => table.error("sts_emulator::Listen", error),
            _ => panic!("{error} is new: give it a row"),
        }
    }
    table.skip(
        &["sts_emulator::IssueError", "sts_emulator::Randomness"],
        "fixed texts, and no way to bring them about",
    );
    table.skip(
        &["sts_emulator::OidcTokenBuilder", "sts_emulator::SamlAssertionBuilder"],
        "they have no `Debug`",
    );
    let secret = |credentials: &Credentials| credentials.access_key_secret().expose_secret().to_owned();
    Canaries::new()
        .and("the user's secret", secret(&emulator.credentials()))
        .and("the account's secret", secret(&emulator.root_credentials()))
        .and("the inactive secret", secret(&emulator.inactive_credentials()))
        .and("the issued secret", secret(&out.credentials))
        .and("the rotated secret", secret(&rotated))
        .and("the credentials URI's password", uri_password)
        .and("the key of tokens", token_key)
        .and("CloudSSO's access token", emulator.cloud_sso_access_token().expose_secret())
        .and("OAuth's refresh token", emulator.oauth_refresh_token().expose_secret())
        .and("the issued token", out.credentials.security_token().unwrap().expose_secret())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_public_type() {
    let mut table = Table::default();
    types(&mut table);
    sign(&mut table);
    verify(&mut table);
    policy(&mut table);
    policy_decisions(&mut table);
    http(&mut table).await;
    product(&mut table).await;
    let canaries = emulator(&mut table).await;
    for (name, printed) in &table.printed {
        canaries.assert_absent(name, printed);
    }
    let exported: BTreeSet<String> =
        SOURCES.iter().flat_map(|(module, source)| exports(module, source)).collect();
    let known: BTreeSet<String> = table.names.iter().map(|name| (*name).to_owned()).collect();
    let missing: Vec<_> = exported.difference(&known).collect();
    assert!(missing.is_empty(), "give these a row, or a reason to have none: {missing:?}");
    let gone: Vec<_> = known.difference(&exported).collect();
    assert!(gone.is_empty(), "nobody exports these: {gone:?}");
}

/// The public modules of the libraries. `exports` fails on one that is missing here.
const SOURCES: [(&str, &str); 25] = [
    ("sts_types", include_str!("../../../crates/sts-types/src/lib.rs")),
    ("sts_sign", include_str!("../../../crates/sts-sign/src/lib.rs")),
    ("sts_sign::acs3", include_str!("../../../crates/sts-sign/src/acs3.rs")),
    ("sts_sign::bearer", include_str!("../../../crates/sts-sign/src/bearer.rs")),
    ("sts_sign::oss_post", include_str!("../../../crates/sts-sign/src/oss_post.rs")),
    ("sts_sign::oss_v1", include_str!("../../../crates/sts-sign/src/oss_v1.rs")),
    ("sts_sign::oss_v4", include_str!("../../../crates/sts-sign/src/oss_v4.rs")),
    ("sts_sign::roa", include_str!("../../../crates/sts-sign/src/roa.rs")),
    ("sts_sign::rpc_v1", include_str!("../../../crates/sts-sign/src/rpc_v1.rs")),
    ("sts_sign::verify", include_str!("../../../crates/sts-sign/src/verify.rs")),
    ("sts_sign::verify::acs3", include_str!("../../../crates/sts-sign/src/verify/acs3.rs")),
    ("sts_sign::verify::oss_post", include_str!("../../../crates/sts-sign/src/verify/oss_post.rs")),
    ("sts_sign::verify::oss_v1", include_str!("../../../crates/sts-sign/src/verify/oss_v1.rs")),
    ("sts_sign::verify::oss_v4", include_str!("../../../crates/sts-sign/src/verify/oss_v4.rs")),
    ("sts_sign::verify::roa", include_str!("../../../crates/sts-sign/src/verify/roa.rs")),
    ("sts_sign::verify::rpc_v1", include_str!("../../../crates/sts-sign/src/verify/rpc_v1.rs")),
    ("sts_policy", include_str!("../../../crates/sts-policy/src/lib.rs")),
    ("sts_policy::decide", include_str!("../../../crates/sts-policy/src/decide.rs")),
    ("sts_http", include_str!("../../../crates/sts-http/src/lib.rs")),
    ("sts_http::tls", include_str!("../../../crates/sts-http/src/tls.rs")),
    ("ali_sts", include_str!("../../../crates/ali-sts/src/lib.rs")),
    ("ali_sts::blocking", include_str!("../../../crates/ali-sts/src/blocking.rs")),
    ("ali_sts::provider", include_str!("../../../crates/ali-sts/src/provider.rs")),
    ("ali_sts::reqsign", include_str!("../../../crates/ali-sts/src/reqsign.rs")),
    ("sts_emulator", include_str!("../../../crates/sts-emulator/src/lib.rs")),
];

/// The names that a module makes public, with the path of the crate that they come from.
fn exports(module: &str, source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|l| format!("{l}\n"))
        .collect();
    for statement in code.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap();
        let whole = statement.split(" as ").next().unwrap().trim();
        if SOURCES.iter().any(|(known, _)| *known == whole) {
            continue; // a whole module or crate, which is among the sources by its own name
        }
        let (path, list) = match statement.split_once('{') {
            Some((path, list)) => (path, list.trim_end_matches('}')),
            None => statement.rsplit_once("::").unwrap(),
        };
        let first = path.split("::").next().unwrap();
        // What another crate of ours exports again has its row there.
        let home = if SOURCES.iter().any(|(name, _)| *name == first) { first } else { module };
        // Under another name it is still the same thing.
        let listed = list.split(',').map(|name| name.split(" as ").next().unwrap().trim());
        let listed = listed.filter(|name| !name.is_empty());
        names.extend(listed.map(|name| format!("{home}::{name}")));
    }
    for line in code.lines() {
        if let Some(name) = line.strip_prefix("pub mod ") {
            let name = format!("{module}::{}", name.trim_end_matches(';'));
            assert!(SOURCES.iter().any(|(known, _)| *known == name), "{name} is not among the sources");
        }
        for item in ["pub struct ", "pub enum ", "pub trait ", "pub fn ", "pub type "] {
            let name = line
                .strip_prefix(item)
                .and_then(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
            names.extend(name.map(|name| format!("{module}::{name}")));
        }
    }
    names
}

#[test]
fn exports_are_found() {
    let source = "//! pub use no::No;\npub use a::b::C;\nmod d;\npub use sts_types::{\n    E,\n    F,\n};\npub(crate) use g::H;\npub struct I(u8);";
    assert_eq!(exports("ali_sts", source), ["ali_sts::C", "sts_types::E", "sts_types::F", "ali_sts::I"]);
}
