//! Which sessions may have expired: by minutes, since nobody needs it more exactly and a million sessions expire in few of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use sts_types::AssumeRoleInput;

type Keys = Vec<Arc<AssumeRoleInput>>;

#[derive(Default)]
pub(super) struct Expiries(Mutex<BTreeMap<i64, Keys>>);

const MINUTE: i64 = 60_000;

impl Expiries {
    /// The session expires then, in milliseconds since 1970.
    pub(super) fn note(&self, expiration: i64, key: Arc<AssumeRoleInput>) {
        let minute = expiration.div_euclid(MINUTE).saturating_add(1);
        // Nobody panics while it is held, and it would be whole all the same.
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minutes.entry(minute).or_default().push(key);
    }

    /// Takes out the sessions that had expired by then, by what was known when they were noted.
    pub(super) fn due(&self, now: i64) -> Keys {
        let mut minutes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let later = minutes.split_off(&now.div_euclid(MINUTE).saturating_add(1));
        std::mem::replace(&mut *minutes, later).into_values().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Expiries, MINUTE};
    use std::sync::Arc;
    use sts_types::{AssumeRoleInput, RoleArn, SessionName};

    #[test]
    fn due_once_and_not_before_the_minute_is_over() {
        let role: RoleArn = "acs:ram::123456789012:role/app".parse().unwrap();
        let key = Arc::new(AssumeRoleInput::new(role, SessionName::unchecked("app")));
        let expiries = Expiries::default();
        for expiration in [0, MINUTE - 1, MINUTE, -1] {
            expiries.note(expiration, Arc::clone(&key));
        }
        let due = |now| expiries.due(now).len();
        assert_eq!(
            [due(-1), due(0), due(MINUTE - 1), due(MINUTE), due(2 * MINUTE), due(i64::MAX)],
            [0, 1, 0, 2, 1, 0]
        );
    }
}
