//! Nextcloud's protocol on the real server: by its own clients, and what they do not ask.

mod chunks;
mod clients;
mod discovery;
mod files;
mod kept;
mod login;
mod rclone;

use crate::{
    actors::{AppPassword, Owner},
    app::TestApp,
    client::{Answer, Auth, Client},
    dav::dav,
};

/// Where the owner's tree is for a sync client.
pub(crate) const FILES: &str = "/remote.php/dav/files/olivia.owner";
pub(crate) const UPLOADS: &str = "/remote.php/dav/uploads/olivia.owner";

/// The owner at the browser, and their sync client.
pub(crate) async fn synced(app: &TestApp) -> (Owner, AppPassword) {
    let owner = Owner::of(app).await;
    let program = AppPassword::of(app, &owner).await;
    (owner, program)
}

/// Name and app password of a client.
pub(crate) fn credentials(client: &Client) -> (String, String) {
    let Auth::Basic(name, password) = client.auth() else { panic!("an app password is a name and a password") };
    (name.clone(), password.clone())
}

pub(crate) fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

/// The folder itself and what is in it, with these properties (`oc:fileid`, `d:getetag`).
pub(crate) async fn listed(client: &Client, path: &str, properties: &[&str]) -> String {
    let wanted: String = properties.iter().map(|name| format!("<{name}/>")).collect();
    let body = format!(
        "<?xml version=\"1.0\"?><d:propfind xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\" xmlns:nc=\"http://nextcloud.org/ns\"><d:prop>{wanted}</d:prop></d:propfind>"
    );
    let answer = dav(client, "PROPFIND", path).header("depth", "1").body(body).send().await.expect(207);
    assert_eq!(answer.header("content-type"), Some("application/xml; charset=utf-8"));
    text(&answer)
}

/// One property of one address in a listing.
#[track_caller]
pub(crate) fn property(listing: &str, href: &str, name: &str) -> String {
    let of = listing.split("<D:response>").find(|part| part.contains(&format!("<D:href>{href}</D:href>")));
    let of = of.unwrap_or_else(|| panic!("no {href} in {listing}"));
    let found = of.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    found.unwrap_or_else(|| panic!("no {name} in {of}")).0.to_owned()
}
