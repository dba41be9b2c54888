//! Earlier versions of a file, as Nextcloud's clients see and bring them back.

use std::{fmt::Write as _, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use carrel_ids::{NodeId, VersionId};

use super::{Served, own_path};
use crate::{
    app::Cloud,
    audit::Action,
    authz::{FileAccess, OwnAccess, Read, Write},
    dav::{DavError, XML, multistatus, push_segment},
    files::download,
    session::Session,
};

const ROOT: &str = "/remote.php/dav/versions";
/// Versions that are shown: of more, the newest.
const MOST: i64 = 500;

/// A request on the versions of a file, or on one of them.
#[derive(Debug)]
pub(crate) struct Versions {
    cloud: web::Data<Cloud>,
    session: Session,
    request: HttpRequest,
    node: NodeId,
    number: i64,
    version: Option<VersionId>,
}

impl FromRequest for Versions {
    type Error = DavError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, DavError>>>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Served::at(&request)?;
            let (session, cloud, names) = own_path(&request, ROOT).await?;
            let (number, version): (i64, Option<VersionId>) =
                match names.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                    ["versions", number] => (number.parse().map_err(|_| DavError::NOT_FOUND)?, None),
                    ["versions", number, version] => {
                        let version = version.parse().map_err(|_| DavError::NOT_FOUND)?;
                        (number.parse().map_err(|_| DavError::NOT_FOUND)?, Some(version))
                    }
                    _ => return Err(DavError::NOT_FOUND),
                };
            let node = cloud.store.node_of_number(&OwnAccess::of(&session), number).await?;
            Ok(Self { cloud, session, request, node, number, version })
        })
    }
}

impl Versions {
    async fn access<L: crate::authz::Level>(&self) -> Result<FileAccess<L>, DavError> {
        Ok(FileAccess::<L>::require(&self.cloud.store, &self.session, self.node).await?)
    }
}

/// The versions before the current one, the newest first.
pub(crate) async fn list(versions: Versions) -> Result<HttpResponse, DavError> {
    let access = versions.access::<Read>().await?;
    let rows = versions.cloud.store.versions(&access, None, MOST).await?;
    let mut base = ROOT.to_owned();
    push_segment(&mut base, &versions.session.user().name);
    write!(base, "/versions/{}", versions.number).ok();
    let mut out = String::from(multistatus::BEGIN);
    write!(
        out,
        "\n<D:response><D:href>{base}/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>\
         <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )
    .ok();
    for row in rows.into_iter().filter(|row| !row.current) {
        write!(
            out,
            "\n<D:response><D:href>{base}/{id}</D:href><D:propstat><D:prop><D:resourcetype/><D:getcontentlength>{size}</D:getcontentlength>\
             <D:getlastmodified>{at}</D:getlastmodified><D:getetag>\"{id}\"</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>",
            id = row.id,
            size = row.size,
            at = multistatus::http_date(row.created_at.time())
        )
        .ok();
    }
    out.push_str(multistatus::END);
    Ok(HttpResponse::build(StatusCode::MULTI_STATUS).insert_header((header::CONTENT_TYPE, XML)).body(out))
}

/// The content of one.
pub(crate) async fn get(versions: Versions) -> Result<HttpResponse, DavError> {
    let version = versions.version.ok_or(DavError::NOT_FOUND)?;
    let access = versions.access::<Read>().await?;
    let row = versions.cloud.store.version(&access, version).await?;
    Ok(download::send(&access, &versions.cloud, &versions.request, row).await?)
}

/// Makes one the current content, as a new version: a move into `restore`.
pub(crate) async fn restore(versions: Versions) -> Result<HttpResponse, DavError> {
    let version = versions.version.ok_or(DavError::FORBIDDEN)?;
    let to = versions.request.headers().get("destination").and_then(|value| value.to_str().ok()).unwrap_or("");
    if !to.contains("/versions/") || !to.contains("/restore") {
        return Err(DavError::FORBIDDEN);
    }
    let access = versions.access::<Write>().await?;
    let restored = async |w: &mut crate::store::Writer<'_, FileAccess<Write>>| w.restore_version(version, None).await;
    versions.cloud.store.audited(&access, Action::VersionRestore, restored).await?;
    Ok(HttpResponse::Created().finish())
}
