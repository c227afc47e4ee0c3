//! One case.

use serde_json::{Map, Value};
use sts_policy::decide::{BucketOwner, Compiled, Layers, Options, Ruling};
use sts_policy::{Context, Decision, Policy, Request};

type Result<T, E = String> = std::result::Result<T, E>;

/// Decides one case: a JSON object on a line.
///
/// # Errors
///
/// When the decision is not the expected one, or the case cannot be read: its id and what is wrong.
pub fn check_case(line: &str) -> Result<()> {
    let case: Map<String, Value> = serde_json::from_str(line).map_err(|error| format!("?: {error}"))?;
    let id = case.get("id").and_then(Value::as_str).unwrap_or("?");
    check(&case).map_err(|detail| format!("{id}: {detail}"))
}

fn check(case: &Map<String, Value>) -> Result<()> {
    let expected = case.get("expect").and_then(Value::as_str).ok_or("`expect` is missing")?;
    let request = case.get("request").ok_or("`request` is missing")?;
    let layers = case.get("layers").and_then(Value::as_object);
    let principals =
        [case.get("principal"), layers.and_then(|layers| layers.get("principal")), request.get("principal")];
    let principals = principals.into_iter().flatten().map(texts).collect::<Result<Vec<_>>>()?.concat();

    let checks = checks(request)?;
    let requests: Vec<Request<'_>> = checks
        .iter()
        .map(|check| {
            let request = Request::new(&check.action, &check.resource, &check.context);
            principals.iter().fold(request, |request, name| request.principal(name))
        })
        .collect();

    let (decision, reason) = match (case.get("policy"), layers) {
        (Some(policy), None) => {
            let compiled = compile(policy, options(case.get("kind").and_then(Value::as_str)))?;
            let reason =
                requests.iter().map(|request| compiled.explain(request).to_string()).collect::<String>();
            // Where several checks are made, the policy stands for the identity's only one.
            let decision = match requests.as_slice() {
                [request] => Some(compiled.decide(request).decision()),
                all => Layers::new().identity([&compiled]).decide_all(all).map(Ruling::decision),
            };
            (decision, reason)
        }
        (None, Some(layers)) => {
            let ruling = Policies::read(layers)?.layers().decide_all(&requests);
            (ruling.map(Ruling::decision), format!("{ruling:?}\n"))
        }
        _ => return Err("either `policy` or `layers` is wanted".to_owned()),
    };
    let decision = decision.map_or("no check at all", Decision::as_str);
    if decision == expected { Ok(()) } else { Err(format!("expected {expected}, got {decision}\n{reason}")) }
}

/// The rule about the owner is that of bucket policies.
fn options(kind: Option<&str>) -> Options {
    let owner = if kind == Some("bucket") { BucketOwner::Exempt } else { BucketOwner::Included };
    Options::new().bucket_owner(owner)
}

fn compile(policy: &Value, options: Options) -> Result<Compiled> {
    let policy: Policy =
        policy.to_string().parse().map_err(|error| format!("the policy does not parse: {error}"))?;
    Ok(policy.compile_with(options))
}

struct Check {
    action: String,
    resource: String,
    context: Context,
}

fn checks(request: &Value) -> Result<Vec<Check>> {
    let several = request.as_array().or_else(|| request.get("checks").and_then(Value::as_array));
    match several {
        Some(several) => several.iter().map(|check| read_check(check, request.get("context"))).collect(),
        None => Ok(vec![read_check(request, None)?]),
    }
}

fn read_check(check: &Value, common: Option<&Value>) -> Result<Check> {
    let text = |name: &str| {
        check
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| format!("`{name}` is missing"))
    };
    let mut context = Context::new();
    for keys in [common, check.get("context")].into_iter().flatten() {
        for (key, values) in keys.as_object().ok_or("`context` is no object")? {
            for value in texts(values)? {
                context.insert(key, value);
            }
        }
    }
    Ok(Check { action: text("action")?, resource: text("resource")?, context })
}

/// A string, or an array of them; `null` is none.
fn texts(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Bool(_) | Value::Number(_) => Ok(vec![value.to_string()]),
        Value::Array(values) => Ok(values.iter().map(texts).collect::<Result<Vec<_>>>()?.concat()),
        Value::Object(_) => Err("a value is an object".to_owned()),
    }
}

/// The policies of a case, by layer.
#[derive(Default)]
struct Policies {
    control: Vec<Vec<Compiled>>,
    vpc_endpoint: Option<Vec<Compiled>>,
    session: Option<Compiled>,
    identity: Option<Vec<Compiled>>,
    resource_group: Vec<Compiled>,
    resource: Vec<Compiled>,
    trust: Option<Compiled>,
    access_point: Option<Vec<Compiled>>,
}

impl Policies {
    fn read(layers: &Map<String, Value>) -> Result<Self> {
        let mut policies = Self::default();
        for (name, value) in layers.iter().filter(|(_, value)| !value.is_null()) {
            let plain = || many(value, Options::new());
            match name.as_str() {
                // An array is one of levels, each a policy or an array of policies.
                "control" => {
                    let levels = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
                    policies.control =
                        levels.iter().map(|level| many(level, Options::new())).collect::<Result<_>>()?;
                }
                "vpc_endpoint" => policies.vpc_endpoint = Some(plain()?),
                "session" => policies.session = Some(compile(value, Options::new())?),
                "identity" | "identity_account" => policies.identity.get_or_insert_default().extend(plain()?),
                "identity_resource_group" => {
                    policies.identity.get_or_insert_default();
                    policies.resource_group = plain()?;
                }
                "resource" => policies.resource = many(value, options(Some("bucket")))?,
                "trust" => policies.trust = Some(compile(value, Options::new())?),
                "access_point" => policies.access_point = Some(plain()?),
                "principal" => {}
                other => return Err(format!("`{other}` is no layer")),
            }
        }
        Ok(policies)
    }

    fn layers(&self) -> Layers<'_> {
        let mut layers = Layers::new().resource_group(&self.resource_group).resource(&self.resource);
        for level in &self.control {
            layers = layers.control_level(level);
        }
        if let Some(policies) = &self.vpc_endpoint {
            layers = layers.vpc_endpoint(policies);
        }
        if let Some(policy) = &self.session {
            layers = layers.session(policy);
        }
        if let Some(policies) = &self.identity {
            layers = layers.identity(policies);
        }
        if let Some(policy) = &self.trust {
            layers = layers.trust(policy);
        }
        if let Some(policies) = &self.access_point {
            layers = layers.access_point(policies);
        }
        layers
    }
}

/// A policy, or an array of them.
fn many(value: &Value, options: Options) -> Result<Vec<Compiled>> {
    let policies = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    policies.iter().map(|policy| compile(policy, options)).collect()
}
