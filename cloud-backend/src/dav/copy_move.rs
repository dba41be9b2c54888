//! COPY and MOVE (RFC 4918, 9.8 and 9.9). What stands at the destination goes to the trash in the same transaction.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    Dav, DavError,
    path::DavPath,
    request::{Depth, Spot},
};
use crate::{
    audit::Action,
    authz::{Delete, FileAccess, FileName, Write},
    store::{StoreError, TrashIf},
};

pub(crate) async fn copy(dav: Dav) -> Result<HttpResponse, DavError> {
    let to = dav.destination().await?;
    let href = to.href(false);
    let whole = match dav.depth()? {
        None | Some(Depth::Infinity) => true,
        Some(Depth::Zero) => false,
        Some(Depth::One) => return Err(DavError::bad("a folder is copied alone or with all that is in it")),
    };
    copy_to(&dav, &to, whole).await.map_err(|error| error.of(&href))
}

pub(crate) async fn relocate(dav: Dav) -> Result<HttpResponse, DavError> {
    let to = dav.destination().await?;
    let href = dav.path.href(false);
    if dav.depth()?.is_some_and(|depth| depth != Depth::Infinity) {
        return Err(DavError::bad("a folder moves with all that is in it"));
    }
    move_to(&dav, &to).await.map_err(|error| error.of(&href))
}

/// Where something is to go.
struct Destination {
    folder: FileAccess<Write>,
    name: FileName,
    /// What stands there and goes to the trash.
    replaced: Option<FileAccess<Delete>>,
}

impl Destination {
    fn done(&self, dav: &Dav) -> HttpResponse {
        // Nextcloud's clients take no other answer for a success.
        let always_created = dav.path.synced && dav.request.method().as_str() == "MOVE";
        if self.replaced.is_some() && !always_created {
            HttpResponse::NoContent().finish()
        } else {
            HttpResponse::Created().finish()
        }
    }
}

/// The destination, as far as the request allows it.
async fn destination(dav: &Dav, to: &DavPath) -> Result<Destination, DavError> {
    // RFC 4918, 9.8.5: onto itself.
    if *to == dav.path {
        return Err(DavError::FORBIDDEN);
    }
    let overwrites = dav.overwrites()?;
    match dav.locate_at(to).await? {
        Spot::Free { folder, name } => {
            Ok(Destination { folder: dav.writing(folder.node()).await?, name, replaced: None })
        }
        Spot::Missing => Err(DavError::CONFLICT),
        Spot::Virtual => Err(DavError::FORBIDDEN),
        Spot::Found(_) if !overwrites => Err(DavError::PRECONDITION),
        Spot::Found(found) => {
            let parent = dav.cloud.store.node(&found).await?.parent.ok_or(DavError::FORBIDDEN)?;
            let name = to.names.last().cloned().ok_or(DavError::FORBIDDEN)?;
            let replaced = Some(dav.deleting(found.node()).await?);
            Ok(Destination { folder: dav.writing(parent).await?, name, replaced })
        }
    }
}

/// Neither may lie in the other: the one would go with the other, or come into itself.
fn apart(from: &DavPath, to: &DavPath, whole: bool) -> Result<(), DavError> {
    let same = from.tree == to.tree;
    let inside = whole && to.names.starts_with(&from.names);
    if same && (inside || from.names.starts_with(&to.names)) { Err(DavError::FORBIDDEN) } else { Ok(()) }
}

async fn copy_to(dav: &Dav, to: &DavPath, whole: bool) -> Result<HttpResponse, DavError> {
    let source = dav.found().await?;
    let spot = Spot::Found(source);
    dav.check(&spot).await?;
    let Spot::Found(source) = spot else { return Err(DavError::NOT_FOUND) };
    apart(&dav.path, to, whole)?;
    let destination = destination(dav, to).await?;
    dav.cloud
        .store
        .audited(&destination.folder, Action::FileCopy, async |w| {
            w.copy_node(&source, &destination.name, whole, destination.replaced.as_ref()).await
        })
        .await?;
    Ok(destination.done(dav))
}

async fn move_to(dav: &Dav, to: &DavPath) -> Result<HttpResponse, DavError> {
    let source = dav.found().await?;
    let space = source.space_id();
    let node = source.node();
    if dav.path.names.is_empty() {
        return Err(DavError::FORBIDDEN);
    }
    let spot = Spot::Found(source);
    dav.check(&spot).await?;
    apart(&dav.path, to, true)?;
    let destination = destination(dav, to).await?;
    let store = &dav.cloud.store;
    if destination.folder.space_id() == space {
        let access = dav.writing(node).await?;
        store
            .audited(&access, Action::FileMove, async |w| {
                if let Some(replaced) = &destination.replaced {
                    w.replace_node(replaced).await?;
                }
                w.move_node(&destination.folder, Some(&destination.name)).await
            })
            .await?;
        return Ok(destination.done(dav));
    }
    // To another space: a copy there first, then the trash here. Between the two both are there, never neither.
    let Spot::Found(source) = spot else { return Err(DavError::NOT_FOUND) };
    let leaving = dav.deleting(node).await?;
    if store.locks_around(&source, false).await?.iter().any(|lock| !dav.conditions.shown().contains(&lock.id)) {
        return Err(StoreError::Locked.into());
    }
    store
        .audited(&destination.folder, Action::FileCopy, async |w| {
            w.copy_node(&source, &destination.name, true, destination.replaced.as_ref()).await
        })
        .await?;
    let trashed = store.audited(&leaving, Action::FileTrash, async |w| w.trash_node(TrashIf::Always).await).await;
    match trashed {
        Ok(()) => Ok(destination.done(dav)),
        Err(StoreError::Locked) => Err(DavError::Status(StatusCode::LOCKED)),
        Err(error) => Err(error.into()),
    }
}
