//! What a provider says about a person, checked before a word of it is believed (T-16). It knows no database and no network.

use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, ClientId, IdToken, IdTokenVerifier, IssuerUrl, Nonce,
    SignatureVerificationError,
    core::{
        CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm as Algorithm,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// Signatures that are looked at. Never `none`, and never one with a shared secret: a public key is no secret.
pub(super) const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];
/// How far a provider's clock may be ahead, in seconds.
pub(super) const SKEW: i64 = 60;
/// How old an answer to a sign-in may be: as old as the sign-in can be, in seconds.
const MAX_AGE: i64 = 600;
const MAX_TOKEN: usize = 64 * 1024;
const MAX_SUBJECT: usize = 255;
const MAX_GROUPS: usize = 1000;

/// Claims that have no place of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Rest(Map<String, Value>);
impl AdditionalClaims for Rest {}

pub(super) type Token = IdToken<Rest, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, Algorithm>;

/// Whose word is looked at, and what it must answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) group_claim: &'a str,
}

/// A person, as the provider knows them. Only `subject` says who it is; the rest is for show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) subject: String,
    pub(super) groups: Vec<String>,
    /// The provider's name for this sign-in; it ends the session by it.
    pub(super) session: Option<String>,
    pub(super) user_name: Option<String>,
    pub(super) display_name: Option<String>,
    /// Only one that the provider has verified.
    pub(super) email: Option<String>,
    pub(super) expires_at: OffsetDateTime,
}

/// Why a token says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidToken {
    #[error("it is no signed token")]
    Form,
    /// The only failure that newer keys may mend.
    #[error("it names a key that the provider does not have")]
    UnknownKey,
    #[error("{0}")]
    Claims(String),
}

impl From<ClaimsVerificationError> for InvalidToken {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                Self::UnknownKey
            }
            other => Self::Claims(other.to_string()),
        }
    }
}

fn refuse<T>(reason: &str) -> Result<T, InvalidToken> {
    Err(InvalidToken::Claims(reason.to_owned()))
}

/// Checks signature, issuer, audience, party, times and nonce.
pub(super) fn verify(
    text: &str,
    expected: Expected<'_>,
    keys: &CoreJsonWebKeySet,
    now: OffsetDateTime,
) -> Result<Person, InvalidToken> {
    if text.len() > MAX_TOKEN {
        return Err(InvalidToken::Form);
    }
    let token: Token = text.parse().map_err(|_| InvalidToken::Form)?;
    let issuer = IssuerUrl::new(expected.issuer.to_owned()).map_err(|_| InvalidToken::Form)?;
    let now = now.unix_timestamp();
    let keys = CoreJsonWebKeySet::new(keys.keys().clone());
    // A public client: without a secret, no signature with a shared secret can be tried.
    let verifier = IdTokenVerifier::new_public_client(ClientId::new(expected.client_id.to_owned()), issuer, keys)
        .set_allowed_algs(ALGORITHMS)
        .set_issue_time_verifier_fn(move |at| {
            let age = now - at.timestamp();
            if (-SKEW..=MAX_AGE).contains(&age) { Ok(()) } else { Err("not issued just now".to_owned()) }
        });
    let claims = token.claims(&verifier, &Nonce::new(expected.nonce.to_owned()))?;
    // The library leaves these to its users.
    if claims.authorized_party().is_some_and(|party| party.as_str() != expected.client_id) {
        return refuse("issued to another party");
    }
    let rest = &claims.additional_claims().0;
    match rest.get("nbf").map(Value::as_i64) {
        None => {}
        Some(Some(not_before)) if not_before <= now + SKEW => {}
        Some(_) => return refuse("not valid yet"),
    }
    let expires_at = OffsetDateTime::from_unix_timestamp(claims.expiration().timestamp());
    // A word about something that happened is none for signing in, and the other way round.
    if rest.contains_key("events") {
        return refuse("a token about an event");
    }
    let Ok(expires_at) = expires_at else { return refuse("valid for ever") };
    let subject = claims.subject().as_str();
    if !is_identifier(subject) {
        return refuse("a subject of another form");
    }
    let session = match rest.get("sid") {
        None => None,
        Some(Value::String(sid)) if is_identifier(sid) => Some(sid.clone()),
        Some(_) => return refuse("a session of another form"),
    };
    let email = claims.email().filter(|_| claims.email_verified() == Some(true));
    Ok(Person {
        subject: subject.to_owned(),
        groups: groups(rest.get(expected.group_claim)),
        session,
        user_name: claims.preferred_username().map(|name| name.as_str().to_owned()),
        display_name: claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned()),
        email: email.map(|email| email.as_str().to_owned()),
        expires_at,
    })
}

/// A text that can be kept and compared as it is.
pub(super) fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_SUBJECT && !text.chars().any(char::is_control)
}

/// Names of groups: a list of texts, or one text. Anything else is no group.
fn groups(claim: Option<&Value>) -> Vec<String> {
    match claim {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).take(MAX_GROUPS).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
