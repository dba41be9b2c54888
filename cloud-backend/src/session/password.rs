//! Passwords: Argon2id with a pepper (OWASP's current parameters), hashed by few at once so that a flood cannot take the memory.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Shortest password (NIST SP 800-63B-4: 15 where it is the only factor).
pub(super) const MIN_CHARACTERS: usize = 15;
/// Longest password in bytes; longer ones only cost time.
pub(super) const MAX_BYTES: usize = 1024;
/// 19 MiB, two passes, one lane: OWASP's minimum for Argon2id.
const MEMORY_KIB: u32 = 19_456;
/// Each hash needs 19 MiB, so this bounds the memory at 76 MiB.
const AT_ONCE: usize = 4;

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
}

/// Hashes and verifies passwords.
pub struct Passwords {
    pepper: Zeroizing<Vec<u8>>,
    permits: Semaphore,
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
        let pepper = Zeroizing::new(pepper);
        if pepper.len() < 32 {
            return Err(PepperError);
        }
        // No password has this hash: its salt and output are fixed bytes, and the parameters are those of real ones.
        let decoy = format!(
            "$argon2id$v=19$m={MEMORY_KIB},t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        Ok(Self { pepper, permits: Semaphore::new(AT_ONCE), decoy })
    }

    /// PHC string of a new hash.
    ///
    /// # Errors
    /// [`PasswordError`] when hashing fails.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let (pepper, password) = (self.pepper.clone(), Zeroizing::new(password.to_owned()));
        self.run(move || {
            let hash = hasher(&pepper)?.hash_password(password.as_bytes()).map_err(failed)?;
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
        let (pepper, password) = (self.pepper.clone(), Zeroizing::new(password.to_owned()));
        let right = self
            .run(move || {
                let parsed = PasswordHash::new(&hash).map_err(failed)?;
                Ok(hasher(&pepper)?.verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await?;
        Ok(known && right)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _permit = self.permits.acquire().await.map_err(|_| PasswordError::Task)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Task)?
    }
}

fn hasher(pepper: &[u8]) -> Result<Argon2<'_>, PasswordError> {
    let params = Params::new(MEMORY_KIB, 2, 1, None).map_err(failed)?;
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
