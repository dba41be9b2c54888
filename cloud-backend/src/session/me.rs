//! The signed-in person as the interface sees them: who they are and what it may offer. The server decides anew at each request.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Session;
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{Factor, FactorPolicy, OwnAccess, Permission, Role},
    store::SessionMethod,
};

/// The signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    user: MeUser,
    abilities: MeAbilities,
    /// Absent for whoever has no right to files.
    personal_space: Option<PersonalSpace>,
    session: MeSession,
    second_factor: MeSecondFactor,
    /// How many words about the safety of the account nobody has seen.
    notices: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct MeUser {
    id: carrel_ids::UserId,
    name: String,
    display_name: String,
    /// `en` or `de`.
    language: String,
    /// Name of the time zone, for example `Europe/Berlin`.
    time_zone: String,
    email: Option<String>,
    /// Changes with the picture; absent without one.
    picture: Option<String>,
    roles: Vec<MeRole>,
}

#[derive(Debug, Serialize, ToSchema)]
struct MeRole {
    id: carrel_ids::RoleId,
    /// Absent for custom roles.
    code: Option<String>,
    name: String,
}

/// What the interface may offer.
#[derive(Debug, Serialize, ToSchema)]
struct MeAbilities {
    read_log: bool,
    export_log: bool,
    manage_users: bool,
    manage_roles: bool,
    server_settings: bool,
    use_workspaces: bool,
    /// Make team spaces.
    make_spaces: bool,
    create_tokens: bool,
    /// Ask for the administrator's role for a time.
    request_role: bool,
    break_glass: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct PersonalSpace {
    id: carrel_ids::SpaceId,
    root_id: carrel_ids::NodeId,
}

#[derive(Debug, Serialize, ToSchema)]
struct MeSession {
    /// Absent for tokens, as what follows.
    id: Option<carrel_ids::SessionId>,
    #[serde(with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
    method: Option<SessionMethod>,
    factor: Option<Factor>,
    #[serde(with = "time::serde::rfc3339::option")]
    elevated_until: Option<OffsetDateTime>,
    stay: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct MeSecondFactor {
    /// What the person's roles ask for.
    required: FactorPolicy,
    #[serde(with = "time::serde::rfc3339::option")]
    due_at: Option<OffsetDateTime>,
    /// This session has not shown what is required.
    missing: bool,
    /// … and can do nothing but set it up.
    limited: bool,
}

pub(crate) async fn me(cloud: &Cloud, session: &Session) -> Result<Me, ApiError> {
    let user = cloud.store.active_user(session.user_id()).await?.ok_or(ApiError::NotSignedIn)?;
    let own = OwnAccess::of(session);
    let held = user.rights.permissions;
    let interactive = session.is_interactive();
    let may = |permission| interactive && held.contain(permission);
    let roles = cloud.store.own_roles(&own).await?;
    let is_administrator = roles.iter().any(|role| role.id == Role::Administrator.id());
    let spaces = cloud.store.spaces(&own).await?;
    let personal = spaces.iter().find(|space| space.own && held.contain(Permission::FileRead));
    let row = session.row();
    Ok(Me {
        abilities: MeAbilities {
            read_log: may(Permission::LogRead),
            export_log: may(Permission::LogRead),
            manage_users: may(Permission::UserManage),
            manage_roles: may(Permission::RoleManage),
            server_settings: may(Permission::ServerSettings),
            use_workspaces: may(Permission::IdeUse),
            make_spaces: may(Permission::ShareInternalManage),
            create_tokens: may(Permission::TokenCreate),
            request_role: interactive && !is_administrator,
            break_glass: may(Permission::BreakGlass) && !is_administrator,
        },
        personal_space: personal.map(|space| PersonalSpace { id: space.id, root_id: space.root }),
        session: MeSession {
            id: session.browser_session(),
            expires_at: row.map(|row| row.expires_at.time()),
            method: row.map(|row| row.method),
            factor: row.map(|row| row.factor),
            elevated_until: row
                .filter(|_| session.is_elevated())
                .and_then(|row| row.elevated_until)
                .map(|until| until.time()),
            stay: row.is_some_and(|row| row.stay),
        },
        second_factor: MeSecondFactor {
            required: user.rights.policy,
            due_at: user.factor_due_at.map(|due| due.time()).filter(|_| session.lacks_factor()),
            missing: session.lacks_factor(),
            limited: session.is_limited(),
        },
        notices: cloud.store.unseen_notices(&own).await?,
        user: MeUser {
            picture: cloud.store.picture_changed_at(user.id).await?.map(|at| at.to_string()),
            id: user.id,
            name: user.name,
            display_name: user.display_name,
            language: user.language,
            time_zone: user.time_zone,
            email: user.email,
            roles: roles.into_iter().map(|role| MeRole { id: role.id, code: role.code, name: role.name }).collect(),
        },
    })
}
