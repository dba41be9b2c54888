//! The whole route table. Every route is behind the signature check.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use carrel_ids::SandboxId;
use carrel_service_auth::{
    request::Verifier,
    server::{Caller, SignedBytes, SignedService},
};
use carrel_wire::runner::{Command, Health, Outcome, RunnerErrorCode as Code, Sandbox};

use crate::{
    agent_link::{self, LinkError},
    app::App,
    command, health,
    refusal::Refusal,
    registry::Live,
};

const MAX_COMMAND_BYTES: usize = 64 * 1024;
/// Time that an agent which is redialling gets before a stream is refused.
const REDIAL_WAIT: Duration = Duration::from_secs(5);

type Answer<T> = Result<web::Json<T>, Refusal>;

pub(crate) fn configure(services: &mut web::ServiceConfig, app: web::Data<App>, verifier: Arc<Verifier>) {
    let signed = SignedService::new(verifier)
        .refuse_with(|error| actix_web::ResponseError::error_response(&Refusal::from(error)));
    services.app_data(app).service(
        web::scope("")
            .wrap(signed)
            .route("/v1/commands", web::post().to(post_command))
            .route("/v1/sandboxes", web::get().to(list_sandboxes))
            .route("/v1/sandboxes/{id}", web::get().to(get_sandbox))
            .route("/v1/sandboxes/{id}/stream", web::get().to(open_stream))
            .route("/v1/health", web::get().to(get_health))
            .default_service(web::to(nowhere)),
    );
}

async fn nowhere() -> Result<HttpResponse, Refusal> {
    Err(Refusal::new(Code::NotFound, "there is no such route"))
}

async fn post_command(
    _: Caller,
    app: web::Data<App>,
    body: Result<SignedBytes<MAX_COMMAND_BYTES>, actix_web::Error>,
) -> Answer<Outcome> {
    let SignedBytes(body) = body.map_err(|error| Refusal::new(Code::SignatureInvalid, error.to_string()))?;
    let command: Command = serde_json::from_slice(&body)
        .map_err(|error| Refusal::new(Code::PlanInvalid, format!("the command cannot be read: {error}")))?;
    command::carry_out(app.into_inner(), command).await.map(web::Json)
}

async fn list_sandboxes(_: Caller, app: web::Data<App>) -> Answer<Vec<Sandbox>> {
    // Without Docker nobody knows which sandboxes there are.
    let docker = app.docker().await?;
    let found = docker.list(&app.instance).await?;
    let mut sandboxes: Vec<Sandbox> = found
        .iter()
        .filter_map(|container| {
            let (sandbox, workspace) = container.sandbox?;
            let live = app.registry.get(sandbox);
            Some(Sandbox {
                sandbox,
                workspace,
                running: container.running,
                agent_connected: live.is_some_and(|live| live.link.is_connected()),
                cause: None,
            })
        })
        .collect();
    sandboxes.extend(app.registry.all_ended());
    Ok(web::Json(sandboxes))
}

async fn get_sandbox(_: Caller, app: web::Data<App>, id: web::Path<String>) -> Answer<Sandbox> {
    let id = parse_id(&id)?;
    if let Some(live) = find(&app, id).await? {
        return Ok(web::Json(live.describe()));
    }
    let ended = app.registry.ended(id).ok_or_else(no_sandbox)?;
    Ok(web::Json(ended))
}

async fn open_stream(
    _: Caller,
    app: web::Data<App>,
    id: web::Path<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, actix_web::Error> {
    let live = find(&app, parse_id(&id)?).await?.ok_or_else(no_sandbox)?;
    let stream = live.link.open(REDIAL_WAIT).await.map_err(link_refusal)?;
    let (answer, session, messages) = actix_ws::handle(&request, payload)?;
    actix_web::rt::spawn(agent_link::copy(stream, session, messages));
    Ok(answer)
}

async fn get_health(_: Caller, app: web::Data<App>) -> web::Json<Health> {
    web::Json(health::check(&app).await)
}

/// A live sandbox. One that is not known counts as absent only once this runner knows all.
async fn find(app: &App, id: SandboxId) -> Result<Option<Arc<Live>>, Refusal> {
    if let Some(live) = app.registry.get(id) {
        return Ok(Some(live));
    }
    if app.registry.ended(id).is_none() {
        app.docker().await?;
    }
    Ok(app.registry.get(id))
}

fn parse_id(text: &str) -> Result<SandboxId, Refusal> {
    text.parse().map_err(|_| no_sandbox())
}

fn no_sandbox() -> Refusal {
    Refusal::new(Code::NotFound, "there is no such sandbox")
}

fn link_refusal(error: LinkError) -> Refusal {
    Refusal::new(Code::AgentFailed, error.to_string())
}
