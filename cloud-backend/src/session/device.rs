//! Devices on which a person has signed in before. Tries from one have their own count of failures, so that somebody elsewhere who
//! guesses at a name cannot keep its owner out (OWASP, "device cookies"). The cookie proves nothing else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use carrel_ids::UserId;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::mac::mac;

const NONCE_BYTES: usize = 16;

/// Signs device cookies.
pub struct DeviceKey([u8; 32]);

impl std::fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceKey([redacted])")
    }
}

impl DeviceKey {
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// A cookie for the person on a new device.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn issue(&self, user: UserId) -> Result<String, getrandom::Error> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce)?;
        let tag = self.mac(user, &nonce).finalize().into_bytes();
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(tag)))
    }

    /// The name of the device in counts, if the cookie was issued for this person.
    #[must_use]
    pub fn verify(&self, user: UserId, cookie: &str) -> Option<String> {
        let (nonce, tag) = cookie.split_once('.')?;
        let bytes = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        self.mac(user, &bytes).verify_slice(&URL_SAFE_NO_PAD.decode(tag).ok()?).ok()?;
        Some(nonce.to_owned())
    }

    fn mac(&self, user: UserId, nonce: &[u8]) -> Hmac<Sha256> {
        let mut mac = mac(&self.0);
        mac.update(b"carrel device v1\0");
        mac.update(user.uuid().as_bytes());
        mac.update(nonce);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_known_for_its_person_only() {
        let key = DeviceKey::new([4; 32]);
        let (ada, eve) = (UserId::new(), UserId::new());
        let cookie = key.issue(ada).expect("issued");
        assert!(key.verify(ada, &cookie).is_some());
        assert!(key.verify(eve, &cookie).is_none());
        assert!(DeviceKey::new([5; 32]).verify(ada, &cookie).is_none());
        assert!(key.verify(ada, "x.y").is_none() && key.verify(ada, "").is_none());
    }
}
