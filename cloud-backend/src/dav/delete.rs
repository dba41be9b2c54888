//! DELETE: to the trash, from where it can come back.

use actix_web::HttpResponse;

use super::{
    Dav, DavError,
    request::{Depth, Spot},
};
use crate::{audit::Action, store::TrashIf};

pub(crate) async fn delete(dav: Dav) -> Result<HttpResponse, DavError> {
    let href = dav.path.href(false);
    trash(dav).await.map_err(|error| error.of(&href))
}

async fn trash(dav: Dav) -> Result<HttpResponse, DavError> {
    if dav.depth()? == Some(Depth::One) {
        return Err(DavError::bad("a folder goes with all that is in it"));
    }
    if dav.path.names.is_empty() {
        return Err(DavError::FORBIDDEN);
    }
    let access = dav.found().await?;
    let version = dav.cloud.store.node(&access).await?.version;
    let node = access.node();
    let spot = Spot::Found(access);
    dav.check(&spot).await?;
    // What a condition was about is what goes.
    let condition = match version {
        Some(version) if dav.header("if-match")?.is_some() => TrashIf::Version(version.id),
        _ => TrashIf::Always,
    };
    let access = dav.deleting(node).await?;
    dav.cloud.store.audited(&access, Action::FileTrash, async |w| w.trash_node(condition).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
