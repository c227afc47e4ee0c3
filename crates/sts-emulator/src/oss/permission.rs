//! Who may do what: policies first, and where they say nothing, ACLs.

use sts_policy::Context;
use sts_policy::decide::Layer;

use crate::access::{Ask, Denial, ResourcePolicy};
use crate::caller::{Caller, Who};
use crate::cloud::Cloud;
use crate::oss::call::Call;
use crate::oss::operation::Operation;
use crate::oss::refusal::Refusal;
use crate::oss::store::{Bucket, ObjectAcl, Store};
use crate::trail::{Check, What};
use crate::world::{Acl, World};

/// More checks than these are not told one by one.
const MOST_TOLD: usize = 8;

/// Who asks.
pub(crate) struct Asker<'a> {
    pub(crate) caller: &'a Caller,
    /// Of the request's signature.
    pub(crate) access_key_id: Option<&'a str>,
}

/// One thing that must be allowed.
struct Need<'a> {
    action: &'static str,
    bucket: Option<&'a str>,
    key: Option<&'a str>,
    /// What everybody may do where an ACL says so.
    sort: Sort,
}

/// What ACLs tell apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Read,
    Write,
    List,
    /// Never everybody's.
    Manage,
}

/// Where everything is looked up.
pub(crate) struct Judge<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) world: &'a World,
    pub(crate) store: &'a Store,
    pub(crate) asker: &'a Asker<'a>,
}

impl Judge<'_> {
    /// Whether the call may be made. Notes what was checked.
    pub(crate) fn judge(&self, call: &Call, checks: &mut Vec<Check>) -> Result<(), Refusal> {
        // The service says that a bucket is not there before it says who may use it.
        if call.operation != Operation::PutBucket
            && let Some(bucket) = &call.request.target.bucket
        {
            self.store.bucket(bucket)?;
        }
        let base = self.base_context(call);
        let (needs, mut told) = (needs(call)?, 0_usize);
        for need in &needs {
            let resource = self.resource(need, call)?;
            match self.ask(call, need, &resource, &base) {
                Ok(why) => {
                    if told < MOST_TOLD {
                        checks.push(Check::passed(
                            What::Policies,
                            format!("{} {resource}: {why}", need.action),
                        ));
                    }
                    told += 1;
                }
                Err(denial) => {
                    checks.push(Check::failed(What::Policies, denial.to_string()));
                    return Err(self.refusal(call, need, &denial));
                }
            }
        }
        if told > MOST_TOLD {
            checks.push(Check::passed(What::Policies, format!("and {} more", told - MOST_TOLD)));
        }
        Ok(())
    }

    fn ask(&self, call: &Call, need: &Need<'_>, resource: &str, base: &Context) -> Result<String, Denial> {
        // Who makes a bucket asks for his own account; that the name is taken is another matter.
        let named = need.bucket.filter(|_| call.operation != Operation::PutBucket);
        let bucket = named.and_then(|name| self.store.bucket(name).ok());
        let context = self.context(call, need, bucket, base.clone());
        let owner = bucket.map_or(self.asker.caller.account_id.as_str(), |bucket| bucket.owner.as_str());
        let policy = named.and_then(|name| self.world.bucket(name)?.1.policy.as_ref());
        let asked = self.cloud.authorize(&Ask {
            caller: self.asker.caller,
            owner,
            checks: &[(need.action, resource)],
            context: &context,
            resource_policy: policy.map_or(ResourcePolicy::None, ResourcePolicy::Bucket),
        });
        match asked {
            Ok(grant) => Ok(format!("allowed by {grant}")),
            // A session never does more than its policy allows, whatever is open to everybody.
            Err(denial)
                if denial.is_explicit
                    || matches!(denial.by.layer, Some(Layer::Session | Layer::Control(_))) =>
            {
                Err(denial)
            }
            Err(denial) => match bucket.filter(|bucket| is_open(need, bucket)) {
                Some(_) => Ok("allowed by the ACL".to_owned()),
                None => Err(denial),
            },
        }
    }

    /// `acs:oss:<region>:<owner>:<bucket>[/<key>]`.
    fn resource(&self, need: &Need<'_>, call: &Call) -> Result<String, Refusal> {
        let account = &self.asker.caller.account_id;
        let Some(name) = need.bucket else {
            return Ok(format!("acs:oss:{}:{account}:*", self.world.region));
        };
        let (region, owner) = match self.store.bucket(name) {
            Ok(bucket) if call.operation != Operation::PutBucket => (&bucket.region, &bucket.owner),
            Err(refusal) if call.operation != Operation::PutBucket => return Err(refusal),
            _ => (&self.world.region, account),
        };
        Ok(match need.key {
            Some(key) => format!("acs:oss:{region}:{owner}:{name}/{key}"),
            None => format!("acs:oss:{region}:{owner}:{name}"),
        })
    }

    /// What every check of a request has.
    fn base_context(&self, call: &Call) -> Context {
        let (request, caller) = (&call.request, self.asker.caller);
        let mut context = self.cloud.context(caller, request.peer, request.time);
        let user_agent = request.header("user-agent").map(|value| ("acs:UserAgent", value));
        let access_id = self.asker.access_key_id.map(|value| ("acs:AccessId", value));
        for (key, value) in user_agent.into_iter().chain(access_id) {
            context.insert(key, value);
        }
        context
    }

    /// What only some actions have.
    fn context(
        &self,
        call: &Call,
        need: &Need<'_>,
        bucket: Option<&Bucket>,
        mut context: Context,
    ) -> Context {
        let mut insert = |key: &str, value: Option<&str>| {
            value.into_iter().for_each(|value| context.insert(key, value));
        };
        match need.action {
            "oss:ListObjects" => {
                insert("oss:Prefix", call.request.parameter("prefix"));
                insert("oss:Delimiter", call.request.parameter("delimiter"));
            }
            "oss:PutBucket" | "oss:PutBucketAcl" => insert("oss:x-oss-acl", call.request.header("x-oss-acl")),
            "oss:PutObject" | "oss:PutObjectAcl" => insert("oss:x-oss-object-acl", call.object_acl_as_sent()),
            _ => {}
        }
        match need.action {
            "oss:PutObject" | "oss:PutObjectTagging" => {
                for (name, value) in &call.tags {
                    insert(&format!("oss:RequestObjectTag/{name}"), Some(value));
                }
            }
            "oss:GetObject" => {
                let object = bucket.zip(need.key).and_then(|(bucket, key)| bucket.find(key));
                for (name, value) in object.iter().flat_map(|object| &object.meta.tags) {
                    insert(&format!("oss:ExistingObjectTag/{name}"), Some(value));
                }
            }
            _ => {}
        }
        context
    }

    fn refusal(&self, call: &Call, need: &Need<'_>, denial: &Denial) -> Refusal {
        let caller = self.asker.caller;
        let is_batch = call.operation == Operation::DeleteMultipleObjects;
        match (&caller.who, denial.is_explicit) {
            (_, true) if denial.by.layer == Some(Layer::Resource) => Refusal::denied_by_bucket_policy(),
            (Who::Session(_), _) if is_batch => Refusal::batch_denied_by_policy(),
            (_, true) => Refusal::denied_by_policy(),
            (Who::Session(_), false) => Refusal::not_allowed_by_policy(),
            (Who::Anonymous, false) if need.sort == Sort::Manage => Refusal::anonymous(),
            (_, false) if need.sort != Sort::Manage => Refusal::denied_by_acl(),
            (_, false) => {
                let bucket = need.bucket.and_then(|name| self.store.bucket(name).ok());
                let is_at_home = bucket.is_none_or(|bucket| bucket.owner == caller.account_id);
                if is_at_home { Refusal::not_allowed_by_policy() } else { Refusal::not_the_owner() }
            }
        }
    }
}

/// All of them must be allowed.
fn needs(call: &Call) -> Result<Vec<Need<'_>>, Refusal> {
    let (operation, request) = (call.operation, &call.request);
    let bucket = request.target.bucket.as_deref();
    let sort = sort(operation);
    let need = |action, key| Need { action, bucket, key, sort };
    let tagging = |key| (!call.tags.is_empty()).then_some(need("oss:PutObjectTagging", key));
    Ok(match operation {
        Operation::DeleteMultipleObjects => {
            let keys = call.deletion.iter().flat_map(|deletion| &deletion.keys);
            keys.map(|key| need(operation.action(), Some(key.as_str()))).collect()
        }
        Operation::PostObject => {
            let key = call.form.as_ref().map(|form| form.key.as_str());
            [need(operation.action(), key)].into_iter().chain(tagging(key)).collect()
        }
        Operation::CopyObject => {
            let Some(source) = &call.source else { return Err(Refusal::internal()) };
            let from = Need {
                action: "oss:GetObject",
                bucket: Some(&source.bucket),
                key: Some(&source.key),
                sort: Sort::Read,
            };
            let key = request.target.key.as_deref();
            [from, need(operation.action(), key)].into_iter().chain(tagging(key)).collect()
        }
        _ => {
            let key = request.target.key.as_deref();
            [need(operation.action(), key)].into_iter().chain(tagging(key)).collect()
        }
    })
}

fn sort(operation: Operation) -> Sort {
    match operation {
        Operation::GetObject | Operation::HeadObject | Operation::GetObjectMeta => Sort::Read,
        Operation::ListObjects | Operation::ListObjectsV2 => Sort::List,
        Operation::PutObject
        | Operation::CopyObject
        | Operation::PostObject
        | Operation::DeleteObject
        | Operation::DeleteMultipleObjects
        | Operation::InitiateMultipartUpload
        | Operation::UploadPart
        | Operation::CompleteMultipartUpload
        | Operation::AbortMultipartUpload
        | Operation::ListParts => Sort::Write,
        Operation::ListBuckets
        | Operation::PutBucket
        | Operation::DeleteBucket
        | Operation::GetBucketInfo
        | Operation::GetBucketLocation
        | Operation::PutBucketAcl
        | Operation::GetBucketAcl
        | Operation::PutObjectAcl
        | Operation::GetObjectAcl
        | Operation::ListMultipartUploads => Sort::Manage,
    }
}

/// Whether an ACL lets everybody do it. An object's own comes before its bucket's.
fn is_open(need: &Need<'_>, bucket: &Bucket) -> bool {
    let own = need.key.and_then(|key| bucket.find(key)).map_or(ObjectAcl::Default, |object| object.meta.acl);
    let acl = match own {
        ObjectAcl::Default => bucket.acl,
        ObjectAcl::Private => Acl::Private,
        ObjectAcl::PublicRead => Acl::PublicRead,
        ObjectAcl::PublicReadWrite => Acl::PublicReadWrite,
    };
    match need.sort {
        Sort::Read | Sort::List => acl != Acl::Private,
        Sort::Write => acl == Acl::PublicReadWrite,
        Sort::Manage => false,
    }
}
