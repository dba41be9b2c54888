//! What protects the account, at a glance.

use actix_web::{HttpResponse, web};
use carrel_ids::{PasskeyId, ProviderId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{FactorPolicy, OwnAccess},
    session::SignedIn,
    store::PasskeyRow,
};

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Security {
    password: PasswordState,
    passkeys: Vec<PasskeyView>,
    /// Absent without an authenticator app.
    totp: Option<TotpState>,
    recovery_codes: RecoveryState,
    policy: PolicyState,
    /// Identities elsewhere by which the person signs in.
    providers: Vec<LinkedIdentity>,
}

#[derive(Debug, Serialize, ToSchema)]
struct PasswordState {
    set: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyView {
    id: PasskeyId,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TotpState {
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

#[derive(Debug, Serialize, ToSchema)]
struct RecoveryState {
    /// Codes that are not used yet.
    left: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct LinkedIdentity {
    provider_id: ProviderId,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    linked_at: OffsetDateTime,
}

#[derive(Debug, Serialize, ToSchema)]
struct PolicyState {
    required: FactorPolicy,
    #[serde(with = "time::serde::rfc3339::option")]
    due_at: Option<OffsetDateTime>,
}

impl PasskeyView {
    pub(crate) fn new(row: PasskeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            created_at: row.created_at.time(),
            last_used_at: row.last_used_at.map(|at| at.time()),
        }
    }
}

/// What protects one's own account.
#[utoipa::path(get, path = "/api/v1/account/security", tag = "account", responses((status = 200, body = Security), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(crate) async fn show_security(
    SignedIn(session): SignedIn,
    cloud: web::Data<Cloud>,
) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    let user = session.user();
    let factors = cloud.store.factors(user.id).await?;
    let totp = cloud.store.totp_factor(user.id).await?.filter(|row| row.confirmed_at.is_some());
    let linked = cloud.store.linked_providers(&OwnAccess::of(&session)).await?.into_iter();
    Ok(HttpResponse::Ok().json(Security {
        password: PasswordState { set: user.password_hash.is_some() },
        passkeys: cloud.store.passkeys(user.id).await?.into_iter().map(PasskeyView::new).collect(),
        totp: totp.map(|row| TotpState { created_at: row.created_at.time() }),
        recovery_codes: RecoveryState { left: factors.recovery_codes },
        providers: linked
            .map(|link| LinkedIdentity {
                provider_id: link.provider,
                name: link.name,
                linked_at: link.linked_at.time(),
            })
            .collect(),
        policy: PolicyState {
            required: user.rights.policy,
            due_at: user.factor_due_at.map(|due| due.time()).filter(|_| session.lacks_factor()),
        },
    }))
}
