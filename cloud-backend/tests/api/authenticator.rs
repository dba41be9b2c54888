//! An authenticator in software: it answers challenges as the tests tell it to, also wrongly. Written from WebAuthn Level 3, 6.1 and
//! 6.5, with ES256 and no attestation.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use p256::ecdsa::{DerSignature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// One key, and how it behaves.
pub(crate) struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    handle: String,
    pub(crate) origin: String,
    pub(crate) counter: u32,
    /// Whether it checked who uses it.
    pub(crate) verifies: bool,
}

impl Authenticator {
    pub(crate) fn new(origin: &str) -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        Self {
            key: SigningKey::from_slice(&seed).unwrap(),
            id: Sha256::digest(seed).to_vec(),
            handle: String::new(),
            origin: origin.to_owned(),
            counter: 0,
            verifies: true,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false});
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, relying_party: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(relying_party.as_bytes()).to_vec();
        data.push(flags | USER_PRESENT | if self.verifies { USER_VERIFIED } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The public key as COSE writes it (RFC 9053), in CBOR.
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(point.x().unwrap());
        key.extend([0x22, 0x58, 0x20]);
        key.extend(point.y().unwrap());
        key
    }

    /// Answers `navigator.credentials.create`.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        self.handle = options["user"]["id"].as_str().unwrap().to_owned();
        let mut data = self.authenticator_data(options["rp"]["id"].as_str().unwrap(), HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose_key());
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        json!({
            "id": B64.encode(&self.id), "rawId": B64.encode(&self.id), "type": "public-key", "extensions": {},
            "response": {
                "attestationObject": B64.encode(object),
                "clientDataJSON": B64.encode(self.client_data("webauthn.create", options)),
            },
        })
    }

    /// Answers `navigator.credentials.get`; the counter grows with each answer.
    pub(crate) fn get(&mut self, options: &Value) -> Value {
        self.counter += 1;
        let data = self.authenticator_data(options["rpId"].as_str().unwrap(), 0);
        let client = self.client_data("webauthn.get", options);
        let signature: DerSignature = self.key.sign(&[data.as_slice(), &Sha256::digest(&client)].concat());
        json!({
            "id": B64.encode(&self.id), "rawId": B64.encode(&self.id), "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": B64.encode(data), "clientDataJSON": B64.encode(client),
                "signature": B64.encode(signature.as_bytes()), "userHandle": self.handle,
            },
        })
    }
}
