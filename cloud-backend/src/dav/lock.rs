//! LOCK and UNLOCK (RFC 4918, 9.10 and 9.11).

use actix_web::{HttpResponse, http::StatusCode, web};
use carrel_ids::LockId;
use futures_util::stream;
use time::Duration;

use super::{
    Dav, DavError, XML,
    if_header::lock_of,
    multistatus::{active_lock, rooted},
    request::{Depth, Spot, body},
    xml,
};
use crate::{
    audit::Action,
    authz::{FileAccess, Read},
    content::ReceiveLimits,
    store::{NewLock, StoreError},
};

/// How long a lock lasts when the client does not say.
const USUAL: Duration = Duration::hours(1);
/// How long at most, whatever it says: whoever is gone locks nobody out for longer.
const LONGEST: Duration = Duration::hours(24);
/// Bytes of what the client says of its owner.
const MAX_OWNER: usize = 4096;

pub(crate) async fn lock(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let href = dav.path.href(false);
    take(dav, payload).await.map_err(|error| error.of(&href))
}

async fn take(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let lasts = lasts(dav.header("timeout")?);
    let deep = match dav.depth()? {
        None | Some(Depth::Infinity) => true,
        Some(Depth::Zero) => false,
        Some(Depth::One) => return Err(DavError::bad("a lock is for a node alone or for all below it")),
    };
    let Some(info) = xml::parse(&body(payload).await?)? else { return refresh(dav, lasts).await };
    let lock = wanted(&info, deep, lasts)?;
    let spot = dav.locate().await?;
    dav.check(&spot).await?;
    let (node, status) = match &spot {
        Spot::Found(access) => {
            let access = dav.writing(access.node()).await?;
            let locked = dav.cloud.store.audited(&access, Action::LockCreate, async |w| w.lock_node(&lock).await).await;
            match locked {
                Err(StoreError::Locked) => {
                    return Err(DavError::Condition(StatusCode::LOCKED, "no-conflicting-lock"));
                }
                other => other?,
            }
            (access.node(), StatusCode::OK)
        }
        Spot::Free { folder, name } => {
            let access = dav.writing(folder.node()).await?;
            let nothing = stream::empty::<Result<bytes::Bytes, std::io::Error>>();
            let limits = ReceiveLimits { max_size: 0, exact_size: None, sha256: None };
            let empty = dav.cloud.content.receive(nothing, limits).await?;
            let made = dav
                .cloud
                .store
                .audited(&access, Action::FileCreate, async |w| w.create_locked(name, empty, &lock).await)
                .await?;
            (made, StatusCode::CREATED)
        }
        Spot::Missing => return Err(DavError::CONFLICT),
        Spot::Virtual => return Err(DavError::FORBIDDEN),
    };
    let access = dav.right::<Read>(node).await?;
    shown(&dav, &access, lock.id, status).await
}

/// New time for locks whose tokens the `If` header shows.
async fn refresh(dav: Dav, lasts: Duration) -> Result<HttpResponse, DavError> {
    let [lock] = dav.conditions.shown() else {
        return Err(DavError::bad("a lock without a body is a renewal, and names one lock in the If header"));
    };
    let lock = *lock;
    let access = dav.found().await?;
    let node = access.node();
    let spot = Spot::Found(access);
    dav.check(&spot).await?;
    let access = dav.writing(node).await?;
    let renewed =
        dav.cloud.store.audited(&access, Action::LockRefresh, async |w| w.refresh_lock(lock, lasts).await).await;
    match renewed {
        // It ended meanwhile, or it is another's: either way the request does not hold it.
        Err(StoreError::NotFound | StoreError::Locked) => Err(DavError::PRECONDITION),
        Err(error) => Err(error.into()),
        Ok(()) => shown(&dav, &access.reading(), lock, StatusCode::OK).await,
    }
}

/// The answer: what now holds, and for a new lock its token.
async fn shown(
    dav: &Dav,
    access: &FileAccess<Read>,
    lock: LockId,
    status: StatusCode,
) -> Result<HttpResponse, DavError> {
    let is_folder = dav.cloud.store.node(access).await?.is_folder;
    let locks = rooted(&dav.path, is_folder, dav.cloud.store.locks_around(access, false).await?);
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:prop xmlns:D=\"DAV:\"><D:lockdiscovery>");
    locks.iter().for_each(|(root, lock)| active_lock(&mut out, lock, root));
    out.push_str("</D:lockdiscovery></D:prop>\n");
    Ok(HttpResponse::build(status)
        .insert_header(("content-type", XML))
        .insert_header(("lock-token", format!("<urn:uuid:{lock}>")))
        .body(out))
}

fn wanted(info: &xml::Element, deep: bool, lasts: Duration) -> Result<NewLock, DavError> {
    let bad = || DavError::bad("the body is no lockinfo");
    let scope = info.child("lockscope").filter(|_| info.is("lockinfo")).ok_or_else(bad)?;
    let write = info.child("locktype").is_some_and(|kind| kind.child("write").is_some());
    let exclusive = match (scope.child("exclusive"), scope.child("shared")) {
        (Some(_), None) => true,
        (None, Some(_)) => false,
        _ => return Err(bad()),
    };
    let owner = info.child("owner").map(xml::Element::to_text).unwrap_or_default();
    if !write || owner.len() > MAX_OWNER {
        return Err(bad());
    }
    Ok(NewLock { id: LockId::new(), exclusive, deep, owner, lasts })
}

/// The first time of the list that we understand (RFC 4918, 10.7), as far as we go along with it.
fn lasts(header: Option<&str>) -> Duration {
    let wishes = header.unwrap_or("").split(',').map(str::trim);
    let mut times = wishes.filter_map(|wish| match wish.strip_prefix("Second-") {
        Some(seconds) => seconds.parse().ok().map(|seconds: u32| Duration::seconds(seconds.into())),
        None => wish.eq_ignore_ascii_case("infinite").then_some(LONGEST),
    });
    times.next().unwrap_or(USUAL).clamp(Duration::seconds(1), LONGEST)
}

pub(crate) async fn unlock(dav: Dav) -> Result<HttpResponse, DavError> {
    let token = dav.header("lock-token")?.map(str::trim);
    let token = token.and_then(|token| token.strip_prefix('<')?.strip_suffix('>'));
    let token = token.ok_or(DavError::bad("the header Lock-Token names the lock"))?;
    let elsewhere = || DavError::Condition(StatusCode::CONFLICT, "lock-token-matches-request-uri");
    let access = dav.found().await?;
    let node = access.node();
    let spot = Spot::Found(access);
    dav.check(&spot).await?;
    let lock = lock_of(token).ok_or_else(elsewhere)?;
    let access = dav.writing(node).await?;
    match dav.cloud.store.audited(&access, Action::LockRelease, async |w| w.release_lock(lock).await).await {
        Ok(()) => Ok(HttpResponse::NoContent().finish()),
        Err(StoreError::NotFound) => Err(elsewhere()),
        // Only who took it gives it back; whoever manages the space breaks it by the API.
        Err(StoreError::Locked) => Err(DavError::FORBIDDEN),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_052_no_lock_lasts_longer_than_a_day() {
        for (header, time) in [
            (None, USUAL),
            (Some("Second-60"), Duration::minutes(1)),
            (Some("Infinite, Second-60"), LONGEST),
            (Some("Second-4100000000"), LONGEST),
            (Some("Second-0"), Duration::seconds(1)),
            (Some("Extend-1, Second-5"), Duration::seconds(5)),
            (Some("Second-99999999999999"), USUAL),
        ] {
            assert_eq!(lasts(header), time, "{header:?}");
        }
    }
}
