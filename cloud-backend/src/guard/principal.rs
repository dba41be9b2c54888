//! Whose budget a request uses up. What a request presents is worth a budget of its own only after it was proved; until then the sender's
//! network pays, so that made-up secrets gain nothing.

use std::{
    collections::HashSet,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use actix_web::{HttpMessage as _, HttpRequest};
use sha2::{Digest as _, Sha256};

/// How many proved secrets are remembered. One that is forgotten costs its sender's network one more request.
const REMEMBERED: usize = 65_536;

/// Half of a SHA-256: enough to tell secrets apart, and not enough to sign anybody in.
pub(super) type Fingerprint = [u8; 16];

/// A sender as the limits count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Principal {
    Credential(Fingerprint),
    V4([u8; 4]),
    /// The network of one customer: who has one address has all of its /64.
    V6([u8; 8]),
    /// A connection without an address, as over a socket.
    Nowhere,
}

impl Principal {
    pub(super) fn network(address: Option<IpAddr>) -> Self {
        match address {
            Some(IpAddr::V4(address)) => Self::V4(address.octets()),
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
            None => Self::Nowhere,
        }
    }
}

pub(super) fn fingerprint(secret: &str) -> Fingerprint {
    let digest: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

/// Left on a request whose secret was found to be somebody's.
#[derive(Debug, Clone, Copy)]
struct Proved;

/// The session layer found out who sends this request.
pub(crate) fn accept(request: &HttpRequest) {
    request.extensions_mut().insert(Proved);
}

pub(super) fn is_accepted(request: &HttpRequest) -> bool {
    request.extensions().contains::<Proved>()
}

/// The secrets that were proved lately.
#[derive(Debug, Default)]
pub(super) struct ProvedSecrets(Mutex<HashSet<Fingerprint>>);

impl ProvedSecrets {
    fn set(&self) -> std::sync::MutexGuard<'_, HashSet<Fingerprint>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(super) fn contains(&self, secret: &Fingerprint) -> bool {
        self.set().contains(secret)
    }
    pub(super) fn insert(&self, secret: Fingerprint) {
        let mut set = self.set();
        if set.len() >= REMEMBERED {
            let mut stays = false;
            set.retain(|_| {
                stays = !stays;
                stays
            });
        }
        set.insert(secret);
    }
    pub(super) fn remove(&self, secret: &Fingerprint) {
        self.set().remove(secret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_one_address_or_one_customer() {
        let of = |text: &str| Principal::network(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn t_026_the_memory_of_proved_secrets_has_an_end() {
        let proved = ProvedSecrets::default();
        for number in 0..3 * REMEMBERED {
            proved.insert(fingerprint(&number.to_string()));
        }
        assert!(proved.set().len() <= REMEMBERED);
        assert!(proved.contains(&fingerprint(&(3 * REMEMBERED - 1).to_string())));
    }
}
