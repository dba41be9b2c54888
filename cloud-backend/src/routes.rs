//! Every public route, with who may call it and what kind of work it is. What is not in this table does not exist.

use actix_web::{http::Method, web};

pub use crate::guard::Class;
use crate::{
    account, audit, dav, files, guard, health, nextcloud, openapi, people, providers, session, spaces, tus, uploads,
    workspaces,
};

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

/// From where a browser may call a route. Without a word in the row it is [`Caller::Page`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Our own pages only.
    Page,
    /// Our own pages only, also by a form: what else holds such types off is not needed where the page is known.
    Form,
    /// A window that another site sends here, as at the end of a sign-in there. For `get` alone.
    Arrival,
    /// Anybody, another server for one. The route sees no cookie, and knows its caller by the body, or changes nothing.
    Anybody,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub tier: Tier,
    pub class: Class,
    pub caller: Caller,
}

impl Route {
    fn matches(&self, path: &str) -> bool {
        let (mut pattern, mut given) = (self.path.split('/'), path.split('/'));
        loop {
            match (pattern.next(), given.next()) {
                (None, None) => return true,
                // A tail: all that is left, with whatever slashes are in it.
                (Some(name), Some(_)) if name.ends_with(":.*}") => return true,
                (Some(name), Some(part)) if name.starts_with('{') && !part.is_empty() => {}
                (Some(name), Some(part)) if name == part => {}
                _ => return false,
            }
        }
    }
}

/// The row that the router will choose for this path, if any: the first that fits, as in the router.
pub(crate) fn find(method: &Method, path: &str) -> Option<&'static Route> {
    TABLE.iter().find(|route| route.method.eq_ignore_ascii_case(method.as_str()) && route.matches(path))
}

/// A row's word for a method as HTTP writes it: also those of WebDAV (RFC 4918), for which the router has no function.
fn http_method(word: &str) -> Method {
    // Words of this file's own table: each is a method.
    Method::from_bytes(word.to_ascii_uppercase().as_bytes()).unwrap_or(Method::GET)
}

macro_rules! caller {
    () => {
        Caller::Page
    };
    ($caller:ident) => {
        Caller::$caller
    };
}

macro_rules! routes {
    ($($tier:ident $class:ident $($caller:ident)? : $method:ident $path:literal => $handler:path;)*) => {
        /// The whole table.
        pub const TABLE: &[Route] = &[$(Route {
            method: stringify!($method),
            path: $path,
            tier: Tier::$tier,
            class: Class::$class,
            caller: caller!($($caller)?),
        },)*];

        pub(crate) fn configure(config: &mut web::ServiceConfig) {
            $(config.route($path, web::method(http_method(stringify!($method))).to($handler));)*
        }
    };
}

routes! {
    Public Read           : get    "/healthz"                                                 => health::healthz;
    Public Read           : get    "/readyz"                                                  => health::readyz;
    Public Read           : get    "/api/v1/openapi.json"                                     => openapi::show;
    Public Read           : get    "/api/v1/setup"                                            => session::setup::show_setup;
    Public SignIn         : post   "/api/v1/setup"                                            => session::setup::complete_setup;
    Public SignIn         : post   "/api/v1/session"                                          => session::sign_in::create_session;
    Public Write          : post   "/api/v1/session/refresh"                                   => session::refresh::refresh_session;
    Public SignIn         : post   "/api/v1/session/second-factor"                             => session::sign_in::show_second_factor;
    Public SignIn         : post   "/api/v1/session/second-factor/passkey-options"             => session::sign_in::second_factor_options;
    Public SignIn         : post   "/api/v1/session/passkey"                                   => session::sign_in::sign_in_with_passkey;
    Public SignIn         : post   "/api/v1/session/passkey-options"                           => session::sign_in::passkey_options;
    Public Read           : get    "/api/v1/sign-in/options"                                   => providers::sign_in::list_options;
    Public SignIn Arrival : get    "/api/v1/sign-in/callback"                                  => providers::sign_in::come_back;
    Public SignIn         : post   "/api/v1/sign-in/providers/{provider_id}"                   => providers::sign_in::begin_sign_in;
    Public Write Anybody  : post   "/api/v1/sign-in/providers/{provider_id}/back-channel-logout" => providers::back_channel::back_channel_logout;
    User   Read           : get    "/api/v1/session"                                          => session::sign_in::show_session;
    User   Write          : delete "/api/v1/session"                                          => session::sign_in::end_session;
    User   Write          : patch  "/api/v1/session/user"                                     => session::profile::update_profile;
    User   Write          : post   "/api/v1/session/elevation"                                 => session::elevation::elevate;
    User   Write          : delete "/api/v1/session/elevation"                                 => session::elevation::drop_elevation;
    User   Write          : post   "/api/v1/session/elevation/passkey-options"                 => session::elevation::elevation_options;
    User   Write          : post   "/api/v1/session/confirmation"                              => session::elevation::confirm;
    User   Write          : put    "/api/v1/session/user/picture"                              => account::picture::put_picture;
    User   Write          : delete "/api/v1/session/user/picture"                              => account::picture::remove_picture;
    User   Read           : get    "/api/v1/users/{user_id}/picture"                           => account::picture::show_picture;
    User   Read           : get    "/api/v1/account/security"                                  => account::security::show_security;
    User   Write          : put    "/api/v1/account/password"                                  => account::password::change_password;
    User   Write          : post   "/api/v1/account/passkeys/options"                          => account::passkeys::passkey_options;
    User   Write          : post   "/api/v1/account/passkeys"                                  => account::passkeys::add_passkey;
    User   Write          : patch  "/api/v1/account/passkeys/{passkey_id}"                     => account::passkeys::rename_passkey;
    User   Write          : delete "/api/v1/account/passkeys/{passkey_id}"                     => account::passkeys::remove_passkey;
    User   Write          : post   "/api/v1/account/totp"                                      => account::totp::begin_totp;
    User   SignIn         : post   "/api/v1/account/totp/confirmation"                         => account::totp::confirm_totp;
    User   Write          : delete "/api/v1/account/totp"                                      => account::totp::remove_totp;
    User   Write          : post   "/api/v1/account/recovery-codes"                            => account::recovery_codes::make_recovery_codes;
    User   Read           : get    "/api/v1/account/sessions"                                  => account::devices::list_devices;
    User   Write          : delete "/api/v1/account/sessions"                                  => account::devices::end_other_devices;
    User   Write          : delete "/api/v1/account/sessions/{session_id}"                     => account::devices::end_device;
    User   Read           : get    "/api/v1/account/tokens"                                    => account::tokens::list_tokens;
    User   Write          : post   "/api/v1/account/tokens"                                    => account::tokens::create_token;
    User   Write          : delete "/api/v1/account/tokens/{token_id}"                         => account::tokens::revoke_token;
    User   Read           : get    "/api/v1/account/notices"                                   => account::notices::list_notices;
    User   Write          : post   "/api/v1/account/notices/seen"                              => account::notices::see_notices;
    User   Write          : post   "/api/v1/account/providers/{provider_id}"                   => providers::account::begin_link;
    User   Write          : delete "/api/v1/account/providers/{provider_id}"                   => providers::account::unlink;
    User   Read           : get    "/api/v1/spaces"                                           => spaces::list::list_spaces;
    User   Write          : post   "/api/v1/spaces"                                           => spaces::create::create_space;
    User   Read           : get    "/api/v1/spaces/{space_id}"                                => spaces::list::show_space;
    User   Write          : patch  "/api/v1/spaces/{space_id}"                                => spaces::update::update_space;
    User   Write          : post   "/api/v1/spaces/{space_id}/archive"                        => spaces::archive::archive_space;
    User   Write          : post   "/api/v1/spaces/{space_id}/activation"                     => spaces::archive::activate_space;
    User   Write          : post   "/api/v1/spaces/{space_id}/transfer"                       => spaces::transfer::transfer_space;
    User   Read           : get    "/api/v1/spaces/{space_id}/members"                        => spaces::members::list_space_members;
    User   Write          : put    "/api/v1/spaces/{space_id}/members/users/{user_id}"        => spaces::members::set_space_user;
    User   Write          : delete "/api/v1/spaces/{space_id}/members/users/{user_id}"        => spaces::members::remove_space_user;
    User   Write          : put    "/api/v1/spaces/{space_id}/members/groups/{group_id}"      => spaces::members::set_space_group;
    User   Write          : delete "/api/v1/spaces/{space_id}/members/groups/{group_id}"      => spaces::members::remove_space_group;
    User   Costly         : get    "/api/v1/people"                                           => spaces::people::find_people;
    Admin  Read           : get    "/api/v1/admin/spaces"                                     => spaces::usage::list_spaces_in_use;
    Admin  Write          : put    "/api/v1/admin/spaces/{space_id}/quota"                    => spaces::usage::set_space_quota;
    User   Read           : get    "/api/v1/nodes/{node_id}"                                  => files::show::show_node;
    User   Write          : patch  "/api/v1/nodes/{node_id}"                                  => files::update::update_node;
    User   Write          : delete "/api/v1/nodes/{node_id}"                                  => files::trash::trash_node;
    User   Read           : get    "/api/v1/nodes/{node_id}/children"                         => files::children::list_children;
    User   Write          : post   "/api/v1/nodes/{node_id}/folders"                          => files::create_folder::create_folder;
    User   Write          : put    "/api/v1/nodes/{node_id}/files"                            => files::upload::put_file;
    User   Read           : get    "/api/v1/nodes/{node_id}/content"                          => files::download::download_file;
    User   Write          : put    "/api/v1/nodes/{node_id}/content"                          => files::upload::replace_content;
    User   Write          : post   "/api/v1/nodes/{node_id}/restore"                          => files::restore::restore_node;
    User   Write          : post   "/api/v1/nodes/{node_id}/copies"                           => files::copy::copy_node;
    User   Read           : get    "/api/v1/nodes/{node_id}/locks"                            => files::locks::list_locks;
    User   Write          : delete "/api/v1/nodes/{node_id}/locks/{lock_id}"                  => files::locks::break_lock;
    User   Read           : get    "/api/v1/nodes/{node_id}/versions"                         => files::versions::list_versions;
    User   Read           : get    "/api/v1/nodes/{node_id}/versions/{version_id}/content"    => files::download::download_version;
    User   Write          : post   "/api/v1/nodes/{node_id}/versions/{version_id}/restore"    => files::version_changes::restore_version;
    User   Write          : patch  "/api/v1/nodes/{node_id}/versions/{version_id}"            => files::version_changes::update_version;
    User   Write          : delete "/api/v1/nodes/{node_id}/versions/{version_id}"            => files::version_changes::delete_version;
    User   Write          : put    "/api/v1/nodes/{node_id}/favourite"                        => files::favourites::add_favourite;
    User   Write          : delete "/api/v1/nodes/{node_id}/favourite"                        => files::favourites::remove_favourite;
    User   Read           : get    "/api/v1/favourites"                                       => files::favourites::list_favourites;
    User   Read           : get    "/api/v1/recents"                                          => files::favourites::list_recents;
    User   Read           : get    "/api/v1/spaces/{space_id}/trash"                          => files::trash_bin::list_trash;
    User   Write          : delete "/api/v1/spaces/{space_id}/trash"                          => files::trash_bin::purge_trash;
    User   Write          : delete "/api/v1/spaces/{space_id}/trash/{node_id}"                => files::trash_bin::purge_node;
    User   Costly         : get    "/api/v1/nodes/{node_id}/zip"                              => files::zip::zip_node;
    User   Costly         : get    "/api/v1/zips"                                             => files::zip::zip_nodes;
    User   Write          : post   "/api/v1/nodes/{node_id}/files/known"                      => files::known::put_known;
    User   Write Form     : post   "/api/v1/nodes/{node_id}/files/form"                       => files::form::put_form;
    Public Read           : options "/api/v1/uploads"                                         => tus::upload_options;
    User   Read           : get    "/api/v1/uploads"                                          => uploads::list_uploads;
    User   Write          : post   "/api/v1/uploads"                                          => tus::create_upload;
    User   Read           : head   "/api/v1/uploads/{upload_id}"                              => tus::show_upload;
    User   Write          : patch  "/api/v1/uploads/{upload_id}"                              => tus::continue_upload;
    User   Write          : delete "/api/v1/uploads/{upload_id}"                              => tus::end_upload;
    User   Write          : post   "/api/v1/uploads/{upload_id}"                              => tus::post_upload;
    User   Read           : get    "/api/v1/workspaces"                                       => workspaces::list::list_workspaces;
    User   Write          : post   "/api/v1/workspaces"                                       => workspaces::create::create_workspace;
    User   Read           : get    "/api/v1/workspaces/{workspace_id}"                        => workspaces::list::show_workspace;
    User   Write          : delete "/api/v1/workspaces/{workspace_id}"                        => workspaces::delete::delete_workspace;
    User   Write          : post   "/api/v1/workspaces/{workspace_id}/ticket"                 => workspaces::ticket::create_ticket;
    User   Read           : get    "/api/v1/system/health"                                    => health::show_health;
    // WebDAV: one tree for everything, because the names in it are the clients' own.
    Public Sync           : options   "/"                                                     => dav::options;
    Public Sync           : options   "/dav"                                                  => dav::options;
    Public Sync           : options   "/dav/{path:.*}"                                        => dav::options;
    User   Sync           : propfind  "/dav"                                                  => dav::propfind::propfind;
    User   Sync           : propfind  "/dav/{path:.*}"                                        => dav::propfind::propfind;
    User   Sync           : proppatch "/dav/{path:.*}"                                        => dav::proppatch::proppatch;
    User   Sync           : get       "/dav/{path:.*}"                                        => dav::get::get;
    User   Sync           : head      "/dav/{path:.*}"                                        => dav::get::head;
    User   Sync           : put       "/dav/{path:.*}"                                        => dav::put::put;
    User   Sync           : mkcol     "/dav/{path:.*}"                                        => dav::mkcol::mkcol;
    User   Sync           : delete    "/dav/{path:.*}"                                        => dav::delete::delete;
    User   Sync           : copy      "/dav/{path:.*}"                                        => dav::copy_move::copy;
    User   Sync           : move      "/dav/{path:.*}"                                        => dav::copy_move::relocate;
    User   Sync           : lock      "/dav/{path:.*}"                                        => dav::lock::lock;
    User   Sync           : unlock    "/dav/{path:.*}"                                        => dav::lock::unlock;
    User   Read           : get       "/api/v1/account/programs/{program_token}"              => nextcloud::programs::show_program;
    User   Write          : post      "/api/v1/account/programs/{program_token}"              => nextcloud::programs::admit_program;
    Public Read           : get       "/status.php"                                           => nextcloud::status::status;
    Public Read           : get       "/index.php/204"                                        => nextcloud::status::nothing;
    Public Read           : get       "/ocs/v1.php/cloud/capabilities"                        => nextcloud::capabilities::capabilities;
    User   Read           : get       "/ocs/v1.php/cloud/user"                                => nextcloud::user::user;
    Public Read           : get       "/ocs/v2.php/cloud/capabilities"                        => nextcloud::capabilities::capabilities;
    User   Read           : get       "/ocs/v2.php/cloud/user"                                => nextcloud::user::user;
    User   Write          : delete    "/ocs/v2.php/core/apppassword"                          => nextcloud::login::delete_app_password;
    Public SignIn Anybody : post      "/login/v2"                                             => nextcloud::login::begin;
    Public SignIn Anybody : post      "/login/v2/poll"                                        => nextcloud::login::poll;
    Public SignIn Anybody : post      "/index.php/login/v2"                                   => nextcloud::login::begin;
    Public SignIn Anybody : post      "/index.php/login/v2/poll"                              => nextcloud::login::poll;
    Public Sync           : options   "/remote.php/dav/files/{path:.*}"                       => dav::options;
    User   Sync           : propfind  "/remote.php/dav/files/{path:.*}"                       => dav::propfind::propfind;
    User   Sync           : proppatch "/remote.php/dav/files/{path:.*}"                       => dav::proppatch::proppatch;
    User   Sync           : get       "/remote.php/dav/files/{path:.*}"                       => dav::get::get;
    User   Sync           : head      "/remote.php/dav/files/{path:.*}"                       => dav::get::head;
    User   Sync           : put       "/remote.php/dav/files/{path:.*}"                       => dav::put::put;
    User   Sync           : mkcol     "/remote.php/dav/files/{path:.*}"                       => dav::mkcol::mkcol;
    User   Sync           : delete    "/remote.php/dav/files/{path:.*}"                       => dav::delete::delete;
    User   Sync           : copy      "/remote.php/dav/files/{path:.*}"                       => dav::copy_move::copy;
    User   Sync           : move      "/remote.php/dav/files/{path:.*}"                       => dav::copy_move::relocate;
    User   Sync           : lock      "/remote.php/dav/files/{path:.*}"                       => dav::lock::lock;
    User   Sync           : unlock    "/remote.php/dav/files/{path:.*}"                       => dav::lock::unlock;
    Public Sync           : options   "/remote.php/webdav/{path:.*}"                          => dav::options;
    User   Sync           : propfind  "/remote.php/webdav/{path:.*}"                          => dav::propfind::propfind;
    User   Sync           : proppatch "/remote.php/webdav/{path:.*}"                          => dav::proppatch::proppatch;
    User   Sync           : get       "/remote.php/webdav/{path:.*}"                          => dav::get::get;
    User   Sync           : head      "/remote.php/webdav/{path:.*}"                          => dav::get::head;
    User   Sync           : put       "/remote.php/webdav/{path:.*}"                          => dav::put::put;
    User   Sync           : mkcol     "/remote.php/webdav/{path:.*}"                          => dav::mkcol::mkcol;
    User   Sync           : delete    "/remote.php/webdav/{path:.*}"                          => dav::delete::delete;
    User   Sync           : copy      "/remote.php/webdav/{path:.*}"                          => dav::copy_move::copy;
    User   Sync           : move      "/remote.php/webdav/{path:.*}"                          => dav::copy_move::relocate;
    User   Sync           : lock      "/remote.php/webdav/{path:.*}"                          => dav::lock::lock;
    User   Sync           : unlock    "/remote.php/webdav/{path:.*}"                          => dav::lock::unlock;
    User   Sync           : propfind  "/remote.php/webdav"                                    => dav::propfind::propfind;
    User   Sync           : patch     "/remote.php/dav/files/{path:.*}"                       => nextcloud::recalculate::recalculate;
    User   Sync           : post      "/remote.php/dav/files/{path:.*}"                       => nextcloud::resumable::begin;
    User   Sync           : mkcol     "/remote.php/dav/uploads/{path:.*}"                     => nextcloud::chunks::begin;
    User   Sync           : put       "/remote.php/dav/uploads/{path:.*}"                     => nextcloud::chunks::put;
    User   Sync           : propfind  "/remote.php/dav/uploads/{path:.*}"                     => nextcloud::chunks::list;
    User   Sync           : move      "/remote.php/dav/uploads/{path:.*}"                     => nextcloud::chunks::finish;
    User   Sync           : delete    "/remote.php/dav/uploads/{path:.*}"                     => nextcloud::chunks::end;
    User   Sync           : propfind  "/remote.php/dav/trashbin/{path:.*}"                    => nextcloud::trashbin::list;
    User   Sync           : move      "/remote.php/dav/trashbin/{path:.*}"                    => nextcloud::trashbin::restore;
    User   Sync           : delete    "/remote.php/dav/trashbin/{path:.*}"                    => nextcloud::trashbin::purge;
    User   Sync           : propfind  "/remote.php/dav/versions/{path:.*}"                    => nextcloud::versions::list;
    User   Sync           : get       "/remote.php/dav/versions/{path:.*}"                    => nextcloud::versions::get;
    User   Sync           : move      "/remote.php/dav/versions/{path:.*}"                    => nextcloud::versions::restore;
    Public Report Anybody : post   "/api/v1/csp-reports"                                      => guard::reports::take_report;
    Admin  Read           : get    "/api/v1/admin/identity-providers"                          => providers::admin::list_providers;
    Admin  Write          : post   "/api/v1/admin/identity-providers"                          => providers::admin::create_provider;
    Admin  Write          : patch  "/api/v1/admin/identity-providers/{provider_id}"            => providers::admin::update_provider;
    Admin  Write          : delete "/api/v1/admin/identity-providers/{provider_id}"            => providers::admin::delete_provider;
    Admin  Read           : get    "/api/v1/audit/head"                                       => audit::head::show_head;
    Admin  Read           : get    "/api/v1/audit/entries"                                    => audit::list::list_entries;
    Admin  Read           : get    "/api/v1/audit/actions"                                    => audit::list::list_actions;
    Admin  Read           : get    "/api/v1/audit/emergencies"                                => people::break_glass::list_emergencies;
    Admin  Write          : post   "/api/v1/audit/emergencies/{request_id}/review"            => people::break_glass::review;
    Admin  Costly         : post   "/api/v1/audit/exports"                                    => audit::export::create_export;
    User   Read           : get    "/api/v1/account/role-requests"                                    => people::role_requests::list_own;
    User   Write          : post   "/api/v1/account/role-requests"                                    => people::role_requests::create_own;
    User   Write          : delete "/api/v1/account/role-requests/{request_id}"                       => people::role_requests::withdraw_own;
    User   Write          : post   "/api/v1/account/break-glass"                                      => people::break_glass::break_glass;
    Public SignIn         : post   "/api/v1/invitations/look"                                         => people::joining::look_at_invitation;
    Public SignIn         : post   "/api/v1/invitations/accept"                                       => people::joining::accept_invitation;
    Public SignIn         : post   "/api/v1/password-resets/look"                                     => people::password_resets::look_at_reset;
    Public SignIn         : post   "/api/v1/password-resets/accept"                                   => people::password_resets::accept_reset;
    Admin  Read           : get    "/api/v1/admin/users"                                              => people::users::list_users;
    Admin  Write          : post   "/api/v1/admin/users"                                              => people::users::create_user;
    Admin  Read           : get    "/api/v1/admin/users/{user_id}"                                    => people::users::show_user;
    Admin  Write          : patch  "/api/v1/admin/users/{user_id}"                                    => people::users::update_user;
    Admin  Write          : delete "/api/v1/admin/users/{user_id}"                                    => people::deletion::delete_user;
    Admin  Write          : post   "/api/v1/admin/users/{user_id}/deactivation"                       => people::state::deactivate;
    Admin  Write          : post   "/api/v1/admin/users/{user_id}/activation"                         => people::state::activate;
    Admin  Write          : post   "/api/v1/admin/users/{user_id}/password-reset"                     => people::password_resets::create_reset;
    Admin  Write          : post   "/api/v1/admin/users/{user_id}/second-factors/reset"               => people::state::reset_factors;
    Admin  Write          : delete "/api/v1/admin/users/{user_id}/sessions"                           => people::state::end_sessions;
    Admin  Read           : get    "/api/v1/admin/users/{user_id}/tokens"                             => people::service_tokens::list_tokens;
    Admin  Write          : post   "/api/v1/admin/users/{user_id}/tokens"                             => people::service_tokens::create_token;
    Admin  Write          : delete "/api/v1/admin/users/{user_id}/tokens/{token_id}"                  => people::service_tokens::revoke_token;
    Admin  Read           : get    "/api/v1/admin/invitations"                                        => people::invitations::list_invitations;
    Admin  Write          : post   "/api/v1/admin/invitations"                                        => people::invitations::create_invitation;
    Admin  Write          : delete "/api/v1/admin/invitations/{invitation_id}"                        => people::invitations::revoke_invitation;
    Admin  Read           : get    "/api/v1/admin/groups"                                             => people::groups::list_groups;
    Admin  Write          : post   "/api/v1/admin/groups"                                             => people::groups::create_group;
    Admin  Write          : patch  "/api/v1/admin/groups/{group_id}"                                  => people::groups::rename_group;
    Admin  Write          : delete "/api/v1/admin/groups/{group_id}"                                  => people::groups::delete_group;
    Admin  Read           : get    "/api/v1/admin/groups/{group_id}/members"                          => people::groups::list_members;
    Admin  Write          : put    "/api/v1/admin/groups/{group_id}/members/{user_id}"                => people::groups::add_member;
    Admin  Write          : delete "/api/v1/admin/groups/{group_id}/members/{user_id}"                => people::groups::remove_member;
    Admin  Read           : get    "/api/v1/admin/permissions"                                        => people::roles::list_permissions;
    Admin  Read           : get    "/api/v1/admin/roles"                                              => people::roles::list_roles;
    Admin  Write          : post   "/api/v1/admin/roles"                                              => people::roles::create_role;
    Admin  Write          : patch  "/api/v1/admin/roles/{role_id}"                                    => people::roles::update_role;
    Admin  Write          : delete "/api/v1/admin/roles/{role_id}"                                    => people::roles::delete_role;
    Admin  Read           : get    "/api/v1/admin/role-requests"                                      => people::role_requests::list_role_requests;
    Admin  Write          : post   "/api/v1/admin/role-requests/{request_id}/approval"                => people::role_requests::approve;
    Admin  Write          : post   "/api/v1/admin/role-requests/{request_id}/denial"                  => people::role_requests::deny;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_the_row_that_the_router_finds() {
        let found = |method: Method, path: &str| find(&method, path).map(|route| route.path);
        assert_eq!(found(Method::GET, "/api/v1/nodes/x"), Some("/api/v1/nodes/{node_id}"));
        assert_eq!(
            found(Method::GET, "/api/v1/nodes/x/versions/y/content"),
            Some("/api/v1/nodes/{node_id}/versions/{version_id}/content")
        );
        assert_eq!(find(&Method::POST, "/api/v1/session").unwrap().class, Class::SignIn);
        assert_eq!(find(&Method::DELETE, "/api/v1/session").unwrap().class, Class::Write);
        assert_eq!(find(&Method::from_bytes(b"PROPFIND").unwrap(), "/dav/home/a/b").unwrap().class, Class::Sync);
        assert_eq!(find(&Method::PUT, "/dav/home//").unwrap().class, Class::Sync);
        assert_eq!(found(Method::GET, "/davx/home"), None);
        for path in
            ["/api/v1/nodes/", "/api/v1/nodes", "/api/v1/nodes/x/", "/api/v1/nodes/x/none", "", "/", "/api/v1/Session"]
        {
            assert_eq!(found(Method::GET, path), None, "{path}");
        }
    }

    #[test]
    fn t_023_whoever_arrives_from_elsewhere_changes_nothing() {
        for route in TABLE {
            assert!(route.caller != Caller::Arrival || route.method == "get", "{}", route.path);
            assert!(route.caller != Caller::Anybody || route.tier == Tier::Public, "{}", route.path);
        }
    }
}
