//! Uploads in pieces: tus 1.0, as its clients speak it.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use carrel_cloud_backend::{app::expire_uploads, store::Timestamp};
use carrel_ids::{NodeId, VersionId};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    actors::{Editor, Owner, Stranger, TokenReader, id},
    app::{MAX_UPLOAD, TestApp, both, spawn_beside},
    client::{Answer, Auth, Call, Client},
};

const BYTES: &str = "application/offset+octet-stream";

fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
    pairs.join(",")
}

fn tus(client: &Client, method: Method, path: &str) -> Call {
    client.call(method, path).header("tus-resumable", "1.0.0")
}

fn begin(client: &Client, folder: NodeId, name: &str) -> Call {
    replacing(client, folder, name, None)
}

/// Begins the upload of a file, or of the next version of one.
pub(crate) fn replacing(client: &Client, folder: NodeId, name: &str, seen: Option<VersionId>) -> Call {
    let (folder, seen) = (folder.to_string(), seen.map(|version| version.to_string()));
    let pairs = [("filename", name), ("folder_id", &folder)].into_iter();
    let pairs: Vec<_> = pairs.chain(seen.as_deref().map(|seen| ("if_match", seen))).collect();
    tus(client, Method::POST, "/api/v1/uploads").header("upload-metadata", &metadata(&pairs))
}

/// The path of the upload that this answer made, of the server at `base`.
pub(crate) fn upload_path(base: &str, answer: &Answer) -> String {
    let location = answer.header("location").unwrap();
    location.strip_prefix(base).unwrap_or_else(|| panic!("{location} is not absolute")).to_owned()
}

fn path_of(app: &TestApp, answer: &Answer) -> String {
    upload_path(&app.base, answer)
}

async fn begun(app: &TestApp, client: &Client, folder: NodeId, name: &str, length: usize) -> String {
    let answer = begin(client, folder, name).header("upload-length", &length.to_string()).send().await.expect(201);
    assert_eq!(answer.header("tus-resumable"), Some("1.0.0"));
    path_of(app, &answer)
}

pub(crate) fn patch(client: &Client, path: &str, offset: usize, bytes: impl Into<Vec<u8>>) -> Call {
    let call = tus(client, Method::PATCH, path).header("upload-offset", &offset.to_string());
    call.header("content-type", BYTES).body(bytes.into())
}

async fn offset(client: &Client, path: &str) -> usize {
    let answer = tus(client, Method::HEAD, path).send().await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.header("upload-offset").unwrap().parse().unwrap()
}

/// Different bytes everywhere, so that a piece in the wrong place shows.
fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|n| u8::try_from((n / 7 + n / 4096) % 251).unwrap()).collect()
}

async fn content(client: &Client, node: &str) -> Vec<u8> {
    client.get(&format!("/api/v1/nodes/{node}/content")).await.expect(200).body
}

/// Nothing is left of uploads: no row that is no file, no piece.
async fn nothing_left(app: &TestApp) {
    assert_eq!(app.database.count("SELECT COUNT(*) FROM uploads WHERE node_id IS NULL").await, 0);
    assert_eq!(app.database.count("SELECT COUNT(*) FROM upload_parts").await, 0);
    assert_eq!(pieces(app), 0);
}

/// Files under `uploads/` and `staging/`.
fn pieces(app: &TestApp) -> usize {
    let under = |path: &std::path::Path| {
        path.components().any(|part| part.as_os_str() == "uploads" || part.as_os_str() == "staging")
    };
    app.stored_files().iter().filter(|path| under(path)).count()
}

/// A raw connection that has sent the head of a PATCH and `sent` bytes of `promised`.
async fn half_patch(
    app: &TestApp,
    client: &Client,
    path: &str,
    offset: usize,
    promised: usize,
    sent: &[u8],
) -> TcpStream {
    let Auth::Cookie(cookie) = client.auth() else { panic!("a browser") };
    let host = app.base.trim_start_matches("http://");
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\ntus-resumable: 1.0.0\r\n\
         upload-offset: {offset}\r\ncontent-type: {BYTES}\r\ncontent-length: {promised}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(sent).await.unwrap();
    stream
}

async fn until<T, F: Future<Output = Option<T>>>(what: &str, ready: impl FnMut() -> F) -> T {
    carrel_test_support::wait_until(Duration::from_secs(20), what, ready).await.unwrap()
}

both! {
    async fn pieces_become_a_file_that_is_seen_when_it_is_whole(app: TestApp) {
        let owner = Owner::of(&app).await;
        let whole = bytes(5_000_000);
        let path = begun(&app, &owner, owner.root, "photo.jpg", whole.len()).await;
        app.database.forget_leaves().await;
        for at in [0, 2_000_000] {
            let answer = patch(&owner, &path, at, &whole[at..at + 2_000_000]).send().await.expect(204);
            assert_eq!(answer.header("upload-offset"), Some((at + 2_000_000).to_string().as_str()));
            assert!(answer.header("upload-expires").unwrap().ends_with(" GMT"));
            assert!(answer.header("carrel-node-id").is_none());
            assert!(owner.names(owner.root).await.is_empty());
        }
        assert_eq!(offset(&owner, &path).await, 4_000_000);
        let list = owner.get("/api/v1/uploads").await.expect(200).json();
        assert_eq!((&list["items"][0]["filename"], &list["items"][0]["offset"], &list["items"][0]["length"]), (&json!("photo.jpg"), &json!(4_000_000), &json!(5_000_000)));
        assert_eq!((&list["items"][0]["folder_id"], &list["next"]), (&json!(owner.root), &json!(null)));
        let last = patch(&owner, &path, 4_000_000, &whole[4_000_000..]).send().await.expect(204);
        let node = owner.node(id(&json!(last.header("carrel-node-id").unwrap()))).await;
        assert_eq!((&node["name"], &node["size"], &node["version"]["id"]), (&json!("photo.jpg"), &json!(5_000_000), &json!(last.header("carrel-version-id").unwrap())));
        assert_eq!(node["version"]["sha256"], hex::encode(Sha256::digest(&whole)));
        assert!(content(&owner, node["id"].as_str().unwrap()).await == whole);
        // Whoever lost the last answer hears it again; the file is made once.
        let again = tus(&owner, Method::HEAD, &path).send().await.expect(200);
        assert_eq!((again.header("upload-offset"), again.header("carrel-node-id")), (Some("5000000"), last.header("carrel-node-id")));
        patch(&owner, &path, 5_000_000, "").send().await.expect(204);
        assert_eq!(owner.names(owner.root).await, ["photo.jpg"]);
        assert_eq!(owner.get("/api/v1/uploads").await.expect(200).json()["items"], json!([]));
        let made: Vec<_> = app.database.leaves().await.into_iter().filter(|leaf| leaf["act"] == "file.create").collect();
        assert_eq!(made.len(), 1);
        assert!(path.ends_with(made[0]["d"]["upload"].as_str().unwrap()), "{}", made[0]);
        nothing_left(&app).await;
    }

    async fn an_upload_with_its_bytes_and_one_without_any(app: TestApp) {
        let owner = Owner::of(&app).await;
        let with = begin(&owner, owner.root, "a").header("upload-length", "4").header("content-type", BYTES).body("text").send().await.expect(201);
        assert_eq!(with.header("upload-offset"), Some("4"));
        assert_eq!(content(&owner, with.header("carrel-node-id").unwrap()).await, b"text");
        let empty = begin(&owner, owner.root, "empty").header("upload-length", "0").send().await.expect(201);
        assert_eq!(content(&owner, empty.header("carrel-node-id").unwrap()).await, b"");
        // The first bytes only; the length is said at last.
        let part = begin(&owner, owner.root, "b").header("upload-defer-length", "1").header("content-type", BYTES).body("one ").send().await.expect(201);
        assert_eq!(part.header("upload-offset"), Some("4"));
        let path = path_of(&app, &part);
        assert_eq!(tus(&owner, Method::HEAD, &path).send().await.expect(200).header("upload-defer-length"), Some("1"));
        patch(&owner, &path, 4, "two").send().await.expect(204);
        patch(&owner, &path, 7, "").header("upload-length", "6").send().await.refused(400, "bad_request");
        let last = patch(&owner, &path, 7, "").header("upload-length", "7").send().await.expect(204);
        assert_eq!(content(&owner, last.header("carrel-node-id").unwrap()).await, b"one two");
        let options = owner.bare(Method::OPTIONS, "/api/v1/uploads").send().await.expect(204);
        assert_eq!((options.header("tus-version"), options.header("tus-max-size")), (Some("1.0.0"), Some(MAX_UPLOAD.to_string().as_str())));
        assert!(options.header("tus-checksum-algorithm").unwrap().contains("sha1"));
        nothing_left(&app).await;
    }

    async fn t_053_t_052_a_new_version_replaces_only_the_one_that_was_seen(app: TestApp) {
        let owner = Owner::of(&app).await;
        let first = owner.file(owner.root, "a", "one").await;
        let version = first["version"]["id"].as_str().unwrap().to_owned();
        let replacing = |expected: &str| replacing(&owner, owner.root, "a", Some(expected.parse().unwrap())).header("upload-length", "6");
        begin(&owner, owner.root, "a").header("upload-length", "6").send().await.refused(409, "name_taken");
        let path = path_of(&app, &replacing(&version).send().await.expect(201));
        let late = path_of(&app, &replacing(&version).send().await.expect(201));
        let done = patch(&owner, &path, 0, "second").send().await.expect(204);
        assert_eq!(done.header("carrel-node-id"), first["id"].as_str());
        assert_eq!(content(&owner, first["id"].as_str().unwrap()).await, b"second");
        // The other was begun from what is no longer there: nothing is overwritten, and what arrived stays.
        patch(&owner, &late, 0, "thr").send().await.expect(204);
        patch(&owner, &late, 3, "ird").send().await.refused(412, "version_changed");
        assert_eq!(offset(&owner, &late).await, 3);
        replacing(&version).send().await.refused(412, "version_changed");
        assert_eq!(content(&owner, first["id"].as_str().unwrap()).await, b"second");
    }

    async fn t_053_what_is_not_as_it_was_sent_does_not_count(app: TestApp) {
        let owner = Owner::of(&app).await;
        let sum = |algorithm: &str, text: &str| {
            let digest = match algorithm { "sha1" => sha1::Sha1::digest(text).to_vec(), _ => Sha256::digest(text).to_vec() };
            format!("{algorithm} {}", STANDARD.encode(digest))
        };
        let path = begun(&app, &owner, owner.root, "a", 8).await;
        for algorithm in ["sha1", "sha256"] {
            patch(&owner, &path, 0, "text").header("upload-checksum", &sum(algorithm, "other")).send().await.refused(460, "checksum_mismatch");
        }
        assert_eq!((offset(&owner, &path).await, pieces(&app)), (0, 0));
        patch(&owner, &path, 0, "text").header("upload-checksum", "sha512 AAAA").send().await.refused(400, "bad_request");
        patch(&owner, &path, 0, "text").header("upload-checksum", &sum("sha1", "text")).send().await.expect(204);
        patch(&owner, &path, 4, "text").header("upload-checksum", &sum("sha256", "texx")).send().await.refused(460, "checksum_mismatch");
        assert_eq!(offset(&owner, &path).await, 4);
        patch(&owner, &path, 4, "more").header("upload-checksum", &sum("sha256", "more")).send().await.expect(204);
        // The sum of the whole, in one go and in pieces.
        for pieces in [vec!["text"], vec!["te", "xt"]] {
            let metadata = metadata(&[("filename", "b"), ("folder_id", &owner.root.to_string()), ("sha256", &hex::encode(Sha256::digest("texx")))]);
            let path = path_of(&app, &tus(&owner, Method::POST, "/api/v1/uploads").header("upload-metadata", &metadata).header("upload-length", "4").send().await.expect(201));
            let mut at = 0;
            for (number, piece) in pieces.iter().enumerate() {
                let answer = patch(&owner, &path, at, *piece).send().await;
                if number + 1 == pieces.len() { drop(answer.refused(460, "checksum_mismatch")) } else { drop(answer.expect(204)) }
                at += piece.len();
            }
            tus(&owner, Method::HEAD, &path).send().await.expect(404);
        }
        assert_eq!(owner.names(owner.root).await, ["a"]);
        nothing_left(&app).await;
    }

    async fn t_053_a_cut_connection_keeps_what_arrived(app: TestApp) {
        let owner = Owner::of(&app).await;
        let whole = bytes(5_000_000);
        let path = begun(&app, &owner, owner.root, "a", whole.len()).await;
        patch(&owner, &path, 0, &whole[..1000]).send().await.expect(204);
        let connection = half_patch(&app, &owner, &path, 1000, whole.len() - 1000, &whole[1000..3_000_000]).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(connection);
        let kept = until("the bytes to be kept", async || Some(offset(&owner, &path).await).filter(|kept| *kept > 1000)).await;
        assert!(kept <= 3_000_000);
        let last = until("the other request to end", async || {
            let answer = patch(&owner, &path, kept, &whole[kept..]).send().await;
            (answer.status != 423).then(|| answer.expect(204))
        }).await;
        assert!(content(&owner, last.header("carrel-node-id").unwrap()).await == whole);
        nothing_left(&app).await;
    }

    async fn the_right_code_for_everything_that_does_not_fit(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = begun(&app, &owner, owner.root, "a", 8).await;
        let unversioned = owner.call(Method::PATCH, &path).header("upload-offset", "0").header("content-type", BYTES).body("text").send().await.refused(412, "tus_version_unsupported");
        assert_eq!((unversioned.header("tus-version"), unversioned.header("tus-resumable")), (Some("1.0.0"), Some("1.0.0")));
        owner.call(Method::PATCH, &path).header("tus-resumable", "0.2.2").body("text").send().await.refused(412, "tus_version_unsupported");
        tus(&owner, Method::PATCH, &path).header("upload-offset", "0").header("content-type", "application/octet-stream").body("text").send().await.refused(415, "media_type_unsupported");
        tus(&owner, Method::PATCH, &path).header("content-type", BYTES).body("text").send().await.refused(400, "bad_request");
        for wrong in ["-1", "x", "", "+1", "99999999999999999999999"] {
            tus(&owner, Method::PATCH, &path).header("upload-offset", wrong).header("content-type", BYTES).body("text").send().await.refused(400, "bad_request");
        }
        let behind = patch(&owner, &path, 3, "text").send().await.refused(409, "offset_mismatch");
        assert_eq!(behind.header("upload-offset"), Some("0"));
        patch(&owner, &path, 0, "more than that").send().await.refused(413, "content_too_large");
        let unsaid = futures_util::stream::iter(["five ", "five "].map(Ok::<_, std::io::Error>));
        let call = tus(&owner, Method::PATCH, &path).header("upload-offset", "0").header("content-type", BYTES);
        call.body(reqwest::Body::wrap_stream(unsaid)).send().await.refused(413, "content_too_large");
        assert_eq!((offset(&owner, &path).await, pieces(&app)), (0, 0));
        begin(&owner, owner.root, "b").header("upload-length", &(MAX_UPLOAD + 1).to_string()).send().await.refused(413, "content_too_large");
        begin(&owner, owner.root, "b").send().await.refused(400, "bad_request");
        begin(&owner, owner.root, "b").header("upload-length", "1").header("upload-defer-length", "1").send().await.refused(400, "bad_request");
        begin(&owner, owner.root, "b").header("upload-defer-length", "2").send().await.refused(400, "bad_request");
        begin(&owner, owner.root, "b").header("upload-length", "4").header("content-type", "text/x").body("text").send().await.refused(415, "media_type_unsupported");
        begin(&owner, owner.root, "..").header("upload-length", "4").send().await.refused(422, "name_invalid");
        tus(&owner, Method::POST, "/api/v1/uploads").header("upload-length", "4").send().await.refused(422, "field_invalid");
        tus(&owner, Method::PATCH, "/api/v1/uploads/x").header("upload-offset", "0").header("content-type", BYTES).send().await.refused(404, "not_found");
        // A file holds nothing, and neither does what is in the trash.
        let file = owner.file(owner.root, "file", "x").await;
        begin(&owner, id(&file["id"]), "b").header("upload-length", "4").send().await.refused(404, "not_found");
        // By the other methods' names.
        let by_post = |method: &str| tus(&owner, Method::POST, &path).header("x-http-method-override", method);
        by_post("PATCH").header("upload-offset", "0").header("content-type", BYTES).body("text").send().await.expect(204);
        assert_eq!(by_post("HEAD").send().await.expect(200).header("upload-offset"), Some("4"));
        by_post("PUT").send().await.refused(400, "bad_request");
        by_post("DELETE").send().await.expect(204);
        tus(&owner, Method::HEAD, &path).send().await.expect(404);
        nothing_left(&app).await;
    }

    async fn t_030_others_uploads_do_not_exist(app: TestApp) {
        let owner = Owner::of(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let stranger = Stranger::of(&app).await;
        let path = begun(&app, &owner, owner.root, "a", 8).await;
        let none = "/api/v1/uploads/00000000-0000-7000-8000-00000000000f";
        for other in [&*editor, &*stranger] {
            for method in [Method::HEAD, Method::DELETE] {
                let there = tus(other, method.clone(), &path).send().await.expect(404);
                assert_eq!(there.comparable(), tus(other, method, none).send().await.comparable());
            }
            patch(other, &path, 0, "evil").send().await.refused(404, "not_found");
            assert_eq!(other.get("/api/v1/uploads").await.expect(200).json()["items"], json!([]));
        }
        begin(&stranger, owner.root, "b").header("upload-length", "4").send().await.refused(404, "not_found");
        let reader = TokenReader::of(&app, &owner).await;
        begin(&reader, owner.root, "b").header("upload-length", "4").send().await.refused(403, "scope_too_small");
        tus(&reader, Method::POST, "/api/v1/uploads").header("upload-concat", "partial").header("upload-length", "4").send().await.refused(403, "scope_too_small");
        assert_eq!(offset(&owner, &path).await, 0);
    }

    async fn t_040_a_right_that_goes_before_the_end_is_gone_at_the_end(app: TestApp) {
        let owner = Owner::of(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let folder = owner.folder(owner.root, "shared").await;
        let path = begun(&app, &editor, folder, "a", 3_000_000).await;
        patch(&editor, &path, 0, bytes(1_000_000)).send().await.expect(204);
        // Between two pieces.
        app.database.execute("DELETE FROM space_members WHERE space_id = $1 AND user_id = $2", &[owner.space.uuid(), editor.id.uuid()]).await;
        patch(&editor, &path, 1_000_000, bytes(1000)).send().await.refused(404, "not_found");
        app.database.execute("INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'editor')", &[owner.space.uuid(), editor.id.uuid()]).await;
        // While the last one travels.
        let mut last = half_patch(&app, &editor, &path, 1_000_000, 2_000_000, &bytes(1_000_000)).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        owner.delete(&format!("/api/v1/nodes/{folder}")).await.expect(204);
        last.write_all(&bytes(1_000_000)).await.unwrap();
        let mut answer = Vec::new();
        while !String::from_utf8_lossy(&answer).contains("}}") {
            assert!(tokio::io::AsyncReadExt::read_buf(&mut last, &mut answer).await.unwrap() > 0);
        }
        assert!(answer.starts_with(b"HTTP/1.1 404"), "{}", String::from_utf8_lossy(&answer));
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 0);
        assert_eq!(offset(&editor, &path).await, 1_000_000, "it is no file, so the last piece does not count");
        // Back from the trash, it goes on.
        owner.post(&format!("/api/v1/nodes/{folder}/restore"), json!({})).await.expect(200);
        patch(&editor, &path, 1_000_000, bytes(2_000_000)).send().await.expect(204);
        assert_eq!(owner.names(folder).await, ["a"]);
    }

    async fn of_two_that_add_at_once_one_does(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = begun(&app, &owner, owner.root, "a", 3_000_000).await;
        let first = half_patch(&app, &owner, &path, 0, 3_000_000, &bytes(1_500_000)).await;
        until("the first to hold it", async || (app.database.count("SELECT COUNT(*) FROM uploads WHERE held_until IS NOT NULL").await == 1).then_some(())).await;
        patch(&owner, &path, 0, bytes(3_000_000)).send().await.refused(423, "upload_busy");
        tus(&owner, Method::DELETE, &path).send().await.refused(423, "upload_busy");
        drop(first);
        let kept = until("the first to end", async || {
            let free = app.database.count("SELECT COUNT(*) FROM uploads WHERE held_until IS NOT NULL").await == 0;
            if free { Some(offset(&owner, &path).await) } else { None }
        }).await;
        // Twenty at the same moment.
        let calls = (0..20).map(|_| patch(&owner, &path, kept, bytes(3_000_000)[kept..].to_vec()).send());
        let answers = futures_util::future::join_all(calls).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1);
        assert!(answers.iter().all(|answer| [204, 409, 423].contains(&answer.status.as_u16())), "{answers:?}");
        assert_eq!(owner.names(owner.root).await, ["a"]);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 1);
        nothing_left(&app).await;
    }

    async fn a_thousand_small_uploads_side_by_side(app: TestApp) {
        let owner = Owner::of(&app).await;
        let paths = futures_util::stream::iter(0..1000).map(|n| {
            let (app, owner) = (&app, &owner);
            async move { begun(app, owner, owner.root, &format!("{n}"), 10).await }
        });
        let paths: Vec<_> = paths.buffered(32).collect().await;
        for (at, end) in [(0, 5), (5, 10)] {
            let calls = paths.iter().enumerate().map(|(n, path)| patch(&owner, path, at, format!("{n:010}").as_bytes()[at..end].to_vec()).header("connection", "close").send());
            // A connection each, so that none is reused at the moment at which the server ends it.
            let mut answers = futures_util::stream::iter(calls).buffer_unordered(64);
            while let Some(answer) = answers.next().await {
                answer.expect(204);
            }
        }
        assert_eq!(owner.node(owner.root).await["size"], 10_000);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 1000);
        assert_eq!(app.database.count("SELECT COUNT(DISTINCT blob_id) FROM versions").await, 1000);
        nothing_left(&app).await;
    }

    async fn several_uploads_become_one_file(app: TestApp) {
        let owner = Owner::of(&app).await;
        let whole = bytes(3_000_000);
        let mut parts = Vec::new();
        for piece in [&whole[..1_200_000], &whole[1_200_000..1_200_001], &whole[1_200_001..]] {
            let call = tus(&owner, Method::POST, "/api/v1/uploads").header("upload-concat", "partial").header("upload-length", &piece.len().to_string());
            let path = path_of(&app, &call.send().await.expect(201));
            assert_eq!(tus(&owner, Method::HEAD, &path).send().await.expect(200).header("upload-concat"), Some("partial"));
            parts.push((path, piece));
        }
        let list: Vec<_> = parts.iter().map(|(path, _)| path.clone()).collect();
        let join = |list: &[String]| begin(&owner, owner.root, "whole").header("upload-concat", &format!("final;{}", list.join(" ")));
        for (path, piece) in &parts {
            join(&list).send().await.refused(400, "bad_request");
            patch(&owner, path, 0, piece.to_vec()).send().await.expect(204);
        }
        assert!(owner.names(owner.root).await.is_empty());
        join(&["/api/v1/uploads/00000000-0000-7000-8000-00000000000f".to_owned()]).send().await.refused(404, "not_found");
        join(&[list[0].clone(), list[0].clone()]).send().await.refused(423, "upload_busy");
        join(&list).header("upload-length", "3000000").send().await.refused(400, "bad_request");
        let done = join(&list).send().await.expect(201);
        assert!(content(&owner, done.header("carrel-node-id").unwrap()).await == whole);
        let made = path_of(&app, &done);
        let head = tus(&owner, Method::HEAD, &made).send().await.expect(200);
        assert_eq!((head.header("upload-length"), head.header("upload-offset")), (Some("3000000"), Some("3000000")));
        assert!(head.header("upload-concat").unwrap().starts_with("final;"));
        patch(&owner, &made, 3_000_000, "x").send().await.refused(403, "final_upload");
        nothing_left(&app).await;
    }

    async fn t_060_what_nobody_goes_on_with_is_removed(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = begun(&app, &owner, owner.root, "a", 3_000_000).await;
        let other = begun(&app, &owner, owner.root, "b", 3_000_000).await;
        for path in [&path, &other] {
            patch(&owner, path, 0, bytes(2_000_000)).send().await.expect(204);
        }
        assert_eq!(expire_uploads(&app.cloud).await.unwrap(), 0);
        let past = Timestamp::now().minus(time::Duration::seconds(1));
        app.database.execute_at("UPDATE uploads SET expires_at = $1 WHERE name = 'a'", past, &[]).await;
        patch(&owner, &path, 2_000_000, bytes(1)).send().await.refused(410, "upload_gone");
        tus(&owner, Method::HEAD, &path).send().await.expect(410);
        assert_eq!(expire_uploads(&app.cloud).await.unwrap(), 1);
        tus(&owner, Method::HEAD, &path).send().await.expect(404);
        assert_eq!((offset(&owner, &other).await, pieces(&app)), (2_000_000, 1));
        // One that is given up is gone at once.
        tus(&owner, Method::DELETE, &other).send().await.expect(204);
        nothing_left(&app).await;
    }

    async fn t_067_another_process_goes_on_where_the_first_ended(app: TestApp) {
        let owner = Owner::of(&app).await;
        let whole = bytes(4_000_000);
        let path = begun(&app, &owner, owner.root, "a", whole.len()).await;
        patch(&owner, &path, 0, &whole[..1_000_000]).send().await.expect(204);
        // A new process on the same data, beside the first and then without it.
        let next = spawn_beside(&app).await;
        next.cloud.content.clear_staging().await.unwrap();
        let there = owner.at(&next.base);
        assert_eq!(offset(&there, &path).await, 1_000_000);
        patch(&there, &path, 1_000_000, &whole[1_000_000..2_000_000]).send().await.expect(204);
        let connection = half_patch(&app, &owner, &path, 2_000_000, 2_000_000, &whole[2_000_000..2_500_000]).await;
        until("the first to hold it", async || (app.database.count("SELECT COUNT(*) FROM uploads WHERE held_until IS NOT NULL").await == 1).then_some(())).await;
        patch(&there, &path, 2_000_000, &whole[2_000_000..]).send().await.refused(423, "upload_busy");
        // A process that was killed says nothing any more; its right to write ends by itself.
        let past = Timestamp::now().minus(time::Duration::seconds(1));
        app.database.execute_at("UPDATE uploads SET held_until = $1", past, &[]).await;
        let last = patch(&there, &path, 2_000_000, &whole[2_000_000..]).send().await.expect(204);
        assert!(content(&there, last.header("carrel-node-id").unwrap()).await == whole);
        // Whoever lost it adds nothing when it wakes up.
        drop(connection);
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(content(&there, last.header("carrel-node-id").unwrap()).await == whole);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 1);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM upload_parts").await, 0);
    }
}
