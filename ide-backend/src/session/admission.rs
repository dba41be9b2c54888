//! `POST …/session`: exchanges the cloud's one-time ticket for this service's own cookie.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use carrel_ids::{NodeId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{cookie, live::LiveSession, renewal};
use crate::{api_error::ApiError, app::State, cloud::CloudError};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedeemBody {
    ticket: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionAnswer {
    workspace: WorkspaceAnswer,
    user: UserAnswer,
    can_write: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WorkspaceAnswer {
    id: WorkspaceId,
    name: String,
    folder_id: NodeId,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserAnswer {
    id: UserId,
    name: String,
}

/// Redeems a ticket and opens the workspace.
#[utoipa::path(
    post, path = "/ide/v1/workspaces/{id}/session", tag = "session",
    params(("id" = Uuid, Path, description = "Workspace")),
    request_body = RedeemBody,
    responses(
        (status = 200, description = "Admitted; the cookie is set and the sandbox is starting", body = SessionAnswer),
        (status = 401, description = "`ticket_invalid`: used, expired, foreign or never issued"),
        (status = 503, description = "`cloud_unreachable`"),
    )
)]
pub(crate) async fn redeem(
    state: web::Data<State>,
    workspace: web::Path<WorkspaceId>,
    request: HttpRequest,
    body: web::Json<RedeemBody>,
) -> Result<HttpResponse, ApiError> {
    let workspace = workspace.into_inner();
    let news = state.revocations.listen();
    let facts = state.cloud.redeem(body.into_inner().ticket, workspace).await.map_err(refusal)?;
    if facts.workspace != workspace {
        return Err(ticket_invalid());
    }
    let (token, hash) = cookie::new_token().map_err(|error| {
        tracing::error!("no randomness: {error}");
        ApiError::internal()
    })?;
    let answer = SessionAnswer {
        workspace: WorkspaceAnswer { id: workspace, name: facts.workspace_name.clone(), folder_id: facts.folder },
        user: UserAnswer { id: facts.user, name: facts.user_name.clone() },
        can_write: facts.can_write,
    };
    tracing::info!(session = %facts.id, user = %facts.user, %workspace, "a browser was admitted");
    let open = state.workspaces.get(workspace);
    open.ask_to_open(&facts).await;
    let session = Arc::new(LiveSession::new(facts));
    state.sessions.insert(hash, Arc::clone(&session));
    // The new cookie takes the place of the one that the browser came with, whose session nobody can name from here on.
    let replaced = request.cookie(cookie::NAME).map(|cookie| cookie::TokenHash::of(cookie.value()));
    if let Some(replaced) = replaced.and_then(|hash| state.sessions.find(hash, workspace)) {
        replaced.retire();
    }
    let state = state.into_inner();
    let secure = state.secure_cookies;
    state.tasks.spawn(renewal::keep(Arc::clone(&state), hash, session, news));
    Ok(HttpResponse::Ok()
        .cookie(cookie::cookie(token, workspace, secure))
        .insert_header(("cache-control", "no-store"))
        .json(answer))
}

fn ticket_invalid() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "ticket_invalid",
        "This link into the workspace is no longer valid. Open it again from your files.",
    )
}

fn refusal(error: CloudError) -> ApiError {
    match error {
        CloudError::NotFound | CloudError::Refused { .. } => ticket_invalid(),
        CloudError::Unreachable(reason) | CloudError::Invalid(reason) => {
            tracing::warn!("a ticket could not be redeemed: {reason}");
            ApiError::cloud_unreachable()
        }
    }
}
