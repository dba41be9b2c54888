//! PROPPATCH (RFC 4918, 9.2): clients' own properties, all of a request or none.

use actix_web::{HttpResponse, http::StatusCode, web};
use carrel_ids::NodeId;

use super::{
    Dav, DavError, XML,
    multistatus::{self, PropertyName, begin, empty, group, is_live},
    request::{Spot, body},
    said::seconds,
    sync::OC,
    xml::{self, Element},
};
use crate::{
    audit::Action,
    authz::{FileAccess, OwnAccess, Read, Write},
    store::{PropertyChange, Writer},
};

pub(crate) async fn proppatch(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let href = dav.path.href(false);
    patch(dav, payload).await.map_err(|error| error.of(&href))
}

async fn patch(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let wishes = wishes(&body(payload).await?)?;
    let access = dav.found().await?;
    let node = access.node();
    let spot = Spot::Found(access);
    dav.check(&spot).await?;
    let row = dav.cloud.store.node(&dav.right::<Read>(node).await?).await?;
    let known = dav.cloud.store.sums(&dav.right::<Read>(node).await?).await?;
    let protected = |wish: &Wish| match &wish.means {
        Means::Property => {
            is_live(&PropertyName { namespace: wish.change.namespace.clone(), name: wish.change.name.clone() })
        }
        Means::Mtime(mtime) => mtime.is_none() || row.is_folder,
        Means::Favourite(_) => false,
        // They are computed here, and can only be told what they are already.
        Means::Checksums(text) => !known
            .as_ref()
            .is_some_and(|sums| text.to_ascii_lowercase().contains(&format!("sha1:{}", hex::encode(sums.sha1)))),
    };
    let refused = wishes.iter().any(protected);
    if !refused {
        apply(&dav, node, &wishes).await?;
    }
    let mut out = String::from(multistatus::BEGIN);
    begin(&mut out, &dav.path.href(row.is_folder));
    let (mut first, mut rest) = (String::new(), String::new());
    for wish in &wishes {
        let into = if refused && protected(wish) { &mut first } else { &mut rest };
        empty(into, &wish.change.namespace, &wish.change.name);
    }
    if !first.is_empty() {
        group(&mut out, &first, "403 Forbidden");
    }
    if !rest.is_empty() || !refused {
        group(&mut out, &rest, if refused { "424 Failed Dependency" } else { "200 OK" });
    }
    if refused {
        out.push_str("<D:error><D:cannot-modify-protected-property/></D:error>");
    }
    out.push_str("</D:response>");
    out.push_str(multistatus::END);
    Ok(HttpResponse::build(StatusCode::MULTI_STATUS).insert_header(("content-type", XML)).body(out))
}

/// One change that is asked for.
struct Wish {
    change: PropertyChange,
    means: Means,
}

/// What a change means to us.
enum Means {
    /// Nothing: it is the client's own.
    Property,
    /// The time of the content; none for what is no time.
    Mtime(Option<i64>),
    Favourite(bool),
    Checksums(String),
}

impl Means {
    fn of(property: &Element, set: bool) -> Self {
        match (property.namespace.as_str(), property.name.as_str()) {
            // What rclone sets, as seconds since 1970.
            (xml::DAV, "lastmodified") if set => {
                Self::Mtime(seconds(property.text().trim()).ok().filter(|time| *time >= 0))
            }
            (OC, "favorite") => Self::Favourite(set && property.text().trim() == "1"),
            (OC, "checksums") if set => Self::Checksums(property.text()),
            _ => Self::Property,
        }
    }
}

/// Does what none of the wishes stands against.
async fn apply(dav: &Dav, node: NodeId, wishes: &[Wish]) -> Result<(), DavError> {
    let store = &dav.cloud.store;
    for wish in wishes {
        if let Means::Favourite(marked) = wish.means {
            // A mark is one's own: who may see a thing may mark it.
            if marked {
                let access = dav.right::<Read>(node).await?;
                store.audited(&access, Action::FavouriteAdd, async |w| w.add_favourite().await).await?;
            } else {
                let own = OwnAccess::of(&dav.session);
                store.audited(&own, Action::FavouriteRemove, async |w| w.remove_favourite(node).await).await?;
            }
        }
    }
    let mtime = wishes.iter().rev().find_map(|wish| if let Means::Mtime(mtime) = wish.means { mtime } else { None });
    let changes: Vec<&PropertyChange> =
        wishes.iter().filter(|wish| matches!(wish.means, Means::Property)).map(|wish| &wish.change).collect();
    if mtime.is_none() && changes.is_empty() {
        return Ok(());
    }
    let access = dav.writing(node).await?;
    let change = async |w: &mut Writer<'_, FileAccess<Write>>| {
        w.change_properties(&changes).await?;
        match mtime {
            Some(mtime) => w.set_mtime(mtime).await,
            None => Ok(()),
        }
    };
    Ok(store.audited(&access, Action::FileProperties, change).await?)
}

/// What is to be set and removed, in its order.
fn wishes(body: &[u8]) -> Result<Vec<Wish>, DavError> {
    let root = xml::parse(body)?.filter(|root| root.is("propertyupdate"));
    let root = root.ok_or(DavError::bad("the body is no propertyupdate"))?;
    let mut changes = Vec::new();
    for act in root.children().filter(|act| act.is("set") || act.is("remove")) {
        let set = act.is("set");
        for property in act.children().filter(|prop| prop.is("prop")).flat_map(Element::children) {
            let change = PropertyChange {
                namespace: property.namespace.clone(),
                name: property.name.clone(),
                value: set.then(|| property.to_text()),
            };
            changes.push(Wish { change, means: Means::of(property, set) });
        }
    }
    if changes.is_empty() { Err(DavError::bad("a propertyupdate changes something")) } else { Ok(changes) }
}
