//! Uploads in chunks (Nextcloud's second version): a folder with a name that the client chose, chunks in it in any order and side by side,
//! and a move that makes a file of them. In front of `uploads`: nothing here is anybody's file before that.

use std::{fmt::Write as _, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    rt, web,
};
use carrel_ids::UploadId;

use super::{Served, own_path};
use crate::{
    api_error::{ApiError, Shortage},
    app::Cloud,
    authz::OwnAccess,
    content::{ContentError, PartEnd, ReceiveLimits},
    dav::{
        Dav, DavError, Spot, XML, multistatus, push_segment,
        put::{file, settle},
        sync::{file_id, instance},
    },
    session::Session,
    store::{Chunk, NewUpload, StoreError, UploadHold, UploadRow},
    uploads::{self, Body},
};

/// What a client moves to make a file of the chunks.
const WHOLE: &str = ".file";
const ROOT: &str = "/remote.php/dav/uploads";
/// Pieces of one upload: clients number their chunks up to 10,000, and a large chunk is several pieces.
const MOST_PIECES: i64 = 20_000;

/// A request on an upload: whose, and what it is called.
#[derive(Debug)]
pub(crate) struct Transfer {
    cloud: web::Data<Cloud>,
    session: Session,
    request: HttpRequest,
    name: String,
    chunk: Option<String>,
}

impl FromRequest for Transfer {
    type Error = DavError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, DavError>>>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            Served::at(&request)?;
            let (session, cloud, names) = own_path(&request, ROOT).await?;
            let mut names = names.into_iter();
            let (name, chunk, more) = (names.next().ok_or(DavError::NOT_FOUND)?, names.next(), names.next());
            if more.is_some() {
                return Err(DavError::NOT_FOUND);
            }
            Ok(Self { cloud, session, request, name, chunk })
        })
    }
}

impl Transfer {
    fn number(&self, name: &str) -> Result<Option<u64>, DavError> {
        let value = self.request.headers().get(name);
        let number = value.map(|value| value.to_str().ok().and_then(|text| text.trim().parse().ok()));
        number.map(|number| number.ok_or(DavError::bad("a header that is a number is none"))).transpose()
    }

    fn own(&self) -> OwnAccess {
        OwnAccess::of(&self.session)
    }

    async fn find(&self) -> Result<UploadRow, DavError> {
        let id = self.cloud.store.transfer(&self.own(), &self.name).await?;
        Ok(uploads::find(&self.cloud, &self.session, id).await?)
    }
}

/// Begins an upload. What is said of its length and of where it goes is looked at now, so that nothing travels in vain.
pub(crate) async fn begin(transfer: Transfer) -> Result<HttpResponse, DavError> {
    if transfer.chunk.is_some() {
        return Err(DavError::FORBIDDEN);
    }
    let max_size = transfer.cloud.config.max_upload_bytes;
    let total = transfer.number("oc-total-length")?;
    if total.is_some_and(|total| total > max_size) {
        return Err(ContentError::TooLarge(max_size).into());
    }
    let Transfer { cloud, session, request, name, .. } = transfer;
    let own = OwnAccess::of(&session);
    if let Ok(id) = cloud.store.transfer(&own, &name).await
        && cloud.store.upload(&own, id).await?.made.is_none()
    {
        return Err(DavError::Status(StatusCode::METHOD_NOT_ALLOWED));
    }
    let session = match request.headers().contains_key("destination") {
        false => session,
        true => room_for(&cloud, session, request, total).await?,
    };
    let new = NewUpload { place: None, sha256: None, length: None, metadata: String::new(), mtime: None, joined: None };
    let row = uploads::begin(&cloud, &session, new).await?;
    match cloud.store.name_transfer(&own, row.id, &name).await {
        Ok(()) => Ok(HttpResponse::Created().finish()),
        // Somebody was quicker.
        Err(StoreError::Exists) => {
            uploads::end(&cloud, &session, row.id).await?;
            Err(DavError::Status(StatusCode::METHOD_NOT_ALLOWED))
        }
        Err(error) => Err(error.into()),
    }
}

/// The place where it is to go takes it, as far as that can be said now.
async fn room_for(
    cloud: &web::Data<Cloud>,
    session: Session,
    request: HttpRequest,
    total: Option<u64>,
) -> Result<Session, DavError> {
    let dav = Dav::at_destination(request, cloud.clone(), session).await?;
    let access = match dav.locate().await? {
        Spot::Found(access) => dav.writing(access.node()).await?,
        Spot::Free { folder, .. } => dav.writing(folder.node()).await?,
        Spot::Missing => return Err(DavError::CONFLICT),
        Spot::Virtual => return Err(DavError::FORBIDDEN),
    };
    let needed = total.map_or(0, |total| i64::try_from(total).unwrap_or(i64::MAX));
    match access.room().filter(|free| *free < needed) {
        Some(free) => Err(ApiError::QuotaExceeded(Some(Shortage { free, needed })).into()),
        None => Ok(dav.session),
    }
}

/// One chunk, under a name that says where it belongs; the same name again replaces it.
pub(crate) async fn put(transfer: Transfer, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let Some(name) = transfer.chunk.clone().filter(|name| name != WHOLE) else { return Err(DavError::FORBIDDEN) };
    let row = transfer.find().await?;
    if row.made.is_some() {
        return Err(DavError::CONFLICT);
    }
    let cloud = &transfer.cloud;
    let (promised, most) = (transfer.number("content-length")?, cloud.config.max_upload_bytes);
    let (bytes, pieces) = cloud.store.transferred(row.id).await?;
    let left = most.saturating_sub(bytes);
    if promised.is_some_and(|promised| promised > left) || pieces >= MOST_PIECES {
        return Err(ContentError::TooLarge(most).into());
    }
    let _turn = cloud.upload_writers.acquire().await.map_err(ApiError::internal)?;
    let mut chunk = Chunk { name, pieces: Vec::new() };
    let taken = take(cloud, row.id, &mut chunk, Body::new(payload, promised, left, None), promised).await;
    let gone = match taken {
        Ok(()) => cloud.store.put_chunk(&transfer.own(), row.id, &chunk).await.map_err(|error| match error {
            // It is being put together, or over.
            StoreError::NotFound => DavError::CONFLICT,
            other => other.into(),
        }),
        Err(error) => Err(error),
    };
    let (superfluous, answer) = match gone {
        Ok(before) => (before, Ok(HttpResponse::Created().insert_header((header::ETAG, etag(&chunk))).finish())),
        Err(error) => (chunk.pieces, Err(error)),
    };
    for piece in &superfluous {
        cloud.content.drop_part(row.id, piece).await;
    }
    answer
}

fn etag(chunk: &Chunk) -> String {
    format!("\"{}\"", chunk.pieces.first().map(|piece| piece.id).unwrap_or_default().simple())
}

/// Takes the whole chunk, or fails: a half one would look like a whole one.
async fn take(
    cloud: &Cloud,
    upload: UploadId,
    chunk: &mut Chunk,
    mut body: Body,
    promised: Option<u64>,
) -> Result<(), DavError> {
    loop {
        let (piece, end) = cloud.content.put_part(upload, chunk.size(), &mut body).await?;
        chunk.pieces.extend(piece);
        match end {
            PartEnd::Full => {}
            PartEnd::Done if promised.is_none_or(|promised| promised == chunk.size()) => return Ok(()),
            PartEnd::Done | PartEnd::Cut if body.too_many() => {
                return Err(ContentError::TooLarge(cloud.config.max_upload_bytes).into());
            }
            PartEnd::Done | PartEnd::Cut => return Err(ContentError::CutOff.into()),
        }
    }
}

/// What is there: a client that was interrupted goes on with the rest.
pub(crate) async fn list(transfer: Transfer) -> Result<HttpResponse, DavError> {
    let row = transfer.find().await?;
    let mut folder = ROOT.to_owned();
    push_segment(&mut folder, &transfer.session.user().name);
    push_segment(&mut folder, &transfer.name);
    let mut out = String::from(multistatus::BEGIN);
    write!(
        out,
        "\n<D:response><D:href>{folder}/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop>\
         <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
    )
    .ok();
    let deep = transfer.request.headers().get("depth").is_none_or(|depth| depth != "0");
    if deep && row.made.is_none() {
        for chunk in transfer.cloud.store.chunks(&transfer.own(), row.id).await? {
            let mut href = folder.clone();
            push_segment(&mut href, &chunk.name);
            write!(
                out,
                "\n<D:response><D:href>{href}</D:href><D:propstat><D:prop><D:resourcetype/><D:getcontentlength>{size}</D:getcontentlength>\
                 <D:getetag>{etag}</D:getetag></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>",
                size = chunk.size(),
                etag = etag(&chunk)
            )
            .ok();
        }
    }
    out.push_str(multistatus::END);
    Ok(HttpResponse::build(StatusCode::MULTI_STATUS).insert_header((header::CONTENT_TYPE, XML)).body(out))
}

/// Gives the upload up.
pub(crate) async fn end(transfer: Transfer) -> Result<HttpResponse, DavError> {
    if transfer.chunk.is_some() {
        return Err(DavError::FORBIDDEN);
    }
    let id = transfer.cloud.store.transfer(&transfer.own(), &transfer.name).await?;
    transfer.cloud.store.forget_transfer(&transfer.own(), id).await?;
    uploads::end(&transfer.cloud, &transfer.session, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a file of the chunks. In a task of its own: a client that goes away does not break off what has begun, and whoever asks again
/// hears what became of it.
pub(crate) async fn finish(transfer: Transfer) -> Result<HttpResponse, DavError> {
    if transfer.chunk.as_deref() != Some(WHOLE) {
        return Err(DavError::FORBIDDEN);
    }
    let task = rt::spawn(make(transfer));
    task.await.map_err(|error| DavError::Api(ApiError::internal(error)))?
}

async fn make(transfer: Transfer) -> Result<HttpResponse, DavError> {
    let row = transfer.find().await?;
    let own = transfer.own();
    let total = transfer.number("oc-total-length")?;
    let Transfer { cloud, session, request, .. } = transfer;
    let dav = Dav::at_destination(request, cloud.clone(), session).await?;
    if let Some((node, version)) = row.made {
        let access = dav.reading(node).await?;
        let number = cloud.store.node(&access).await?.number.unwrap_or_default();
        let etag = format!("\"{version}\"");
        return Ok(HttpResponse::Created()
            .insert_header((header::ETAG, etag.as_str()))
            .insert_header(("oc-etag", etag.as_str()))
            .insert_header(("oc-fileid", file_id(number, &instance(&cloud))))
            .finish());
    }
    let hold = cloud.store.hold_transfer(&own, row.id).await?.ok_or(DavError::Status(StatusCode::LOCKED))?;
    let made = uploads::alive(&cloud, &[hold], put_together(&dav, &own, &hold, total)).await;
    match &made {
        Ok(_) => {
            if let Err(error) = cloud.content.drop_parts(row.id).await {
                // The upload's row expires, and they go with it.
                tracing::warn!(upload = %row.id, %error, "pieces could not be removed");
            }
        }
        Err(_) => cloud.store.release_upload(&hold).await?,
    }
    made
}

async fn put_together(
    dav: &Dav,
    own: &OwnAccess,
    hold: &UploadHold,
    total: Option<u64>,
) -> Result<HttpResponse, DavError> {
    let cloud = &dav.cloud;
    let mut chunks = cloud.store.chunks(own, hold.upload).await?;
    in_order(&mut chunks);
    let size = chunks.iter().map(Chunk::size).sum();
    if total.is_some_and(|total| total != size) {
        return Err(DavError::bad("there are more or fewer bytes than OC-Total-Length says"));
    }
    let spot = dav.locate().await?;
    dav.check(&spot).await?;
    let seen = match &spot {
        Spot::Found(access) => Some(file(dav, access).await?),
        Spot::Free { .. } => None,
        Spot::Missing => return Err(DavError::CONFLICT),
        Spot::Virtual => return Err(DavError::FORBIDDEN),
    };
    let said = dav.said()?;
    let pieces = chunks.into_iter().flat_map(|chunk| chunk.pieces).map(|piece| (hold.upload, piece)).collect();
    let (stream, look) = said.check(Box::pin(cloud.content.read_parts(pieces)));
    let limits = ReceiveLimits { max_size: cloud.config.max_upload_bytes, exact_size: Some(size), sha256: None };
    let content = said.end(&look, cloud.content.receive(stream, limits).await)?;
    settle(dav, spot, seen, content, Some(hold)).await
}

/// By number where all names are numbers, else as text.
fn in_order(chunks: &mut [Chunk]) {
    let number = |chunk: &Chunk| chunk.name.parse::<u64>().ok();
    if chunks.iter().all(|chunk| number(chunk).is_some()) {
        chunks.sort_by_key(number);
    } else {
        chunks.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(names: &[&str]) -> Vec<String> {
        let mut chunks: Vec<_> =
            names.iter().map(|name| Chunk { name: (*name).to_owned(), pieces: Vec::new() }).collect();
        in_order(&mut chunks);
        chunks.into_iter().map(|chunk| chunk.name).collect()
    }

    #[test]
    fn chunks_come_in_the_order_of_their_numbers() {
        assert_eq!(order(&["10", "9", "00001"]), ["00001", "9", "10"]);
        assert_eq!(
            order(&["000000000000010-000000000000019", "000000000000000-000000000000009"]),
            ["000000000000000-000000000000009", "000000000000010-000000000000019"]
        );
    }
}
