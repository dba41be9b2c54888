//! A client that got other bytes than their checksum says asks for the checksum anew.

use actix_web::HttpResponse;
use futures_util::TryStreamExt as _;
use sha1::Digest as _;

use crate::dav::{Dav, DavError};

/// Reads the content again and says what its SHA-1 is.
pub(crate) async fn recalculate(dav: Dav) -> Result<HttpResponse, DavError> {
    if !dav.header("x-recalculate-hash")?.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("sha1")) {
        return Err(DavError::bad("X-Recalculate-Hash names the checksum that is wanted: SHA1"));
    }
    let access = dav.found().await?;
    let version = dav.cloud.store.current_version(&access).await?;
    let mut hash = sha1::Sha1::new();
    let mut bytes = dav.cloud.content.read(version.blob, None).await?;
    while let Some(chunk) = bytes.try_next().await? {
        hash.update(&chunk);
    }
    let sha1: [u8; 20] = hash.finalize().into();
    dav.cloud.store.keep_sha1(&access, version.id, &sha1).await?;
    Ok(HttpResponse::NoContent().insert_header(("oc-checksum", format!("SHA1:{}", hex::encode(sha1)))).finish())
}
