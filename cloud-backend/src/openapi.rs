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
        crate::session::elevation::elevate,
        crate::session::elevation::drop_elevation,
        crate::session::elevation::elevation_options,
        crate::session::elevation::confirm,
        crate::account::picture::put_picture,
        crate::account::picture::remove_picture,
        crate::account::picture::show_picture,
        crate::account::security::show_security,
        crate::account::password::change_password,
        crate::account::passkeys::passkey_options,
        crate::account::passkeys::add_passkey,
        crate::account::passkeys::rename_passkey,
        crate::account::passkeys::remove_passkey,
        crate::account::totp::begin_totp,
        crate::account::totp::confirm_totp,
        crate::account::totp::remove_totp,
        crate::account::recovery_codes::make_recovery_codes,
        crate::account::devices::list_devices,
        crate::account::devices::end_other_devices,
        crate::account::devices::end_device,
        crate::account::tokens::list_tokens,
        crate::account::tokens::create_token,
        crate::account::tokens::revoke_token,
        crate::account::notices::list_notices,
        crate::account::notices::see_notices,
        crate::providers::sign_in::list_options,
        crate::providers::sign_in::begin_sign_in,
        crate::providers::sign_in::come_back,
        crate::providers::back_channel::back_channel_logout,
        crate::providers::account::begin_link,
        crate::providers::account::unlink,
        crate::providers::admin::list_providers,
        crate::providers::admin::create_provider,
        crate::providers::admin::update_provider,
        crate::providers::admin::delete_provider,
        crate::session::refresh::refresh_session,
        crate::session::sign_in::show_second_factor,
        crate::session::sign_in::second_factor_options,
        crate::session::sign_in::sign_in_with_passkey,
        crate::session::sign_in::passkey_options,
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
