//! Master keys: they wrap the keys of objects and nothing else. The newest wraps; all of them unwrap.

use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{DoesNotOpen, FileKey, HEAD, Head};

const MAGIC: &[u8; 8] = b"CARRELS1";
const ID_INFO: &[u8] = b"carrel content key id 1";
const WRAP_INFO: &[u8] = b"carrel content wrap 1";
const SALT: std::ops::Range<usize> = 16..48;

/// Names a master key without telling anything of it: eight bytes that are derived from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The text is no list of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeys {
    #[error("line {0} is not a key of 64 hex digits")]
    Line(usize),
    #[error("there is no key in it")]
    None,
}

/// The master keys of a store, the oldest first.
pub struct ContentKeys {
    keys: Vec<(KeyId, Zeroizing<[u8; 32]>)>,
}

impl std::fmt::Debug for ContentKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| id)).finish()
    }
}

fn derive<const N: usize>(master: &[u8; 32], salt: Option<&[u8]>, info: &[u8]) -> Result<[u8; N], DoesNotOpen> {
    let mut derived = [0; N];
    Hkdf::<Sha256>::new(salt, master).expand(info, &mut derived).map_err(|_| DoesNotOpen)?;
    Ok(derived)
}

impl ContentKeys {
    /// One key of 64 hex digits on each line, the newest last. Empty lines and lines that begin with `#` are for people.
    ///
    /// # Errors
    /// [`InvalidKeys`], without a word of what the line holds.
    pub fn parse(text: &str) -> Result<Self, InvalidKeys> {
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut key = Zeroizing::new([0; 32]);
            hex::decode_to_slice(line, key.as_mut_slice()).map_err(|_| InvalidKeys::Line(number))?;
            let id = KeyId(derive(&key, None, ID_INFO).map_err(|_| InvalidKeys::Line(number))?);
            keys.push((id, key));
        }
        if keys.is_empty() { Err(InvalidKeys::None) } else { Ok(Self { keys }) }
    }

    /// The key that wraps.
    #[must_use]
    pub fn newest(&self) -> KeyId {
        self.keys.last().map_or(KeyId([0; 8]), |(id, _)| *id)
    }

    /// The head of an object of this name.
    pub(in super::super) fn wrap(&self, name: &str, key: &FileKey) -> Result<Head, DoesNotOpen> {
        let (id, master) = self.keys.last().ok_or(DoesNotOpen)?;
        let mut salt = [0; 32];
        getrandom::fill(&mut salt).map_err(|_| DoesNotOpen)?;
        wrap_with(*id, master, salt, name, key)
    }

    /// The key of the object of this name, and whether it is wrapped by the newest key.
    pub(in super::super) fn unwrap(&self, name: &str, head: &Head) -> Result<(FileKey, bool), DoesNotOpen> {
        let id = key_of(head).ok_or(DoesNotOpen)?;
        let (_, master) = self.keys.iter().find(|(known, _)| *known == id).ok_or(DoesNotOpen)?;
        let wrapping = Zeroizing::new(derive(master, Some(&head[SALT]), WRAP_INFO)?);
        let bound = bound(&head[..SALT.end], name);
        let opened = Aes256Gcm::new(&(*wrapping).into())
            .decrypt(&Nonce::default(), Payload { msg: &head[SALT.end..], aad: &bound })
            .map_err(|_| DoesNotOpen)?;
        let opened = Zeroizing::new(opened);
        let key: [u8; 32] = opened.as_slice().try_into().map_err(|_| DoesNotOpen)?;
        Ok((FileKey(Zeroizing::new(key)), id == self.newest()))
    }
}

/// Which key wraps it; none when this is no head.
pub(in super::super) fn key_of(head: &Head) -> Option<KeyId> {
    let id = head[MAGIC.len()..SALT.start].try_into().ok()?;
    head.starts_with(MAGIC).then_some(KeyId(id))
}

/// The nonce is nothing but zeros: the salt makes a wrapping key that wraps once.
pub(super) fn wrap_with(
    id: KeyId,
    master: &[u8; 32],
    salt: [u8; 32],
    name: &str,
    key: &FileKey,
) -> Result<Head, DoesNotOpen> {
    let wrapping = Zeroizing::new(derive(master, Some(&salt), WRAP_INFO)?);
    let mut head = Vec::with_capacity(HEAD);
    head.extend_from_slice(MAGIC);
    head.extend_from_slice(&id.0);
    head.extend_from_slice(&salt);
    let bound = bound(&head, name);
    let wrapped = Aes256Gcm::new(&(*wrapping).into())
        .encrypt(&Nonce::default(), Payload { msg: key.0.as_slice(), aad: &bound })
        .map_err(|_| DoesNotOpen)?;
    head.extend_from_slice(&wrapped);
    head.as_slice().try_into().map_err(|_| DoesNotOpen)
}

fn bound(head: &[u8], name: &str) -> Vec<u8> {
    [head, name.as_bytes()].concat()
}
