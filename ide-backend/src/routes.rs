//! The whole route table. Every route but the first needs an admission (the extractor `Admitted`); all of them stand behind
//! the check of the origin.

use actix_web::{
    middleware::from_fn,
    web::{self, ServiceConfig},
};

use crate::{api_error::ApiError, app::State, files, request_id, session, terminals, workspaces};

/// JSON bodies are small.
const MAX_JSON_BYTES: usize = 16 * 1024;
/// Before every path of the table.
const PREFIX: &str = "/ide/v1";

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
}

macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)*) => {
        /// The whole table.
        pub const TABLE: &[Route] = &[$(Route { method: stringify!($method), path: concat!("/ide/v1", $path) },)*];

        fn add(scope: actix_web::Scope) -> actix_web::Scope {
            scope$(.route($path, web::$method().to($handler)))*
        }
    };
}

routes! {
    // Whoever has a ticket.
    post   "/workspaces/{id}/session"                  => session::redeem;
    // Whoever is admitted.
    get    "/workspaces/{id}/events"                   => workspaces::events;
    post   "/workspaces/{id}/start"                    => workspaces::start;
    post   "/workspaces/{id}/stop"                     => workspaces::stop;
    get    "/workspaces/{id}/tree"                     => files::tree;
    get    "/workspaces/{id}/file"                     => files::read;
    put    "/workspaces/{id}/file"                     => files::write;
    delete "/workspaces/{id}/file"                     => files::remove;
    post   "/workspaces/{id}/folders"                  => files::make_folder;
    post   "/workspaces/{id}/rename"                   => files::rename;
    get    "/workspaces/{id}/terminals"                => terminals::list;
    post   "/workspaces/{id}/terminals"                => terminals::open;
    delete "/workspaces/{id}/terminals/{tid}"          => terminals::close;
    get    "/workspaces/{id}/terminals/{tid}/socket"   => terminals::attach;
}

pub(crate) fn configure(state: web::Data<State>, config: &mut ServiceConfig) {
    let invalid =
        || ApiError::new(actix_web::http::StatusCode::BAD_REQUEST, "request_invalid", "The request is not valid.");
    config.service(
        add(web::scope(PREFIX)
            .app_data(state)
            .app_data(web::JsonConfig::default().limit(MAX_JSON_BYTES).error_handler(move |_, _| invalid().into()))
            .app_data(web::QueryConfig::default().error_handler(move |_, _| invalid().into()))
            .app_data(web::PathConfig::default().error_handler(|_, _| ApiError::not_found().into())))
        .default_service(web::route().to(|| async { Err::<String, _>(ApiError::not_found()) }))
        .wrap(from_fn(session::guard))
        .wrap(from_fn(request_id::envelope)),
    );
}
