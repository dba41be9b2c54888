//! Where the limits remember who used up how much, in bounded memory: whoever sends from ever new networks cannot fill it.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher as _,
    sync::{Mutex, PoisonError},
};

use governor::{nanos::Nanos, state::StateStore};

use super::principal::Principal;

const SHARDS: usize = 16;
/// Principals in one shard: about a hundred thousand in all, some ten megabytes for all classes together.
const PER_SHARD: usize = 4096;

/// Maps of which each holds part of the principals, so that requests seldom wait for each other.
#[derive(Debug)]
pub(super) struct BoundedStore {
    shards: Box<[Mutex<HashMap<Principal, Nanos>>]>,
    spread: RandomState,
}

impl Default for BoundedStore {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), spread: RandomState::new() }
    }
}

impl StateStore for BoundedStore {
    type Key = Principal;

    fn measure_and_replace<T, F, E>(&self, key: &Principal, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let number = usize::try_from(self.spread.hash_one(key) % SHARDS as u64).unwrap_or(0);
        let mut shard = self.shards[number].lock().unwrap_or_else(PoisonError::into_inner);
        let known = shard.get(key).copied();
        let (outcome, next) = measure(known)?;
        if known.is_none() && shard.len() >= PER_SHARD {
            forget_half(&mut shard);
        }
        shard.insert(*key, next);
        Ok(outcome)
    }
}

/// Those who used up least go: they lose nothing or little by it, and who is near the limit stays near it.
fn forget_half(shard: &mut HashMap<Principal, Nanos>) {
    let mut times: Vec<_> = shard.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    shard.retain(|_, time| *time > median);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn spend(store: &BoundedStore, principal: Principal, until: u64) -> Option<u64> {
        let measured = store.measure_and_replace(&principal, |known| {
            Ok::<_, ()>((known.map(Nanos::as_u64), Nanos::from(Duration::from_nanos(until))))
        });
        measured.unwrap()
    }

    #[test]
    fn t_026_a_flood_of_senders_fills_no_memory_and_frees_nobody_who_is_near_the_limit() {
        let store = BoundedStore::default();
        let heavy = Principal::V4([192, 0, 2, 1]);
        spend(&store, heavy, u64::MAX / 2);
        for number in 0..200_000_u32 {
            spend(&store, Principal::V4(number.to_be_bytes()), u64::from(number));
        }
        let held: usize = store.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= SHARDS * PER_SHARD, "{held}");
        assert_eq!(spend(&store, heavy, 1), Some(u64::MAX / 2));
    }
}
