//! The internal API: who may call it at all, and how a workspace's files come to and from the cloud.

use carrel_ids::{SandboxId, VersionId};
use carrel_service_auth::{
    Service, ServiceSecret,
    client::ServiceClient,
    request::{self, RequestKeys},
};
use carrel_wire::internal::Saved;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
};

use crate::{
    actors::{Owner, Stranger, id},
    app::{TestApp, both, service_secret},
    internal_client::Ide,
};

/// A running sandbox of the owner's folder `project`.
async fn sandbox(app: &TestApp) -> (Owner, carrel_ids::NodeId, Ide, SandboxId) {
    let owner = Owner::of(app).await;
    let folder = owner.folder(owner.root, "project").await;
    let workspace = owner.workspace(folder).await;
    let ide = Ide::of(app);
    let joined = ide.join(&owner, workspace).await;
    let sandbox = ide.running(joined.id).await;
    (owner, folder, ide, sandbox)
}

fn version(node: &Value) -> VersionId {
    id(&node["version"]["id"])
}

/// What the socket answers to these bytes.
async fn raw(app: &TestApp, request: &str) -> String {
    let mut connection = UnixStream::connect(&app.socket).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

both! {
    async fn t_100_only_the_ide_backend_is_heard(app: TestApp) {
        let (_, _, ide, sandbox) = sandbox(&app).await;
        let path = format!("/internal/v1/sandboxes/{sandbox}/etag");
        ide.etag(sandbox).await.expect(200);
        let unsigned = raw(&app, &format!("GET {path} HTTP/1.1\r\nhost: cloud\r\nconnection: close\r\n\r\n")).await;
        assert!(unsigned.starts_with("HTTP/1.1 401") && unsigned.contains("service_signature_invalid"), "{unsigned}");
        assert!(unsigned.contains("x-request-id: ") && unsigned.contains("x-content-type-options: nosniff"), "{unsigned}");
        let other_secret = ServiceSecret::from_bytes(&[4; 32]).unwrap();
        let secret = service_secret();
        for (secret, from, to) in [
            (&other_secret, Service::Ide, Service::Cloud),
            (&secret, Service::Runner, Service::Cloud),
            (&secret, Service::Cloud, Service::Ide),
            (&secret, Service::Ide, Service::Runner),
        ] {
            let client = Ide::with(ServiceClient::unix(&app.socket, from, to, secret).unwrap());
            client.etag(sandbox).await.refused(401, "service_signature_invalid");
            client.try_save(sandbox, "planted", None, "x").await.refused(401, "service_signature_invalid");
        }
    }

    async fn t_101_a_request_is_heard_once_and_as_it_was_signed(app: TestApp) {
        let (_, _, _, sandbox) = sandbox(&app).await;
        let keys = RequestKeys::new(&service_secret(), Service::Ide, Service::Cloud);
        let path = format!("/internal/v1/sandboxes/{sandbox}/etag");
        let now = carrel_service_auth::unix_ms();
        let request = |at: i64, path: &str, sent: &str| {
            let signed = request::sign(&keys, at, "GET", "cloud", path, "", "", &request::body_sha256(b"")).unwrap();
            format!("GET {sent} HTTP/1.1\r\nhost: cloud\r\nauthorization: {}\r\nx-content-sha256: {}\r\nconnection: close\r\n\r\n", signed.authorization, signed.content_sha256)
        };
        let once = request(now, &path, &path);
        assert!(raw(&app, &once).await.starts_with("HTTP/1.1 200"));
        assert!(raw(&app, &once).await.starts_with("HTTP/1.1 401"), "replayed");
        assert!(raw(&app, &request(now - 31_000, &path, &path)).await.starts_with("HTTP/1.1 401"), "old");
        let other = format!("/internal/v1/sandboxes/{sandbox}/manifest");
        assert!(raw(&app, &request(now, &path, &other)).await.starts_with("HTTP/1.1 401"), "another path");
        assert!(raw(&app, &request(now, &path, &format!("{path}?x=1"))).await.starts_with("HTTP/1.1 401"), "a query");
        // A body other than the signed one is read and not kept.
        let signed = request::sign(&keys, now, "PUT", "cloud", &format!("/internal/v1/sandboxes/{sandbox}/file"), "path=a", "", &request::body_sha256(b"good")).unwrap();
        let changed = format!("PUT /internal/v1/sandboxes/{sandbox}/file?path=a HTTP/1.1\r\nhost: cloud\r\nauthorization: {}\r\nx-content-sha256: {}\r\ncontent-length: 4\r\nconnection: close\r\n\r\nevil", signed.authorization, signed.content_sha256);
        let answer = raw(&app, &changed).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 0);
        app.nothing_stored().await;
    }

    async fn t_038_the_public_listener_has_no_internal_route(app: TestApp) {
        let (owner, _, _, sandbox) = sandbox(&app).await;
        let public = ServiceClient::http(&app.base, Service::Ide, Service::Cloud, &service_secret()).unwrap();
        let id = uuid::Uuid::now_v7();
        for (method, path) in [
            (Method::POST, "/internal/v1/ide-sessions".to_owned()),
            (Method::POST, format!("/internal/v1/ide-sessions/{id}/renew")),
            (Method::POST, format!("/internal/v1/ide-sessions/{id}/start")),
            (Method::POST, format!("/internal/v1/ide-sessions/{id}/stop")),
            (Method::POST, format!("/internal/v1/sandboxes/{sandbox}/stop")),
            (Method::GET, "/internal/v1/revocations?after=0".to_owned()),
            (Method::POST, "/internal/v1/volume-removals".to_owned()),
            (Method::POST, format!("/internal/v1/workspaces/{id}/volume-removal")),
            (Method::POST, format!("/internal/v1/sandboxes/{sandbox}/outcome")),
            (Method::GET, format!("/internal/v1/sandboxes/{sandbox}/etag")),
            (Method::GET, format!("/internal/v1/sandboxes/{sandbox}/manifest")),
            (Method::GET, format!("/internal/v1/sandboxes/{sandbox}/bases")),
            (Method::DELETE, format!("/internal/v1/sandboxes/{sandbox}/bases")),
            (Method::PUT, format!("/internal/v1/sandboxes/{sandbox}/file?path=a")),
            (Method::DELETE, format!("/internal/v1/sandboxes/{sandbox}/file?path=a")),
            (Method::POST, format!("/internal/v1/sandboxes/{sandbox}/folders")),
        ] {
            owner.call(method.clone(), &path).json(&json!({})).send().await.refused(404, "not_found");
            let signed = public.send(method.clone(), &path, None, bytes::Bytes::new()).await.unwrap();
            assert_eq!(signed.status(), 404, "{method} {path}");
        }
        // And the internal one has no public route.
        let answer = raw(&app, "GET /api/v1/setup HTTP/1.1\r\nhost: cloud\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(app.data.path()).unwrap().permissions()) & 0o777, 0o700);
    }

    async fn a_sandbox_learns_the_whole_tree_of_its_folder_and_nothing_else(app: TestApp) {
        let (owner, folder, ide, sandbox) = sandbox(&app).await;
        let outside = owner.file(owner.root, "outside", "secret").await;
        let src = owner.folder(folder, "src").await;
        let deep = owner.folder(src, "deep").await;
        let main = owner.file(src, "main.rs", "fn main() {}").await;
        owner.file(deep, "empty", "").await;
        owner.file(folder, "README", "read me").await;
        let trashed = owner.folder(folder, "old").await;
        owner.file(trashed, "gone", "gone").await;
        owner.delete(&format!("/api/v1/nodes/{trashed}")).await.expect(204);
        let (head, entries) = ide.manifest(sandbox).await;
        let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["src", "README", "src/deep", "src/main.rs", "src/deep/empty"], "parents first");
        assert_eq!((head.count, head.bytes), (5, 19));
        assert_eq!(head.etag, owner.node(folder).await["etag"].as_str().unwrap());
        let file = entries[3].file.clone().unwrap();
        assert_eq!((file.version, file.size, file.sha256.as_str()), (version(&main), 12, main["version"]["sha256"].as_str().unwrap()));
        assert!(entries[0].file.is_none());

        let content = async |version: &str| ide.call(Method::GET, &format!("/sandboxes/{sandbox}/versions/{version}/content"), None).await;
        assert_eq!(content(&file.version.to_string()).await.expect(200).body, b"fn main() {}");
        assert_eq!(content(&entries[4].file.as_ref().unwrap().version.to_string()).await.expect(200).body, b"");
        content(outside["version"]["id"].as_str().unwrap()).await.refused(404, "not_found");
        content(&VersionId::new().to_string()).await.refused(404, "not_found");
        // Nor does another person's sandbox.
        let stranger = Stranger::of(&app).await;
        let theirs = ide.join(&stranger, stranger.workspace(stranger.root).await).await;
        let other = ide.running(theirs.id).await;
        ide.call(Method::GET, &format!("/sandboxes/{other}/versions/{}/content", file.version), None).await.refused(404, "not_found");
        assert_eq!(ide.manifest(other).await.1.len(), 0);
        // The etag tells when to look again.
        let etag = async || serde_json::from_slice::<Value>(&ide.etag(sandbox).await.expect(200).body).unwrap()["etag"].clone();
        let before = etag().await;
        owner.file(owner.root, "elsewhere", "x").await;
        assert_eq!(etag().await, before);
        owner.save(&main, "fn main() { }").await;
        assert_ne!(etag().await, before);
    }

    async fn what_a_workspace_saves_becomes_a_version(app: TestApp) {
        let (owner, folder, ide, sandbox) = sandbox(&app).await;
        let made = ide.save(sandbox, "src/bin/tool.py", None, "print(1)").await;
        assert_eq!((made.saved_as.as_str(), made.conflict), ("src/bin/tool.py", false));
        assert_eq!(made.etag, owner.node(folder).await["etag"].as_str().unwrap());
        let node = owner.node(made.node).await;
        assert_eq!((&node["name"], &node["size"], &node["changed_by"]["id"]), (&json!("tool.py"), &json!(8), &json!(owner.id)));
        assert_eq!(node["ancestors"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect::<Vec<_>>(), ["", "project", "src", "bin"]);
        let saved = ide.save(sandbox, "src/bin/tool.py", Some(made.version), "print(2)").await;
        assert_eq!((saved.node, saved.conflict), (made.node, false));
        let versions = owner.get(&format!("/api/v1/nodes/{}/versions", made.node)).await.json();
        let origins: Vec<_> = versions["items"].as_array().unwrap().iter().map(|version| version["origin"].as_str().unwrap()).collect();
        assert_eq!(origins, ["workspace", "workspace"]);
        // The same content again is no new version, from whatever base.
        let same = ide.save(sandbox, "src/bin/tool.py", Some(made.version), "print(2)").await;
        assert_eq!((same.version, same.conflict), (saved.version, false));
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 2);
        let entry = app.database.leaves().await.into_iter().rfind(|leaf| leaf["act"] == "file.save").unwrap();
        assert_eq!((&entry["actor"]["id"], &entry["d"]["sandbox"], &entry["tgt"]["id"]), (&json!(owner.id), &json!(sandbox), &json!(made.node)));
        // Made a program: the content is the same, the mark is kept, also from an older base.
        let program = ide.save_program(sandbox, "src/bin/tool.py", Some(made.version), "print(2)").await;
        assert_eq!((program.node, program.conflict), (made.node, false));
        assert_eq!(owner.node(made.node).await["executable"], true);
        let again = ide.save_program(sandbox, "src/bin/tool.py", Some(program.version), "print(2)").await;
        assert_eq!(again.version, program.version);
        let saved = ide.save(sandbox, "src/bin/tool.py", Some(program.version), "print(2)").await;
        assert_eq!(owner.node(made.node).await["executable"], false);
        let saves = app.database.leaves().await.into_iter().filter(|leaf| leaf["act"] == "file.save").count();
        assert_eq!(saves, 3, "each of them is in the log");
        // The base is what volume and cloud agree on.
        let bases = ide.bases(sandbox).await;
        assert_eq!(bases.len(), 1);
        assert_eq!((bases[0].path.as_str(), bases[0].version), ("src/bin/tool.py", saved.version));

        for (path, status, code) in [("a\nb", 422, "name_invalid"), ("src/bin/tool.py/x", 409, "name_taken"), ("", 404, "not_found")] {
            ide.try_save(sandbox, path, None, "x").await.refused(status, code);
        }
        for path in ["../x", "/etc/passwd", "a//b", "a/./b"] {
            ide.try_save(sandbox, path, None, "x").await.refused(400, "bad_request");
        }
        ide.try_save(SandboxId::new(), "a", None, "x").await.refused(404, "not_found");
    }

    async fn t_052_when_both_sides_changed_both_stay(app: TestApp) {
        let (owner, folder, ide, sandbox) = sandbox(&app).await;
        owner.patch("/api/v1/session/user", json!({"display_name": "Ada/Lovelace"})).await.expect(200);
        let file = owner.file(folder, "notes.md", "base").await;
        let base = version(&file);
        owner.save(&file, "from the cloud").await;
        let conflict = ide.save(sandbox, "notes.md", Some(base), "from the workspace").await;
        assert_eq!((conflict.saved_as.as_str(), conflict.conflict), ("notes (conflict of AdaLovelace).md", true));
        // The answer was lost and the save is sent again: it is there already.
        let again = ide.save(sandbox, "notes.md", Some(base), "from the workspace").await;
        assert_eq!((again.saved_as, again.version, again.conflict), (conflict.saved_as.clone(), conflict.version, true));
        let third = ide.save(sandbox, "notes.md", Some(base), "something else").await;
        assert_eq!(third.saved_as.as_str(), "notes (conflict of AdaLovelace 2).md");
        // A new file where the cloud has one, and where it has a folder.
        owner.folder(folder, "lib").await;
        assert_eq!(ide.save(sandbox, "lib", None, "a file").await.saved_as.as_str(), "lib (conflict of AdaLovelace)");
        let content = owner.get(&format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap())).await;
        assert_eq!(content.body, b"from the cloud");
        // An edit outweighs a deletion.
        owner.delete(&format!("/api/v1/nodes/{}", file["id"].as_str().unwrap())).await.expect(204);
        let back = ide.save(sandbox, "notes.md", Some(base), "still needed").await;
        assert_eq!((back.saved_as.as_str(), back.conflict), ("notes.md", false));
        assert_eq!(owner.names(folder).await, ["lib", "lib (conflict of AdaLovelace)", "notes (conflict of AdaLovelace 2).md", "notes (conflict of AdaLovelace).md", "notes.md"]);
    }

    async fn parallel_saves_from_one_base_lose_nothing(app: TestApp) {
        let (owner, folder, ide, sandbox) = sandbox(&app).await;
        let file = owner.file(folder, "a", "base").await;
        let saves = futures_util::future::join_all((0..8).map(|number| {
            let ide = &ide;
            let base = version(&file);
            async move { ide.save(sandbox, "a", Some(base), &format!("save {number}")).await }
        })).await;
        assert_eq!(saves.iter().filter(|saved| !saved.conflict).count(), 1);
        let mut names: Vec<_> = saves.iter().map(|saved: &Saved| saved.saved_as.to_string()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 8);
        assert_eq!(owner.names(folder).await.len(), 8);
        // New folders on the way are made once.
        futures_util::future::join_all((0..8).map(|number| {
            let ide = &ide;
            async move { ide.save(sandbox, &format!("x/y/z/file {number}"), None, "same").await }
        })).await;
        assert_eq!(ide.manifest(sandbox).await.1.iter().filter(|entry| entry.file.is_none()).count(), 3);
    }

    async fn what_the_workspace_never_saw_is_not_deleted_by_it(app: TestApp) {
        let (owner, folder, ide, sandbox) = sandbox(&app).await;
        let made = ide.save(sandbox, "src/u\u{308}ber.txt", None, "one").await;
        assert_eq!(made.saved_as.as_str(), "src/\u{fc}ber.txt", "the cloud's form of the name");
        let other = owner.file(id(&owner.node(made.node).await["parent_id"]), "other", "theirs").await;
        assert!(!ide.remove(sandbox, "src", None).await, "a folder with something in it");
        assert!(!ide.remove(sandbox, "src/\u{fc}ber.txt", None).await, "no base");
        assert!(!ide.remove(sandbox, "src/other", Some(made.version)).await, "another base");
        let saved = ide.save(sandbox, "src/\u{fc}ber.txt", Some(made.version), "two").await;
        assert!(!ide.remove(sandbox, "src/\u{fc}ber.txt", Some(made.version)).await, "an old base");
        assert_eq!(ide.bases(sandbox).await.len(), 1);
        assert!(ide.remove(sandbox, "src/u\u{308}ber.txt", Some(saved.version)).await);
        assert_eq!(ide.bases(sandbox).await.len(), 0);
        assert!(ide.remove(sandbox, "src/\u{fc}ber.txt", Some(saved.version)).await, "what is gone may go");
        assert!(ide.remove(sandbox, "no/such/path", None).await);
        assert!(ide.remove(sandbox, "src/other", Some(version(&other))).await);
        assert!(ide.remove(sandbox, "src", None).await, "an empty folder");
        assert!(owner.names(folder).await.is_empty());
        // It is in the trash, not lost.
        owner.post(&format!("/api/v1/nodes/{}/restore", owner.node(folder).await["id"].as_str().unwrap()), json!({})).await.expect(404);
        ide.call(Method::DELETE, &format!("/sandboxes/{sandbox}/file?path="), None).await.refused(404, "not_found");
        owner.node(folder).await;
    }

    async fn folders_and_bases_are_kept(app: TestApp) {
        let (owner, folder, ide, sandbox) = sandbox(&app).await;
        let make = async |path: &str| ide.call(Method::POST, &format!("/sandboxes/{sandbox}/folders"), Some(json!({"path": path}))).await;
        make("a/b/c").await.expect(200);
        make("a/b").await.expect(200);
        assert_eq!(ide.manifest(sandbox).await.1.iter().map(|entry| entry.path.to_string()).collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
        owner.file(folder, "file", "x").await;
        make("file/x").await.refused(409, "name_taken");
        let base = |path: &str, sha256: &str| json!({"path": path, "version": VersionId::new(), "sha256": sha256});
        let put = async |bases: Value| ide.call(Method::POST, &format!("/sandboxes/{sandbox}/bases"), Some(bases)).await;
        let many: Vec<_> = (0..2500).map(|number| base(&format!("a/{number:04}"), &"ab".repeat(32))).collect();
        put(json!(many)).await.expect(204);
        put(json!([base("a/0000", &"cd".repeat(32)), base("a0", &"ef".repeat(32))])).await.expect(204);
        put(json!([base("x", "no hash")])).await.refused(400, "bad_request");
        let bases = ide.bases(sandbox).await;
        assert_eq!(bases.len(), 2501);
        assert_eq!(bases[0].sha256, "cd".repeat(32));
        // What lies below a path goes with it, and not what only begins alike.
        assert!(ide.remove(sandbox, "a/b/c", None).await && ide.remove(sandbox, "a/b", None).await && ide.remove(sandbox, "a", None).await);
        assert_eq!(ide.bases(sandbox).await.iter().map(|base| base.path.to_string()).collect::<Vec<_>>(), ["a0"]);
    }
}
