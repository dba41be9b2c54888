use super::*;
use crate::{
    ServiceSecret,
    request::{body_sha256, sign},
};

const NOW: i64 = 1_790_000_000_000;

fn secret() -> ServiceSecret {
    ServiceSecret::from_bytes(&[9; 32]).unwrap()
}

fn keys() -> RequestKeys {
    RequestKeys::new(&secret(), Service::Ide, Service::Runner)
}

#[derive(Clone)]
struct Message {
    method: String,
    authority: String,
    path: String,
    query: String,
    content_type: String,
    authorization: String,
    content_sha256: String,
}

impl Message {
    fn signed_with(keys: &RequestKeys, at: i64) -> Self {
        let hash = body_sha256(b"{}");
        let headers = sign(keys, at, "POST", "runner:1", "/v1/commands", "a=b", "application/json", &hash).unwrap();
        Self {
            method: "POST".into(),
            authority: "runner:1".into(),
            path: "/v1/commands".into(),
            query: "a=b".into(),
            content_type: "application/json".into(),
            authorization: headers.authorization,
            content_sha256: headers.content_sha256,
        }
    }
    fn check(&self, verifier: &Verifier, now: i64) -> Result<Verified, SignatureError> {
        verifier.verify(
            &Received {
                method: &self.method,
                authority: &self.authority,
                path: &self.path,
                query: &self.query,
                content_type: &self.content_type,
                authorization: &self.authorization,
                content_sha256: &self.content_sha256,
            },
            now,
        )
    }
}

#[test]
fn a_signed_request_is_accepted_once() {
    let verifier = Verifier::new([keys()], NOW);
    let message = Message::signed_with(&keys(), NOW);
    assert_eq!(message.check(&verifier, NOW), Ok(Verified { caller: Service::Ide, body_sha256: body_sha256(b"{}") }));
    assert_eq!(message.check(&verifier, NOW + 5), Err(SignatureError::Replayed));
}

#[test]
fn the_signed_text_and_the_key_are_those_of_the_format() {
    let message = Message::signed_with(&keys(), NOW);
    // Independent construction of the same bytes: a change of the format must fail here.
    let nonce = message.authorization.split("nonce=").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    let text = format!(
        "CRL1-HMAC-SHA256\nide.1\n{NOW}\n{nonce}\nPOST\nrunner:1\n/v1/commands\na=b\napplication/json\n{}\n",
        message.content_sha256
    );
    let mut okm = [0; 32];
    hkdf::Hkdf::<sha2::Sha256>::new(Some(b"carrel-s2s-v1"), &[9; 32]).expand(b"ide\0runner\0ide.1", &mut okm).unwrap();
    let mut mac = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(&okm).unwrap();
    mac.update(text.as_bytes());
    let expected = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    assert!(message.authorization.ends_with(&format!("sig={expected}")));
    assert_eq!((nonce.len(), expected.len()), (22, 43));
}

#[test]
fn every_field_is_covered() {
    let verifier = Verifier::new([keys()], NOW);
    let message = Message::signed_with(&keys(), NOW);
    let fields: [fn(&mut Message); 8] = [
        |m| m.method = "PUT".into(),
        |m| m.authority = "runner:2".into(),
        |m| m.path = "/v1/Commands".into(),
        |m| m.query = "a=c".into(),
        |m| m.query = String::new(),
        |m| m.content_type = "text/plain".into(),
        |m| m.content_sha256 = hex::encode(body_sha256(b"other")),
        |m| m.authorization = m.authorization.replace("ts=179", "ts=178"),
    ];
    for (index, mutate) in fields.into_iter().enumerate() {
        let mut other = message.clone();
        mutate(&mut other);
        let refusal = other.check(&verifier, NOW);
        let expected = if index == 7 { SignatureError::Expired } else { SignatureError::Mismatch };
        assert_eq!(refusal, Err(expected), "field {index}");
    }
    // The boundary between two fields cannot be moved either.
    let mut shifted = message.clone();
    shifted.path = "/v1/commands\na=b".into();
    shifted.query = String::new();
    assert_eq!(shifted.check(&verifier, NOW), Err(SignatureError::Malformed));
    // The untouched one was not used up by the attempts.
    assert!(message.check(&verifier, NOW).is_ok());
}

#[test]
fn every_byte_of_the_authorization_counts() {
    let verifier = Verifier::new([keys()], NOW - 20_000);
    let message = Message::signed_with(&keys(), NOW);
    for index in 0..message.authorization.len() {
        let mut bytes = message.authorization.clone().into_bytes();
        bytes[index] ^= 1;
        let mut other = message.clone();
        other.authorization = String::from_utf8(bytes).unwrap();
        assert!(other.check(&verifier, NOW).is_err(), "byte {index}");
    }
    assert!(message.check(&verifier, NOW).is_ok());
}

#[test]
fn time_outside_the_window_or_before_the_start_is_refused() {
    let verifier = Verifier::new([keys()], NOW);
    for (at, now, expected) in [
        (NOW + 30_000, NOW, true),
        (NOW + 30_001, NOW, false),
        (NOW, NOW + 30_000, true),
        (NOW, NOW + 30_001, false),
        (NOW - 1, NOW, false),
    ] {
        let verifier = if expected { &Verifier::new([keys()], NOW) } else { &verifier };
        let result = Message::signed_with(&keys(), at).check(verifier, now);
        assert_eq!(result.is_ok(), expected, "{at} at {now}");
        if !expected {
            assert_eq!(result, Err(SignatureError::Expired));
        }
    }
}

#[test]
fn a_key_of_another_direction_or_secret_does_not_fit() {
    let verifier = Verifier::new([keys()], NOW);
    let reflected = RequestKeys::new(&secret(), Service::Runner, Service::Ide);
    assert_eq!(Message::signed_with(&reflected, NOW).check(&verifier, NOW), Err(SignatureError::UnknownKey));
    let elsewhere = RequestKeys::new(&secret(), Service::Ide, Service::Cloud);
    assert_eq!(Message::signed_with(&elsewhere, NOW).check(&verifier, NOW), Err(SignatureError::Mismatch));
    let other = ServiceSecret::from_bytes(&[8; 32]).unwrap();
    let foreign = RequestKeys::new(&other, Service::Ide, Service::Runner);
    assert_eq!(Message::signed_with(&foreign, NOW).check(&verifier, NOW), Err(SignatureError::Mismatch));
}

#[test]
fn missing_parts_are_named() {
    let verifier = Verifier::new([keys()], NOW);
    let mut message = Message::signed_with(&keys(), NOW);
    message.content_sha256.clear();
    assert_eq!(message.check(&verifier, NOW), Err(SignatureError::Missing));
    message.authorization.clear();
    assert_eq!(message.check(&verifier, NOW), Err(SignatureError::Missing));
    message.authorization = "Basic YTpi".into();
    assert_eq!(message.check(&verifier, NOW), Err(SignatureError::Malformed));
}

#[test]
fn the_memory_of_nonces_is_bounded_and_forgetting_opens_nothing() {
    let verifier = Verifier::with_capacity([keys()], NOW, 100);
    let messages: Vec<_> = (0..250).map(|n| Message::signed_with(&keys(), NOW + n)).collect();
    for message in &messages {
        assert!(message.check(&verifier, NOW + 250).is_ok());
    }
    assert_eq!(verifier.memory.lock().unwrap().seen.len(), 100);
    for message in &messages {
        assert!(message.check(&verifier, NOW + 250).is_err());
    }
    // What left the window is forgotten, and stays refused when the clock is set back.
    let later = Message::signed_with(&keys(), NOW + 40_000);
    assert!(later.check(&verifier, NOW + 40_000).is_ok());
    assert_eq!(verifier.memory.lock().unwrap().seen.len(), 1);
    assert_eq!(messages[249].check(&verifier, NOW + 250), Err(SignatureError::Expired));
}
