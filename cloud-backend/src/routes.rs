//! Every public route, with who may call it. What is not in this table does not exist.

use actix_web::web;

use crate::{account, audit, files, health, openapi, people, session, spaces, workspaces};

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
    User   get    "/api/v1/account/role-requests"                                    => people::role_requests::list_own;
    User   post   "/api/v1/account/role-requests"                                    => people::role_requests::create_own;
    User   delete "/api/v1/account/role-requests/{request_id}"                       => people::role_requests::withdraw_own;
    User   post   "/api/v1/account/break-glass"                                      => people::break_glass::break_glass;
    Public post   "/api/v1/invitations/look"                                         => people::joining::look_at_invitation;
    Public post   "/api/v1/invitations/accept"                                       => people::joining::accept_invitation;
    Public post   "/api/v1/password-resets/accept"                                   => people::password_resets::accept_reset;
    Admin  get    "/api/v1/admin/users"                                              => people::users::list_users;
    Admin  post   "/api/v1/admin/users"                                              => people::users::create_user;
    Admin  get    "/api/v1/admin/users/{user_id}"                                    => people::users::show_user;
    Admin  patch  "/api/v1/admin/users/{user_id}"                                    => people::users::update_user;
    Admin  delete "/api/v1/admin/users/{user_id}"                                    => people::deletion::delete_user;
    Admin  post   "/api/v1/admin/users/{user_id}/deactivation"                       => people::state::deactivate;
    Admin  post   "/api/v1/admin/users/{user_id}/activation"                         => people::state::activate;
    Admin  post   "/api/v1/admin/users/{user_id}/password-reset"                     => people::password_resets::create_reset;
    Admin  post   "/api/v1/admin/users/{user_id}/second-factors/reset"               => people::state::reset_factors;
    Admin  delete "/api/v1/admin/users/{user_id}/sessions"                           => people::state::end_sessions;
    Admin  get    "/api/v1/admin/users/{user_id}/tokens"                             => people::service_tokens::list_tokens;
    Admin  post   "/api/v1/admin/users/{user_id}/tokens"                             => people::service_tokens::create_token;
    Admin  delete "/api/v1/admin/users/{user_id}/tokens/{token_id}"                  => people::service_tokens::revoke_token;
    Admin  get    "/api/v1/admin/invitations"                                        => people::invitations::list_invitations;
    Admin  post   "/api/v1/admin/invitations"                                        => people::invitations::create_invitation;
    Admin  delete "/api/v1/admin/invitations/{invitation_id}"                        => people::invitations::revoke_invitation;
    Admin  get    "/api/v1/admin/groups"                                             => people::groups::list_groups;
    Admin  post   "/api/v1/admin/groups"                                             => people::groups::create_group;
    Admin  patch  "/api/v1/admin/groups/{group_id}"                                  => people::groups::rename_group;
    Admin  delete "/api/v1/admin/groups/{group_id}"                                  => people::groups::delete_group;
    Admin  get    "/api/v1/admin/groups/{group_id}/members"                          => people::groups::list_members;
    Admin  put    "/api/v1/admin/groups/{group_id}/members/{user_id}"                => people::groups::add_member;
    Admin  delete "/api/v1/admin/groups/{group_id}/members/{user_id}"                => people::groups::remove_member;
    Admin  get    "/api/v1/admin/permissions"                                        => people::roles::list_permissions;
    Admin  get    "/api/v1/admin/roles"                                              => people::roles::list_roles;
    Admin  post   "/api/v1/admin/roles"                                              => people::roles::create_role;
    Admin  patch  "/api/v1/admin/roles/{role_id}"                                    => people::roles::update_role;
    Admin  delete "/api/v1/admin/roles/{role_id}"                                    => people::roles::delete_role;
    Admin  get    "/api/v1/admin/role-requests"                                      => people::role_requests::list_role_requests;
    Admin  post   "/api/v1/admin/role-requests/{request_id}/approval"                => people::role_requests::approve;
    Admin  post   "/api/v1/admin/role-requests/{request_id}/denial"                  => people::role_requests::deny;
    Admin  post   "/api/v1/admin/role-requests/{request_id}/review"                  => people::role_requests::review;
}
