//! The way of one command: grant against the plan's exact bytes, claim on the workspace, single use, and only then the
//! plan's meaning.

use std::sync::{Arc, PoisonError};

use carrel_service_auth::grant::{Claims, GrantError};
use carrel_wire::runner::{Command, Outcome, Plan, RunnerErrorCode as Code};
use time::OffsetDateTime;

use crate::{app::App, profile, refusal::Refusal, sandbox, used_grants::UseError};

/// Carries out one command. It goes on when the caller leaves.
pub(crate) async fn carry_out(app: Arc<App>, command: Command) -> Result<Outcome, Refusal> {
    let runtime = app.runtime.clone();
    runtime
        .spawn(async move { granted(&app, &command).await })
        .await
        .unwrap_or_else(|error| Err(Refusal::failed(Code::Internal, "the command ended unexpectedly", &error)))
}

async fn granted(app: &Arc<App>, command: &Command) -> Result<Outcome, Refusal> {
    let now = OffsetDateTime::now_utc();
    let claims = app.grants.verify_plan(&command.grant, &command.plan, now)?;
    // Asked before the grant is used up, so that it still counts when Docker is back in time.
    app.docker().await?;
    let Some(_claim) = app.registry.claim_for_command(claims.ws).await else {
        return Err(Refusal::new(Code::Busy, "another command for this workspace is under way"));
    };
    use_grant(app, &claims).await?;
    let plan = parse(&command.plan, &claims)?;
    tracing::info!(
        act = plan.act(), workspace = %claims.ws, user = %claims.usr, grant = claims.jti,
        "a command was granted"
    );
    match plan {
        Plan::Start { sandbox, workspace, limits } => {
            profile::check_limits(&limits, &app.config.ceiling)?;
            sandbox::start(app, sandbox, workspace, limits).await
        }
        Plan::Stop { sandbox, workspace } => sandbox::stop(app, sandbox, workspace).await,
        Plan::RemoveVolume { workspace } => sandbox::remove_volume(app, workspace).await,
    }
}

/// T-103: on the disk before anything is done.
async fn use_grant(app: &Arc<App>, claims: &Claims) -> Result<(), Refusal> {
    let (app, jti, end) = (Arc::clone(app), claims.jti.clone(), claims.exp);
    let used = tokio::task::spawn_blocking(move || {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let mut used = app.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.use_once(&jti, end, now)
    });
    match used.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(UseError::Replayed)) => Err(Refusal::new(Code::GrantReplayed, UseError::Replayed.to_string())),
        Ok(Err(error)) => Err(Refusal::failed(Code::Internal, "the grant's use cannot be written down", &error)),
        Err(error) => Err(Refusal::failed(Code::Internal, "the grant's use cannot be written down", &error)),
    }
}

/// The plan's meaning, which must be what the grant names in its own claims.
fn parse(text: &str, claims: &Claims) -> Result<Plan, Refusal> {
    let plan: Plan = serde_json::from_str(text)
        .map_err(|error| Refusal::new(Code::PlanInvalid, format!("the plan cannot be read: {error}")))?;
    if plan.act() != claims.act {
        return Err(GrantError::WrongAct.into());
    }
    if plan.workspace() != claims.ws {
        return Err(Refusal::new(Code::GrantMismatch, "the grant is for another workspace"));
    }
    Ok(plan)
}
