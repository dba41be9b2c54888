//! The IDE backend waits here for the news that a session, a right or a person ended.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use carrel_wire::internal::{RevocationEpoch, RevocationsAfter};

use crate::{api_error::ApiError, app::Cloud};

/// How long a request waits for news.
const WAIT: Duration = Duration::from_secs(25);

/// Answers as soon as something ended since, or after a while with nothing new.
pub(super) async fn wait(
    cloud: web::Data<Cloud>,
    query: web::Query<RevocationsAfter>,
) -> Result<HttpResponse, ApiError> {
    let epoch = tokio::select! {
        epoch = cloud.store.revocation_after(query.after) => epoch?,
        // Read anew: a database that was put back from a backup knows a smaller number, and whoever asks must hear of it.
        () = tokio::time::sleep(WAIT) => cloud.store.revocation_epoch().await?,
        () = cloud.ending() => return Err(ApiError::Unavailable("This process is about to end.")),
    };
    Ok(HttpResponse::Ok().json(RevocationEpoch { epoch }))
}
