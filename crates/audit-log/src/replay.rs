//! Verifies a stored log row by row, from its first entry or from a known position: bytes, hashes, chain, tree, the
//! search table, the stored head and the signed heads on the way. Constant memory; where rows come from is the caller's.

use uuid::Uuid;

use crate::{
    bundle::{Finding, Kind},
    checkpoint::Checkpoint,
    hash::{self, Hash},
    leaf::Leaf,
    projection::Projection,
    tree::Frontier,
};

/// One row as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct StoredRow<'a> {
    pub index: u64,
    pub id: Uuid,
    pub leaf: &'a [u8],
    pub leaf_hash: &'a [u8],
    pub chain: &'a [u8],
    /// What the search table says, where the caller has it.
    pub projection: Option<&'a Projection>,
}

/// The stored head.
#[derive(Debug, Clone, Copy)]
pub struct StoredHead<'a> {
    pub size: u64,
    pub root: &'a [u8],
    pub chain: &'a [u8],
}

/// The state after some rows.
#[derive(Debug, Clone)]
pub struct Replay {
    frontier: Frontier,
    chain: Hash,
    /// The size of the last signed head that fitted.
    signed_until: u64,
}

impl Replay {
    /// Before the first entry of an origin.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self { frontier: Frontier::new(), chain: hash::genesis(origin), signed_until: 0 }
    }
    /// How many rows have been seen.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }
    #[must_use]
    pub const fn chain(&self) -> &Hash {
        &self.chain
    }

    /// The next row.
    ///
    /// # Errors
    /// The finding, when the row is not what must stand here.
    pub fn row(&mut self, row: &StoredRow<'_>) -> Result<Leaf, Finding> {
        let index = self.size();
        if row.index != index {
            let kind = if row.index > index { Kind::Delete } else { Kind::Insert };
            return Err(Finding::at(index, kind, format!("the row here has position {}", row.index)));
        }
        let leaf_hash = hash::leaf_hash(row.leaf);
        if leaf_hash != *row.leaf_hash {
            return Err(Finding::at(index, Kind::Edit, "the entry's bytes do not have the stored hash"));
        }
        let chain = hash::chain(index, &self.chain, &leaf_hash);
        if chain != *row.chain {
            return Err(Finding::at(
                index,
                Kind::Rewrite,
                "the chain breaks here: this entry was replaced or moved, or one before it",
            ));
        }
        let leaf = Leaf::parse(row.leaf).map_err(|error| Finding::at(index, Kind::Malformed, error.to_string()))?;
        if leaf.id != row.id {
            return Err(Finding::at(index, Kind::Projection, "the row has another identifier than the entry"));
        }
        if row.projection.is_some_and(|shown| *shown != Projection::of(&leaf)) {
            return Err(Finding::at(index, Kind::Projection, "the search table shows something else than the entry"));
        }
        self.chain = chain;
        self.frontier.append(leaf_hash);
        Ok(leaf)
    }

    /// A signed head whose size has just been reached; its signature is already checked.
    ///
    /// # Errors
    /// The finding, when the rows so far do not give the signed root.
    pub fn checkpoint(&mut self, signed: &Checkpoint) -> Result<(), Finding> {
        if signed.size != self.size() || signed.root != self.root() {
            let detail = format!("an entry from here to {} is not what was signed", signed.size.saturating_sub(1));
            return Err(Finding::at(self.signed_until, Kind::Rewrite, detail));
        }
        self.signed_until = signed.size;
        Ok(())
    }

    /// The stored head, and the last signed one, after the last row.
    ///
    /// # Errors
    /// The finding, when rows are missing at the end or the head is not theirs.
    pub fn head(&self, stored: &StoredHead<'_>, last_signed: Option<&Checkpoint>) -> Result<(), Finding> {
        let size = self.size();
        let known = stored.size.max(last_signed.map_or(0, |signed| signed.size));
        if known > size {
            return Err(Finding::at(size, Kind::CutTail, format!("the log had {known} entries")));
        }
        if stored.size < size {
            return Err(Finding::at(stored.size, Kind::Insert, "rows stand after the end of the log"));
        }
        if self.root() != *stored.root || self.chain != *stored.chain {
            return Err(Finding::whole(Kind::Rewrite, "the stored head is not that of the rows"));
        }
        Ok(())
    }
}
