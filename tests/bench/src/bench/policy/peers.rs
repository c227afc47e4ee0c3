//! Other policy engines, with rules that say the same as far as they can say it.

use super::Contender;
use ali_sts_bench::Result;
use ali_sts_bench::policy_workload::{self as workload, ACTIONS, ADDRESS, BLOCK, END, FOLDER, NOW};
use casbin::prelude::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use std::hint::black_box;

/// The peers, in the order of the table.
pub fn all<'a>(statements: usize) -> Result<Vec<Contender<'a>>> {
    Ok(vec![cedar(statements)?, casbin(statements)?])
}

/// cedar-policy: `like`, `ip`, `datetime`; the request is made before.
fn cedar<'a>(statements: usize) -> Result<Contender<'a>> {
    let rules: String = (0..statements)
        .map(|number| {
            format!(
                r#"permit(principal, action in [Action::"{}", Action::"{}"], resource) when {{
                    context.resource like "acs:oss:*:*{FOLDER}{number:04}/*"
                    && context.address.isInRange(ip("{BLOCK}"))
                    && context.now < datetime("{END}")
                }};"#,
                ACTIONS[0], ACTIONS[1]
            )
        })
        .collect();
    let rules: PolicySet = rules.parse()?;
    let context = serde_json::json!({
        "resource": workload::resource(statements),
        "address": { "__extn": { "fn": "ip", "arg": ADDRESS } },
        "now": { "__extn": { "fn": "datetime", "arg": NOW } },
    });
    let entity = |text: &str| text.parse::<EntityUid>();
    let action = entity(&format!(r#"Action::"{}""#, ACTIONS[1]))?;
    let context = Context::from_json_value(context, None)?;
    let request =
        Request::new(entity(r#"User::"u""#)?, action, entity(r#"Bucket::"my-bucket""#)?, context, None)?;
    let (authorizer, entities) = (Authorizer::new(), Entities::empty());
    Ok(Contender::new("cedar-policy, request ready", move || {
        let answer = authorizer.is_authorized(black_box(&request), black_box(&rules), &entities);
        answer.decision() == Decision::Allow
    }))
}

/// casbin: `keyMatch` (which knows a star at the end alone) and `ipMatch`; one action a rule, no date.
fn casbin<'a>(statements: usize) -> Result<Contender<'a>> {
    const MODEL: &str = "
[request_definition]
r = obj, act, ip
[policy_definition]
p = obj, act, ip
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && keyMatch(r.obj, p.obj) && ipMatch(r.ip, p.ip)
";
    let resource = workload::resource(statements);
    let account = resource.split(FOLDER).next().unwrap_or_default().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let enforcer = runtime.block_on(async {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        for number in 0..statements {
            let rule = [format!("{account}{FOLDER}{number:04}/*"), ACTIONS[1].to_owned(), BLOCK.to_owned()];
            enforcer.add_policy(rule.to_vec()).await?;
        }
        casbin::Result::Ok(enforcer)
    })?;
    Ok(Contender::new("casbin, `keyMatch` and `ipMatch`", move || {
        enforcer.enforce((black_box(resource.as_str()), ACTIONS[1], ADDRESS)).unwrap_or_default()
    }))
}
