//! What every method of WebDAV starts with: who asks, which node the path leads to, and whether the request's conditions hold.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    web,
};
use bytes::{Bytes, BytesMut};
use carrel_ids::{LockId, NodeId};
use futures_util::StreamExt as _;

use super::{
    DavError,
    if_header::{Condition, IfHeader},
    mounts,
    path::{BadPath, DavPath, Tree},
    xml,
};
use crate::{
    api_error::ApiError,
    app::Cloud,
    authz::{Delete, FileAccess, FileName, Level, OwnAccess, Read, Write},
    session::{self, Session},
    store::NodeRow,
};

/// A request on the tree.
#[derive(Debug)]
pub(crate) struct Dav {
    pub(crate) cloud: web::Data<Cloud>,
    pub(crate) session: Session,
    pub(crate) request: HttpRequest,
    pub(super) path: DavPath,
    pub(super) conditions: IfHeader,
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Spot {
    Found(FileAccess<Read>),
    /// Nothing, in a folder that is there.
    Free {
        folder: FileAccess<Read>,
        name: FileName,
    },
    /// The folder is not there either.
    Missing,
    /// A place that the server makes up.
    Virtual,
}

/// How far down a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Zero,
    One,
    Infinity,
}

impl FromRequest for Dav {
    type Error = DavError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, DavError>>>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let cloud = session::cloud(&request)?;
            let path = request.uri().path();
            // Switched off, there is nothing here for anybody.
            if path.starts_with("/remote.php/") && !cloud.config.nextcloud {
                return Err(DavError::NOT_FOUND);
            }
            let session = match Session::extract(&request).await {
                Err(ApiError::NotSignedIn | ApiError::SessionExpired) => {
                    let script = request.headers().contains_key("x-requested-with");
                    return Err(DavError::NotSignedIn { challenge: !script });
                }
                other => other?,
            };
            let path = resolve(&cloud, &session, parse(request.uri().path())?).await?;
            let conditions = match text(&request, "if")? {
                Some(value) => IfHeader::parse(value).ok_or(DavError::bad("the If header cannot be read"))?,
                None => IfHeader::default(),
            };
            Ok(Self { cloud, session, request, path, conditions })
        })
    }
}

fn parse(path: &str) -> Result<DavPath, DavError> {
    DavPath::parse(path).map_err(|error| match error {
        BadPath::Elsewhere => DavError::Status(StatusCode::BAD_GATEWAY),
        BadPath::Name => DavError::bad("a name in the address is one that nothing can have"),
    })
}

/// In which space a path of a sync client's tree is: whose name its first folder has.
async fn resolve(cloud: &Cloud, session: &Session, path: DavPath) -> Result<DavPath, DavError> {
    let Tree::Synced(user) = &path.tree else { return Ok(path) };
    let others = user.as_ref().is_some_and(|user| user.to_lowercase() != session.user().name.to_lowercase());
    if others || !cloud.config.nextcloud {
        return Err(DavError::NOT_FOUND);
    }
    let Some(first) = path.maybe_mount() else { return Ok(path.at_home()) };
    let mounts = mounts::named(cloud.store.mounts(&OwnAccess::of(session)).await?);
    let found = mounts.iter().find(|(name, _)| name == first).map(|(_, mount)| mount.space);
    Ok(match found {
        Some(space) => path.mounted(space),
        None => path.at_home(),
    })
}

fn text<'a>(request: &'a HttpRequest, name: &str) -> Result<Option<&'a str>, DavError> {
    let value = request.headers().get(name);
    value.map(|value| value.to_str().map_err(|_| DavError::bad("a header is not text"))).transpose()
}

impl Dav {
    pub(crate) fn header(&self, name: &str) -> Result<Option<&str>, DavError> {
        text(&self.request, name)
    }

    pub(super) fn depth(&self) -> Result<Option<Depth>, DavError> {
        Ok(match self.header("depth")?.map(str::trim) {
            None => None,
            Some("0") => Some(Depth::Zero),
            Some("1") => Some(Depth::One),
            Some(text) if text.eq_ignore_ascii_case("infinity") => Some(Depth::Infinity),
            Some(_) => return Err(DavError::bad("Depth is 0, 1 or infinity")),
        })
    }

    /// `Overwrite`: what stands at the destination may be replaced.
    pub(super) fn overwrites(&self) -> Result<bool, DavError> {
        match self.header("overwrite")?.map(str::trim) {
            None | Some("T" | "t") => Ok(true),
            Some("F" | "f") => Ok(false),
            Some(_) => Err(DavError::bad("Overwrite is T or F")),
        }
    }

    /// `Destination`: an address or a path. Behind a proxy the host is another than ours, so only the path counts.
    pub(super) async fn destination(&self) -> Result<DavPath, DavError> {
        let text = self.header("destination")?.ok_or(DavError::bad("a destination is missing"))?;
        resolve(&self.cloud, &self.session, parse(path_of(text))?).await
    }

    /// The same request, on what its header `Destination` names.
    pub(crate) async fn at_destination(
        request: HttpRequest,
        cloud: web::Data<Cloud>,
        session: Session,
    ) -> Result<Self, DavError> {
        let address = text(&request, "destination")?.ok_or(DavError::bad("a destination is missing"))?;
        let path = resolve(&cloud, &session, parse(path_of(address))?).await?;
        let conditions = match text(&request, "if")? {
            Some(value) => IfHeader::parse(value).ok_or(DavError::bad("the If header cannot be read"))?,
            None => IfHeader::default(),
        };
        Ok(Self { cloud, session, request, path, conditions })
    }

    /// What the request's own path leads to, behind the proof that whoever asks may see it.
    pub(crate) async fn locate(&self) -> Result<Spot, DavError> {
        self.locate_at(&self.path).await
    }

    /// Where a path leads. A name that is free in a folder that one may see is no denial; a space that one may not see is.
    pub(super) async fn locate_at(&self, path: &DavPath) -> Result<Spot, DavError> {
        let space = match path.tree {
            Tree::Top | Tree::Spaces => return Ok(Spot::Virtual),
            Tree::Nowhere | Tree::Synced(_) => return Err(DavError::NOT_FOUND),
            Tree::Space(space) => space,
        };
        let found = self.cloud.store.walk(self.session.user_id(), space, &path.names).await?;
        let found = found.ok_or(DavError::NOT_FOUND)?;
        let access = self.right::<Read>(found.node).await?;
        Ok(match (found.left, path.names.last()) {
            (0, _) => Spot::Found(access),
            (1, Some(name)) if found.is_folder => Spot::Free { folder: access, name: name.clone() },
            _ => Spot::Missing,
        })
    }

    /// The right to a node, with the tokens that the request showed.
    pub(super) async fn right<L: Level>(&self, node: NodeId) -> Result<FileAccess<L>, DavError> {
        let access = FileAccess::<L>::require(&self.cloud.store, &self.session, node).await?;
        Ok(access.holding(self.conditions.shown()))
    }
    pub(crate) async fn writing(&self, node: NodeId) -> Result<FileAccess<Write>, DavError> {
        self.right(node).await
    }
    pub(crate) async fn reading(&self, node: NodeId) -> Result<FileAccess<Read>, DavError> {
        self.right(node).await
    }
    pub(super) async fn deleting(&self, node: NodeId) -> Result<FileAccess<Delete>, DavError> {
        self.right(node).await
    }

    /// The node that the path leads to.
    pub(crate) async fn found(&self) -> Result<FileAccess<Read>, DavError> {
        match self.locate().await? {
            Spot::Found(access) => Ok(access),
            Spot::Free { .. } | Spot::Missing => Err(DavError::NOT_FOUND),
            Spot::Virtual => Err(DavError::Status(StatusCode::METHOD_NOT_ALLOWED)),
        }
    }

    /// `If-Match`, `If-None-Match` (RFC 9110, 13) and `If` (RFC 4918, 10.4): all of them hold, or nothing is done. A change asks again
    /// in its own transaction for what a race could take away: the version that it replaces, and locks.
    ///
    /// # Errors
    /// 412 when one does not hold.
    pub(crate) async fn check(&self, spot: &Spot) -> Result<(), DavError> {
        let (matches, none) = (self.header("if-match")?, self.header("if-none-match")?);
        if matches.is_some() || none.is_some() {
            let etag = self.etag(spot).await?;
            let listed = |list: &str| match &etag {
                None => false,
                Some(etag) => list.split(',').map(str::trim).any(|tag| tag == "*" || tag == etag),
            };
            if matches.is_some_and(|list| !listed(list)) || none.is_some_and(listed) {
                return Err(DavError::PRECONDITION);
            }
        }
        if self.conditions.is_empty() {
            return Ok(());
        }
        for list in self.conditions.lists() {
            let state = match &list.resource {
                None => self.state(spot).await?,
                Some(address) => match self.resolved(address).await {
                    Ok(path) => match self.locate_at(&path).await {
                        Ok(spot) => self.state(&spot).await?,
                        Err(_) => State::default(),
                    },
                    Err(_) => State::default(),
                },
            };
            let holds = list.conditions.iter().all(|(wanted, condition)| {
                let is_so = match condition {
                    Condition::Lock(lock) => lock.is_some_and(|lock| state.locks.contains(&lock)),
                    Condition::Etag(etag) => state.etag.as_ref() == Some(etag),
                };
                is_so == *wanted
            });
            if holds {
                return Ok(());
            }
        }
        Err(DavError::PRECONDITION)
    }

    async fn resolved(&self, address: &str) -> Result<DavPath, DavError> {
        resolve(&self.cloud, &self.session, parse(path_of(address))?).await
    }

    async fn etag(&self, spot: &Spot) -> Result<Option<String>, DavError> {
        Ok(match spot {
            Spot::Found(access) => Some(etag(&self.cloud.store.node(access).await?)),
            _ => None,
        })
    }

    async fn state(&self, spot: &Spot) -> Result<State, DavError> {
        let locks = match spot {
            Spot::Found(access) => self.cloud.store.locks_around(access, false).await?,
            // What is not there yet is under the locks that reach down to it.
            Spot::Free { folder, .. } => {
                self.cloud.store.locks_around(folder, false).await?.into_iter().filter(|lock| lock.deep).collect()
            }
            Spot::Missing | Spot::Virtual => Vec::new(),
        };
        Ok(State { etag: self.etag(spot).await?, locks: locks.into_iter().map(|lock| lock.id).collect() })
    }
}

/// What `If` compares with.
#[derive(Default)]
struct State {
    etag: Option<String>,
    locks: Vec<LockId>,
}

/// Of a file its version, which never comes again; of a folder the number of its last change.
pub(super) fn etag(row: &NodeRow) -> String {
    match &row.version {
        Some(version) => format!("\"{}\"", version.id),
        None => folder_etag(row.number.unwrap_or_default(), row.etag),
    }
}

/// With the folder's number: one that takes the place of another may have come with a change of the same number in another space.
pub(super) fn folder_etag(number: i64, change: i64) -> String {
    format!("\"{number}-{change}\"")
}

/// The path of an address, or the text itself where it is one.
fn path_of(address: &str) -> &str {
    let behind = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => address,
    };
    behind.split(['?', '#']).next().unwrap_or("")
}

/// A small body, whole.
///
/// # Errors
/// 413 when it is not small.
pub(super) async fn body(mut payload: web::Payload) -> Result<Bytes, DavError> {
    let mut whole = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| DavError::bad("the body was cut off"))?;
        if whole.len() + chunk.len() > xml::MAX_BODY {
            return Err(DavError::Status(StatusCode::PAYLOAD_TOO_LARGE));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// The request has a body.
pub(super) fn has_body(request: &HttpRequest) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    length || request.headers().contains_key(header::TRANSFER_ENCODING)
}
