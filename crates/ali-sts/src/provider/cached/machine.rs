//! The cache's rules, without lock, clock and runtime: who is served, who refreshes, who waits.

use super::schedule::{Millis, NEVER, Schedule, back_off};

/// One refresh. No two are under way at a time.
pub(super) type FlightId = u64;

/// What is known of the credentials that are held, and of the refresh that is under way.
#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    held: Option<Schedule>,
    flight: Option<FlightId>,
    flights: FlightId,
    /// In a row.
    failures: u32,
    /// While something is held, nobody tries again before.
    retry: Millis,
    rejected: Option<Millis>,
}

/// What somebody who wants credentials is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Take them.
    Serve,
    /// Take them, and see to it that this flight is made meanwhile.
    ServeAndFly(FlightId),
    /// They are good, but hardly: make the flight or wait for it, and take what there is then.
    FlyThenServe(FlightId),
    WaitThenServe(FlightId),
    /// There are none, or none that last long enough: make the flight or wait for it, and ask again.
    Fly(FlightId),
    Wait(FlightId),
    /// None that last long enough, and it is known that asking gives no others.
    Refuse(Refusal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Even new ones last only that long.
    TooShort(Millis),
    /// A refresh has just failed.
    BackingOff,
}

impl Machine {
    /// Somebody wants credentials that are valid for `needed` longer.
    pub(super) fn ask(&mut self, now: Millis, needed: Millis) -> Step {
        let Some(held) = self.held.filter(|held| now < held.last) else {
            return self.fly_or(Step::Fly, Step::Wait);
        };
        if held.expires != NEVER && held.expires.saturating_sub(now) < needed {
            let lifetime = held.expires.saturating_sub(held.given);
            if lifetime < needed {
                return Step::Refuse(Refusal::TooShort(lifetime));
            }
            if self.flight.is_none() && now < self.retry {
                return Step::Refuse(Refusal::BackingOff);
            }
            return self.fly_or(Step::Fly, Step::Wait);
        }
        if now < held.advise || (self.flight.is_none() && now < self.retry) {
            Step::Serve
        } else if now < held.insist {
            self.fly_or(Step::ServeAndFly, |_| Step::Serve)
        } else {
            self.fly_or(Step::FlyThenServe, Step::WaitThenServe)
        }
    }

    fn fly_or(&mut self, fly: fn(FlightId) -> Step, wait: fn(FlightId) -> Step) -> Step {
        if let Some(flight) = self.flight {
            return wait(flight);
        }
        self.flights += 1;
        self.flight = Some(self.flights);
        fly(self.flights)
    }

    /// The flight gave credentials: whether they are good for anything.
    pub(super) fn land(&mut self, now: Millis, given: Schedule, random: u64) -> bool {
        if now < given.last {
            (self.flight, self.held, self.failures, self.retry) = (None, Some(given), 0, now);
            return true;
        }
        self.fail(now, random);
        false
    }

    /// The flight gave nothing.
    pub(super) fn fail(&mut self, now: Millis, random: u64) {
        self.flight = None;
        self.failures = self.failures.saturating_add(1);
        let left = self.held.map(|held| held.last.saturating_sub(now)).filter(|left| *left > 0);
        self.retry = now.saturating_add(back_off(self.failures, left.unwrap_or(NEVER), random));
    }

    /// Whoever made the flight gave up. That says nothing of the provider: whoever comes next makes another.
    pub(super) fn abandon(&mut self) {
        self.flight = None;
    }

    /// A service refused what is held: whether it is dropped. Once a second at most, or a service that refuses everything
    /// would make a refresh of every call.
    pub(super) fn reject(&mut self, now: Millis) -> bool {
        const EVERY: Millis = 1000;
        let lately = self.rejected.is_some_and(|rejected| (0..EVERY).contains(&now.saturating_sub(rejected)));
        if lately || self.held.take().is_none() {
            return false;
        }
        (self.rejected, self.retry) = (Some(now), now);
        true
    }

    pub(super) fn is_under_way(&self, flight: FlightId) -> bool {
        self.flight == Some(flight)
    }

    /// Until when whoever comes is served without asking here: `None` when nothing can be.
    pub(super) fn served_until(&self) -> Option<Millis> {
        let held = self.held?;
        let due = if self.flight.is_some() { held.insist } else { held.advise.max(self.retry) };
        Some(due.min(held.last))
    }

    /// The flight that is under way, or when the next is due.
    pub(super) fn next_flight(&self) -> Result<FlightId, Millis> {
        self.flight.ok_or_else(|| self.held.map_or(self.retry, |held| held.advise.max(self.retry)))
    }

    /// What is held, valid or not.
    pub(super) fn held(&self) -> Option<Schedule> {
        self.held
    }
}

#[cfg(test)]
mod tests {
    use super::{FlightId, Machine, Refusal, Step};
    use crate::provider::cached::schedule::{Millis, NEVER, Schedule};

    const LIFETIME: Millis = 1000;

    fn given(now: Millis) -> Schedule {
        Schedule {
            given: now,
            advise: now + 600,
            insist: now + 900,
            last: now + 990,
            expires: now + LIFETIME,
        }
    }

    /// A machine that holds what was given at 0, and whose last refresh has failed so often.
    fn holding(failures: u32) -> Machine {
        let mut machine = Machine::default();
        assert_eq!(machine.ask(0, 0), Step::Fly(1));
        assert!(machine.land(0, given(0), 0));
        (0..failures).for_each(|_| machine.fail(600, 0));
        machine
    }

    #[test]
    fn one_flies_and_the_others_wait_or_are_served() {
        let mut machine = Machine::default();
        assert_eq!(machine.ask(0, 0), Step::Fly(1));
        assert_eq!(machine.ask(0, 0), Step::Wait(1));
        assert!(machine.land(0, given(0), 0));
        for (now, needed, first, second) in [
            (0, 0, Step::Serve, Step::Serve),
            (599, 0, Step::Serve, Step::Serve),
            (600, 0, Step::ServeAndFly(2), Step::Serve),
            (899, 0, Step::ServeAndFly(2), Step::Serve),
            (900, 0, Step::FlyThenServe(2), Step::WaitThenServe(2)),
            (989, 0, Step::FlyThenServe(2), Step::WaitThenServe(2)),
            (990, 0, Step::Fly(2), Step::Wait(2)),
            (0, 1000, Step::Serve, Step::Serve),
            (0, 1001, Step::Refuse(Refusal::TooShort(1000)), Step::Refuse(Refusal::TooShort(1000))),
            (500, 500, Step::Serve, Step::Serve),
            (501, 500, Step::Fly(2), Step::Wait(2)),
            (2000, 500, Step::Fly(2), Step::Wait(2)),
        ] {
            let mut machine = machine.clone();
            assert_eq!(
                (machine.ask(now, needed), machine.ask(now, needed)),
                (first, second),
                "{now} {needed}"
            );
        }
    }

    #[test]
    fn after_a_failure_what_is_valid_is_served_for_a_while() {
        // (990 - 600) / 8 = 48, hence the least: 50, of which half is certain.
        let mut machine = holding(1);
        assert_eq!((machine.ask(624, 0), machine.served_until()), (Step::Serve, Some(625)));
        assert_eq!(machine.ask(624, 500), Step::Refuse(Refusal::BackingOff));
        assert_eq!(machine.ask(625, 0), Step::ServeAndFly(2));
        assert_eq!(machine.served_until(), Some(900));
        machine.fail(980, 25);
        assert_eq!((machine.ask(989, 0), machine.served_until()), (Step::Serve, Some(990)));
        // What has expired is not served, whatever was tried when.
        assert_eq!(machine.ask(990, 0), Step::Fly(3));
    }

    #[test]
    fn what_is_given_expired_is_a_failure_and_leaves_what_is_held() {
        let mut machine = holding(0);
        assert_eq!(machine.ask(600, 0), Step::ServeAndFly(2));
        assert!(!machine.land(600, Schedule { last: 600, ..given(600) }, 0));
        assert_eq!((machine.ask(600, 0), machine.held()), (Step::Serve, Some(given(0))));
    }

    #[test]
    fn what_is_refused_is_dropped_once_a_second_at_most() {
        let mut machine = holding(3);
        assert!(machine.reject(10) && !machine.reject(10));
        assert_eq!(
            (machine.held(), machine.next_flight(), machine.ask(10, 0)),
            (None, Err(10), Step::Fly(2))
        );
        assert!(machine.land(20, given(20), 0));
        assert!(!machine.reject(1009) && machine.held().is_some());
        assert!(machine.reject(1010) && machine.held().is_none());
        // A clock that is set back holds nothing up.
        assert!(machine.land(20, given(20), 0) && machine.reject(20));
    }

    #[test]
    fn what_does_not_expire_is_served_for_ever() {
        let mut machine = Machine::default();
        machine.ask(0, 0);
        let never = Schedule { given: 0, advise: NEVER, insist: NEVER, last: NEVER, expires: NEVER };
        assert!(machine.land(0, never, 0));
        assert_eq!((machine.ask(NEVER - 1, NEVER), machine.served_until()), (Step::Serve, Some(NEVER)));
    }

    /// What can happen to a machine.
    #[derive(Debug, Clone, Copy)]
    enum Event {
        Ask(Millis),
        Land,
        LandExpired,
        Fail,
        Abandon,
        Reject,
        Pass(Millis),
    }

    const EVENTS: [Event; 11] = [
        Event::Ask(0),
        Event::Ask(500),
        Event::Ask(5000),
        Event::Land,
        Event::LandExpired,
        Event::Fail,
        Event::Abandon,
        Event::Reject,
        Event::Pass(20),
        Event::Pass(320),
        Event::Pass(700),
    ];

    /// What an onlooker knows without looking inside.
    #[derive(Debug, Clone, Copy, Default)]
    struct Onlooker {
        now: Millis,
        under_way: Option<FlightId>,
        given: Option<Millis>,
    }

    fn happens(mut machine: Machine, mut seen: Onlooker, event: Event) -> Option<(Machine, Onlooker)> {
        let valid = |needed| {
            let left = seen.given.map_or(0, |given| given + LIFETIME - seen.now);
            left > 10 && left >= needed
        };
        match event {
            Event::Pass(time) => seen.now += time,
            // No flight ends that is not under way.
            Event::Land | Event::LandExpired | Event::Fail | Event::Abandon if seen.under_way.is_none() => {
                return None;
            }
            Event::Land => {
                assert!(machine.land(seen.now, given(seen.now), 7));
                (seen.under_way, seen.given) = (None, Some(seen.now));
            }
            Event::LandExpired => {
                assert!(!machine.land(seen.now, given(seen.now - LIFETIME), 7));
                seen.under_way = None;
            }
            Event::Fail => {
                machine.fail(seen.now, 7);
                seen.under_way = None;
            }
            Event::Abandon => {
                machine.abandon();
                seen.under_way = None;
            }
            Event::Reject => {
                if machine.reject(seen.now) {
                    seen.given = None;
                }
            }
            Event::Ask(needed) => match machine.ask(seen.now, needed) {
                Step::Serve => assert!(valid(needed)),
                Step::ServeAndFly(flight) | Step::FlyThenServe(flight) => {
                    assert!(valid(needed) && seen.under_way.replace(flight).is_none());
                }
                Step::WaitThenServe(flight) => assert!(valid(needed) && seen.under_way == Some(flight)),
                Step::Fly(flight) => assert!(!valid(needed) && seen.under_way.replace(flight).is_none()),
                Step::Wait(flight) => assert!(!valid(needed) && seen.under_way == Some(flight)),
                // Only those who want more than there is, while there is something.
                Step::Refuse(_) => assert!(!valid(needed) && valid(0)),
            },
        }
        assert_eq!(machine.next_flight().ok(), seen.under_way);
        let due = machine.served_until();
        assert!(due.is_none_or(|due| due <= seen.given.unwrap() + LIFETIME - 10), "{due:?} {seen:?}");
        Some((machine, seen))
    }

    #[test]
    fn every_sequence_of_nine_events() {
        let mut all = vec![(Machine::default(), Onlooker::default())];
        let mut tried = 0;
        for _ in 0..9 {
            let mut next = std::collections::HashMap::new();
            for (machine, seen) in all {
                for event in EVENTS {
                    tried += 1;
                    if let Some((machine, seen)) = happens(machine.clone(), seen, event) {
                        next.insert(format!("{machine:?} {seen:?}"), (machine, seen));
                    }
                }
            }
            all = next.into_values().collect();
        }
        assert!(tried > 50_000, "{tried}");
    }
}
