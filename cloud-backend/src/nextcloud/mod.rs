//! Nextcloud's protocol, as far as its clients need it: what the server says of itself, uploads in chunks, and how a program gets its app
//! password. The tree of files is WebDAV's (`dav`), under an address of its own. Knows the words of the protocol; must not know SQL.
//!
//! An administrator can switch all of it off: then there is nothing at any of these addresses, for nobody.

pub(crate) mod capabilities;
pub(crate) mod chunks;
pub(crate) mod login;
mod ocs;
pub(crate) mod programs;
pub(crate) mod recalculate;
pub(crate) mod resumable;
pub(crate) mod status;
pub(crate) mod trashbin;
pub(crate) mod user;
pub(crate) mod versions;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use percent_encoding::percent_decode_str;

use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::FileName,
    dav::DavError,
    session::{self, Session},
};

/// The version of Nextcloud that clients take this for: what they ask and expect depends on it.
const VERSION: (u32, u32, u32) = (31, 0, 0);
const PRODUCT: &str = "Carrel";

/// The protocol is on.
#[derive(Debug)]
pub(crate) struct Served;

impl Served {
    /// # Errors
    /// [`ApiError::NotFound`] when it is off.
    pub(crate) fn at(request: &HttpRequest) -> Result<Self, ApiError> {
        if session::cloud(request)?.config.nextcloud { Ok(Self) } else { Err(ApiError::NotFound) }
    }
}

impl FromRequest for Served {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let served = Self::at(request);
        Box::pin(async move { served })
    }
}

/// Who asks, and the names behind theirs in an address `{root}/{user}/…`: nothing for anybody else.
async fn own_path(
    request: &HttpRequest,
    root: &'static str,
) -> Result<(Session, web::Data<Cloud>, Vec<String>), DavError> {
    let session = match Session::extract(request).await {
        Err(ApiError::NotSignedIn | ApiError::SessionExpired) => {
            let script = request.headers().contains_key("x-requested-with");
            return Err(DavError::NotSignedIn { challenge: !script });
        }
        other => other?,
    };
    let mut names = Vec::new();
    for segment in
        request.uri().path().strip_prefix(root).unwrap_or("").split('/').filter(|segment| !segment.is_empty())
    {
        let decoded = percent_decode_str(segment).decode_utf8();
        let name = decoded.ok().and_then(|name| FileName::parse(&name).ok());
        let name = name.ok_or(DavError::bad("a name in the address is one that nothing can have"))?;
        names.push(name.as_str().to_owned());
    }
    if names.is_empty() || names.remove(0).to_lowercase() != session.user().name.to_lowercase() {
        return Err(DavError::NOT_FOUND);
    }
    Ok((session, session::cloud(request)?, names))
}
