//! Uploads that go on after an interruption (tus 1.0), begun at a folder of the tree, as ownCloud's Infinite Scale has them. They go on
//! where all such uploads do (`tus`).

use actix_web::{HttpResponse, web};

use crate::{
    api_error::ApiError,
    dav::{Dav, DavError, Spot},
    tus,
};

/// Begins an upload into the folder that the address names.
pub(crate) async fn begin(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let folder = match dav.locate().await? {
        Spot::Found(access) => dav.writing(access.node()).await?,
        Spot::Free { .. } | Spot::Missing => return Err(DavError::NOT_FOUND),
        Spot::Virtual => return Err(DavError::FORBIDDEN),
    };
    if !dav.cloud.store.node(&folder).await?.is_folder {
        return Err(ApiError::NotFound.into());
    }
    let Dav { session, cloud, request, .. } = dav;
    Ok(tus::create_in(&folder, session, cloud, request, payload).await?)
}
