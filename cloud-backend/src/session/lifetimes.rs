//! How long the parts of a session last (NIST SP 800-63B-4, AAL2: at most a day, at most an hour without use), in one place.

use time::Duration;

use crate::store::Lifetimes;

/// How long a fresh second factor allows dangerous acts.
pub(crate) const ELEVATION: Duration = Duration::minutes(15);
/// How long a sign-in may take from the first factor to the second, and a challenge may wait.
pub(crate) const PRE_SIGN_IN: Duration = Duration::minutes(10);
pub(crate) const CHALLENGE: Duration = Duration::minutes(5);
/// How long a device is remembered after the last sign-in on it.
pub(crate) const DEVICE: Duration = Duration::days(180);

const ORDINARY: Lifetimes = Lifetimes {
    access: Duration::minutes(10),
    idle: Duration::minutes(60),
    absolute: Duration::hours(24),
    confirmed: Duration::minutes(15),
};

/// `stay`: the person chose to stay signed in on a device of their own. Not for those whose roles ask for a second factor.
pub(crate) fn of(stay: bool) -> Lifetimes {
    if stay { Lifetimes { idle: Duration::days(7), absolute: Duration::days(30), ..ORDINARY } } else { ORDINARY }
}
