//! PROPPATCH (RFC 4918, 9.2): clients' own properties, all of a request or none.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    Dav, DavError, XML,
    multistatus::{self, PropertyName, begin, empty, group, is_live},
    request::{Spot, body},
    xml::{self, Element},
};
use crate::{audit::Action, store::PropertyChange};

pub(crate) async fn proppatch(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let href = dav.path.href(false);
    patch(dav, payload).await.map_err(|error| error.of(&href))
}

async fn patch(dav: Dav, payload: web::Payload) -> Result<HttpResponse, DavError> {
    let changes = changes(&body(payload).await?)?;
    let access = dav.found().await?;
    let node = access.node();
    let spot = Spot::Found(access);
    dav.check(&spot).await?;
    let access = dav.writing(node).await?;
    let row = dav.cloud.store.node(&access).await?;
    let protected = |change: &PropertyChange| {
        is_live(&PropertyName { namespace: change.namespace.clone(), name: change.name.clone() })
    };
    let refused = changes.iter().any(protected);
    if !refused {
        dav.cloud.store.audited(&access, Action::FileProperties, async |w| w.change_properties(&changes).await).await?;
    }
    let mut out = String::from(multistatus::BEGIN);
    begin(&mut out, &dav.path.href(row.is_folder));
    let (mut first, mut rest) = (String::new(), String::new());
    for change in &changes {
        let into = if refused && protected(change) { &mut first } else { &mut rest };
        empty(into, &change.namespace, &change.name);
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

/// What is to be set and removed, in its order.
fn changes(body: &[u8]) -> Result<Vec<PropertyChange>, DavError> {
    let root = xml::parse(body)?.filter(|root| root.is("propertyupdate"));
    let root = root.ok_or(DavError::bad("the body is no propertyupdate"))?;
    let mut changes = Vec::new();
    for act in root.children().filter(|act| act.is("set") || act.is("remove")) {
        let set = act.is("set");
        for property in act.children().filter(|prop| prop.is("prop")).flat_map(Element::children) {
            changes.push(PropertyChange {
                namespace: property.namespace.clone(),
                name: property.name.clone(),
                value: set.then(|| property.to_text()),
            });
        }
    }
    if changes.is_empty() { Err(DavError::bad("a propertyupdate changes something")) } else { Ok(changes) }
}
