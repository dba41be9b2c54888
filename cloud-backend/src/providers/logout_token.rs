//! A provider's word that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0). It knows no database and no network.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey as _, JsonWebKeyAlgorithm, JsonWebKeyUse as _, JwsSigningAlgorithm as _,
    core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Algorithm},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::id_token::{ALGORITHMS, InvalidToken, SKEW, is_identifier};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
const MAX_TOKEN: usize = 16 * 1024;
/// How old one may be, in seconds. As long is its identifier remembered.
pub(super) const MAX_AGE: i64 = 300;

/// Whose sign-ins ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedOut {
    /// All of this person, or only the one that `session` names.
    pub(super) subject: Option<String>,
    pub(super) session: Option<String>,
    /// Names this message; it counts once.
    pub(super) token_id: String,
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
    cty: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: Option<i64>,
    nbf: Option<i64>,
    jti: String,
    events: Map<String, Value>,
    sub: Option<String>,
    sid: Option<String>,
    azp: Option<String>,
    #[serde(default, deserialize_with = "whatever")]
    nonce: Option<Value>,
}

/// `null` is there, too.
fn whatever<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

fn refuse<T>(reason: &str) -> Result<T, InvalidToken> {
    Err(InvalidToken::Claims(reason.to_owned()))
}

/// Checks signature, issuer, audience, times, and that it is a word of this kind and not one for signing in.
pub(super) fn verify(
    text: &str,
    issuer: &str,
    client_id: &str,
    keys: &CoreJsonWebKeySet,
    now: OffsetDateTime,
) -> Result<SignedOut, InvalidToken> {
    if text.len() > MAX_TOKEN {
        return Err(InvalidToken::Form);
    }
    let (signed, signature) = text.rsplit_once('.').ok_or(InvalidToken::Form)?;
    let (header, body) = signed.split_once('.').ok_or(InvalidToken::Form)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| InvalidToken::Form)?;
    check_signature(&decode(header)?, signed.as_bytes(), &signature, keys)?;
    check_claims(decode(body)?, issuer, client_id, now.unix_timestamp())
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, InvalidToken> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidToken::Form)?;
    serde_json::from_slice(&bytes).map_err(|_| InvalidToken::Form)
}

fn check_signature(
    header: &Header,
    signed: &[u8],
    signature: &[u8],
    keys: &CoreJsonWebKeySet,
) -> Result<(), InvalidToken> {
    let typ = header.typ.as_deref().map(str::to_ascii_lowercase);
    // Only what says that it is something else is something else: many providers do not say.
    if !matches!(typ.as_deref(), None | Some("logout+jwt" | "application/logout+jwt" | "jwt")) {
        return refuse("a token of another type");
    }
    if header.crit.is_some() || header.cty.is_some() {
        return refuse("a header that is not understood");
    }
    if !ALGORITHMS.contains(&header.alg) {
        return refuse("a signature of another kind");
    }
    let fits = |key: &&CoreJsonWebKey| {
        let named = header.kid.is_none() || key.key_id().map(|id| id.as_str()) == header.kid.as_deref();
        let signs = key.key_use().is_none_or(|used| used.allows_signature());
        let of_kind = header.alg.key_type().as_ref() == Some(key.key_type());
        let of_algorithm = match key.signing_alg() {
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Algorithm(algorithm) => *algorithm == header.alg,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        named && signs && of_kind && of_algorithm
    };
    let mut fitting = keys.keys().iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (None, _) => Err(InvalidToken::UnknownKey),
        (Some(key), None) => key
            .verify_signature(&header.alg, signed, signature)
            .map_err(|error| InvalidToken::Claims(error.to_string())),
        (Some(_), Some(_)) => refuse("several keys could be meant"),
    }
}

fn check_claims(body: Body, issuer: &str, client_id: &str, now: i64) -> Result<SignedOut, InvalidToken> {
    if body.iss != issuer {
        return refuse("another issuer");
    }
    let for_us = match &body.aud {
        Audience::One(one) => one == client_id,
        Audience::Many(many) => !many.is_empty() && many.iter().all(|one| one == client_id),
    };
    if !for_us || body.azp.is_some_and(|party| party != client_id) {
        return refuse("for somebody else");
    }
    if !(-SKEW..=MAX_AGE).contains(&(now - body.iat)) {
        return refuse("not issued just now");
    }
    if body.exp.is_some_and(|end| end <= now) || body.nbf.is_some_and(|start| start > now + SKEW) {
        return refuse("not valid at this time");
    }
    if !body.events.get(EVENT).is_some_and(Value::is_object) {
        return refuse("no word about signing out");
    }
    // What was issued for signing in must not sign anybody out, and the other way round.
    if body.nonce.is_some() {
        return refuse("a token for signing in");
    }
    let texts = [Some(&body.jti), body.sub.as_ref(), body.sid.as_ref()];
    if !texts.into_iter().flatten().all(|text| is_identifier(text)) || (body.sub.is_none() && body.sid.is_none()) {
        return refuse("names nobody");
    }
    Ok(SignedOut { subject: body.sub, session: body.sid, token_id: body.jti })
}
