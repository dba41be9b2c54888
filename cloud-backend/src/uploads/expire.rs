//! Uploads that nobody went on with: their bytes go, then their rows.

use super::discard;
use crate::{api_error::ApiError, app::Cloud};

/// Uploads that are removed in one go.
const AT_ONCE: i64 = 50;

/// Removes every upload whose time is over, and what became files a day ago; how many there were. One that fails is tried again later.
///
/// # Errors
/// [`ApiError::Internal`] when the database or the store fails.
pub(crate) async fn expire(cloud: &Cloud) -> Result<u64, ApiError> {
    let mut gone = 0;
    loop {
        let held = cloud.store.hold_expired_uploads(AT_ONCE).await?;
        if held.is_empty() {
            return Ok(gone);
        }
        for hold in held {
            discard(cloud, &hold).await?;
            gone += 1;
        }
    }
}
