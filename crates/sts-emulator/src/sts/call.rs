//! What a request asks for, and by which of two conventions.

use sts_sign::verify;

use crate::sts::parameters::Parameters;
use crate::sts::refusal::Refusal;
use crate::sts::reply::Format;
use crate::sts::service::Request;
use crate::sts::verify::claim::Claim;

/// A request whose parameters could be read.
pub(crate) struct Call<'a> {
    convention: Convention<'a>,
    pub(crate) parameters: Parameters,
}

/// Where a request says what it asks for.
enum Convention<'a> {
    /// Everything is a parameter.
    RpcV1,
    /// Action, version, time and nonce are headers; the operation's own are parameters.
    Acs3 {
        action: Option<&'a str>,
        version: Option<&'a str>,
        date: Option<&'a str>,
        authorization: Option<&'a str>,
    },
}

impl<'a> Call<'a> {
    /// Everything before the parameters mean anything: method, path, content type, encoding.
    pub(crate) fn read(request: &Request<'a>) -> Result<Self, Refusal> {
        let body = match &request.body {
            Ok(body) => *body,
            Err(refusal) => return Err(refusal.clone()),
        };
        if !matches!(request.method, "GET" | "POST") {
            return Err(Refusal::method());
        }
        if request.path != "/" {
            return Err(Refusal::unknown_path());
        }
        let header = |wanted: &str| {
            request.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.trim_ascii())
        };
        let form = if body.is_empty() { body } else { form(header("content-type"), body)? };
        let parameters = Parameters::parse(request.query, form)?;

        let text =
            |name| header(name).and_then(|value| str::from_utf8(value).ok()).filter(|text| !text.is_empty());
        let action = text("x-acs-action");
        let is_signed = header("authorization").is_some_and(|value| value.starts_with(b"ACS3-"));
        // Clients of RPC send the headers too: the parameter has the say, since it is what they sign.
        let names_no_action = parameters.get("Action").is_none() && parameters.get("Signature").is_none();
        let convention = if is_signed || (names_no_action && action.is_some()) {
            Convention::Acs3 {
                action,
                version: text("x-acs-version"),
                date: text("x-acs-date"),
                authorization: text("authorization"),
            }
        } else {
            Convention::RpcV1
        };
        Ok(Self { convention, parameters })
    }

    pub(crate) fn format(&self) -> Result<Format, Refusal> {
        let default = match self.convention {
            Convention::RpcV1 => Format::Xml,
            Convention::Acs3 { .. } => Format::Json,
        };
        Format::requested(self.parameters.get("Format"), default)
    }

    pub(crate) fn action(&self) -> Result<&str, Refusal> {
        match self.convention {
            Convention::RpcV1 => self.parameters.require("Action"),
            Convention::Acs3 { action, .. } => action.ok_or_else(|| Refusal::missing("Action")),
        }
    }

    pub(crate) fn version(&self) -> Result<&str, Refusal> {
        match self.convention {
            Convention::RpcV1 => self.parameters.require("Version"),
            Convention::Acs3 { version, .. } => version.ok_or_else(|| Refusal::missing("Version")),
        }
    }

    /// The time, of a request that need not have one.
    pub(crate) fn time(&self) -> Option<&str> {
        match self.convention {
            Convention::RpcV1 => self.parameters.get("Timestamp"),
            Convention::Acs3 { date, .. } => date,
        }
    }

    /// The access key that the request names, whoever signed it.
    pub(crate) fn access_key_id(&self) -> Option<&str> {
        match self.convention {
            Convention::RpcV1 => self.parameters.get("AccessKeyId"),
            Convention::Acs3 { authorization, .. } => {
                let (_, credential) = authorization?.split_once("Credential=")?;
                credential.split(',').next()
            }
        }
    }

    /// The name of the role that the request is about.
    pub(crate) fn role_name(&self) -> Option<&str> {
        self.parameters.get("RoleArn")?.rsplit_once("role/").map(|(_, name)| name)
    }

    /// What the request's signature claims.
    pub(crate) fn claim(&self, request: &Request<'_>) -> Result<Claim, Refusal> {
        match self.convention {
            Convention::RpcV1 => Claim::rpc_v1(request.method, &self.parameters),
            Convention::Acs3 { .. } => {
                let body = request.body.as_ref().copied().unwrap_or_default();
                let headers = request.headers.iter().copied();
                let raw = verify::Request::new(request.method, request.path);
                Claim::acs3(&raw.query(request.query).headers(headers).body(body))
            }
        }
    }
}

/// The part of a body that holds parameters: all of a form, nothing of a JSON document.
fn form<'a>(content_type: Option<&[u8]>, body: &'a [u8]) -> Result<&'a [u8], Refusal> {
    let essence = content_type.and_then(|value| value.split(|&byte| byte == b';').next());
    let essence = essence.unwrap_or_default().trim_ascii();
    if essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        Ok(body)
    } else if essence.eq_ignore_ascii_case(b"application/json") {
        Ok(&[])
    } else {
        Err(Refusal::content_type())
    }
}
