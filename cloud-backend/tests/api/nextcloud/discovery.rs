//! What a client hears before it signs in, and how an administrator switches all of it off.

use carrel_cloud_backend::routes::TABLE;
use reqwest::Method;
use serde_json::json;

use super::{synced, text};
use crate::{
    app::{Backend, both, spawn_app_with},
    client::Auth,
    dav::dav,
};

const CAPABILITIES: &str = "/ocs/v1.php/cloud/capabilities?format=json";

both! {
    async fn a_client_finds_its_server_and_its_person(app: TestApp) {
        let (_, program) = synced(&app).await;
        let stranger = app.client();
        let status = stranger.get("/status.php").await.expect(200).json();
        assert_eq!((&status["installed"], &status["maintenance"], &status["productname"]), (&json!(true), &json!(false), &json!("Carrel")));
        stranger.get("/index.php/204").await.expect(204);
        let first = stranger.get(CAPABILITIES).await.expect(200).json();
        assert_eq!(first["ocs"]["meta"]["statuscode"], 100);
        let second = stranger.get("/ocs/v2.php/cloud/capabilities?format=json").await.expect(200).json();
        assert_eq!(second["ocs"]["meta"]["statuscode"], 200);
        let can = &second["ocs"]["data"]["capabilities"];
        assert_eq!((&can["dav"]["chunking"], &can["checksums"]["preferredUploadType"]), (&json!("1.0"), &json!("SHA1")));
        assert_eq!(can["core"]["status"]["installed"], true);
        // What is not there is not announced.
        assert_eq!(can["files_sharing"]["api_enabled"], false);
        let xml = text(&stranger.get("/ocs/v1.php/cloud/capabilities").await.expect(200));
        assert!(xml.starts_with("<?xml") && xml.contains("<statuscode>100</statuscode>"), "{xml}");
        let unknown = stranger.get("/ocs/v1.php/cloud/user?format=json").await.expect(401);
        assert_eq!(unknown.json()["ocs"]["meta"]["statuscode"], 997);
        let challenged = dav(&stranger, "PROPFIND", "/remote.php/dav/files/").send().await.expect(401);
        assert!(challenged.header("www-authenticate").unwrap().starts_with("Basic "), "{challenged:?}");
        assert!(text(&challenged).contains("<s:exception>Sabre\\DAV\\Exception\\NotAuthenticated</s:exception>"));
        let user = program.get("/ocs/v1.php/cloud/user?format=json").await.expect(200).json();
        assert_eq!((&user["ocs"]["data"]["id"], &user["ocs"]["data"]["quota"]["quota"]), (&json!("olivia.owner"), &json!(-3)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switched_off_there_is_nothing_at_any_of_its_addresses() {
    let app = spawn_app_with(Backend::Sqlite, |config| config.nextcloud = false).await;
    let (owner, program) = synced(&app).await;
    let mut asked = 0;
    let trees = ["/status.php", "/index.php/", "/ocs/", "/remote.php/", "/login/v2", "/api/v1/account/programs"];
    for route in TABLE.iter().filter(|route| trees.iter().any(|tree| route.path.starts_with(tree))) {
        // What methods there are says nothing of what is there.
        if route.method == "options" {
            continue;
        }
        asked += 1;
        let path = route.path.replace("{path:.*}", "olivia.owner/a/b").replace("{program_token}", "x");
        let method: Method = route.method.to_uppercase().parse().unwrap();
        let caller = if path.starts_with("/api/") {
            owner.with(owner.auth().clone())
        } else {
            program.with(program.auth().clone())
        };
        for caller in [caller, app.client().with(Auth::None)] {
            let call = caller.call(method.clone(), &path).header("destination", "/remote.php/dav/files/olivia.owner/c");
            let call = match path.ends_with("/poll") {
                true => call.header("content-type", "application/x-www-form-urlencoded").body("token=x"),
                false => call,
            };
            let answer = call.send().await;
            let expected: &[u16] = if path.starts_with("/api/") { &[404, 401] } else { &[404] };
            assert!(expected.contains(&answer.status.as_u16()), "{} {path}: {answer:?}", route.method);
        }
    }
    assert!(asked > 30, "{asked}");
    dav(&program, "PROPFIND", "/dav/home/").header("depth", "0").send().await.expect(207);
}
