//! The extractor behind every route of a workspace: no valid cookie for this very workspace, no handler.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::StatusCode, web};
use carrel_ids::WorkspaceId;

use super::{cookie, live::LiveSession};
use crate::{agent::Agent, api_error::ApiError, app::State, workspaces::Workspace};

/// A browser that may use the workspace in the path.
pub(crate) struct Admitted {
    pub(crate) session: Arc<LiveSession>,
    pub(crate) workspace: Arc<Workspace>,
}

impl Admitted {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let state = request.app_data::<web::Data<State>>().ok_or_else(ApiError::internal)?;
        // One answer for a missing, foreign, ended and malformed admission: nothing can be learnt from it.
        let refused =
            || ApiError::new(StatusCode::UNAUTHORIZED, "not_admitted", "Open this workspace from your files.");
        let workspace: WorkspaceId =
            request.match_info().get("id").and_then(|id| id.parse().ok()).ok_or_else(refused)?;
        let token = request.cookie(cookie::NAME).ok_or_else(refused)?;
        let hash = cookie::TokenHash::of(token.value());
        let session = state.sessions.find(hash, workspace).ok_or_else(refused)?;
        session.mark_used();
        Ok(Self { session, workspace: state.workspaces.get(workspace) })
    }

    pub(crate) fn may_write(&self) -> Result<(), ApiError> {
        if self.session.current().can_write { Ok(()) } else { Err(ApiError::read_only()) }
    }
    /// The agent of the running sandbox.
    pub(crate) fn agent(&self) -> Result<Agent, ApiError> {
        self.workspace.agent().ok_or_else(ApiError::not_ready)
    }
    pub(crate) fn writing_agent(&self) -> Result<Agent, ApiError> {
        self.may_write()?;
        self.agent()
    }
}

impl FromRequest for Admitted {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}
