//! What this server can do, as clients ask it. What is not there is not announced.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::{PRODUCT, VERSION, ocs::Form, status};
use crate::app::Cloud;

/// Chunks that one client may send at once.
const PARALLEL: u32 = 5;

/// Open to all: clients choose by it how to sign in.
pub(crate) async fn capabilities(form: Form, cloud: web::Data<Cloud>) -> HttpResponse {
    let (major, minor, micro) = VERSION;
    form.ok(&json!({
        "version": {
            "major": major, "minor": minor, "micro": micro,
            "string": format!("{major}.{minor}.{micro}"), "edition": "", "extendedSupport": false,
        },
        "capabilities": {
            // The unit is seconds for Nextcloud's clients and milliseconds for ownCloud's, which take no less than their own anyway.
            "core": {"pollinterval": 60, "webdav-root": "remote.php/webdav", "status": status::describe()},
            "dav": {"chunking": "1.0"},
            "files": {
                "bigfilechunking": true,
                "versioning": true,
                "undelete": true,
                "chunked_upload": {"max_size": cloud.config.max_upload_bytes, "max_parallel_count": PARALLEL},
            },
            "checksums": {"supportedTypes": ["SHA1", "MD5", "SHA256"], "preferredUploadType": "SHA1"},
            // Nothing is shared by this API.
            "files_sharing": {"api_enabled": false, "public": {"enabled": false}, "resharing": false},
            "theming": {"name": PRODUCT, "url": "", "slogan": ""},
        },
    }))
}
