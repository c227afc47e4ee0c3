//! What the control endpoint is asked to do, as JSON.

use std::time::Duration;

use serde::Deserialize;

use crate::clock::ClockOffset;
use crate::faults::Fault;
use crate::trail::Service;

/// `POST /faults`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultOrder {
    effect: Effect,
    milliseconds: Option<u64>,
    status: Option<u16>,
    code: Option<String>,
    bytes: Option<usize>,
    service: Option<String>,
    operation: Option<String>,
    role: Option<String>,
    access_key_id: Option<String>,
    times: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Effect {
    Latency,
    Error,
    Throttling,
    Reset,
    ResetInBody,
    Truncated,
    Garbled,
    Slow,
    Huge,
}

/// `PUT /clock`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockOrder {
    offset_milliseconds: i64,
}

/// `POST /keys/rotate`, `POST /sessions/revoke`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyOrder {
    pub(super) access_key_id: String,
}

impl FaultOrder {
    /// The fault, or which member is missing, unknown, or of no use to it.
    pub(super) fn fault(self) -> Result<Fault, String> {
        self.check_members()?;
        let need = |name: &str| format!("this effect needs `{name}`");
        let milliseconds = self.milliseconds.map(Duration::from_millis);
        let bytes = self.bytes;
        let mut fault = match self.effect {
            Effect::Latency => Fault::latency(milliseconds.ok_or_else(|| need("milliseconds"))?),
            Effect::Error => {
                let status = self.status.ok_or_else(|| need("status"))?;
                if !(400..=599).contains(&status) {
                    return Err("`status` is 400 to 599".to_owned());
                }
                Fault::error(status, self.code.ok_or_else(|| need("code"))?)
            }
            Effect::Throttling => Fault::throttling(milliseconds),
            Effect::Reset => Fault::reset(),
            Effect::ResetInBody => Fault::reset_in_body(),
            Effect::Truncated => Fault::truncated(),
            Effect::Garbled => Fault::garbled(),
            Effect::Slow => {
                let pause = milliseconds.ok_or_else(|| need("milliseconds"))?;
                Fault::slow(bytes.ok_or_else(|| need("bytes"))?, pause)
            }
            Effect::Huge => Fault::huge(bytes.ok_or_else(|| need("bytes"))?),
        };
        if let Some(name) = self.service {
            let service = Service::ALL.into_iter().find(|service| service.name() == name);
            let names = || Service::ALL.map(Service::name).join("`, `");
            fault = fault.service(service.ok_or_else(|| format!("`service` is one of `{}`", names()))?);
        }
        if let Some(operation) = self.operation {
            fault = fault.operation(operation);
        }
        if let Some(role) = self.role {
            fault = fault.role(role);
        }
        if let Some(id) = self.access_key_id {
            fault = fault.access_key(id);
        }
        Ok(self.times.into_iter().fold(fault, Fault::times))
    }

    fn check_members(&self) -> Result<(), String> {
        use Effect::{Error, Huge, Latency, Slow, Throttling};
        let members = [
            ("milliseconds", self.milliseconds.is_some(), matches!(self.effect, Latency | Throttling | Slow)),
            ("status", self.status.is_some(), matches!(self.effect, Error)),
            ("code", self.code.is_some(), matches!(self.effect, Error)),
            ("bytes", self.bytes.is_some(), matches!(self.effect, Slow | Huge)),
        ];
        match members.iter().find(|(_, is_given, is_used)| *is_given && !is_used) {
            Some((name, ..)) => Err(format!("this effect has no use for `{name}`")),
            None => Ok(()),
        }
    }
}

impl ClockOrder {
    pub(super) fn offset(&self) -> ClockOffset {
        let by = Duration::from_millis(self.offset_milliseconds.unsigned_abs());
        if self.offset_milliseconds < 0 { ClockOffset::Behind(by) } else { ClockOffset::Ahead(by) }
    }
}
