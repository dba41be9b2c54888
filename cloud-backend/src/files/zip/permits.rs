//! How many archives are made at the same time: by one person, and by all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use carrel_ids::UserId;

/// By one person.
const EACH: usize = 3;
/// By everybody, in this process.
const ALL: usize = 32;

/// Who makes archives at this moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Permits(Arc<Mutex<HashMap<UserId, usize>>>);

/// The right to make one; it ends with this value.
#[derive(Debug)]
pub(crate) struct Permit {
    all: Permits,
    user: UserId,
}

impl Permits {
    /// None while too many are made.
    pub(crate) fn take(&self, user: UserId) -> Option<Permit> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = taken.values().sum();
        let own = taken.entry(user).or_default();
        if *own >= EACH || all >= ALL {
            if *own == 0 {
                taken.remove(&user);
            }
            return None;
        }
        *own += 1;
        Some(Permit { all: self.clone(), user })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut taken = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = taken.get_mut(&self.user) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_061_one_person_has_a_few_and_all_have_a_bound() {
        let permits = Permits::default();
        let (one, other) = (UserId::new(), UserId::new());
        let held: Vec<_> = (0..EACH).map(|_| permits.take(one).unwrap()).collect();
        assert!(permits.take(one).is_none());
        let of_other = permits.take(other).unwrap();
        drop(held);
        assert!(permits.take(one).is_some());
        drop(of_other);
        let all: Vec<_> = (0..ALL).map(|_| permits.take(UserId::new()).unwrap()).collect();
        assert!(permits.take(one).is_none());
        drop(all);
        assert!(permits.0.lock().unwrap().is_empty());
    }
}
