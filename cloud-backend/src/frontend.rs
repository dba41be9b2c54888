//! The browser application, embedded at build time. Addresses that it owns get its page; everything else gets a 404.

use actix_web::{HttpRequest, HttpResponse, Responder, http::Method, http::header, web};
use rust_embed::RustEmbed;

use crate::{api_error::ApiError, app::Cloud, guard};

#[derive(RustEmbed)]
#[folder = "../frontend/dist"]
struct Assets;

/// The one page, which each address of the application gets.
const PAGE: &str = "index.html";
/// First parts of addresses that never belong to the application.
const NOT_PAGES: &[&str] =
    &["api", "ide", "internal", "assets", "healthz", "readyz", "dav", "remote.php", "ocs", "index.php"];

/// Default service of the public listener.
pub(crate) async fn serve(cloud: web::Data<Cloud>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(ApiError::NotFound);
    }
    let path = request.path().trim_start_matches('/');
    if let Some(file) = Assets::get(path).filter(|_| !path.is_empty() && path != PAGE) {
        return Ok(asset(&request, path, file));
    }
    let first = path.split('/').next().unwrap_or("");
    if NOT_PAGES.contains(&first) || (path != PAGE && path.rsplit('/').next().is_some_and(|name| name.contains('.'))) {
        return Err(ApiError::NotFound);
    }
    match Assets::get(PAGE) {
        Some(file) => guard::page(&file.data, &cloud.config.public_origin),
        None => Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body("This build of Carrel has no browser application. Build it with `cargo xtask up`.\n")),
    }
}

fn asset(request: &HttpRequest, path: &str, file: rust_embed::EmbeddedFile) -> HttpResponse {
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    // Files under assets/ carry their hash in their name.
    let lifetime = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, etag.as_str())).insert_header((header::CACHE_CONTROL, lifetime));
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .insert_header((header::CACHE_CONTROL, lifetime))
            .finish();
    }
    response
        .content_type(file.metadata.mimetype())
        .body(file.data.into_owned())
        .respond_to(request)
        .map_into_boxed_body()
}
