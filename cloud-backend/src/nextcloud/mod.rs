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
pub(crate) mod status;
pub(crate) mod user;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{api_error::ApiError, session};

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
