//! The trash of one's own space, as Nextcloud's clients see and empty it. What is put into the trash of a team's space is in the browser.

use std::{fmt::Write as _, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use bytes::Bytes;
use carrel_ids::NodeId;
use futures_util::stream;

use super::{Served, own_path};
use crate::{
    app::Cloud,
    audit::Action,
    authz::{Delete, FileAccess, OwnAccess, Purge, Read},
    dav::{
        DavError, XML, multistatus, push_segment,
        sync::{file_id, instance},
        xml::escape,
    },
    keeping::retention,
    session::Session,
    store::{TrashCursor, TrashedRow},
};

const ROOT: &str = "/remote.php/dav/trashbin";
/// Things that are read at a time.
const PAGE: i64 = 100;

/// A request on the trash: `trash`, or one thing in it.
#[derive(Debug)]
pub(crate) struct TrashBin {
    cloud: web::Data<Cloud>,
    session: Session,
    request: HttpRequest,
    thing: Option<NodeId>,
}

impl FromRequest for TrashBin {
    type Error = DavError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, DavError>>>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Served::at(&request)?;
            let (session, cloud, names) = own_path(&request, ROOT).await?;
            let thing = match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["trash"] => None,
                ["trash", thing] => Some(thing.parse().map_err(|_| DavError::NOT_FOUND)?),
                _ => return Err(DavError::NOT_FOUND),
            };
            Ok(Self { cloud, session, request, thing })
        })
    }
}

impl TrashBin {
    /// The trash of one's own space.
    async fn access<L: crate::authz::Level>(&self) -> Result<FileAccess<L>, DavError> {
        let spaces = self.cloud.store.spaces(&OwnAccess::of(&self.session)).await?;
        let own = spaces.into_iter().find(|space| space.own).ok_or(DavError::NOT_FOUND)?;
        Ok(FileAccess::<L>::require_in_space(&self.cloud.store, &self.session, own.id).await?)
    }
}

/// What lies in it, the newest first, written while it is read.
pub(crate) async fn list(bin: TrashBin) -> Result<HttpResponse, DavError> {
    if bin.thing.is_some() {
        return Err(DavError::NOT_FOUND);
    }
    let access = bin.access::<Read>().await?;
    let mut base = ROOT.to_owned();
    push_segment(&mut base, &bin.session.user().name);
    base.push_str("/trash");
    let deep = bin.request.headers().get("depth").is_none_or(|depth| depth != "0");
    let mut begin = String::from(multistatus::BEGIN);
    write!(
        begin,
        "\n<D:response><D:href>{base}/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>\
         <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )
    .ok();
    let instance = instance(&bin.cloud);
    let state = (bin.cloud.clone(), access, Some((None::<TrashCursor>, begin)), deep);
    let pieces = stream::unfold(state, move |(cloud, access, next, deep)| {
        let (base, instance) = (base.clone(), instance.clone());
        async move {
            let (after, mut out) = next?;
            let rows = if deep { cloud.store.trash(&access, after, PAGE).await } else { Ok(Vec::new()) };
            let rows = match rows {
                Ok(rows) => rows,
                Err(error) => {
                    tracing::warn!(%error, "a listing of the trash was cut off");
                    return Some((Err(std::io::Error::other("the listing failed")), (cloud, access, None, deep)));
                }
            };
            rows.iter().for_each(|row| show(&mut out, &base, &instance, row));
            let more = i64::try_from(rows.len()).is_ok_and(|read| read == PAGE);
            let next = rows.last().filter(|_| more).map(|row| (Some(row.cursor()), String::new()));
            if next.is_none() {
                out.push_str(multistatus::END);
            }
            Some((Ok(Bytes::from(out)), (cloud, access, next, deep)))
        }
    });
    let mut response = HttpResponse::build(StatusCode::MULTI_STATUS);
    Ok(response.insert_header((header::CONTENT_TYPE, XML)).streaming(Box::pin(pieces)))
}

fn show(out: &mut String, base: &str, instance: &str, row: &TrashedRow) {
    let node = &row.node;
    let slash = if node.is_folder { "/" } else { "" };
    write!(out, "\n<D:response><D:href>{base}/{}{slash}</D:href><D:propstat><D:prop>", node.id).ok();
    if node.is_folder {
        out.push_str("<D:resourcetype><D:collection/></D:resourcetype>");
    } else {
        write!(out, "<D:resourcetype/><D:getcontentlength>{}</D:getcontentlength>", node.size).ok();
    }
    let number = node.number.unwrap_or_default();
    write!(
        out,
        "<D:getlastmodified>{}</D:getlastmodified><oc:id>{}</oc:id><oc:fileid>{number}</oc:fileid><oc:size>{}</oc:size><oc:permissions>GD</oc:permissions>",
        multistatus::http_date(node.modified()),
        file_id(number, instance),
        node.size
    )
    .ok();
    out.push_str("<nc:trashbin-filename>");
    escape(out, &node.name);
    out.push_str("</nc:trashbin-filename><nc:trashbin-original-location>");
    if !row.from.is_empty() {
        escape(out, &row.from);
        out.push('/');
    }
    escape(out, &node.name);
    write!(
        out,
        "</nc:trashbin-original-location><nc:trashbin-deletion-time>{}</nc:trashbin-deletion-time></D:prop>\
         <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>",
        row.trashed_at.time().unix_timestamp()
    )
    .ok();
}

/// Brings a thing back to where it was: a move out of `trash` into `restore`.
pub(crate) async fn restore(bin: TrashBin) -> Result<HttpResponse, DavError> {
    let thing = bin.thing.ok_or(DavError::FORBIDDEN)?;
    let to = bin.request.headers().get("destination").and_then(|value| value.to_str().ok()).unwrap_or("");
    if !to.contains("/trashbin/") || !to.contains("/restore/") {
        return Err(DavError::FORBIDDEN);
    }
    let access = FileAccess::<Delete>::require_in_trash(&bin.cloud.store, &bin.session, thing).await?;
    bin.cloud.store.audited(&access, Action::FileRestore, async |w| w.restore_node(None, None).await).await?;
    Ok(HttpResponse::Created().finish())
}

/// Deletes for good: one thing, or all that lies there.
pub(crate) async fn purge(bin: TrashBin) -> Result<HttpResponse, DavError> {
    let store = &bin.cloud.store;
    let space = match bin.thing {
        Some(thing) => {
            let access = FileAccess::<Purge>::require_in_trash(store, &bin.session, thing).await?;
            store.audited(&access, Action::FilePurge, async |w| w.purge_node().await).await?;
            access.space_id()
        }
        None => {
            let access = bin.access::<Purge>().await?;
            while store.audited(&access, Action::TrashPurge, async |w| w.purge_trash().await).await? > 0 {}
            access.space_id()
        }
    };
    retention::work_off(store, Some(space), retention::STEPS_AT_ONCE).await?;
    Ok(HttpResponse::NoContent().finish())
}
