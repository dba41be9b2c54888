//! A browser's way to a provider and back: what was asked for is sealed, bound to the browser by a cookie, and taken once.

use actix_web::{HttpRequest, cookie::Cookie};
use carrel_ids::{ProviderId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::client::Provider;
use crate::{
    api_error::ApiError,
    app::Cloud,
    session::{browser_origin, cookie::CookieKind, lifetimes, secrets},
    store::Ceremony,
};

const PURPOSE: &str = "way to a provider";
const CALLBACK: &str = "/api/v1/sign-in/callback";
const MAX_NEXT: usize = 1024;

/// What the browser went for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Goal {
    SignIn {
        next: String,
    },
    /// The person of this session wants to sign in by the provider from now on.
    Link {
        user: UserId,
        session: SessionId,
    },
}

/// What is known of it when the browser comes back.
#[derive(Serialize, Deserialize)]
pub(super) struct Journey {
    pub(super) provider: ProviderId,
    pub(super) goal: Goal,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) redirect: String,
}

impl Journey {
    /// Sends the browser off: where to, and the cookie by which it is known again.
    pub(super) async fn begin(
        cloud: &Cloud,
        request: &HttpRequest,
        provider: &Provider<'_>,
        goal: Goal,
    ) -> Result<(Url, Cookie<'static>), ApiError> {
        let redirect = format!("{}{CALLBACK}", browser_origin(cloud, request));
        let question = provider.question(&redirect)?;
        let user = match &goal {
            Goal::SignIn { .. } => None,
            Goal::Link { user, .. } => Some(*user),
        };
        let journey = Self {
            provider: provider.row.id,
            goal,
            state: question.state,
            nonce: question.nonce,
            verifier: question.verifier,
            redirect,
        };
        let state = serde_json::to_vec(&journey).map_err(ApiError::internal)?;
        let sealed = cloud.at_rest.seal(PURPOSE, &state).map_err(ApiError::internal)?;
        let secret = secrets::random_secret().map_err(ApiError::internal)?;
        let (binding, valid) = (secrets::hash_secret(&secret), lifetimes::PRE_SIGN_IN);
        cloud.store.put_ceremony(&binding, Ceremony::Provider, user, &sealed, valid).await?;
        let cookie = CookieKind::PreSignIn.issue(secret, Some(valid), cloud.config.is_https());
        Ok((question.url, cookie))
    }

    /// The way that this browser is on, if `state` is its; it is over with that, whatever comes of it.
    pub(super) async fn take(cloud: &Cloud, request: &HttpRequest, state: &str) -> Result<Option<Self>, ApiError> {
        let Some(secret) = CookieKind::PreSignIn.read(request, cloud.config.is_https()) else { return Ok(None) };
        let taken = cloud.store.take_ceremony(&secrets::hash_secret(&secret), Ceremony::Provider).await?;
        let Some(sealed) = taken else { return Ok(None) };
        let opened = cloud.at_rest.open(PURPOSE, &sealed).map_err(ApiError::internal)?;
        let journey: Self = serde_json::from_slice(&opened).map_err(ApiError::internal)?;
        let same = bool::from(secrets::hash_secret(&journey.state).ct_eq(&secrets::hash_secret(state)));
        Ok(same.then_some(journey))
    }
}

/// A place in this application; what is none leads to its beginning (ASVS 3.7.2).
pub(super) fn safe_next(next: Option<&str>) -> String {
    let fits = |next: &&str| {
        next.starts_with('/')
            && !next.starts_with("//")
            && !next.contains('\\')
            && next.len() <= MAX_NEXT
            && next.chars().all(|c| c.is_ascii_graphic())
    };
    next.filter(fits).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_stays_here() {
        for place in ["/", "/files/1?x=y#z", "/%2F%2Fevil.example"] {
            assert_eq!(safe_next(Some(place)), place);
        }
        let long = format!("/{}", "x".repeat(MAX_NEXT));
        for elsewhere in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/a\r\nset-cookie: x",
            "/\tx",
            "javascript:alert(1)",
            " /x",
            long.as_str(),
        ] {
            assert_eq!(safe_next(Some(elsewhere)), "/", "{elsewhere:?}");
        }
        assert_eq!(safe_next(None), "/");
    }
}
