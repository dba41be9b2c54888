//! The session cookie. `__Host-` and `Secure` on https; a plain name on http, which only loopback uses.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};

use super::SESSION_VALID;

const SECURE_NAME: &str = "__Host-carrel_s";
const PLAIN_NAME: &str = "carrel_s";

fn name(secure: bool) -> &'static str {
    if secure { SECURE_NAME } else { PLAIN_NAME }
}

pub(super) fn read(request: &HttpRequest, secure: bool) -> Option<String> {
    request.cookie(name(secure)).map(|cookie| cookie.value().to_owned())
}

pub(super) fn issue(secret: String, secure: bool) -> Cookie<'static> {
    let max_age = actix_web::cookie::time::Duration::seconds(SESSION_VALID.whole_seconds());
    Cookie::build(name(secure), secret)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .max_age(max_age)
        .finish()
}

pub(super) fn expire(secure: bool) -> Cookie<'static> {
    let mut cookie = issue(String::new(), secure);
    cookie.make_removal();
    cookie
}
