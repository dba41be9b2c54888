//! The proof that entries `[start, end)` are complete and in order: the roots of the perfect subtrees left and right of
//! them. Folded with the entries' own leaf hashes they must give the signed root. At most 2 × 63 hashes.

use crate::{
    hash::{Hash, empty_root, from_hex, node_hash},
    json::{Json, JsonError, MAX_INTEGER, Members},
    tree::{NodeId, cover},
};

/// The proof of one range in the tree of `size` leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeProof {
    pub start: u64,
    pub end: u64,
    pub size: u64,
    pub left: Vec<Hash>,
    pub right: Vec<Hash>,
}

/// Why a text is not a range proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    #[error("{0}")]
    Json(#[from] JsonError),
    #[error("the member {0} is missing or malformed")]
    Member(&'static str),
    #[error("the numbers do not describe a range of the tree")]
    Shape,
}

/// The subtrees that a proof of `[start, end)` in the tree of `size` needs: those on the left, those on the right.
#[must_use]
pub fn plan(start: u64, end: u64, size: u64) -> (Vec<NodeId>, Vec<NodeId>) {
    (cover(0, start), cover(end, size))
}

impl RangeProof {
    /// Makes the proof; `fetch` gives the hash of a perfect subtree.
    ///
    /// # Errors
    /// The first error of `fetch`.
    pub fn make<E>(
        start: u64,
        end: u64,
        size: u64,
        mut fetch: impl FnMut(NodeId) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let (left, right) = plan(start, end, size);
        let left = left.into_iter().map(&mut fetch).collect::<Result<_, _>>()?;
        let right = right.into_iter().map(&mut fetch).collect::<Result<_, _>>()?;
        Ok(Self { start, end, size, left, right })
    }

    /// The canonical text: one JSON object.
    #[must_use]
    pub fn to_canonical(&self) -> Vec<u8> {
        let list = |hashes: &[Hash]| Json::List(hashes.iter().map(|hash| hex::encode(hash).into()).collect());
        Json::Object(Members::from([
            ("start".to_owned(), integer(self.start)),
            ("end".to_owned(), integer(self.end)),
            ("size".to_owned(), integer(self.size)),
            ("left".to_owned(), list(&self.left)),
            ("right".to_owned(), list(&self.right)),
        ]))
        .canonical()
    }

    /// Reads the canonical text and checks that the number of hashes fits the range.
    ///
    /// # Errors
    /// [`RangeError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, RangeError> {
        let Json::Object(mut members) = Json::parse_canonical(bytes)? else {
            return Err(RangeError::Shape);
        };
        let mut number = |key: &'static str| {
            let value = members.remove(key).and_then(|value| value.as_integer());
            value.and_then(|value| u64::try_from(value).ok()).ok_or(RangeError::Member(key))
        };
        let (start, end, size) = (number("start")?, number("end")?, number("size")?);
        let mut list = |key: &'static str| match members.remove(key) {
            Some(Json::List(items)) => items
                .iter()
                .map(|item| item.as_text().and_then(from_hex).ok_or(RangeError::Member(key)))
                .collect::<Result<Vec<Hash>, _>>(),
            _ => Err(RangeError::Member(key)),
        };
        let proof = Self { start, end, size, left: list("left")?, right: list("right")? };
        if members.is_empty() && proof.is_well_formed() { Ok(proof) } else { Err(RangeError::Shape) }
    }

    fn is_well_formed(&self) -> bool {
        self.start <= self.end
            && self.end <= self.size
            && self.left.len() == cover(0, self.start).len()
            && self.right.len() == cover(self.end, self.size).len()
    }
}

fn integer(number: u64) -> Json {
    Json::Integer(i64::try_from(number).unwrap_or(MAX_INTEGER))
}

/// Folds a range's leaf hashes, given one by one, into the root of the whole tree.
#[derive(Debug, Clone)]
pub struct RangeFold {
    /// Perfect subtrees that are not merged yet: first leaf, width, hash.
    stack: Vec<(u64, u64, Hash)>,
    next: u64,
}

impl RangeFold {
    /// Starts with the subtrees on the left of the range.
    #[must_use]
    pub fn new(proof: &RangeProof) -> Self {
        let mut fold = Self { stack: Vec::with_capacity(64), next: 0 };
        for (node, hash) in cover(0, proof.start).iter().zip(&proof.left) {
            fold.push_block(node.width(), *hash);
        }
        fold
    }

    /// The next leaf hash of the range.
    pub fn push(&mut self, leaf_hash: Hash) {
        self.push_block(1, leaf_hash);
    }

    /// The root, after the subtrees on the right; `None` when the number of leaves was not that of the range.
    #[must_use]
    pub fn finish(mut self, proof: &RangeProof) -> Option<Hash> {
        if self.next != proof.end {
            return None;
        }
        for (node, hash) in cover(proof.end, proof.size).iter().zip(&proof.right) {
            self.push_block(node.width(), *hash);
        }
        Some(self.root())
    }

    /// The root over everything pushed so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut parts = self.stack.iter().rev();
        let Some((_, _, last)) = parts.next() else {
            return empty_root();
        };
        parts.fold(*last, |right, (_, _, left)| node_hash(left, &right))
    }

    fn push_block(&mut self, width: u64, hash: Hash) {
        let (mut start, mut width, mut hash) = (self.next, width, hash);
        self.next += width;
        while let Some((left_start, left_width, left)) = self.stack.last()
            && *left_width == width
            && left_start.is_multiple_of(2 * width)
        {
            hash = node_hash(left, &hash);
            start = *left_start;
            width *= 2;
            self.stack.pop();
        }
        self.stack.push((start, width, hash));
    }
}
