//! Inclusion and consistency proofs (RFC 9162, 2.1.3 and 2.1.4). Making a proof is split in two, so that this crate needs
//! no access to storage: a [`Plan`] names the perfect subtrees whose hashes are needed, the caller fetches them in any
//! way it likes, and the plan folds them into the proof.

use crate::{
    hash::{Hash, node_hash},
    tree::{NodeId, cover, fold},
};

/// Which subtrees a proof needs, grouped by the proof's hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    groups: Vec<Vec<NodeId>>,
}

impl Plan {
    fn over(ranges: impl IntoIterator<Item = (u64, u64)>) -> Self {
        Self { groups: ranges.into_iter().map(|(start, end)| cover(start, end)).collect() }
    }
    /// The subtrees to fetch, in order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.groups.iter().flatten().copied()
    }
    /// The proof, from the hashes of [`Plan::nodes`] in the same order; `None` when their number differs.
    #[must_use]
    pub fn assemble(&self, hashes: &[Hash]) -> Option<Vec<Hash>> {
        let mut rest = hashes;
        let mut proof = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let (mine, others) = rest.split_at_checked(group.len())?;
            proof.push(fold(mine));
            rest = others;
        }
        rest.is_empty().then_some(proof)
    }
    /// Fetches the hashes one by one and assembles the proof.
    ///
    /// # Errors
    /// The first error of `fetch`.
    pub fn run<E>(&self, mut fetch: impl FnMut(NodeId) -> Result<Hash, E>) -> Result<Vec<Hash>, E> {
        self.groups
            .iter()
            .map(|group| {
                group.iter().map(|node| fetch(*node)).collect::<Result<Vec<_>, E>>().map(|hashes| fold(&hashes))
            })
            .collect()
    }
}

/// The largest power of two below `size`; `size` is at least 2.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The plan of an inclusion proof of leaf `index` in the tree of `size`; `None` when it is not in it.
#[must_use]
pub fn inclusion(index: u64, size: u64) -> Option<Plan> {
    if index >= size {
        return None;
    }
    let (mut start, mut end, mut ranges) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    Some(Plan::over(ranges.into_iter().rev()))
}

/// The plan of a consistency proof from the tree of `old` to that of `new` leaves; `None` when `old` is larger.
#[must_use]
pub fn consistency(old: u64, new: u64) -> Option<Plan> {
    if old > new {
        return None;
    }
    let (mut start, mut end, mut ranges, mut whole) = (0, new, Vec::new(), true);
    while old != 0 && old != end {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
            whole = false;
        }
    }
    if !whole {
        ranges.push((start, end));
    }
    Some(Plan::over(ranges.into_iter().rev()))
}

/// Whether `proof` shows that the leaf hash is at `index` in the tree of `size` with `root`.
#[must_use]
pub fn verify_inclusion(index: u64, size: u64, leaf_hash: &Hash, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf_hash);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `new` leaves begins with the tree of `old` leaves.
#[must_use]
pub fn verify_consistency(old: u64, new: u64, old_root: &Hash, new_root: &Hash, proof: &[Hash]) -> bool {
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old > new {
        return false;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == crate::hash::empty_root();
    }
    let (first, rest) = match proof.split_first() {
        _ if old.is_power_of_two() => (old_root, proof),
        Some(split) => split,
        None => return false,
    };
    let (mut at, mut last) = (old - 1, new - 1);
    let shift = at.trailing_ones();
    at >>= shift;
    last >>= shift;
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}
