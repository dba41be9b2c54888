//! The cookies of a browser. `__Host-` and `Secure` on https; plain names on http, which only loopback uses. None can be read by
//! scripts, and none carries anything but a random or signed value.

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration as CookieDuration},
};
use time::Duration;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieKind {
    /// The access token of a session.
    Session,
    /// What the access token is renewed with.
    Refresh,
    /// A fresh second factor was shown.
    Elevation,
    /// Binds what was begun before anybody was signed in.
    PreSignIn,
    /// The person has signed in here before.
    Device,
}

impl CookieKind {
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-carrel_s",
            (Self::Session, false) => "carrel_s",
            (Self::Refresh, true) => "__Host-carrel_r",
            (Self::Refresh, false) => "carrel_r",
            (Self::Elevation, true) => "__Host-carrel_e",
            (Self::Elevation, false) => "carrel_e",
            (Self::PreSignIn, true) => "__Host-carrel_p",
            (Self::PreSignIn, false) => "carrel_p",
            (Self::Device, true) => "__Host-carrel_d",
            (Self::Device, false) => "carrel_d",
        }
    }

    fn same_site(self) -> SameSite {
        match self {
            Self::Elevation => SameSite::Strict,
            // The answer of another provider arrives by a navigation from there.
            _ => SameSite::Lax,
        }
    }

    pub(crate) fn read(self, request: &HttpRequest, secure: bool) -> Option<String> {
        request.cookie(self.name(secure)).map(|cookie| cookie.value().to_owned()).filter(|value| !value.is_empty())
    }

    /// `valid`: none for as long as the browser runs.
    pub(crate) fn issue(self, secret: String, valid: Option<Duration>, secure: bool) -> Cookie<'static> {
        let mut cookie = Cookie::build(self.name(secure), secret)
            .path("/")
            .http_only(true)
            .same_site(self.same_site())
            .secure(secure)
            .finish();
        if let Some(valid) = valid {
            cookie.set_max_age(CookieDuration::seconds(valid.whole_seconds()));
        }
        cookie
    }

    pub(crate) fn expire(self, secure: bool) -> Cookie<'static> {
        let mut cookie = self.issue(String::new(), None, secure);
        cookie.make_removal();
        cookie
    }
}
