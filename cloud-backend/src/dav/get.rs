//! GET and HEAD: a file's content, as the JSON API hands it out.

use actix_web::{
    HttpResponse,
    body::SizedStream,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};

use super::{
    Dav, DavError,
    multistatus::http_date,
    request::{Spot, etag},
};
use crate::files::download;

pub(crate) async fn get(dav: Dav) -> Result<HttpResponse, DavError> {
    let access = dav.found().await?;
    let row = dav.cloud.store.node(&access).await?;
    if row.is_folder {
        return Err(DavError::Status(StatusCode::METHOD_NOT_ALLOWED));
    }
    let changed = http_date(row.modified());
    if unmodified(&dav, &changed)? {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag(&row)))
            .insert_header((header::LAST_MODIFIED, changed))
            .finish());
    }
    let version = dav.cloud.store.current_version(&access).await?;
    let mut response = download::send(&access, &dav.cloud, &dav.request, version).await?;
    if let Ok(changed) = HeaderValue::from_str(&changed) {
        response.headers_mut().insert(header::LAST_MODIFIED, changed);
    }
    if dav.path.synced
        && let Some(sums) = dav.cloud.store.sums(&access).await?
        && let Ok(value) = HeaderValue::from_str(&format!("SHA1:{}", hex::encode(sums.sha1)))
    {
        response.headers_mut().insert(HeaderName::from_static("oc-checksum"), value);
    }
    Ok(response)
}

/// The client's copy is of this very time. Times are only as fine as a second, so its version counts for more where it names one
/// (RFC 9110, 13.1.3).
fn unmodified(dav: &Dav, changed: &str) -> Result<bool, DavError> {
    Ok(dav.header("if-none-match")?.is_none() && dav.header("if-modified-since")? == Some(changed))
}

/// The same without the bytes, and without an entry in the log: nobody reads anything.
pub(crate) async fn head(dav: Dav) -> Result<HttpResponse, DavError> {
    let access = dav.found().await?;
    let row = dav.cloud.store.node(&access).await?;
    let spot = Spot::Found(access);
    dav.check(&spot).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::ETAG, etag(&row)))
        .insert_header((header::LAST_MODIFIED, http_date(row.modified())))
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"));
    if row.is_folder {
        return Ok(response.finish());
    }
    let nothing = futures_util::stream::empty::<Result<bytes::Bytes, std::io::Error>>();
    response.insert_header((header::ACCEPT_RANGES, "bytes"));
    Ok(response.body(SizedStream::new(u64::try_from(row.size).unwrap_or(0), nothing)))
}
