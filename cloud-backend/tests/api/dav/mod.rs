//! WebDAV on the real server: by litmus, the protocol's own test program, and what litmus does not ask.

mod copy;
mod limits;
mod litmus;
mod locks;
mod tree;

use reqwest::Method;

use crate::{
    actors::{AppPassword, Owner},
    app::TestApp,
    client::{Call, Client},
};

/// One's own space, as a client mounts it.
pub(crate) const HOME: &str = "/dav/home";

/// A request of WebDAV.
pub(crate) fn dav(client: &Client, method: &str, path: &str) -> Call {
    client.call(Method::from_bytes(method.as_bytes()).unwrap(), path)
}

/// The owner at the browser, and their program with an app password.
pub(crate) async fn mounted(app: &TestApp) -> (Owner, AppPassword) {
    let owner = Owner::of(app).await;
    let program = AppPassword::of(app, &owner).await;
    (owner, program)
}

pub(crate) const LOCK: &str = "<?xml version=\"1.0\"?><D:lockinfo xmlns:D=\"DAV:\"><D:lockscope><D:exclusive/></D:lockscope>\
                    <D:locktype><D:write/></D:locktype><D:owner>me</D:owner></D:lockinfo>";

/// Takes an exclusive lock; its token with the brackets.
pub(crate) async fn lock(client: &Client, path: &str) -> String {
    let answer = dav(client, "LOCK", path).body(LOCK).send().await;
    assert!(answer.status.is_success(), "{answer:?}");
    answer.header("lock-token").unwrap().to_owned()
}
