//! The top of a world.

use std::sync::Arc;

use jiff::Timestamp;

use super::fields::{Fields, NameRule, Unique, is_made_of};
use super::node::{Node, Value};
use super::{Source, account, bucket};
use crate::world::{Index, World};

const MEMBERS: &[&str] = &["region", "min_session_seconds", "secure_transport", "seed", "clock", "accounts"];

const DEFAULT_REGION: &str = "cn-hangzhou";

/// As the service has it.
const DEFAULT_MIN_SESSION: i64 = 900;

pub(super) const REGION: NameRule =
    NameRule { fits: |text| is_made_of(text, 1..=32, "-"), words: "the id of a region, as `cn-hangzhou`" };

pub(super) fn world(source: &Source<'_>, node: &Node<'_>) -> Option<World> {
    let problems = source.problems;
    let fields = Fields::new("a world", node, MEMBERS, problems)?;
    let region = fields.name("region", &REGION).unwrap_or(DEFAULT_REGION);
    let mut names = Names {
        accounts: Unique::new("an account", problems),
        keys: Unique::new("an access key", problems),
        buckets: Unique::new("a bucket", problems),
        files: bucket::Files::new(source),
    };
    let nodes = fields.list("accounts");
    let accounts = nodes.iter().filter_map(|node| account::account(source, node, region, &mut names));
    Some(World {
        accounts: accounts.map(Arc::new).collect(),
        region: region.to_owned(),
        min_session_seconds: fields
            .integer("min_session_seconds", 1..=DEFAULT_MIN_SESSION)
            .unwrap_or(DEFAULT_MIN_SESSION),
        is_transport_secure: fields.truth("secure_transport").unwrap_or(false),
        seed: fields.integer("seed", 0..=i64::MAX).map(i64::unsigned_abs),
        clock: clock(&fields),
        index: Index::default(),
    })
}

/// What must not be there twice in the whole world.
pub(super) struct Names<'n> {
    pub(super) accounts: Unique<'n>,
    pub(super) keys: Unique<'n>,
    pub(super) buckets: Unique<'n>,
    pub(super) files: bucket::Files<'n>,
}

fn clock(fields: &Fields<'_, '_>) -> Option<Timestamp> {
    let node = fields.get("clock")?;
    let text = match &node.value {
        Value::Time(text) => text,
        _ => fields.text_of("clock", node)?,
    };
    let time = text.parse::<Timestamp>().ok().and_then(|time| Timestamp::from_second(time.as_second()).ok());
    if time.is_none() {
        let message = "`clock` of a world is a time with its offset, as 2026-01-02T03:04:05Z".to_owned();
        fields.report(node, message);
    }
    time
}
