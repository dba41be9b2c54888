//! The spaces that a person is a member of.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{OwnAccess, SpaceRole, Write},
    session::Session,
    store::SpaceRow,
};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SpaceKind {
    Personal,
    Team,
}

/// A drive.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Space {
    id: carrel_ids::SpaceId,
    kind: SpaceKind,
    name: String,
    /// The folder at its top.
    root_id: carrel_ids::NodeId,
    role: SpaceRole,
    /// Bytes of all files.
    size: i64,
    abilities: SpaceAbilities,
}

#[derive(Debug, Serialize, ToSchema)]
struct SpaceAbilities {
    write: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Spaces {
    items: Vec<Space>,
}

impl From<SpaceRow> for Space {
    fn from(row: SpaceRow) -> Self {
        Self {
            id: row.id,
            kind: if row.personal { SpaceKind::Personal } else { SpaceKind::Team },
            name: row.name,
            root_id: row.root,
            abilities: SpaceAbilities { write: row.role.may::<Write>() },
            role: row.role,
            size: row.size,
        }
    }
}

/// One's own spaces.
#[utoipa::path(get, path = "/api/v1/spaces", tag = "files", responses((status = 200, body = Spaces), (status = 401, body = ErrorBody)))]
pub(crate) async fn list_spaces(session: Session, cloud: web::Data<Cloud>) -> Result<HttpResponse, ApiError> {
    let rows = cloud.store.spaces(&OwnAccess::of(&session)).await?;
    Ok(HttpResponse::Ok().json(Spaces { items: rows.into_iter().map(Into::into).collect() }))
}
