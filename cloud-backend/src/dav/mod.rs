//! WebDAV (RFC 4918, classes 1, 2 and 3) at `/dav/`: one's own space at `home/`, every space that one may see at `spaces/{id}/`. And at
//! `/remote.php/dav/files/{user}/`, where Nextcloud's clients look for it: one's own space with the team spaces in it.
//! Speaks the protocol and nothing else: who may do what is asked of `authz`, what is done is done by `store` as for the JSON API.

pub(crate) mod copy_move;
pub(crate) mod delete;
mod error;
pub(crate) mod get;
mod if_header;
pub(crate) mod lock;
pub(crate) mod mkcol;
pub(crate) mod mounts;
pub(crate) mod multistatus;
mod path;
pub(crate) mod propfind;
pub(crate) mod proppatch;
pub(crate) mod put;
mod request;
mod said;
pub(crate) mod sync;
pub(crate) mod xml;

use actix_web::{HttpResponse, http::header};

pub(crate) use error::DavError;
pub(crate) use path::push_segment;
pub(crate) use request::{Dav, Spot};

/// Exactly this: sync clients compare it letter by letter.
pub(crate) const XML: &str = "application/xml; charset=utf-8";
const METHODS: &str = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, MKCOL, COPY, MOVE, LOCK, UNLOCK";

/// What can be done here. Open to all: clients ask before they sign in, Windows at the root of the server first.
pub(crate) async fn options() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("dav", "1, 2, 3"))
        .insert_header(("ms-author-via", "DAV"))
        .insert_header((header::ALLOW, METHODS))
        .finish()
}
