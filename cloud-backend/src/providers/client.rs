//! One provider as this program talks to it: where a browser is sent, and what a code is exchanged for.

use std::{sync::Arc, time::Instant};

use carrel_outgoing::OutgoingError;
use openidconnect::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use time::OffsetDateTime;
use url::Url;

use super::{
    SECRET_PURPOSE, http,
    id_token::{self, Expected, InvalidToken, Person, Rest},
    known::{Metadata, Unreachable, discover},
};
use crate::{api_error::ApiError, app::Cloud, store::ProviderRow};

type Fields = IdTokenFields<
    Rest,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type OpenIdClient = Client<
    Rest,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointMaybeSet,
>;

/// A provider and what is known of it.
pub(super) struct Provider<'a> {
    cloud: &'a Cloud,
    pub(super) row: ProviderRow,
    pub(super) metadata: Arc<Metadata>,
}

/// What binds the answer to the question.
pub(super) struct Question {
    pub(super) url: Url,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// The provider's answer to the exchange is worth nothing; the reason is for the operator's log.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExchangeError {
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("the provider did not take the code: {0}")]
    Refused(String),
    #[error("the provider's word does not hold: {0}")]
    Token(#[from] InvalidToken),
    #[error("the provider's secret cannot be opened")]
    Secret,
}

impl<'a> Provider<'a> {
    /// Finds out what is not known yet.
    pub(super) async fn find(cloud: &'a Cloud, row: ProviderRow) -> Result<Self, Unreachable> {
        let ask = async || discover(&cloud.config.outgoing, &row.issuer).await;
        let metadata = cloud.known_providers.get(row.id, Instant::now(), ask).await?;
        Ok(Self { cloud, row, metadata })
    }

    /// The same with newer keys, if the provider was not asked for them a moment ago.
    pub(super) async fn with_newer_keys(self) -> Result<Self, Unreachable> {
        let issuer = &self.row.issuer;
        let ask = async || discover(&self.cloud.config.outgoing, issuer).await;
        let known = &self.cloud.known_providers;
        let metadata = known.newer(self.row.id, &self.metadata, Instant::now(), ask).await?;
        Ok(Self { metadata, ..self })
    }

    /// Where the browser goes (T-16: code flow, PKCE with S256, state, nonce).
    pub(super) fn question(&self, redirect: &str) -> Result<Question, ApiError> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(redirect).map_err(ApiError::internal)?;
        let mut asking = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge);
        // `openid` is added by the library.
        for scope in self.row.scopes.split(' ').filter(|scope| !scope.is_empty() && *scope != "openid") {
            asking = asking.add_scope(Scope::new(scope.to_owned()));
        }
        let (url, state, nonce) = asking.url();
        Ok(Question {
            url,
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Exchanges the code and checks what comes back; the token itself, so that it is taken once.
    pub(super) async fn exchange(
        self,
        code: String,
        redirect: &str,
        verifier: String,
        nonce: &str,
    ) -> Result<(Person, String), ExchangeError> {
        let http = http::closure(&self.cloud.config.outgoing);
        let answer = self
            .client(redirect)?
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&http)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error @ (OutgoingError::Unreachable(_) | OutgoingError::TimedOut)) => {
                    ExchangeError::Unreachable(Unreachable(http::chain(&error)))
                }
                error => ExchangeError::Refused(http::chain(&error)),
            })?;
        let token = answer.id_token().ok_or(InvalidToken::Form)?.to_string();
        let person = match self.verify(&token, nonce) {
            Err(InvalidToken::UnknownKey) => self.with_newer_keys().await?.verify(&token, nonce)?,
            checked => checked?,
        };
        Ok((person, token))
    }

    fn verify(&self, token: &str, nonce: &str) -> Result<Person, InvalidToken> {
        let expected = Expected {
            issuer: &self.row.issuer,
            client_id: &self.row.client_id,
            nonce,
            group_claim: &self.row.group_claim,
        };
        id_token::verify(token, expected, self.metadata.jwks(), OffsetDateTime::now_utc())
    }

    fn client(&self, redirect: &str) -> Result<OpenIdClient, ExchangeError> {
        let secret = self.cloud.at_rest.open(SECRET_PURPOSE, &self.row.client_secret);
        let secret = secret.map_err(|_| ExchangeError::Secret)?;
        let secret = String::from_utf8(secret.to_vec()).map_err(|_| ExchangeError::Secret)?;
        let secret = (!secret.is_empty()).then(|| ClientSecret::new(secret));
        let redirect =
            RedirectUrl::new(redirect.to_owned()).map_err(|_| ExchangeError::Refused("no redirect".to_owned()))?;
        let metadata = Metadata::clone(&self.metadata);
        let token_url = metadata.token_endpoint().cloned();
        let token_url = token_url.ok_or_else(|| Unreachable("it has no address for tokens".to_owned()))?;
        let ways = metadata.token_endpoint_auth_methods_supported();
        let basic = ways.is_none_or(|ways| ways.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let client = Client::from_provider_metadata(metadata, ClientId::new(self.row.client_id.clone()), secret);
        Ok(client.set_redirect_uri(redirect).set_token_uri(token_url).set_auth_type(if basic {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        }))
    }
}
