//! Signing in by a provider of identities: with a real one, and with one that lies.

mod admin;
mod browser;
mod linking;
mod logout;
mod node;
mod sign_in;
mod tokens;

use reqwest::Url;
use serde_json::{Value, json};

use crate::{
    actors::{Administrator, Person},
    app::TestApp,
    client::{Auth, Client},
    factors::Elevated,
};
use browser::Browser;

const PROVIDERS: &str = "/api/v1/admin/identity-providers";
/// The identifiers of system roles, which the migrations made.
const ADMINISTRATOR: &str = "00000000-0000-7000-8000-000000000001";
const AUDITOR: &str = "00000000-0000-7000-8000-000000000002";
const MEMBER: &str = "00000000-0000-7000-8000-000000000003";
const GUEST: &str = "00000000-0000-7000-8000-000000000004";

/// An administrator who may change the settings at this moment.
async fn administrator(app: &TestApp) -> Elevated {
    Elevated::of(app, &Administrator::of(app).await.0).await
}

/// What a form for a new provider sends; `change` is laid over it.
fn draft(app: &TestApp, change: &Value) -> Value {
    let mut draft = json!({
        "name": "The provider",
        "issuer": node::issuer(app),
        "client_id": "carrel",
        "client_secret": "a secret of this test and of nothing else",
        "scopes": ["openid", "profile", "email", "groups"],
        "group_claim": "groups",
        "group_roles": [{"group": "devs", "role_id": MEMBER}],
        "make_users": true,
        "enabled": true,
    });
    for (key, value) in change.as_object().unwrap() {
        draft[key] = value.clone();
    }
    draft
}

async fn add_provider(admin: &Client, app: &TestApp, change: Value) -> String {
    let made = admin.post(PROVIDERS, draft(app, &change)).await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

/// Where the browser is sent for signing in by the provider.
async fn begin(browser: &mut Browser, app: &TestApp, provider: &str, next: &str) -> Url {
    let path = format!("{}/api/v1/sign-in/providers/{provider}", app.base);
    let (status, answer) = browser.post_json(&path, &json!({"next": next})).await;
    assert_eq!(status, 200, "{answer}");
    Url::parse(answer["url"].as_str().unwrap()).unwrap()
}

/// A whole sign-in at the real provider as `person` (name, then groups, with commas); the page of ours where it ends.
async fn sign_in_as(browser: &mut Browser, app: &TestApp, provider: &str, person: &str) -> String {
    let url = begin(browser, app, provider, "/files").await;
    path_of(&browser.sign_in_at_provider(url.as_str(), person, &app.base).await)
}

/// Path and query of one of our pages.
fn path_of(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// Who the browser is signed in as.
async fn me(browser: &mut Browser, app: &TestApp) -> Value {
    let (status, me) = browser.get_json(&format!("{}/api/v1/session", app.base)).await;
    assert_eq!(status, 200, "{me}");
    me
}

async fn is_signed_in(browser: &mut Browser, app: &TestApp) -> bool {
    browser.get_json(&format!("{}/api/v1/session", app.base)).await.0 == 200
}

/// A browser with the session of somebody who signed in with a password.
fn browser_of(person: &Person, app: &TestApp) -> Browser {
    let Auth::Cookie(cookie) = person.auth() else { panic!("not a browser") };
    let mut browser = Browser::new();
    browser.set_cookies(&app.base, cookie);
    browser
}

fn role_ids(me: &Value) -> Vec<&str> {
    me["user"]["roles"].as_array().unwrap().iter().map(|role| role["id"].as_str().unwrap()).collect()
}
