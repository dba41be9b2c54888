//! MKCOL (RFC 4918, 9.3): a new folder.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    Dav, DavError,
    request::{Spot, has_body},
};
use crate::{audit::Action, store::StoreError};

pub(crate) async fn mkcol(dav: Dav) -> Result<HttpResponse, DavError> {
    let href = dav.path.href_above(1, true);
    make(dav).await.map_err(|error| error.of(&href))
}

async fn make(dav: Dav) -> Result<HttpResponse, DavError> {
    if has_body(&dav.request) {
        return Err(DavError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let spot = dav.locate().await?;
    dav.check(&spot).await?;
    let Spot::Free { folder, name } = &spot else {
        return Err(match spot {
            Spot::Missing => DavError::CONFLICT,
            _ => DavError::Status(StatusCode::METHOD_NOT_ALLOWED),
        });
    };
    let access = dav.writing(folder.node()).await?;
    let made = dav.cloud.store.audited(&access, Action::FolderCreate, async |w| {
        let node = w.create_folder(name).await?;
        if dav.path.synced { w.node_number(node).await.map(Some) } else { Ok(None) }
    });
    match made.await {
        Ok(number) => {
            let mut response = HttpResponse::Created();
            if let Some(number) = number {
                response.insert_header(("oc-fileid", dav.file_id(number)));
            }
            Ok(response.finish())
        }
        // Somebody was quicker.
        Err(StoreError::NameTaken) => Err(DavError::Status(StatusCode::METHOD_NOT_ALLOWED)),
        Err(error) => Err(error.into()),
    }
}
