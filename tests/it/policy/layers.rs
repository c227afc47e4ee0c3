//! Which layer decides.

use sts_policy::decide::{Compiled, Layer, Layers};
use sts_policy::{Context, Decision, Policy, Request};

fn policy(statements: &[(&str, &str)]) -> Compiled {
    let statements: Vec<String> = statements
        .iter()
        .map(|(effect, action)| format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}"#))
        .collect();
    let policy: Policy =
        format!(r#"{{"Version":"1","Statement":[{}]}}"#, statements.join(",")).parse().unwrap();
    policy.compile()
}

fn ruling(layers: &Layers<'_>, action: &str) -> (Decision, Layer, Option<usize>, Option<usize>) {
    let context = Context::new();
    let ruling = layers.decide(&Request::new(action, "acs:oss:*:1:b/o", &context));
    (ruling.decision(), ruling.layer(), ruling.policy(), ruling.statement())
}

#[test]
fn the_deciding_layer_policy_and_statement_are_named() {
    let (all, get) =
        (policy(&[("Allow", "*")]), policy(&[("Allow", "oss:PutObject"), ("Allow", "oss:Get*")]));
    let no_put = policy(&[("Allow", "*"), ("Deny", "oss:Put*")]);

    let layers = Layers::new().control_level([&all]).control_level([&get, &no_put]).identity([&no_put, &all]);
    assert_eq!(
        ruling(&layers, "oss:PutObject"),
        (Decision::ExplicitDeny, Layer::Control(1), Some(1), Some(1))
    );
    assert_eq!(ruling(&layers, "oss:GetObject"), (Decision::Allow, Layer::Identity, Some(0), Some(0)));

    let layers = Layers::new().identity([&all]).session(&get);
    assert_eq!(ruling(&layers, "oss:DeleteObject"), (Decision::ImplicitDeny, Layer::Session, None, None));

    let layers = Layers::new().identity([&get]).resource_group([&no_put]);
    assert_eq!(ruling(&layers, "oss:PutObject"), (Decision::Allow, Layer::Identity, Some(0), Some(0)));
    assert_eq!(ruling(&layers, "oss:ListObjects"), (Decision::Allow, Layer::ResourceGroup, Some(0), Some(0)));

    let layers = Layers::new().identity([&get]).resource([&no_put]);
    assert_eq!(ruling(&layers, "oss:PutObject"), (Decision::ExplicitDeny, Layer::Resource, Some(0), Some(1)));
    assert_eq!(ruling(&layers, "oss:GetObject"), (Decision::Allow, Layer::Identity, Some(0), Some(1)));
    assert_eq!(ruling(&layers, "oss:ListObjects"), (Decision::Allow, Layer::Resource, Some(0), Some(0)));

    let layers = Layers::new().identity([&get]).trust(&all);
    assert_eq!(ruling(&layers, "sts:AssumeRole"), (Decision::ImplicitDeny, Layer::Identity, None, None));
    let layers = Layers::new().identity([&all]).trust(&get);
    assert_eq!(ruling(&layers, "sts:AssumeRole"), (Decision::ImplicitDeny, Layer::Trust, None, None));

    let layers = Layers::new().identity([&all]).access_point([&no_put]).vpc_endpoint([&no_put]);
    assert_eq!(
        ruling(&layers, "oss:PutObject"),
        (Decision::ExplicitDeny, Layer::VpcEndpoint, Some(0), Some(1))
    );
    let layers = Layers::new().identity([&all]).access_point([&no_put]);
    assert_eq!(
        ruling(&layers, "oss:PutObject"),
        (Decision::ExplicitDeny, Layer::AccessPoint, Some(0), Some(1))
    );
    assert_eq!(
        ruling(&Layers::new(), "oss:PutObject"),
        (Decision::ImplicitDeny, Layer::Identity, None, None)
    );
}

#[test]
fn several_checks_are_as_good_as_the_worst() {
    let (get, no_put) = (policy(&[("Allow", "oss:GetObject")]), policy(&[("Deny", "oss:PutObject")]));
    let layers = Layers::new().identity([&get, &no_put]);
    let context = Context::new();
    let decide = |actions: &[&str]| {
        let requests: Vec<Request<'_>> =
            actions.iter().map(|action| Request::new(action, "acs:oss:*:1:b/o", &context)).collect();
        layers.decide_all(&requests).map(|ruling| ruling.decision())
    };
    assert_eq!(decide(&[]), None);
    assert_eq!(decide(&["oss:GetObject", "oss:getobject"]), Some(Decision::Allow));
    assert_eq!(decide(&["oss:GetObject", "oss:ListObjects", "oss:GetObject"]), Some(Decision::ImplicitDeny));
    assert_eq!(decide(&["oss:ListObjects", "oss:PutObject"]), Some(Decision::ExplicitDeny));
}
