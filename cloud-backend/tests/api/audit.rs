//! Every act leaves one entry, no entry says what is personal, and whoever may read the log reads it all.

use carrel_cloud_backend::{administration, authz::Role, session::new_setup_link};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    actors::{Administrator, Auditor, Owner, Person, Stranger, TokenReader, Viewer, files_path, id, sign_in},
    app::{PASSWORD, TestApp, both},
    client::{Answer, Auth, Client},
};

/// The one new entry since the last look, and nothing else.
async fn one_entry(app: &TestApp, action: &str, outcome: &str) -> Value {
    let leaves = app.database.leaves().await;
    assert_eq!(leaves.len(), 1, "{action}: {leaves:#?}");
    app.database.forget_leaves().await;
    let leaf = leaves.into_iter().next().unwrap();
    assert_eq!((leaf["act"].as_str(), leaf["out"].as_str()), (Some(action), Some(outcome)), "{leaf}");
    leaf
}

#[track_caller]
fn by(leaf: &Value, actor: Option<&str>, target: (&str, &str)) {
    assert_eq!(leaf["actor"]["id"].as_str(), actor, "{leaf}");
    assert_eq!((leaf["tgt"]["t"].as_str(), leaf["tgt"]["id"].as_str()), (Some(target.0), Some(target.1)), "{leaf}");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The entry names the request that the answer names.
#[track_caller]
fn same_request(leaf: &Value, answer: &Answer) {
    assert_eq!(leaf["req"].as_str(), answer.header("x-request-id"), "{leaf}");
}

both! {
    async fn t_082_every_change_of_files_leaves_one_entry_with_actor_and_target(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (user, root, space) = (owner.id.to_string(), owner.root.to_string(), owner.space.to_string());
        app.database.forget_leaves().await;
        let actor = Some(user.as_str());

        let answer = owner.post(&format!("/api/v1/nodes/{root}/folders"), json!({"name": "f"})).await.expect(201);
        let folder = answer.json();
        let leaf = one_entry(&app, "folder.create", "ok").await;
        by(&leaf, actor, ("node", text(&folder["id"])));
        same_request(&leaf, &answer);
        assert_eq!(leaf["space"].as_str(), Some(space.as_str()));
        assert_eq!(leaf["d"]["parent"].as_str(), Some(root.as_str()));

        let file = owner.file(owner.root, "a", "one").await;
        let leaf = one_entry(&app, "file.create", "ok").await;
        by(&leaf, actor, ("node", text(&file["id"])));
        assert_eq!((&leaf["d"]["version"], &leaf["d"]["sha256"], &leaf["d"]["size"]), (&file["version"]["id"], &file["version"]["sha256"], &json!(3)));

        let path = format!("/api/v1/nodes/{}", text(&file["id"]));
        let saved = owner.save(&file, "two").await;
        let leaf = one_entry(&app, "file.save", "ok").await;
        by(&leaf, actor, ("node", text(&file["id"])));
        assert_eq!((&leaf["d"]["before"], &leaf["d"]["version"]), (&file["version"]["id"], &saved["version"]["id"]));

        let version = format!("\"{}\"", text(&saved["version"]["id"]));
        owner.put(&files_path(owner.root, "a"), "3").header("if-match", &version).send().await.expect(200);
        by(&one_entry(&app, "file.save", "ok").await, actor, ("node", text(&file["id"])));

        owner.patch(&path, json!({"name": "b"})).await.expect(200);
        by(&one_entry(&app, "file.rename", "ok").await, actor, ("node", text(&file["id"])));

        owner.patch(&path, json!({"parent_id": folder["id"]})).await.expect(200);
        let leaf = one_entry(&app, "file.move", "ok").await;
        by(&leaf, actor, ("node", text(&file["id"])));
        assert_eq!((leaf["d"]["from"].as_str(), &leaf["d"]["to"]), (Some(root.as_str()), &folder["id"]));

        owner.delete(&path).await.expect(204);
        by(&one_entry(&app, "file.trash", "ok").await, actor, ("node", text(&file["id"])));

        owner.post(&format!("{path}/restore"), json!({})).await.expect(200);
        by(&one_entry(&app, "file.restore", "ok").await, actor, ("node", text(&file["id"])));

        let workspace = owner.workspace(id(&folder["id"])).await.to_string();
        let leaf = one_entry(&app, "workspace.create", "ok").await;
        by(&leaf, actor, ("workspace", &workspace));
        assert_eq!(leaf["d"]["folder"], folder["id"]);

        owner.post(&format!("/api/v1/workspaces/{workspace}/ticket"), json!({})).await.expect(200);
        by(&one_entry(&app, "workspace.open", "ok").await, actor, ("workspace", &workspace));

        owner.delete(&format!("/api/v1/workspaces/{workspace}")).await.expect(204);
        by(&one_entry(&app, "workspace.delete", "ok").await, actor, ("workspace", &workspace));

        // What is there already, what changes nothing, and what is only looked at.
        owner.post("/api/v1/workspaces", json!({"folder_id": folder["id"]})).await.expect(201);
        app.database.forget_leaves().await;
        owner.post("/api/v1/workspaces", json!({"folder_id": folder["id"]})).await.expect(200);
        owner.post(&format!("/api/v1/nodes/{root}/folders"), json!({"name": "f", "existing": "use"})).await.expect(200);
        owner.patch(&path, json!({})).await.expect(200);
        for path in [path.clone(), format!("{path}/content"), format!("{path}/versions"), format!("/api/v1/nodes/{root}/children"), "/api/v1/spaces".to_owned(), "/api/v1/workspaces".to_owned(), "/api/v1/session".to_owned()] {
            owner.get(&path).await.expect(200);
        }
        assert_eq!(app.database.leaves().await, Vec::<Value>::new());
    }

    async fn t_082_every_change_of_accounts_leaves_one_entry(app: TestApp) {
        let link = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        app.database.forget_leaves().await;
        let body = json!({"token": link, "name": "ada", "display_name": "", "password": PASSWORD, "language": "en"});
        let answer = app.client().post("/api/v1/setup", body).await.expect(201);
        let me = answer.json();
        let user = text(&me["user"]["id"]).to_owned();
        let leaf = one_entry(&app, "setup.complete", "ok").await;
        by(&leaf, None, ("user", &user));
        same_request(&leaf, &answer);
        let roles = [Role::Administrator, Role::Auditor, Role::Member].map(|role| role.id().to_string());
        assert_eq!(leaf["d"]["roles"], json!(roles));

        let answer = sign_in(&app.client(), "ada", PASSWORD).await.expect(200);
        let leaf = one_entry(&app, "session.create", "ok").await;
        by(&leaf, Some(&user), ("user", &user));
        let session = text(&answer.json()["session"]["id"]).to_owned();
        assert_eq!(leaf["d"]["session"].as_str(), Some(session.as_str()));

        let client = app.client().with(Auth::Cookie(answer.cookie().0));
        client.patch("/api/v1/session/user", json!({"language": "de"})).await.expect(200);
        by(&one_entry(&app, "user.update", "ok").await, Some(&user), ("user", &user));
        client.delete("/api/v1/session").await.expect(204);
        let leaf = one_entry(&app, "session.end", "ok").await;
        by(&leaf, Some(&user), ("session", &session));
        assert_eq!(leaf["actor"]["s"].as_str(), Some(session.as_str()), "{leaf}");

        sign_in(&app.client(), "ada", "a wrong password").await.expect(401);
        by(&one_entry(&app, "session.create", "denied").await, None, ("user", &user));
        sign_in(&app.client(), "nobody", "a wrong password").await.expect(401);
        by(&one_entry(&app, "session.create", "denied").await, None, ("instance", "self"));

        app.create_token("ada", &["files:read"]).await;
        let leaf = one_entry(&app, "token.create", "ok").await;
        assert_eq!((leaf["actor"]["t"].as_str(), leaf["d"]["user"].as_str()), (Some("system"), Some(user.as_str())));
        administration::create_app_password(&app.cloud.store, "ada", "laptop").await.unwrap();
        one_entry(&app, "app_password.create", "ok").await;
        administration::reset_user(&app.cloud.store, &app.cloud.passwords, "ada", PASSWORD).await.unwrap();
        by(&one_entry(&app, "user.reset", "ok").await, None, ("user", &user));
        // The last administrator stays, so there is another before she goes.
        app.create_user("eve", &[Role::Administrator]).await;
        one_entry(&app, "user.create", "ok").await;
        administration::disable_user(&app.cloud.store, "ada").await.unwrap();
        by(&one_entry(&app, "user.disable", "ok").await, None, ("user", &user));
    }

    async fn what_failed_leaves_no_entry(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "a", "one").await;
        let folder = owner.folder(owner.root, "f").await;
        let path = format!("/api/v1/nodes/{}", text(&file["id"]));
        let other = format!("\"{}\"", uuid::Uuid::now_v7());
        app.database.forget_leaves().await;
        owner.post(&format!("/api/v1/nodes/{}/folders", owner.root), json!({"name": "f"})).await.expect(409);
        owner.post(&format!("/api/v1/nodes/{}/folders", owner.root), json!({"name": ".."})).await.expect(422);
        owner.put(&files_path(owner.root, "a"), "x").header("if-none-match", "*").send().await.expect(409);
        owner.put(&files_path(owner.root, "b"), "x").header("x-content-sha256", &"0".repeat(64)).send().await.expect(422);
        owner.put(&files_path(owner.root, "none"), "x").header("if-match", &other).send().await.expect(412);
        owner.patch(&path, json!({"name": "f"})).await.expect(409);
        owner.patch(&format!("/api/v1/nodes/{folder}"), json!({"parent_id": folder})).await.expect(409);
        owner.delete(&format!("/api/v1/nodes/{}", owner.root)).await.expect(404);
        owner.post("/api/v1/workspaces", json!({"folder_id": file["id"]})).await.expect(404);
        owner.patch("/api/v1/session/user", json!({"language": "xx"})).await.expect(422);
        assert_eq!(app.database.leaves().await, Vec::<Value>::new());
        assert!(administration::disable_user(&app.cloud.store, "nobody").await.is_err());
        assert_eq!(app.database.leaves().await, Vec::<Value>::new());
    }

    async fn t_083_every_denial_leaves_one_entry(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let viewer = Viewer::of(&app, &owner).await;
        let administrator = Administrator::of(&app).await;
        let auditor = Auditor::of(&app).await;
        let token = TokenReader::of(&app, &owner).await;
        let file = owner.file(owner.root, "a", "one").await;
        let workspace = owner.workspace(owner.folder(owner.root, "f").await).await;
        let node = text(&file["id"]);
        let path = format!("/api/v1/nodes/{node}");
        app.database.forget_leaves().await;
        let denied = async |client: &Client, method: Method, path: &str, action: &str, actor: &Person, target: (&str, &str)| {
            let answer = client.call(method, path).json(&json!({"name": "x"})).send().await;
            assert!([403, 404].contains(&answer.status.as_u16()), "{}", answer.status);
            let leaf = one_entry(&app, action, "denied").await;
            by(&leaf, Some(&actor.id.to_string()), target);
            same_request(&leaf, &answer);
        };
        denied(&stranger, Method::GET, &path, "file.access", &stranger, ("node", node)).await;
        denied(&viewer, Method::PATCH, &path, "file.access", &viewer, ("node", node)).await;
        denied(&token, Method::DELETE, &path, "file.access", &owner, ("node", node)).await;
        denied(&stranger, Method::POST, &format!("{path}/restore"), "file.access", &stranger, ("node", node)).await;
        denied(&administrator, Method::GET, "/api/v1/audit/head", "system.access", &administrator, ("log", "self")).await;
        denied(&token, Method::GET, "/api/v1/audit/entries", "system.access", &owner, ("log", "self")).await;
        denied(&auditor, Method::GET, &format!("/api/v1/workspaces/{workspace}"), "workspace.access", &auditor, ("workspace", &workspace.to_string())).await;
        denied(&token, Method::GET, "/api/v1/workspaces", "workspace.access", &owner, ("user", &owner.id.to_string())).await;
        let call = token.post("/api/v1/workspaces", json!({"folder_id": owner.root})).await;
        call.refused(403, "scope_too_small");
        by(&one_entry(&app, "file.access", "denied").await, Some(&owner.id.to_string()), ("node", &owner.root.to_string()));
    }

    async fn t_084_no_entry_holds_what_is_personal_or_secret(app: TestApp) {
        let (user, password) = ("canary-person", "canary-password of many words");
        let roles = [carrel_cloud_backend::authz::Role::Member];
        administration::create_user(&app.cloud.store, &app.cloud.passwords, user, password, &roles).await.unwrap();
        let sign_in = async |name: &str, password: &str| {
            let call = app.client().call(Method::POST, "/api/v1/session").header("user-agent", "canary-agent");
            call.json(&json!({"name": name, "password": password})).send().await
        };
        sign_in("canary-nobody", "canary-guess").await.expect(401);
        sign_in(user, "canary-guess").await.expect(401);
        let answer = sign_in(user, password).await.expect(200);
        let root = text(&answer.json()["personal_space"]["root_id"]).parse().unwrap();
        let owner = app.client().with(Auth::Cookie(answer.cookie().0));
        owner.patch("/api/v1/session/user", json!({"display_name": "canary-display"})).await.expect(200);
        let folder = owner.post(&format!("/api/v1/nodes/{root}/folders"), json!({"name": "canary-folder"})).await.expect(201).json();
        let file = owner.put(&files_path(root, "canary-file"), "canary-content").send().await.expect(201).json();
        let path = format!("/api/v1/nodes/{}", text(&file["id"]));
        owner.patch(&path, json!({"name": "canary-renamed"})).await.expect(200);
        owner.patch(&path, json!({"parent_id": folder["id"], "name": "canary-moved"})).await.expect(200);
        owner.delete(&path).await.expect(204);
        owner.post(&format!("{path}/restore"), json!({})).await.expect(200);
        let workspace = owner.post("/api/v1/workspaces", json!({"folder_id": folder["id"]})).await.expect(201).json();
        let ticket = owner.post(&format!("/api/v1/workspaces/{}/ticket", text(&workspace["id"])), json!({})).await.expect(200).json();
        administration::create_app_password(&app.cloud.store, user, "canary-label").await.unwrap();
        let token = app.create_token(user, &["files:read"]).await;
        owner.get("/api/v1/nodes/canary-path").await.expect(404);
        owner.delete("/api/v1/session").await.expect(204);
        let leaves = app.database.leaves().await;
        assert!(leaves.len() >= 15, "{}", leaves.len());
        let Auth::Cookie(cookie) = owner.auth() else { panic!("a browser") };
        let cookie = cookie.split_once('=').unwrap().1;
        let log = serde_json::to_string(&leaves).unwrap();
        for secret in ["canary", "127.0.0.1", cookie, token.as_str(), text(&ticket["ticket"])] {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }

    async fn t_090_an_auditor_reads_what_happened_with_names_and_addresses(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let auditor = Auditor::of(&app).await;
        let call = owner.call(Method::PUT, &files_path(owner.root, "before.txt")).header("user-agent", "canary/1.0");
        let file = call.body("text").send().await.expect(201).json();
        let path = format!("/api/v1/nodes/{}", text(&file["id"]));
        let renamed = owner.patch(&path, json!({"name": "after.txt"})).await.expect(200);
        stranger.get(&path).await.expect(404);
        app.cloud.log.sealer().seal().await.unwrap();
        let read = async |query: &str| auditor.get(&format!("/api/v1/audit/entries?{query}")).await.expect(200).json()["items"].as_array().unwrap().clone();

        let made = read("action=file.create").await;
        assert_eq!(made.len(), 1);
        assert_eq!(made[0]["actor"], json!({"type": "user", "id": owner.id, "name": owner.name}));
        assert_eq!(made[0]["target"], json!({"type": "node", "id": file["id"], "name": "before.txt"}));
        assert_eq!((&made[0]["address"], &made[0]["client"]), (&json!("127.0.0.1"), &json!("canary/1.0")));
        assert_eq!(made[0]["space_id"], json!(owner.space));
        assert_eq!(serde_json::from_str::<Value>(text(&made[0]["leaf"])).unwrap()["act"], "file.create");
        let rename = read(&format!("request={}", renamed.header("x-request-id").unwrap())).await;
        assert_eq!(rename.len(), 1);
        assert_eq!((&rename[0]["target"]["name"], &rename[0]["personal"]["name_before"]), (&json!("after.txt"), &json!("before.txt")));

        let of_file = read(&format!("target={}", text(&file["id"]))).await;
        let acts: Vec<_> = of_file.iter().map(|entry| (text(&entry["action"]), text(&entry["outcome"]))).collect();
        assert_eq!(acts, [("file.access", "denied"), ("file.rename", "ok"), ("file.create", "ok")], "newest first");
        let denied = read(&format!("outcome=denied&actor={}", stranger.id)).await;
        assert_eq!(denied.iter().map(|entry| text(&entry["action"])).collect::<Vec<_>>(), ["file.access"]);
        let (at, later) = (text(&rename[0]["at"]), "2999-01-01T00:00:00Z");
        assert!(read(&format!("from={at}&to={later}")).await.iter().any(|entry| entry["id"] == rename[0]["id"]));
        assert!(read(&format!("to={at}")).await.iter().all(|entry| entry["id"] != rename[0]["id"]));
        assert_eq!(read(&format!("from={later}")).await, Vec::<Value>::new());

        // Looking is an act, and so is each page.
        app.cloud.log.sealer().seal().await.unwrap();
        let looks = read("action=log.read").await.len();
        let mut page = auditor.get("/api/v1/audit/entries?limit=4").await.expect(200).json();
        let mut all = page["items"].as_array().unwrap().clone();
        let mut pages = 1;
        while let Some(next) = page["next"].as_i64() {
            page = auditor.get(&format!("/api/v1/audit/entries?limit=4&before={next}")).await.expect(200).json();
            all.extend(page["items"].as_array().unwrap().clone());
            pages += 1;
        }
        let indices: Vec<_> = all.iter().map(|entry| entry["index"].as_i64().unwrap()).collect();
        assert_eq!(indices, (0..i64::try_from(indices.len()).unwrap()).rev().collect::<Vec<_>>());
        app.cloud.log.sealer().seal().await.unwrap();
        let looked = read("action=log.read").await;
        assert_eq!(looked.len(), looks + pages + 1);
        assert!(looked[0]["details"]["before"].is_i64() && looked[pages - 1]["details"]["before"].is_null(), "what was looked at");

        let head = auditor.get("/api/v1/audit/head").await.expect(200).json();
        assert_eq!(head["origin"], crate::app::LOG_ORIGIN);
        assert_eq!(head["size"].as_i64().unwrap(), app.database.count("SELECT COUNT(*) FROM audit_log").await);
        let actions = auditor.get("/api/v1/audit/actions").await.expect(200).json();
        assert!(actions["items"].as_array().unwrap().contains(&json!("file.create")));
        for broken in ["actor=%00", "limit=x", "from=yesterday", "colour=red"] {
            auditor.get(&format!("/api/v1/audit/entries?{broken}")).await.refused(400, "bad_request");
        }
    }

    async fn a_page_of_the_log_names_everybody_who_acted(app: TestApp) {
        let auditor = Auditor::of(&app).await;
        let names = ["u01", "u02", "u03", "u04", "u05", "u06", "u07", "u08", "u09", "u10", "u11"];
        for name in names {
            app.create_user(name, &[]).await;
            sign_in(&app.client(), name, PASSWORD).await.expect(200);
        }
        app.cloud.log.sealer().seal().await.unwrap();
        let page = auditor.get("/api/v1/audit/entries?action=session.create&limit=11").await.expect(200).json();
        let found: Vec<_> = page["items"].as_array().unwrap().iter().map(|entry| text(&entry["actor"]["name"])).collect();
        assert_eq!(found, names.into_iter().rev().collect::<Vec<_>>());
    }
}
