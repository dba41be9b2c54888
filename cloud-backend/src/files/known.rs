//! A file out of content that the asker can read already: what moves from place to place, or comes from a phone a second time, costs no
//! bytes.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Node;
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    authz::{FileAccess, FileName, Permission, Write},
    session::Session,
    store::NewContent,
};

/// How long an answer of "unknown" takes at least. Looking for content that others have and content that nobody has differs by far less.
const UNKNOWN_AFTER: Duration = Duration::from_millis(25);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownContent {
    name: String,
    /// Bytes.
    size: u64,
    /// 64 hex digits.
    sha256: String,
}

/// Puts a file into a folder without its bytes, when the asker can read the same content somewhere at this moment. Content that is only
/// in others' files, or in the trash, is as unknown as content that is nowhere.
#[utoipa::path(post, path = "/api/v1/nodes/{node_id}/files/known", tag = "uploads", params(("node_id" = carrel_ids::NodeId, Path)), request_body = KnownContent, responses(
    (status = 201, body = Node), (status = 404, body = ErrorBody, description = "`content_unknown`: send the bytes"), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn put_known(
    access: FileAccess<Write>,
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<KnownContent>,
) -> Result<HttpResponse, ApiError> {
    let answered = tokio::time::Instant::now() + UNKNOWN_AFTER;
    let name = FileName::parse(&body.name)?;
    let sha256: [u8; 32] = hex::decode(&body.sha256)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| ApiError::field("sha256", "A SHA-256 has 64 hex digits."))?;
    let size = i64::try_from(body.size).map_err(|_| ApiError::field("size", "No content has so many bytes."))?;
    let content = NewContent { blob: cloud.content.blob_id(&sha256), size, sha256 };
    if cloud.store.child(&access, name.as_str()).await?.is_some() {
        return Err(ApiError::NameTaken);
    }
    let may_read = session.permissions().contain(Permission::FileRead);
    if !may_read || !cloud.store.can_read_content(&access, &content).await? {
        // T-30: whoever guesses at what others have learns nothing, neither by the answer nor by its time.
        tokio::time::sleep_until(answered).await;
        return Err(ApiError::ContentUnknown);
    }
    let id = cloud.store.create_from_known(&access, &name, content).await?;
    let made = FileAccess::<Write>::require(&cloud.store, &session, id).await?;
    Ok(HttpResponse::Created().json(Node::new(cloud.store.node(&made).await?, true)))
}
