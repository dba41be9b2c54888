//! Grants `crx.v1`: the cloud backend's signed, short-lived word that one plan may be carried out by one runner.
//! The runner verifies them here; that each is used once is the runner's own duty, because it needs a disk.
//!
//! Limits travel in the plan, whose hash is in the grant; the image and the network are the runner's own choice. A grant
//! therefore has no claim for them that could contradict the plan.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use carrel_ids::{SessionId, UserId, WorkspaceId};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

/// Seconds that a grant is valid.
pub const LIFETIME_S: i64 = 60;
/// Seconds that two machines' clocks may differ.
pub const SKEW_S: i64 = 5;
/// Longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 4096;
/// Precedes the payload under the signature, so that no other use of the key makes a grant.
const DOMAIN: &[u8] = b"carrel.exec.v1\n";
const TYPE: &str = "crx";
const ISSUER: &str = "cloud";
const VERSION: u32 = 1;

/// What a grant says. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub v: u32,
    pub typ: String,
    pub kid: String,
    /// 128 random bits in hexadecimal; no two grants share it.
    pub jti: String,
    pub iss: String,
    /// `runner/<id>`.
    pub aud: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub ws: WorkspaceId,
    pub usr: UserId,
    pub ses: SessionId,
    /// What may be done, for example `start`.
    pub act: String,
    /// SHA-256 of the plan's bytes in hexadecimal.
    pub plan: String,
}

/// A grant cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error("the system's source of randomness failed")]
    Randomness(#[source] getrandom::Error),
    #[error("the claims cannot be written as JSON")]
    Encoding(#[source] serde_json::Error),
}

/// Why a grant is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    #[error("the grant is not of the form payload.signature")]
    Malformed,
    #[error("the grant's key is not known here")]
    UnknownKey,
    #[error("the grant's signature is wrong")]
    SignatureInvalid,
    #[error("the grant's payload is not in canonical form")]
    NotCanonical,
    #[error("the token is not an execution grant of version {VERSION}")]
    WrongType,
    #[error("the grant is not from the cloud backend")]
    WrongIssuer,
    #[error("the grant is for another runner")]
    WrongAudience,
    #[error("the grant is valid for longer than {LIFETIME_S} s")]
    LifetimeTooLong,
    #[error("the grant is not valid yet")]
    NotYetValid,
    #[error("the grant has expired")]
    Expired,
    #[error("the grant is for another act")]
    WrongAct,
    #[error("the grant is for another plan")]
    WrongPlan,
}

/// Makes grants; only the cloud backend has one.
#[derive(Debug)]
pub struct Issuer {
    key: SigningKey,
    kid: String,
}

impl Issuer {
    #[must_use]
    pub fn new(key: SigningKey, kid: impl Into<String>) -> Self {
        Self { key, kid: kid.into() }
    }

    /// A grant for `act` with exactly `plan_text`, valid for [`LIFETIME_S`] seconds from `now`.
    ///
    /// # Errors
    /// [`IssueError`] when no identifier can be drawn.
    #[allow(clippy::too_many_arguments, reason = "each is one claim")]
    pub fn issue(
        &self,
        act: &str,
        plan_text: &str,
        workspace: WorkspaceId,
        user: UserId,
        session: SessionId,
        audience: &str,
        now: OffsetDateTime,
    ) -> Result<String, IssueError> {
        let mut jti = [0; 16];
        getrandom::fill(&mut jti).map_err(IssueError::Randomness)?;
        let iat = now.unix_timestamp();
        let claims = Claims {
            v: VERSION,
            typ: TYPE.to_owned(),
            kid: self.kid.clone(),
            jti: hex::encode(jti),
            iss: ISSUER.to_owned(),
            aud: audience.to_owned(),
            iat,
            nbf: iat,
            exp: iat + LIFETIME_S,
            ws: workspace,
            usr: user,
            ses: session,
            act: act.to_owned(),
            plan: plan_hash(plan_text),
        };
        self.sign(&claims).map_err(IssueError::Encoding)
    }

    fn sign(&self, claims: &Claims) -> Result<String, serde_json::Error> {
        let payload = canonical(claims)?;
        let signature = self.key.sign(&signed_bytes(&payload));
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(&payload), URL_SAFE_NO_PAD.encode(signature.to_bytes())))
    }
}

/// Checks grants that are meant for one runner.
#[derive(Debug, Clone)]
pub struct GrantVerifier {
    keys: BTreeMap<String, VerifyingKey>,
    audience: String,
}

impl GrantVerifier {
    /// `keys` are pinned by their ids; `audience` is this runner's, `runner/<id>`.
    #[must_use]
    pub fn new(keys: BTreeMap<String, VerifyingKey>, audience: impl Into<String>) -> Self {
        Self { keys, audience: audience.into() }
    }

    /// Checks `token` for `act` with exactly `plan_text` at the time `now`. The plan is not parsed here: nobody should
    /// before this returns.
    ///
    /// # Errors
    /// [`GrantError`], one for each reason.
    pub fn verify(&self, token: &str, plan_text: &str, act: &str, now: OffsetDateTime) -> Result<Claims, GrantError> {
        let claims = self.verify_plan(token, plan_text, now)?;
        if claims.act != act {
            return Err(GrantError::WrongAct);
        }
        Ok(claims)
    }

    /// Like [`Self::verify`] for a caller that learns the act from the plan: it must compare `claims.act` itself.
    ///
    /// # Errors
    /// [`GrantError`], all but [`GrantError::WrongAct`].
    pub fn verify_plan(&self, token: &str, plan_text: &str, now: OffsetDateTime) -> Result<Claims, GrantError> {
        let claims = self.authenticate(token)?;
        if claims.typ != TYPE || claims.v != VERSION {
            return Err(GrantError::WrongType);
        }
        if claims.iss != ISSUER {
            return Err(GrantError::WrongIssuer);
        }
        if claims.aud != self.audience {
            return Err(GrantError::WrongAudience);
        }
        if claims.exp.saturating_sub(claims.iat) > LIFETIME_S || claims.exp < claims.iat {
            return Err(GrantError::LifetimeTooLong);
        }
        let now = now.unix_timestamp();
        if claims.iat.max(claims.nbf) > now + SKEW_S {
            return Err(GrantError::NotYetValid);
        }
        if claims.exp < now - SKEW_S {
            return Err(GrantError::Expired);
        }
        if claims.plan != plan_hash(plan_text) {
            return Err(GrantError::WrongPlan);
        }
        Ok(claims)
    }

    /// The claims of a token whose signature is right; nothing in them is checked yet.
    fn authenticate(&self, token: &str) -> Result<Claims, GrantError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(GrantError::Malformed);
        }
        let (payload, signature) = token.split_once('.').ok_or(GrantError::Malformed)?;
        let decode = |text| URL_SAFE_NO_PAD.decode(text).map_err(|_| GrantError::Malformed);
        let payload = decode(payload)?;
        let signature = Signature::from_slice(&decode(signature)?).map_err(|_| GrantError::Malformed)?;
        // Only the key's id is taken from bytes that are not authenticated yet.
        let kid = serde_json::from_slice::<KeyId>(&payload).map_err(|_| GrantError::Malformed)?.kid;
        self.keys
            .get(&kid)
            .ok_or(GrantError::UnknownKey)?
            .verify_strict(&signed_bytes(&payload), &signature)
            .map_err(|_| GrantError::SignatureInvalid)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| GrantError::WrongType)?;
        match canonical(&claims) {
            Ok(bytes) if bytes == payload => Ok(claims),
            _ => Err(GrantError::NotCanonical),
        }
    }
}

#[derive(Deserialize)]
struct KeyId {
    kid: String,
}

/// RFC 8785 form. The claims are one flat object of text and small integers, for which sorted keys and serde_json's own
/// escapes are that form.
fn canonical(claims: &Claims) -> Result<Vec<u8>, serde_json::Error> {
    let fields: BTreeMap<String, serde_json::Value> = serde_json::from_value(serde_json::to_value(claims)?)?;
    serde_json::to_vec(&fields)
}

fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    [DOMAIN, payload].concat()
}

fn plan_hash(plan_text: &str) -> String {
    hex::encode(Sha256::digest(plan_text.as_bytes()))
}

#[cfg(test)]
#[path = "grant_tests.rs"]
mod tests;
