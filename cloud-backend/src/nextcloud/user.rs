//! Who one is.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::ocs::{Caller, OcsError};
use crate::{app::Cloud, authz::OwnAccess};

/// The word for a space without a quota.
const UNLIMITED: i64 = -3;

/// Name, address and how much of the own space is used. `id` is what stands in the addresses of the tree.
pub(crate) async fn user(caller: Caller, cloud: web::Data<Cloud>) -> Result<HttpResponse, OcsError> {
    let spaces = cloud.store.spaces(&OwnAccess::of(&caller.session)).await.map_err(|e| OcsError::store(&caller, e))?;
    let own = spaces.into_iter().find(|space| space.own);
    let used = own.as_ref().map_or(0, |space| space.used);
    let quota = match own.and_then(|space| space.quota) {
        Some(total) => {
            let share = if total > 0 { used.saturating_mul(10_000) / total } else { 10_000 };
            json!({"free": (total - used).max(0), "used": used, "total": total, "relative": f64::from(i32::try_from(share).unwrap_or(i32::MAX)) / 100.0, "quota": total})
        }
        None => json!({"free": UNLIMITED, "used": used, "total": UNLIMITED, "relative": 0, "quota": UNLIMITED}),
    };
    let user = caller.session.user();
    Ok(caller.form.ok(&json!({
        "enabled": true,
        "id": user.name,
        "display-name": user.display_name,
        "displayname": user.display_name,
        "email": user.email,
        "language": user.language,
        "quota": quota,
        "groups": [],
    })))
}
