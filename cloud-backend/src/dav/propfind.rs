//! PROPFIND (RFC 4918, 9.1): what a node is, and with depth 1 what is in it, written while the database hands the rows on. However
//! large the folder is: a fixed number of statements, and the memory of a few pieces of the answer.

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode, web};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::mpsc;

use super::{
    Dav, DavError, XML, mounts,
    multistatus::{self, PropertyName, Shown, Wanted, rooted},
    path::{Tree, push_segment},
    request::{Depth, Spot, body},
    sync::{View, instance},
    xml,
};
use crate::{
    authz::{FileAccess, FileName, OwnAccess, Read, Write},
    store::{Beside, ListedNode, LockRow, MountRow, Store, StoreError, Timestamp},
};

/// Size of a piece of the answer, in bytes.
const PIECE: usize = 32 * 1024;
/// Pieces that wait for a slow client.
const PIECES: usize = 3;
/// How long a client may take for one of them: meanwhile the database keeps what it reads from.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn propfind(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let wanted = wanted(&body(payload).await?)?;
    // Without the header it is infinity, which we, like others, do not walk (RFC 4918, 9.1).
    let depth = dav.depth()?.unwrap_or(Depth::Infinity);
    if depth == Depth::Infinity {
        return Err(DavError::Condition(StatusCode::FORBIDDEN, "propfind-finite-depth"));
    }
    let spot = dav.locate().await?;
    dav.check(&spot).await?;
    match spot {
        Spot::Found(access) => found(dav, access, wanted, depth == Depth::One).await,
        Spot::Virtual => made_up(&dav, &wanted, depth == Depth::One).await,
        Spot::Free { .. } | Spot::Missing => Err(DavError::NOT_FOUND),
    }
}

/// What the body asks for; all for none.
fn wanted(body: &[u8]) -> Result<Wanted, DavError> {
    let Some(root) = xml::parse(body)? else { return Ok(Wanted::All) };
    if !root.is("propfind") {
        return Err(DavError::bad("the body is no propfind"));
    }
    if root.child("propname").is_some() {
        return Ok(Wanted::Names);
    }
    if root.child("allprop").is_some() {
        return Ok(Wanted::All);
    }
    let prop = root.child("prop").ok_or(DavError::bad("a propfind asks for something"))?;
    let names = prop.children().map(|name| PropertyName { namespace: name.namespace.clone(), name: name.name.clone() });
    Ok(Wanted::These(names.collect()))
}

async fn found(dav: Dav, access: FileAccess<Read>, wanted: Wanted, children: bool) -> Result<HttpResponse, DavError> {
    let store = dav.cloud.store.clone();
    let beside = wanted.beside(dav.session.user_id());
    let node = store.listed(&access, beside).await?;
    let locks = if wanted.asks_locks() { store.locks_around(&access, children).await? } else { Vec::new() };
    let (on_children, around): (Vec<_>, Vec<_>) = locks.into_iter().partition(|lock| lock.above.is_none());
    let around = rooted(&dav.path, node.is_folder, around);
    let href = dav.path.href(node.is_folder);
    let mut out = String::from(multistatus::BEGIN);
    let instance = instance(&dav.cloud);
    let mut view = dav.view(&access, &instance);
    let mounts = if dav.path.holds_mounts() {
        let mounts = mounts::named(store.mounts(&OwnAccess::of(&dav.session)).await?);
        view.etag = Some(mounts::top_etag(node.number, node.etag, &mounts));
        mounts
    } else {
        Vec::new()
    };
    Shown { href: &href, node: &node, locks: &around, view: &view }.write(&mut out, &wanted);
    if !children || !node.is_folder {
        out.push_str(multistatus::END);
        return Ok(multi_status().body(out));
    }
    // What reaches down to the folder's children as well.
    let deep = around.into_iter().filter(|(_, lock)| lock.deep).collect();
    let (pieces, answer) = mpsc::channel(PIECES);
    let listing = Listing { dav, access, beside, wanted, href, deep, on_children, mounts, out, pieces };
    actix_web::rt::spawn(async move {
        if let Err(error) = listing.run().await {
            tracing::warn!(%error, "a listing was cut off");
        }
    });
    Ok(multi_status().streaming(stream::unfold(answer, async |mut answer: mpsc::Receiver<_>| {
        answer.recv().await.map(|piece| (piece, answer))
    })))
}

fn multi_status() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::MULTI_STATUS);
    response.insert_header(("content-type", XML)).insert_header(("dav", "1, 2, 3"));
    response
}

/// A folder on its way to a client.
struct Listing {
    dav: Dav,
    access: FileAccess<Read>,
    beside: Beside,
    wanted: Wanted,
    /// Of the folder, with a slash at the end.
    href: String,
    deep: Vec<(String, LockRow)>,
    on_children: Vec<LockRow>,
    /// Team spaces that are folders here.
    mounts: Vec<(FileName, MountRow)>,
    out: String,
    pieces: mpsc::Sender<Result<Bytes, std::io::Error>>,
}

impl Listing {
    async fn run(self) -> Result<(), StoreError> {
        let Self { dav, access, beside, wanted, href, deep, on_children, mounts, mut out, pieces } = self;
        let store: Store = dav.cloud.store.clone();
        let base = href.trim_end_matches('/');
        let instance = instance(&dav.cloud);
        let view = View { mount_root: false, top: false, ..dav.view(&access, &instance) };
        let listed = store
            .each_child(&access, beside, async |node: ListedNode| {
                let mut href = base.to_owned();
                push_segment(&mut href, &node.name);
                if node.is_folder {
                    href.push('/');
                }
                let own = on_children.iter().filter(|lock| lock.node == node.id);
                let mut locks: Vec<_> = own.map(|lock| (href.clone(), lock.clone())).collect();
                locks.extend(deep.iter().cloned());
                Shown { href: &href, node: &node, locks: &locks, view: &view }.write(&mut out, &wanted);
                out.len() < PIECE || send(&pieces, std::mem::take(&mut out)).await
            })
            .await;
        match listed {
            Ok(()) => {
                let may = access.may_write();
                for (name, mount) in &mounts {
                    let mut href = base.to_owned();
                    push_segment(&mut href, name.as_str());
                    href.push('/');
                    let writes = mount.role.may::<Write>() && !mount.archived && may;
                    let view = View { writes, mounted: true, mount_root: true, top: true, room: None, ..view.clone() };
                    Shown { href: &href, node: &mounted(name, mount), locks: &[], view: &view }
                        .write(&mut out, &wanted);
                }
                out.push_str(multistatus::END);
                send(&pieces, out).await;
                Ok(())
            }
            Err(error) => {
                // The status is gone already: a body that breaks off says that it is not whole.
                pieces.send(Err(std::io::Error::other("the listing failed"))).await.ok();
                Err(error)
            }
        }
    }
}

/// A team space as a folder.
fn mounted(name: &FileName, mount: &MountRow) -> ListedNode {
    let now = Timestamp::now();
    ListedNode {
        id: mount.root,
        is_folder: true,
        name: name.as_str().to_owned(),
        size: mount.size,
        etag: mount.etag,
        version: None,
        created_at: now,
        changed_at: now,
        number: mount.number,
        mtime: None,
        sums: None,
        is_favourite: false,
        properties: Vec::new(),
    }
}

/// Hands a piece on; whether somebody still takes them.
async fn send(pieces: &mpsc::Sender<Result<Bytes, std::io::Error>>, piece: String) -> bool {
    matches!(tokio::time::timeout(PATIENCE, pieces.send(Ok(piece.into()))).await, Ok(Ok(())))
}

/// The places above the spaces, which no row stands for.
async fn made_up(dav: &Dav, wanted: &Wanted, children: bool) -> Result<HttpResponse, DavError> {
    let own = OwnAccess::of(&dav.session);
    let mut shown = vec![(dav.path.href(true), "Carrel".to_owned())];
    if children {
        match dav.path.tree {
            Tree::Spaces => {
                let spaces = dav.cloud.store.spaces(&own).await?;
                let readable = spaces.into_iter().filter(|space| space.role.may::<Read>());
                shown.extend(readable.map(|space| (format!("/dav/spaces/{}/", space.id), space.name)));
            }
            _ => shown.extend(["home", "spaces"].map(|name| (format!("/dav/{name}/"), name.to_owned()))),
        }
    }
    let now = Timestamp::now();
    let instance = instance(&dav.cloud);
    let user = dav.session.user();
    let view = View {
        synced: false,
        writes: false,
        mounted: false,
        mount_root: false,
        top: true,
        room: None,
        etag: None,
        instance: &instance,
        user: (&user.name, &user.display_name),
    };
    let mut out = String::from(multistatus::BEGIN);
    for (href, name) in shown {
        let node = ListedNode {
            id: carrel_ids::NodeId::new(),
            is_folder: true,
            name,
            size: 0,
            etag: 0,
            version: None,
            created_at: now,
            changed_at: now,
            number: 0,
            mtime: None,
            sums: None,
            is_favourite: false,
            properties: Vec::new(),
        };
        Shown { href: &href, node: &node, locks: &[], view: &view }.write(&mut out, wanted);
    }
    out.push_str(multistatus::END);
    Ok(multi_status().body(out))
}
