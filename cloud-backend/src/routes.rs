//! Every public route, with who may call it. What is not in this table does not exist.

use actix_web::web;

use crate::{account, audit, files, health, openapi, providers, session, spaces, workspaces};

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
    Public post   "/api/v1/session/refresh"                                    => session::refresh::refresh_session;
    Public post   "/api/v1/session/second-factor"                              => session::sign_in::show_second_factor;
    Public post   "/api/v1/session/second-factor/passkey-options"              => session::sign_in::second_factor_options;
    Public post   "/api/v1/session/passkey"                                    => session::sign_in::sign_in_with_passkey;
    Public post   "/api/v1/session/passkey-options"                            => session::sign_in::passkey_options;
    Public get    "/api/v1/sign-in/options"                                    => providers::sign_in::list_options;
    Public get    "/api/v1/sign-in/callback"                                   => providers::sign_in::come_back;
    Public post   "/api/v1/sign-in/providers/{provider_id}"                    => providers::sign_in::begin_sign_in;
    Public post   "/api/v1/sign-in/providers/{provider_id}/back-channel-logout" => providers::back_channel::back_channel_logout;
    User   get    "/api/v1/session"                                            => session::sign_in::show_session;
    User   delete "/api/v1/session"                                            => session::sign_in::end_session;
    User   patch  "/api/v1/session/user"                                       => session::profile::update_profile;
    User   post   "/api/v1/session/elevation"                                 => session::elevation::elevate;
    User   delete "/api/v1/session/elevation"                                 => session::elevation::drop_elevation;
    User   post   "/api/v1/session/elevation/passkey-options"                 => session::elevation::elevation_options;
    User   post   "/api/v1/session/confirmation"                              => session::elevation::confirm;
    User   put    "/api/v1/session/user/picture"                              => account::picture::put_picture;
    User   delete "/api/v1/session/user/picture"                              => account::picture::remove_picture;
    User   get    "/api/v1/users/{user_id}/picture"                           => account::picture::show_picture;
    User   get    "/api/v1/account/security"                                  => account::security::show_security;
    User   put    "/api/v1/account/password"                                  => account::password::change_password;
    User   post   "/api/v1/account/passkeys/options"                          => account::passkeys::passkey_options;
    User   post   "/api/v1/account/passkeys"                                  => account::passkeys::add_passkey;
    User   patch  "/api/v1/account/passkeys/{passkey_id}"                     => account::passkeys::rename_passkey;
    User   delete "/api/v1/account/passkeys/{passkey_id}"                     => account::passkeys::remove_passkey;
    User   post   "/api/v1/account/totp"                                      => account::totp::begin_totp;
    User   post   "/api/v1/account/totp/confirmation"                         => account::totp::confirm_totp;
    User   delete "/api/v1/account/totp"                                      => account::totp::remove_totp;
    User   post   "/api/v1/account/recovery-codes"                            => account::recovery_codes::make_recovery_codes;
    User   get    "/api/v1/account/sessions"                                  => account::devices::list_devices;
    User   delete "/api/v1/account/sessions"                                  => account::devices::end_other_devices;
    User   delete "/api/v1/account/sessions/{session_id}"                     => account::devices::end_device;
    User   get    "/api/v1/account/tokens"                                    => account::tokens::list_tokens;
    User   post   "/api/v1/account/tokens"                                    => account::tokens::create_token;
    User   delete "/api/v1/account/tokens/{token_id}"                         => account::tokens::revoke_token;
    User   get    "/api/v1/account/notices"                                   => account::notices::list_notices;
    User   post   "/api/v1/account/notices/seen"                              => account::notices::see_notices;
    User   post   "/api/v1/account/providers/{provider_id}"                   => providers::account::begin_link;
    User   delete "/api/v1/account/providers/{provider_id}"                   => providers::account::unlink;
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
    Admin  get    "/api/v1/admin/identity-providers"                           => providers::admin::list_providers;
    Admin  post   "/api/v1/admin/identity-providers"                           => providers::admin::create_provider;
    Admin  patch  "/api/v1/admin/identity-providers/{provider_id}"             => providers::admin::update_provider;
    Admin  delete "/api/v1/admin/identity-providers/{provider_id}"             => providers::admin::delete_provider;
    Admin  get    "/api/v1/audit/head"                                         => audit::head::show_head;
    Admin  get    "/api/v1/audit/entries"                                      => audit::list::list_entries;
    Admin  get    "/api/v1/audit/actions"                                      => audit::list::list_actions;
    Admin  post   "/api/v1/audit/exports"                                      => audit::export::create_export;
}
