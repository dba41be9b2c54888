//! The description of the public API, made from the handlers' annotations.

use actix_web::HttpResponse;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Carrel",
        description = "Files, workspaces and the log.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        crate::session::setup::show_setup,
        crate::session::setup::complete_setup,
        crate::session::sign_in::create_session,
        crate::session::sign_in::show_session,
        crate::session::sign_in::end_session,
        crate::session::profile::update_profile,
        crate::spaces::list_spaces,
        crate::files::show::show_node,
        crate::files::update::update_node,
        crate::files::trash::trash_node,
        crate::files::children::list_children,
        crate::files::create_folder::create_folder,
        crate::files::upload::put_file,
        crate::files::download::download_file,
        crate::files::upload::replace_content,
        crate::files::restore::restore_node,
        crate::files::versions::list_versions,
        crate::files::download::download_version,
        crate::workspaces::list::list_workspaces,
        crate::workspaces::create::create_workspace,
        crate::workspaces::list::show_workspace,
        crate::workspaces::delete::delete_workspace,
        crate::workspaces::ticket::create_ticket,
        crate::health::show_health,
        crate::guard::reports::take_report,
        crate::audit::head::show_head,
        crate::audit::list::list_entries,
        crate::audit::list::list_actions,
        crate::audit::export::create_export,
    )
)]
struct Description;

/// The document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

pub(crate) async fn show() -> HttpResponse {
    HttpResponse::Ok().json(document())
}
