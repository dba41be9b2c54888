//! The log's personal data: encrypted with a key for each subject, which is itself wrapped by a key outside the database.
//! Deleting a subject's key erases what the log holds of them; the leaves keep only commitments and still verify.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use carrel_audit_log::{
    json::{Json, Members},
    personal::{Commitment, commit, key_id},
};
use carrel_ids::EntryId;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    Store, StoreError,
    connect::{Tx, execute, on_tx},
};
use crate::audit::entry::Entry;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const SALT_BYTES: usize = 32;
/// Keys that are remembered at most; all are forgotten when there are more.
const MAX_KEYS: usize = 4096;

/// Wraps the subjects' keys; lives outside the database.
pub struct PersonalKey(Zeroizing<[u8; KEY_BYTES]>);

impl PersonalKey {
    #[must_use]
    pub fn new(key: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(key))
    }
}
impl std::fmt::Debug for PersonalKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonalKey([redacted])")
    }
}

/// Why personal data could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum PersonalError {
    #[error("the system gave no randomness")]
    Randomness(#[from] getrandom::Error),
    #[error("the key does not open it")]
    Key,
    #[error("not of the expected form")]
    Form,
}

/// Personal data of one entry, ready to be stored beside its leaf.
struct SealedPersonal {
    commitment: Commitment,
    nonce: [u8; NONCE_BYTES],
    ciphertext: Vec<u8>,
}

/// Personal data of one entry, decrypted: the salt and the document that the leaf commits to.
#[derive(Debug, Clone)]
pub struct OpenedPersonal {
    pub key: String,
    pub salt: Vec<u8>,
    pub document: Members,
}

/// A subject's key and its name.
type SubjectKey = (String, Zeroizing<[u8; KEY_BYTES]>);

/// Keys of the subjects that acted lately. One that is here may be gone in the database meanwhile: erased, or never committed.
/// [`Store::keep_personal`] asks the database in the statement that uses it.
#[derive(Default)]
pub(super) struct SubjectKeys(Mutex<HashMap<Uuid, SubjectKey>>);

impl SubjectKeys {
    fn known(&self) -> MutexGuard<'_, HashMap<Uuid, SubjectKey>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn keep(&self, subject: Uuid, key: &SubjectKey) {
        let mut known = self.known();
        if known.len() >= MAX_KEYS {
            known.clear();
        }
        known.insert(subject, key.clone());
    }
}

impl Store {
    /// Encrypts the entry's personal data and stores it; the commitment for the leaf. None where there is nothing personal.
    pub(super) async fn keep_personal(&self, tx: &mut Tx, entry: &Entry<'_>) -> Result<Option<Commitment>, StoreError> {
        let Some(document) = entry.personal_document() else { return Ok(None) };
        let subject = entry.subject();
        let known = self.inner.subject_keys.known().get(&subject).cloned();
        if let Some(key) = known {
            let sealed = seal_personal(entry.id, document.clone(), key)?;
            if insert(tx, entry.id, &sealed).await? {
                return Ok(Some(sealed.commitment));
            }
            self.inner.subject_keys.known().remove(&subject);
        }
        let key = self.subject_key(tx, subject).await?;
        self.inner.subject_keys.keep(subject, &key);
        let sealed = seal_personal(entry.id, document, key)?;
        if insert(tx, entry.id, &sealed).await? { Ok(Some(sealed.commitment)) } else { Err(StoreError::NotFound) }
    }

    /// The subject's key, made at the first need.
    async fn subject_key(&self, tx: &mut Tx, subject: Uuid) -> Result<SubjectKey, StoreError> {
        let known: Option<(String, Vec<u8>)> = on_tx!(tx, c => sqlx::query_as(
            "SELECT kid, wrapped FROM audit_subject_key WHERE subject = $1 AND shredded_at IS NULL"
        ).bind(subject).fetch_optional(c).await)?;
        if let Some((kid, wrapped)) = known {
            let key = self.unwrap_key(&kid, &wrapped)?;
            return Ok((kid, key));
        }
        let key = Zeroizing::new(random::<KEY_BYTES>()?);
        let kid = key_id(&key);
        let nonce: [u8; NONCE_BYTES] = random()?;
        let wrapped = encrypt(&self.inner.personal_key.0, nonce, kid.as_bytes(), key.as_slice())?;
        let made = execute!(
            tx,
            "INSERT INTO audit_subject_key (kid, subject, wrapped) VALUES ($1, $2, $3)
             ON CONFLICT (subject) WHERE shredded_at IS NULL DO NOTHING",
            kid.as_str(),
            subject,
            [nonce.as_slice(), &wrapped].concat()
        )?;
        if made == 1 {
            return Ok((kid, key));
        }
        // Another transaction was first; its key is committed now.
        let (kid, wrapped): (String, Vec<u8>) = on_tx!(tx, c => sqlx::query_as(
            "SELECT kid, wrapped FROM audit_subject_key WHERE subject = $1 AND shredded_at IS NULL"
        ).bind(subject).fetch_one(c).await)?;
        let key = self.unwrap_key(&kid, &wrapped)?;
        Ok((kid, key))
    }

    fn unwrap_key(&self, kid: &str, wrapped: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, PersonalError> {
        let key = decrypt(&self.inner.personal_key.0, wrapped, kid.as_bytes())?;
        Ok(Zeroizing::new(key.as_slice().try_into().map_err(|_| PersonalError::Form)?))
    }

    /// Opens what is stored beside the leaf of `entry` under the subject's key `kid`.
    pub(super) fn open_sealed(
        &self,
        entry: EntryId,
        kid: String,
        nonce: Vec<u8>,
        ciphertext: Vec<u8>,
        wrapped: &[u8],
    ) -> Result<OpenedPersonal, PersonalError> {
        let key = self.unwrap_key(&kid, wrapped)?;
        let plain = decrypt(&key, &[nonce, ciphertext].concat(), &associated_data(entry, &kid))?;
        let (salt, text) = plain.split_at_checked(SALT_BYTES).ok_or(PersonalError::Form)?;
        let Ok(Json::Object(document)) = Json::parse_canonical(text) else { return Err(PersonalError::Form) };
        Ok(OpenedPersonal { key: kid, salt: salt.to_vec(), document })
    }
}

fn seal_personal(entry: EntryId, document: Members, (kid, key): SubjectKey) -> Result<SealedPersonal, PersonalError> {
    let salt: [u8; SALT_BYTES] = random()?;
    let commitment = Commitment { hash: commit(&salt, &document), key_id: kid };
    let text = Json::Object(document).canonical();
    let nonce: [u8; NONCE_BYTES] = random()?;
    let plain = [salt.as_slice(), &text].concat();
    let ciphertext = encrypt(&key, nonce, &associated_data(entry, &commitment.key_id), &plain)?;
    Ok(SealedPersonal { commitment, nonce, ciphertext })
}

/// Stores it if its key is alive in the sight of this transaction; says whether it was.
async fn insert(tx: &mut Tx, entry: EntryId, sealed: &SealedPersonal) -> Result<bool, StoreError> {
    let done = execute!(
        tx,
        "INSERT INTO audit_personal (entry_id, kid, nonce, ct)
         SELECT $1, k.kid, $3, $4 FROM audit_subject_key k WHERE k.kid = $2 AND k.shredded_at IS NULL",
        entry.uuid(),
        sealed.commitment.key_id.as_str(),
        sealed.nonce.as_slice(),
        sealed.ciphertext.as_slice()
    )?;
    Ok(done == 1)
}

fn associated_data(entry: EntryId, kid: &str) -> Vec<u8> {
    [entry.uuid().as_bytes().as_slice(), kid.as_bytes()].concat()
}

fn random<const N: usize>() -> Result<[u8; N], PersonalError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

fn encrypt(
    key: &[u8; KEY_BYTES],
    nonce: [u8; NONCE_BYTES],
    aad: &[u8],
    plain: &[u8],
) -> Result<Vec<u8>, PersonalError> {
    let cipher = Aes256Gcm::new(key.into());
    cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad }).map_err(|_| PersonalError::Key)
}

/// `sealed` is the nonce and the ciphertext.
fn decrypt(key: &[u8; KEY_BYTES], sealed: &[u8], aad: &[u8]) -> Result<Vec<u8>, PersonalError> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(PersonalError::Form)?;
    let cipher = Aes256Gcm::new(key.into());
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: ciphertext, aad }).map_err(|_| PersonalError::Key)
}
