//! How many requests of a class a sender has left. In this process only and without the database: a filter against floods. What must hold
//! across replicas (guessing, mail, exports) has turns in the database besides.

use std::{num::NonZeroU32, time::Duration};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
};

use super::{
    bounded::BoundedStore,
    class::{Class, RequestLimits},
    principal::{Fingerprint, Principal, ProvedSecrets},
};

type Limiter = RateLimiter<Principal, BoundedStore, DefaultClock, StateInformationMiddleware>;

const WINDOW: Duration = Duration::from_secs(60);

/// One limiter for each class that has a limit, and who has a budget of their own.
#[derive(Debug)]
pub(super) struct Limits {
    classes: Vec<(Class, Limit)>,
    clock: DefaultClock,
    pub(super) proved: ProvedSecrets,
}

#[derive(Debug)]
struct Limit {
    per_minute: NonZeroU32,
    limiter: Limiter,
}

/// What is left after a request was counted, or how long the sender has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    class: Class,
    per_minute: NonZeroU32,
    left: u32,
    /// Until the next request is taken, or until the whole budget is there again.
    seconds: u64,
    pub(super) taken: bool,
}

impl Limits {
    pub(super) fn new(limits: &RequestLimits) -> Self {
        let clock = DefaultClock::default();
        let classes = Class::ALL.into_iter().filter_map(|class| {
            let per_minute = NonZeroU32::new(limits.of(class))?;
            let limiter = Limiter::new(Quota::per_minute(per_minute), BoundedStore::default(), clock.clone());
            Some((class, Limit { per_minute, limiter }))
        });
        Self { classes: classes.collect(), clock, proved: ProvedSecrets::default() }
    }

    /// Counts one request; `None` when its class has no limit.
    pub(super) fn take(&self, class: Class, network: Principal, presented: Option<Fingerprint>) -> Option<Turn> {
        let own = presented.filter(|secret| !class.is_of_the_network() && self.proved.contains(secret));
        let principal = own.map_or(network, Principal::Credential);
        let (_, limit) = self.classes.iter().find(|(of, _)| *of == class)?;
        let per_minute = limit.per_minute;
        Some(match limit.limiter.check_key(&principal) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                let used = u64::from(per_minute.get().saturating_sub(left));
                let seconds = (used * WINDOW.as_secs()).div_ceil(u64::from(per_minute.get()));
                Turn { class, per_minute, left, seconds, taken: true }
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                Turn { class, per_minute, left: 0, seconds: wait.as_secs() + 1, taken: false }
            }
        })
    }
}

impl Turn {
    pub(super) fn retry_after(&self) -> i64 {
        i64::try_from(self.seconds).unwrap_or(i64::MAX)
    }

    /// The fields of draft-ietf-httpapi-ratelimit-headers-10: the policy, and what is left of it.
    pub(super) fn describe(&self, headers: &mut HeaderMap) {
        let name = self.class.name();
        let policy = format!("\"{name}\";q={};w={}", self.per_minute, WINDOW.as_secs());
        let now = format!("\"{name}\";r={};t={}", self.left, self.seconds);
        for (field, text) in [("ratelimit-policy", policy), ("ratelimit", now)] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(HeaderName::from_static(field), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Principal = Principal::V4([192, 0, 2, 1]);

    fn limits() -> Limits {
        Limits::new(&RequestLimits { read: 3, write: 2, costly: 0, sign_in: 1, report: 1, sync: 1, page: 1 })
    }

    #[test]
    fn t_026_classes_and_senders_have_budgets_of_their_own() {
        let limits = limits();
        let read = |network, secret| limits.take(Class::Read, network, secret).unwrap();
        let first = read(HOME, None);
        assert!(first.taken);
        assert_eq!((first.left, first.seconds), (2, 20));
        assert!(read(HOME, None).taken && read(HOME, None).taken);
        let refused = read(HOME, None);
        assert!(!refused.taken && refused.left == 0 && (19..=21).contains(&refused.retry_after()), "{refused:?}");
        assert!(read(Principal::V4([192, 0, 2, 2]), None).taken);
        assert!(limits.take(Class::Write, HOME, None).unwrap().taken);
        assert_eq!(limits.take(Class::Costly, HOME, None), None);
    }

    #[test]
    fn t_026_a_secret_has_a_budget_once_it_was_proved_and_never_for_signing_in() {
        let limits = limits();
        let secret = super::super::principal::fingerprint("secret");
        for _ in 0..3 {
            assert!(limits.take(Class::Read, HOME, Some(secret)).unwrap().taken);
        }
        assert!(!limits.take(Class::Read, HOME, Some(secret)).unwrap().taken, "its network paid");
        limits.proved.insert(secret);
        for _ in 0..3 {
            assert!(limits.take(Class::Read, HOME, Some(secret)).unwrap().taken);
        }
        assert!(!limits.take(Class::Read, HOME, Some(secret)).unwrap().taken);
        assert!(limits.take(Class::SignIn, HOME, Some(secret)).unwrap().taken);
        assert!(!limits.take(Class::SignIn, HOME, Some(secret)).unwrap().taken);
        limits.proved.remove(&secret);
        assert!(!limits.take(Class::Read, HOME, Some(secret)).unwrap().taken);
    }

    #[test]
    fn the_fields_are_structured_as_the_draft_says() {
        let mut headers = HeaderMap::new();
        limits().take(Class::SignIn, HOME, None).unwrap().describe(&mut headers);
        assert_eq!(headers.get("ratelimit-policy").unwrap(), "\"sign_in\";q=1;w=60");
        assert_eq!(headers.get("ratelimit").unwrap(), "\"sign_in\";r=0;t=60");
    }
}
