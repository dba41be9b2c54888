//! Passwords: Argon2id with a pepper (OWASP's current parameters), hashed by few at once so that a flood cannot take the memory.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use hkdf::Hkdf;
use sha2::Sha256;
use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Shortest password (NIST SP 800-63B-4: 15 where it is the only factor).
pub(super) const MIN_CHARACTERS: usize = 15;
/// Longest password in bytes; longer ones only cost time.
pub(super) const MAX_BYTES: usize = 1024;
/// 19 MiB, two passes, one lane: OWASP's minimum for Argon2id (Password Storage Cheat Sheet).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Each hash needs 19 MiB, so this bounds the memory at 76 MiB.
const AT_ONCE: usize = 4;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// Hashes that may wait for a turn; whoever comes then is told to come again.
const WAITING: usize = 100;

/// The pepper cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the password pepper is not valid")]
pub struct PepperError;

/// A hash could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("hashing failed: {0}")]
    Hash(String),
    #[error("the hashing task ended")]
    Task,
    #[error("too many passwords wait to be hashed")]
    Busy,
}

/// Hashes and verifies passwords.
pub struct Passwords {
    pepper: Zeroizing<Vec<u8>>,
    permits: Semaphore,
    waiting: AtomicUsize,
    memory_kib: u32,
    buffers: Arc<Buffers>,
    /// Verified against when there is no such user, so that the answer takes as long.
    decoy: String,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords([redacted])")
    }
}

impl Passwords {
    /// # Errors
    /// [`PepperError`] when the pepper is shorter than 32 bytes.
    pub fn new(pepper: Vec<u8>) -> Result<Self, PepperError> {
        Self::with_memory(pepper, MEMORY_KIB)
    }

    /// Hashes with more memory than the minimum; older hashes are made anew when their person signs in.
    ///
    /// # Errors
    /// [`PepperError`] when the pepper is shorter than 32 bytes.
    pub fn with_memory(pepper: Vec<u8>, memory_kib: u32) -> Result<Self, PepperError> {
        let memory_kib = memory_kib.max(MEMORY_KIB);
        let pepper = Zeroizing::new(pepper);
        if pepper.len() < 32 {
            return Err(PepperError);
        }
        // No password has this hash: its salt and output are fixed bytes, and the parameters are those of real ones.
        let decoy = format!(
            "$argon2id$v=19$m={memory_kib},t={PASSES},p={LANES}$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        Ok(Self {
            pepper,
            permits: Semaphore::new(AT_ONCE),
            waiting: AtomicUsize::new(0),
            memory_kib,
            buffers: Arc::default(),
            decoy,
        })
    }

    /// A key for another purpose, derived from the pepper (HKDF-SHA-256, RFC 5869): it is not in the database either.
    #[must_use]
    pub fn derived_key(&self, purpose: &'static str) -> [u8; 32] {
        let mut key = [0; 32];
        let expanded =
            Hkdf::<Sha256>::new(Some(b"carrel identity v1"), &self.pepper).expand(purpose.as_bytes(), &mut key);
        // 32 bytes are always within HKDF's limit of 255 blocks.
        debug_assert!(expanded.is_ok());
        key
    }

    /// The hash was made with other parameters than today's.
    pub(crate) fn is_outdated(&self, hash: &str) -> bool {
        !hash.starts_with(&format!("$argon2id$v=19$m={},t={PASSES},p={LANES}$", self.memory_kib))
    }

    /// PHC string of a new hash.
    ///
    /// # Errors
    /// [`PasswordError`] when hashing fails, or too many wait already.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(failed)?;
        let memory = self.memory_kib;
        let params = Params::new(memory, PASSES, LANES, Some(HASH_BYTES)).map_err(failed)?;
        let hash = self.compute(self.enter()?, password, salt.to_vec(), params).await?;
        let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
        Ok(format!("$argon2id$v=19$m={memory},t={PASSES},p={LANES}${salt}${hash}"))
    }

    /// A place in the queue. Whoever counts tries takes it first: a try that nobody looked at is none.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many wait already.
    pub(crate) fn enter(&self) -> Result<Place<'_>, PasswordError> {
        Place::take(&self.waiting)
    }

    /// Whether `password` has this hash; takes as long without a hash.
    ///
    /// # Errors
    /// [`PasswordError`] when hashing fails.
    pub(crate) async fn verify(
        &self,
        place: Place<'_>,
        password: &str,
        hash: Option<&str>,
    ) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let parts = Parts::parse(hash.unwrap_or(&self.decoy))?;
        let computed = self.compute(place, password, parts.salt, parts.params).await?;
        Ok(known && bool::from(computed.as_slice().ct_eq(&parts.hash)))
    }

    async fn compute(
        &self,
        _place: Place<'_>,
        password: &str,
        salt: Vec<u8>,
        params: Params,
    ) -> Result<[u8; HASH_BYTES], PasswordError> {
        let (pepper, password) = (self.pepper.clone(), normal_form(password));
        let buffers = Arc::clone(&self.buffers);
        let _permit = self.permits.acquire().await.map_err(|_| PasswordError::Task)?;
        let work = move || {
            let mut memory = buffers.take(params.block_count());
            let mut hash = [0; HASH_BYTES];
            let argon2 = Argon2::new_with_secret(&pepper, Algorithm::Argon2id, Version::V0x13, params);
            let done = argon2.map_err(failed).and_then(|argon2| {
                argon2
                    .hash_password_into_with_memory(password.as_bytes(), &salt, &mut hash, &mut memory)
                    .map_err(failed)
            });
            buffers.put(memory);
            done.map(|()| hash)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Task)?
    }
}

/// The memory of hashes, used again and again: 19 MiB that are taken anew each time stay with the allocator of whichever thread
/// took them, and after a flood that is a gigabyte.
#[derive(Default)]
struct Buffers(Mutex<Vec<Vec<Block>>>);

impl Buffers {
    fn take(&self, blocks: usize) -> Vec<Block> {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        buffer.resize(blocks.max(buffer.len()), Block::default());
        buffer
    }
    fn put(&self, buffer: Vec<Block>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

/// A stored hash: `$argon2id$v=19$m=…,t=…,p=…$salt$hash` (PHC string format).
struct Parts {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Parts {
    fn parse(text: &str) -> Result<Self, PasswordError> {
        let form = || PasswordError::Hash("not a hash of the expected form".to_owned());
        let [_, "argon2id", "v=19", params, salt, hash] = text.split('$').collect::<Vec<_>>()[..] else {
            return Err(form());
        };
        let numbers: Vec<u32> = params
            .split(',')
            .zip(["m=", "t=", "p="])
            .map(|(pair, name)| pair.strip_prefix(name).and_then(|number| number.parse().ok()).ok_or_else(form))
            .collect::<Result<_, _>>()?;
        let [memory, passes, lanes] = numbers[..] else { return Err(form()) };
        let decode = |text: &str| STANDARD_NO_PAD.decode(text).map_err(|_| form());
        let (salt, hash) = (decode(salt)?, decode(hash)?);
        let params = Params::new(memory, passes, lanes, Some(HASH_BYTES)).map_err(failed)?;
        Ok(Self { params, salt, hash })
    }
}

/// A place in the queue, until it is dropped.
pub(crate) struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, PasswordError> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) < AT_ONCE + WAITING { Ok(place) } else { Err(PasswordError::Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Two ways to write the same letters are one password (NIST SP 800-63B-4, 3.1.1.2).
fn normal_form(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().collect())
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Hash(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Passwords {
        async fn verify_now(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
            self.verify(self.enter()?, password, hash).await
        }
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_and_pepper_only() {
        let passwords = Passwords::new(vec![1; 32]).expect("a pepper");
        let hash = passwords.hash("correct horse battery").await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify_now("correct horse battery", Some(&hash)).await.expect("verified"));
        assert!(!passwords.verify_now("wrong", Some(&hash)).await.expect("verified"));
        assert!(!passwords.verify_now("wrong", None).await.expect("verified"));
        let other = Passwords::new(vec![2; 32]).expect("a pepper");
        assert!(!other.verify_now("correct horse battery", Some(&hash)).await.expect("verified"));
        assert!(Passwords::new(vec![1; 31]).is_err());
        let accents = passwords.hash("zw\u{f6}lf Boxk\u{e4}mpfer").await.expect("hashed");
        assert!(passwords.verify_now("zwo\u{308}lf Boxka\u{308}mpfer", Some(&accents)).await.expect("verified"));
    }

    #[tokio::test]
    async fn t_001_a_flood_is_refused_before_it_takes_memory() {
        let passwords = Passwords::new(vec![1; 32]).expect("a pepper");
        let flood = futures_util::future::join_all((0..3 * WAITING).map(|_| passwords.verify_now("wrong", None))).await;
        let refused = flood.iter().filter(|result| matches!(result, Err(PasswordError::Busy))).count();
        assert_eq!(refused, 3 * WAITING - WAITING - AT_ONCE);
        assert!(passwords.verify_now("wrong", None).await.is_ok(), "there is room again");
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_outdated_and_still_fits() {
        let old = Passwords::new(vec![1; 32]).expect("a pepper");
        let new = Passwords::with_memory(vec![1; 32], 2 * MEMORY_KIB).expect("a pepper");
        let hash = old.hash("correct horse battery").await.expect("hashed");
        assert!(!old.is_outdated(&hash) && new.is_outdated(&hash));
        assert!(new.verify_now("correct horse battery", Some(&hash)).await.expect("verified"));
    }

    #[tokio::test]
    async fn t_002_without_a_hash_as_much_is_computed() {
        let passwords = Passwords::new(vec![1; 32]).expect("a pepper");
        let hash = passwords.hash("correct horse battery").await.expect("hashed");
        let mut shortest = [std::time::Duration::MAX; 2];
        // The shortest of several is the least disturbed by what else the machine does.
        for _ in 0..8 {
            for (hash, shortest) in [Some(hash.as_str()), None].into_iter().zip(&mut shortest) {
                let begin = std::time::Instant::now();
                assert!(!passwords.verify_now("wrong", hash).await.expect("verified"));
                *shortest = begin.elapsed().min(*shortest);
            }
        }
        let [with, without] = shortest;
        assert!(without > with / 2 && without < with * 2, "{with:?} with a hash, {without:?} without");
    }
}
