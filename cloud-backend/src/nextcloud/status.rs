//! What a client asks before anything else: is this a server for it?

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::{PRODUCT, Served, VERSION};

/// What `/status.php` says; ownCloud's clients look for it among the capabilities as well.
pub(super) fn describe() -> Value {
    let (major, minor, micro) = VERSION;
    json!({
        "installed": true,
        "maintenance": false,
        "needsDbUpgrade": false,
        "version": format!("{major}.{minor}.{micro}.0"),
        "versionstring": format!("{major}.{minor}.{micro}"),
        "edition": "",
        "productname": PRODUCT,
        "extendedSupport": false,
    })
}

pub(crate) async fn status(_: Served) -> HttpResponse {
    HttpResponse::Ok().json(describe())
}

/// Clients tell by it whether a network asks them to sign in before it lets them through.
pub(crate) async fn nothing(_: Served) -> HttpResponse {
    HttpResponse::NoContent().finish()
}
