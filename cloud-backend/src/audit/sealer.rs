//! Seals what waits and has the head signed. A head is signed only after its seal is committed: a rollback after a
//! signature would leave two histories for one size. When the signer contradicts the database, nothing is sealed any more.

use std::sync::OnceLock;

use carrel_audit_log::{Checkpoint, SignedNote, proof};
use carrel_signer::client::{SignError, SignerClient};
use tokio::sync::Mutex;

use super::LogName;
use crate::store::{SealedHead, Store, StoreError};

/// How often a signature is tried in one turn while other replicas have newer heads signed.
const TRIES: usize = 4;

/// Why the log is not sealed or not signed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("the log cannot be sealed")]
    Store(#[from] StoreError),
    #[error("no signer is set up")]
    NoSigner,
    #[error("the log cannot be signed: {0}")]
    Signer(#[from] SignError),
    /// Other replicas had newer heads signed each time; the next turn tries again.
    #[error("other replicas have the log signed faster than this one asks")]
    Outrun,
    /// The database was rolled back or rewritten. T-81.
    #[error(
        "the signer has signed {signed} entries and the database's {size} do not fit them: restored from an old backup, or rewritten"
    )]
    Contradiction { signed: u64, size: u64 },
}

/// Seals and signs one log.
#[derive(Debug)]
pub struct Sealer {
    store: Store,
    name: LogName,
    signer: Option<SignerClient>,
    /// One signature at a time in this process; between replicas the signer itself decides.
    signing: Mutex<()>,
    /// The contradiction that was found, as the number of signed entries and of the database's.
    stopped: OnceLock<(u64, u64)>,
}

impl Sealer {
    #[must_use]
    pub fn new(store: Store, name: LogName, signer: Option<SignerClient>) -> Self {
        Self { store, name, signer, signing: Mutex::new(()), stopped: OnceLock::new() }
    }
    #[must_use]
    pub fn name(&self) -> &LogName {
        &self.name
    }
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
    pub(crate) fn signer(&self) -> Option<&SignerClient> {
        self.signer.as_ref()
    }

    /// Seals until nothing waits. Returns how many entries were sealed.
    ///
    /// # Errors
    /// [`SealError::Store`]; [`SealError::Contradiction`] after one was found.
    pub async fn seal(&self) -> Result<u64, SealError> {
        let mut sealed = 0;
        while self.store.has_waiting_entries().await? {
            if let Some(&(signed, size)) = self.stopped.get() {
                return Err(SealError::Contradiction { signed, size });
            }
            match self.store.seal_batch(&self.name).await {
                // Another replica is at it, or was faster.
                Ok(0) | Err(StoreError::Exists) => break,
                Ok(batch) => sealed += batch,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(sealed)
    }

    /// How many sealed entries no signed head covers, and how many there are.
    ///
    /// # Errors
    /// [`SealError::Store`].
    pub async fn unsigned(&self) -> Result<(u64, u64), SealError> {
        let size = self.store.sealed_head(&self.name).await?.size();
        let signed = self.store.last_checkpoint(&self.name).await?.map_or(0, |kept| kept.size);
        Ok((size.saturating_sub(signed), size))
    }

    /// Seals what waits and gives a signed head that covers it; `None` for an empty log.
    ///
    /// # Errors
    /// [`SealError`].
    pub async fn cover(&self) -> Result<Option<SignedNote>, SealError> {
        self.seal().await?;
        self.sign(false).await
    }

    /// Asks the signer whether the stored head extends what it has signed, also when nothing is new.
    ///
    /// # Errors
    /// [`SealError`]; after [`SealError::Contradiction`] nothing is sealed any more.
    pub async fn check(&self) -> Result<(), SealError> {
        self.sign(true).await.map(drop)
    }

    /// Has the sealed head signed and keeps the note.
    async fn sign(&self, always_ask: bool) -> Result<Option<SignedNote>, SealError> {
        let _turn = self.signing.lock().await;
        let kept = self.store.last_checkpoint(&self.name).await?;
        let mut old = kept.as_ref().map_or(0, |kept| kept.size);
        for _ in 0..TRIES {
            let head = self.store.sealed_head(&self.name).await?;
            if let Some(kept) = kept.as_ref().filter(|kept| kept.size == head.size() && !always_ask) {
                return Ok(Some(kept.note.clone()));
            }
            if head.size() == 0 && !always_ask {
                return Ok(None);
            }
            let signer = self.signer.as_ref().ok_or(SealError::NoSigner)?;
            // The head was read before the signer answers; a signer that is ahead of it may have signed for another replica.
            let (proof, checkpoint) = self.statement(old, &head).await?;
            match signer.sign(old.min(head.size()), &proof, &checkpoint).await {
                Ok(note) => {
                    if head.size() > 0 {
                        self.store.keep_checkpoint(&self.name, head.size(), &note).await?;
                    }
                    return Ok(Some(note));
                }
                Err(SignError::Conflict { signed }) if signed < head.size() && signed != old => old = signed,
                Err(SignError::Conflict { signed }) => {
                    if self.store.sealed_head(&self.name).await?.size() < signed || signed <= head.size() {
                        return Err(self.stop(signed, head.size()));
                    }
                    old = signed;
                }
                Err(SignError::Proof) => return Err(self.stop(old, head.size())),
                Err(error) => return Err(error.into()),
            }
        }
        Err(SealError::Outrun)
    }

    async fn statement(
        &self,
        old: u64,
        head: &SealedHead,
    ) -> Result<(Vec<carrel_audit_log::Hash>, Checkpoint), SealError> {
        let checkpoint =
            Checkpoint { origin: self.name.origin().to_owned(), size: head.size(), root: head.frontier.root() };
        let Some(plan) = proof::consistency(old, head.size()) else { return Ok((Vec::new(), checkpoint)) };
        let nodes = self.store.tree_nodes(&self.name, plan.nodes()).await?;
        let proof = plan.assemble(&nodes).ok_or(StoreError::Log("a proof cannot be made"))?;
        Ok((proof, checkpoint))
    }

    fn stop(&self, signed: u64, size: u64) -> SealError {
        let &(signed, size) = self.stopped.get_or_init(|| (signed, size));
        SealError::Contradiction { signed, size }
    }
}
