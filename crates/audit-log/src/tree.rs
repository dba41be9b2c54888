//! The Merkle tree of RFC 6962 while it grows: a frontier of perfect subtrees, appended to in O(log n).

use crate::hash::{Hash, empty_root, node_hash};

/// A perfect subtree: the leaves `[index << level, (index + 1) << level)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    pub level: u8,
    pub index: u64,
}

impl NodeId {
    /// The first leaf under the node.
    #[must_use]
    pub const fn start(self) -> u64 {
        self.index << self.level
    }
    /// How many leaves are under the node.
    #[must_use]
    pub const fn width(self) -> u64 {
        1 << self.level
    }
}

/// The largest aligned perfect subtrees that cover the leaves `[start, end)`, from left to right.
#[must_use]
pub fn cover(mut start: u64, end: u64) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    while start < end {
        let alignment = if start == 0 { 63 } else { start.trailing_zeros().min(63) };
        let level = alignment.min((end - start).ilog2());
        nodes.push(NodeId { level: u8::try_from(level).unwrap_or(63), index: start >> level });
        start += 1 << level;
    }
    nodes
}

/// The root over subtrees that a split of RFC 6962 put side by side: folds from the right.
#[must_use]
pub fn fold(nodes: &[Hash]) -> Hash {
    let mut parts = nodes.iter().rev();
    let Some(last) = parts.next() else {
        return empty_root();
    };
    parts.fold(*last, |right, left| node_hash(left, &right))
}

/// The right edge of a tree: enough to append and to know the root.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Hash>,
}

impl Frontier {
    /// A tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
    /// The roots of the perfect subtrees, from left to right; their identifiers are `cover(0, size)`.
    #[must_use]
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }
    /// Appends one leaf hash.
    pub fn append(&mut self, leaf_hash: Hash) {
        self.append_noting(leaf_hash, |_, _| {});
    }
    /// Appends one leaf hash and reports each perfect subtree of level ≥ 1 that it completed, lowest first.
    pub fn append_noting(&mut self, leaf_hash: Hash, mut completed: impl FnMut(NodeId, &Hash)) {
        let index = self.size;
        self.size += 1;
        let mut node = leaf_hash;
        for level in 1..=index.trailing_ones() {
            let Some(left) = self.nodes.pop() else { break };
            node = node_hash(&left, &node);
            completed(NodeId { level: u8::try_from(level).unwrap_or(63), index: index >> level }, &node);
        }
        self.nodes.push(node);
    }
    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold(&self.nodes)
    }
    /// The nodes as stored bytes, 32 for each.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.nodes.concat()
    }
    /// Reads stored bytes; `None` when their number does not fit `size`.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (nodes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && nodes.len() == usize::try_from(size.count_ones()).ok()?;
        fits.then(|| Self { size, nodes: nodes.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    #[test]
    fn cover_is_complete_ordered_and_aligned() {
        for start in 0..80_u64 {
            for end in start..80 {
                let mut at = start;
                for node in cover(start, end) {
                    assert_eq!(node.start(), at);
                    at += node.width();
                }
                assert_eq!(at, end);
            }
        }
        assert_eq!(cover(0, u64::MAX).len(), 64);
    }

    #[test]
    fn frontier_survives_storage_and_reports_completed_nodes() {
        let mut tree = Frontier::new();
        let mut completed = Vec::new();
        for number in 0..21_u8 {
            tree.append_noting(leaf_hash(&[number]), |node, _| completed.push(node));
            assert_eq!(Frontier::from_bytes(tree.size(), &tree.to_bytes()), Some(tree.clone()));
        }
        assert_eq!(completed.len(), 10 + 5 + 2 + 1);
        assert!(completed.contains(&NodeId { level: 4, index: 0 }));
        assert_eq!(Frontier::from_bytes(16, &tree.to_bytes()), None);
    }
}
