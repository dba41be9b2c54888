//! Every route × every kind of caller. The workspace has no sandbox: whoever is admitted learns that, and nobody else does.
//!
//! `CARREL_WRITE_TABLE=1` writes `docs/api/ide-route-table.md` anew.

use std::{collections::BTreeSet, fmt::Write as _};

use carrel_ide_backend::routes::{Route, TABLE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    server::{Instance, short},
};

const CALLERS: [&str; 5] = ["admitted", "admitted elsewhere", "signed in only", "signed out", "page of another site"];

/// What needs an admission and changes something.
const fn change(status: u16) -> [u16; 5] {
    [status, 401, 401, 401, 403]
}
/// What needs an admission and reads. Another site's page may send this, but never reads the answer.
const fn read(status: u16) -> [u16; 5] {
    [status, 401, 401, 401, 401]
}

/// The expected status by caller.
#[rustfmt::skip]
const EXPECTED: &[(&str, &str, [u16; 5])] = &[
    ("post", "/ide/v1/workspaces/{id}/session", [200, 401, 401, 401, 403]),
    ("get", "/ide/v1/workspaces/{id}/events", [101, 401, 401, 401, 403]),
    ("post", "/ide/v1/workspaces/{id}/start", change(202)),
    ("post", "/ide/v1/workspaces/{id}/stop", change(202)),
    ("get", "/ide/v1/workspaces/{id}/tree", read(409)),
    ("get", "/ide/v1/workspaces/{id}/file", read(409)),
    ("put", "/ide/v1/workspaces/{id}/file", change(409)),
    ("delete", "/ide/v1/workspaces/{id}/file", change(409)),
    ("post", "/ide/v1/workspaces/{id}/folders", change(409)),
    ("post", "/ide/v1/workspaces/{id}/rename", change(409)),
    ("get", "/ide/v1/workspaces/{id}/terminals", read(409)),
    ("post", "/ide/v1/workspaces/{id}/terminals", change(409)),
    ("delete", "/ide/v1/workspaces/{id}/terminals/{tid}", change(409)),
    ("get", "/ide/v1/workspaces/{id}/terminals/{tid}/socket", [409, 401, 401, 401, 403]),
];

#[actix_web::test]
async fn t_031_every_route_answers_everybody_as_the_table_says() {
    let rows: BTreeSet<_> = TABLE.iter().map(|route| (route.method, route.path)).collect();
    let expected: BTreeSet<_> = EXPECTED.iter().map(|(method, path, _)| (*method, *path)).collect();
    assert_eq!(rows, expected, "each route has one row here");

    let instance = Instance::without_runner(short()).await;
    let browser = Browser::signed_in(&instance).await;
    let workspace = browser.make_workspace(&browser.make_folder(&browser.root, "engine").await).await;
    let other = browser.make_workspace(&browser.make_folder(&browser.root, "other").await).await;
    browser.enter(&other).await;
    let elsewhere = browser.cookie("carrel_ide").unwrap();
    browser.enter(&workspace).await;
    let mut admitted = browser.cookie("carrel_ide").unwrap();
    let signed_in = browser.cookie("carrel_s").unwrap();

    let mut wrong = Vec::new();
    for (route, (_, _, expected)) in TABLE.iter().zip(EXPECTED) {
        for (caller, expected) in CALLERS.iter().zip(expected) {
            // A ticket is only handed to who may have one; who has none brings one that is none.
            let ticket = if *caller == "admitted" {
                browser.set_cookie("carrel_s", &signed_in);
                browser.ticket(&workspace).await
            } else {
                "no-ticket".to_owned()
            };
            for cookie in ["carrel_ide", "carrel_s"] {
                browser.forget(cookie);
            }
            match *caller {
                "admitted" => browser.set_cookie("carrel_ide", &admitted),
                "admitted elsewhere" => browser.set_cookie("carrel_ide", &elsewhere),
                "signed in only" => browser.set_cookie("carrel_s", &signed_in),
                _ => {}
            }
            let origin = if *caller == "page of another site" { "https://evil.example" } else { &browser.origin };
            let status = ask(&browser, route, &workspace, &ticket, origin).await.as_u16();
            if *caller == "admitted" {
                // A ticket that was redeemed has replaced it.
                admitted = browser.cookie("carrel_ide").unwrap();
            }
            if status != *expected {
                wrong.push(format!("{} {} as {caller}: {status}, not {expected}", route.method, route.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    check_document();
    instance.finish().await;
}

async fn ask(browser: &Browser, route: &Route, workspace: &str, ticket: &str, origin: &str) -> StatusCode {
    let tid = uuid::Uuid::now_v7().to_string();
    let path = route.path.replace("{id}", workspace).replace("{tid}", &tid);
    if path.ends_with("/events") || path.ends_with("/socket") {
        return browser
            .socket(&path, Some(origin))
            .await
            .map_or_else(|status| status, |_| StatusCode::SWITCHING_PROTOCOLS);
    }
    let path = if path.ends_with("/file") { format!("{path}?path=a.txt") } else { path };
    let body: Option<Value> = match (route.method, route.path.rsplit('/').next()) {
        ("post", Some("session")) => Some(json!({"ticket": ticket})),
        ("post", Some("folders")) => Some(json!({"path": "a"})),
        ("post", Some("rename")) => Some(json!({"from": "a", "to": "b"})),
        ("post", Some("terminals")) => Some(json!({"cols": 80, "rows": 24})),
        _ => None,
    };
    let body = match route.method {
        "put" => Some(("application/octet-stream", b"text".to_vec())),
        _ => body.map(|body| ("application/json", body.to_string().into_bytes())),
    };
    let method: Method = route.method.to_uppercase().parse().unwrap();
    let answer = browser.send_with(method, &path, &[("origin", origin), ("if-none-match", "*")], body).await;
    if answer.status.is_client_error() {
        answer.code();
    }
    answer.status
}

/// The table that people read is the one that was tested.
fn check_document() {
    let mut text = String::from(
        "# Who may call what in a workspace\n\nThe answer of every route of the IDE backend to everybody who might ask, while no sandbox runs (409 says that). *Admitted*: a\nbrowser \
         that brought a ticket for this workspace; *elsewhere*: for another one. Written by `ide-backend/tests/workspace/route_table.rs`\n\
         with `CARREL_WRITE_TABLE=1`, and compared by it at each run.\n\n",
    );
    writeln!(text, "| route | {} |\n|---|{}", CALLERS.join(" | "), "---|".repeat(CALLERS.len())).unwrap();
    for (method, path, statuses) in EXPECTED {
        let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
        writeln!(text, "| `{} {path}` | {} |", method.to_uppercase(), statuses.join(" | ")).unwrap();
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api/ide-route-table.md");
    if std::env::var_os("CARREL_WRITE_TABLE").is_some() {
        std::fs::write(file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), text, "CARREL_WRITE_TABLE=1 writes it anew");
}
