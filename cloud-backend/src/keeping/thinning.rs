//! Versions grow thinner with age: of each hour, day or week the last one stays. The current one, those with a label and, for a
//! month, those that lost a race stay in any case.

use std::collections::HashSet;

use carrel_ids::{NodeId, VersionId};
use time::{Duration, OffsetDateTime};

use crate::{
    audit::Action,
    authz::{SystemTask, Target},
    store::{KeptVersion, Store, StoreError, Timestamp},
};

/// Files that one turn looks at, and versions of each.
const FILES_A_TURN: i64 = 200;
const VERSIONS_A_FILE: i64 = 2_000;
/// For how long what lost a race is kept whatever else there is.
const KEEP_CONFLICTS: Duration = Duration::days(30);

/// How many versions are kept, by age. A stage of 0 is left out: what would fall into it falls into the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionPolicy {
    /// Hours for which all are kept; 0: all are kept for ever.
    pub all_hours: u32,
    /// Days for which one an hour is kept.
    pub hourly_days: u32,
    /// Days for which one a day is kept; then one a week.
    pub daily_days: u32,
    /// Days after which none is kept; 0: one a week for ever.
    pub weekly_days: u32,
}

impl Default for VersionPolicy {
    fn default() -> Self {
        Self { all_hours: 24, hourly_days: 7, daily_days: 30, weekly_days: 0 }
    }
}

impl VersionPolicy {
    /// Which of these go; they come with the newest first.
    fn superfluous(&self, versions: &[KeptVersion], now: OffsetDateTime) -> Vec<VersionId> {
        let (all, hourly) = (Duration::hours(self.all_hours.into()), Duration::days(self.hourly_days.into()));
        let (daily, weekly) = (Duration::days(self.daily_days.into()), Duration::days(self.weekly_days.into()));
        let mut kept = HashSet::new();
        let mut going = Vec::new();
        for version in versions {
            let age = now - version.created_at;
            if self.all_hours == 0 || age < all {
                continue;
            }
            let seconds = version.created_at.unix_timestamp();
            let slot = if age < hourly {
                Some((0, seconds / 3_600))
            } else if age < daily {
                Some((1, seconds / 86_400))
            } else if self.weekly_days == 0 || age < weekly {
                Some((2, seconds / 604_800))
            } else {
                None
            };
            let last_of_slot = slot.is_some_and(|slot| kept.insert(slot));
            let stays = version.stays || (version.conflict && age < KEEP_CONFLICTS);
            if !last_of_slot && !stays {
                going.push(version.id);
            }
        }
        going
    }
}

/// Thins a part of all files, from behind `after`; how many versions went, and where the next turn begins.
pub(crate) async fn thin(
    store: &Store,
    policy: &VersionPolicy,
    after: Option<NodeId>,
    now: Timestamp,
) -> Result<(i64, Option<NodeId>), StoreError> {
    if policy.all_hours == 0 {
        return Ok((0, None));
    }
    let files = store.files_with_versions(after, FILES_A_TURN).await?;
    let before = now.minus(Duration::hours(policy.all_hours.into()));
    let mut gone = 0;
    for file in &files {
        let versions = store.versions_before(*file, before, VERSIONS_A_FILE).await?;
        let going = policy.superfluous(&versions, now.time());
        if going.is_empty() {
            continue;
        }
        let task = SystemTask::on(Target::Node(*file));
        let done = store.audited(&task, Action::VersionThin, async |w| w.thin_versions(*file, &going).await).await;
        match done {
            Ok(count) => gone += count,
            // The file was deleted for good a moment ago.
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((gone, files.last().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn at(seconds_ago: i64) -> KeptVersion {
        let created_at = OffsetDateTime::from_unix_timestamp(NOW - seconds_ago).expect("a time");
        KeptVersion { id: VersionId::new(), created_at, stays: false, conflict: false }
    }

    fn left(policy: &VersionPolicy, versions: &[KeptVersion]) -> Vec<i64> {
        let now = OffsetDateTime::from_unix_timestamp(NOW).expect("a time");
        let going: HashSet<_> = policy.superfluous(versions, now).into_iter().collect();
        let staying = versions.iter().filter(|version| !going.contains(&version.id));
        staying.map(|version| NOW - version.created_at.unix_timestamp()).collect()
    }

    #[test]
    fn of_a_save_every_ten_minutes_for_half_a_year_the_policy_leaves_what_it_says() {
        let versions: Vec<_> = (0..26_000).map(|number| at(number * 600)).collect();
        let ages = left(&VersionPolicy::default(), &versions);
        let count = |from: i64, to: i64| ages.iter().filter(|age| (from..to).contains(*age)).count();
        let day = 86_400;
        assert_eq!(count(0, day), 24 * 6);
        assert!((6 * 24..=6 * 24 + 1).contains(&count(day, 7 * day)), "{}", count(day, 7 * day));
        assert!((23..=24).contains(&count(7 * day, 30 * day)), "{}", count(7 * day, 30 * day));
        assert!((21..=23).contains(&count(30 * day, 181 * day)), "{}", count(30 * day, 181 * day));
        let short = VersionPolicy { weekly_days: 60, ..VersionPolicy::default() };
        assert_eq!(left(&short, &versions).iter().filter(|age| **age >= 60 * day).count(), 0);
        let all = VersionPolicy { all_hours: 0, ..VersionPolicy::default() };
        assert_eq!(left(&all, &versions).len(), versions.len());
    }

    #[test]
    fn t_066_what_is_current_or_has_a_label_or_lost_a_race_stays() {
        let day = 86_400;
        let mut versions =
            [at(2 * day), at(2 * day + 1), at(2 * day + 2), at(2 * day + 3), at(40 * day), at(40 * day + 1)];
        versions[1].stays = true;
        versions[2].conflict = true;
        versions[5].conflict = true;
        let ages = left(&VersionPolicy::default(), &versions);
        assert_eq!(ages, [2 * day, 2 * day + 1, 2 * day + 2, 40 * day]);
    }
}
