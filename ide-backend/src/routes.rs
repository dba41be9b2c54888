//! The whole route table. Every route but the first needs [`Admitted`](crate::session::Admitted); all of them stand behind
//! the check of the origin.

use actix_web::{
    middleware::from_fn,
    web::{self, ServiceConfig, delete, get, post, put},
};

use crate::{api_error::ApiError, app::State, files, request_id, session, terminals, workspaces};

/// JSON bodies are small.
const MAX_JSON_BYTES: usize = 16 * 1024;

pub(crate) fn configure(state: web::Data<State>, config: &mut ServiceConfig) {
    let invalid =
        || ApiError::new(actix_web::http::StatusCode::BAD_REQUEST, "request_invalid", "The request is not valid.");
    let workspace = web::scope("/workspaces/{id}")
        // Whoever has a ticket.
        .route("/session", post().to(session::redeem))
        // Whoever is admitted.
        .route("/events", get().to(workspaces::events))
        .route("/start", post().to(workspaces::start))
        .route("/stop", post().to(workspaces::stop))
        .route("/tree", get().to(files::tree))
        .route("/file", get().to(files::read))
        .route("/file", put().to(files::write))
        .route("/file", delete().to(files::remove))
        .route("/folders", post().to(files::make_folder))
        .route("/rename", post().to(files::rename))
        .route("/terminals", get().to(terminals::list))
        .route("/terminals", post().to(terminals::open))
        .route("/terminals/{tid}", delete().to(terminals::close))
        .route("/terminals/{tid}/socket", get().to(terminals::attach));
    config.service(
        web::scope("/ide/v1")
            .app_data(state)
            .app_data(web::JsonConfig::default().limit(MAX_JSON_BYTES).error_handler(move |_, _| invalid().into()))
            .app_data(web::QueryConfig::default().error_handler(move |_, _| invalid().into()))
            .app_data(web::PathConfig::default().error_handler(|_, _| ApiError::not_found().into()))
            .service(workspace)
            .default_service(web::route().to(|| async { Err::<String, _>(ApiError::not_found()) }))
            .wrap(from_fn(session::guard))
            .wrap(from_fn(request_id::envelope)),
    );
}
