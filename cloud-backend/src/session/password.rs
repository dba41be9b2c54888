//! Passwords: Argon2id with a pepper (OWASP's current parameters), hashed by few at once so that a flood cannot take the memory.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use std::sync::atomic::{AtomicUsize, Ordering};
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
        Ok(Self { pepper, permits: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0), memory_kib, decoy })
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
    /// [`PasswordError`] when hashing fails.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let (pepper, password) = (self.pepper.clone(), normal_form(password));
        let memory = self.memory_kib;
        self.run(move || {
            let hash = hasher(&pepper, memory)?.hash_password(password.as_bytes()).map_err(failed)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` has this hash; takes as long without a hash.
    ///
    /// # Errors
    /// [`PasswordError`] when hashing fails.
    pub(crate) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let (pepper, password) = (self.pepper.clone(), normal_form(password));
        let memory = self.memory_kib;
        let right = self
            .run(move || {
                let parsed = PasswordHash::new(&hash).map_err(failed)?;
                // The hash names its own parameters.
                Ok(hasher(&pepper, memory)?.verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await?;
        Ok(known && right)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = Place::take(&self.waiting)?;
        let _permit = self.permits.acquire().await.map_err(|_| PasswordError::Task)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Task)?
    }
}

/// A place in the queue, until it is dropped.
struct Place<'a>(&'a AtomicUsize);

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

fn hasher(pepper: &[u8], memory_kib: u32) -> Result<Argon2<'_>, PasswordError> {
    let params = Params::new(memory_kib, PASSES, LANES, None).map_err(failed)?;
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError::Hash(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_and_pepper_only() {
        let passwords = Passwords::new(vec![1; 32]).expect("a pepper");
        let hash = passwords.hash("correct horse battery").await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("correct horse battery", Some(&hash)).await.expect("verified"));
        assert!(!passwords.verify("wrong", Some(&hash)).await.expect("verified"));
        assert!(!passwords.verify("wrong", None).await.expect("verified"));
        let other = Passwords::new(vec![2; 32]).expect("a pepper");
        assert!(!other.verify("correct horse battery", Some(&hash)).await.expect("verified"));
        assert!(Passwords::new(vec![1; 31]).is_err());
        let accents = passwords.hash("zw\u{f6}lf Boxk\u{e4}mpfer").await.expect("hashed");
        assert!(passwords.verify("zwo\u{308}lf Boxka\u{308}mpfer", Some(&accents)).await.expect("verified"));
    }

    #[tokio::test]
    async fn t_001_a_flood_is_refused_before_it_takes_memory() {
        let passwords = Passwords::new(vec![1; 32]).expect("a pepper");
        let flood = futures_util::future::join_all((0..3 * WAITING).map(|_| passwords.verify("wrong", None))).await;
        let refused = flood.iter().filter(|result| matches!(result, Err(PasswordError::Busy))).count();
        assert_eq!(refused, 3 * WAITING - WAITING - AT_ONCE);
        assert!(passwords.verify("wrong", None).await.is_ok(), "there is room again");
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_outdated_and_still_fits() {
        let old = Passwords::new(vec![1; 32]).expect("a pepper");
        let new = Passwords::with_memory(vec![1; 32], 2 * MEMORY_KIB).expect("a pepper");
        let hash = old.hash("correct horse battery").await.expect("hashed");
        assert!(!old.is_outdated(&hash) && new.is_outdated(&hash));
        assert!(new.verify("correct horse battery", Some(&hash)).await.expect("verified"));
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
                assert!(!passwords.verify("wrong", hash).await.expect("verified"));
                *shortest = begin.elapsed().min(*shortest);
            }
        }
        let [with, without] = shortest;
        assert!(without > with / 2 && without < with * 2, "{with:?} with a hash, {without:?} without");
    }
}
