//! Every public route, with who may call it. What is not in this table does not exist.

use actix_web::web;

use crate::{audit, files, health, openapi, session, spaces, workspaces};

/// Who may call a route at all; what they may do with it is a proof's matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Anybody, signed in or not.
    Public,
    /// A person or a token.
    User,
    /// A person with a system role.
    Admin,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub tier: Tier,
}

macro_rules! routes {
    ($($tier:ident $method:ident $path:literal => $handler:path;)*) => {
        /// The whole table.
        pub const TABLE: &[Route] = &[$(Route { method: stringify!($method), path: $path, tier: Tier::$tier },)*];

        pub(crate) fn configure(config: &mut web::ServiceConfig) {
            $(config.route($path, web::$method().to($handler));)*
        }
    };
}

routes! {
    Public get    "/healthz"                                                   => health::healthz;
    Public get    "/readyz"                                                    => health::readyz;
    Public get    "/api/v1/openapi.json"                                       => openapi::show;
    Public get    "/api/v1/setup"                                              => session::setup::show_setup;
    Public post   "/api/v1/setup"                                              => session::setup::complete_setup;
    Public post   "/api/v1/session"                                            => session::sign_in::create_session;
    User   get    "/api/v1/session"                                            => session::sign_in::show_session;
    User   delete "/api/v1/session"                                            => session::sign_in::end_session;
    User   patch  "/api/v1/session/user"                                       => session::profile::update_profile;
    User   get    "/api/v1/spaces"                                             => spaces::list_spaces;
    User   get    "/api/v1/nodes/{node_id}"                                    => files::show::show_node;
    User   patch  "/api/v1/nodes/{node_id}"                                    => files::update::update_node;
    User   delete "/api/v1/nodes/{node_id}"                                    => files::trash::trash_node;
    User   get    "/api/v1/nodes/{node_id}/children"                           => files::children::list_children;
    User   post   "/api/v1/nodes/{node_id}/folders"                            => files::create_folder::create_folder;
    User   put    "/api/v1/nodes/{node_id}/files"                              => files::upload::put_file;
    User   get    "/api/v1/nodes/{node_id}/content"                            => files::download::download_file;
    User   put    "/api/v1/nodes/{node_id}/content"                            => files::upload::replace_content;
    User   post   "/api/v1/nodes/{node_id}/restore"                            => files::restore::restore_node;
    User   get    "/api/v1/nodes/{node_id}/versions"                           => files::versions::list_versions;
    User   get    "/api/v1/nodes/{node_id}/versions/{version_id}/content"      => files::download::download_version;
    User   get    "/api/v1/workspaces"                                         => workspaces::list::list_workspaces;
    User   post   "/api/v1/workspaces"                                         => workspaces::create::create_workspace;
    User   get    "/api/v1/workspaces/{workspace_id}"                          => workspaces::list::show_workspace;
    User   delete "/api/v1/workspaces/{workspace_id}"                          => workspaces::delete::delete_workspace;
    User   post   "/api/v1/workspaces/{workspace_id}/ticket"                   => workspaces::ticket::create_ticket;
    User   get    "/api/v1/system/health"                                      => health::show_health;
    Admin  get    "/api/v1/audit/head"                                         => audit::head::show_head;
    Admin  get    "/api/v1/audit/entries"                                      => audit::list::list_entries;
    Admin  get    "/api/v1/audit/actions"                                      => audit::list::list_actions;
    Admin  post   "/api/v1/audit/exports"                                      => audit::export::create_export;
}
