//! A client that got other bytes than their checksum says asks for the checksum anew.

use actix_web::HttpResponse;
use futures_util::TryStreamExt as _;

use crate::{
    dav::{Dav, DavError},
    uploads::Watch,
};

/// Reads the content again and says what its SHA-1 is.
pub(crate) async fn recalculate(dav: Dav) -> Result<HttpResponse, DavError> {
    if !dav.header("x-recalculate-hash")?.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("sha1")) {
        return Err(DavError::bad("X-Recalculate-Hash names the checksum that is wanted: SHA1"));
    }
    let access = dav.found().await?;
    let version = dav.cloud.store.current_version(&access).await?;
    let (mut bytes, look) =
        Watch { sums: true, checksums: Vec::new() }.over(dav.cloud.content.read(version.blob, None).await?);
    while let Ok(Some(_)) = bytes.try_next().await {}
    if look.is_broken() {
        return Err(crate::content::ContentError::Missing.into());
    }
    let mut response = HttpResponse::NoContent();
    if let Some(sums) = look.sums() {
        dav.cloud.store.keep_sums(&access, version.id, &sums).await?;
        response.insert_header(("oc-checksum", format!("SHA1:{}", hex::encode(sums.sha1))));
    }
    Ok(response.finish())
}
