//! Content comes in.

use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    actors::{Editor, Owner, files_path},
    app::{MAX_UPLOAD, TestApp, both},
    client::{Auth, Client},
};

/// A raw connection that has sent the head of an upload and `sent` bytes of it.
async fn begin_upload(
    app: &TestApp,
    client: &Client,
    path: &str,
    promised: Option<usize>,
    connection: &str,
    sent: &[u8],
) -> TcpStream {
    let Auth::Cookie(cookie) = client.auth() else { panic!("a browser") };
    let host = app.base.trim_start_matches("http://");
    let length = match promised {
        Some(length) => format!("content-length: {length}"),
        None => "transfer-encoding: chunked".to_owned(),
    };
    let head = format!(
        "PUT {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\nif-none-match: *\r\n{length}\r\nconnection: {connection}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(sent).await.unwrap();
    stream
}

async fn answer(mut connection: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A server that refuses before the end may reset the connection after its answer.
    while let Ok(read @ 1..) = connection.read_buf(&mut bytes).await {
        assert!(read > 0);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

both! {
    async fn a_new_file_and_its_next_version(app: TestApp) {
        let owner = Owner::of(&app).await;
        let made = owner.put(&format!("{}&executable=true", files_path(owner.root, "run.sh")), "one").header("if-none-match", "*").send().await.expect(201);
        let first = made.json();
        assert_eq!(made.header("etag").unwrap(), format!("\"{}\"", first["version"]["id"].as_str().unwrap()));
        assert_eq!((&first["executable"], &first["size"], &first["version"]["number"]), (&json!(true), &json!(3), &json!(1)));
        let by_name = owner.put(&files_path(owner.root, "run.sh"), "second").header("if-match", made.header("etag").unwrap()).send().await.expect(200).json();
        assert_eq!((&by_name["id"], &by_name["version"]["number"], &by_name["size"]), (&first["id"], &json!(2), &json!(6)));
        assert_eq!(by_name["executable"], json!(true), "a new content does not change what the file is");
        let by_id = owner.save(&by_name, "3rd").await;
        assert_eq!((&by_id["version"]["number"], &by_id["size"]), (&json!(3), &json!(3)));
        // Without a condition a new name is made, and nothing else.
        owner.put(&files_path(owner.root, "plain"), "x").send().await.expect(201);
    }

    async fn t_052_nobody_overwrites_what_they_have_not_seen(app: TestApp) {
        let owner = Owner::of(&app).await;
        let first = owner.file(owner.root, "a", "one").await;
        let content = format!("/api/v1/nodes/{}/content", first["id"].as_str().unwrap());
        let old = format!("\"{}\"", first["version"]["id"].as_str().unwrap());
        let path = files_path(owner.root, "a");
        owner.put(&path, "x").send().await.refused(428, "precondition_required");
        owner.put(&content, "x").send().await.refused(428, "precondition_required");
        owner.put(&content, "x").header("if-none-match", "*").send().await.refused(428, "precondition_required");
        owner.put(&path, "x").header("if-none-match", "*").send().await.refused(409, "name_taken");
        owner.save(&first, "two").await;
        owner.put(&path, "x").header("if-match", &old).send().await.refused(412, "version_changed");
        owner.put(&content, "x").header("if-match", &old).send().await.refused(412, "version_changed");
        owner.put(&files_path(owner.root, "none"), "x").header("if-match", &old).send().await.refused(412, "version_changed");
        for broken in ["*", "\"x\"", "abc", "W/\"x\"", ""] {
            owner.put(&content, "x").header("if-match", broken).send().await.refused(400, "bad_request");
        }
        owner.put(&path, "x").header("if-match", &old).header("if-none-match", "*").send().await.refused(400, "bad_request");
        owner.put(&path, "x").header("if-none-match", &old).send().await.refused(400, "bad_request");
        // A folder has no content.
        let folder = owner.folder(owner.root, "folder").await;
        owner.put(&format!("/api/v1/nodes/{folder}/content"), "x").header("if-match", &old).send().await.refused(404, "not_found");
        owner.put(&files_path(owner.root, "folder"), "x").header("if-match", &old).send().await.refused(409, "name_taken");
        assert_eq!(owner.get(&content).await.expect(200).body, b"two");
    }

    async fn t_053_content_that_is_not_as_announced_is_refused(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = files_path(owner.root, "a");
        let hash = |text: &str| hex::encode(Sha256::digest(text));
        owner.put(&path, "text").header("x-content-sha256", &hash("other")).send().await.refused(422, "content_hash_mismatch");
        owner.put(&path, "text").header("x-content-sha256", "abc").send().await.refused(400, "bad_request");
        let large = vec![1; 3_000_000];
        owner.put(&path, large.clone()).header("x-content-sha256", &hash("other")).send().await.refused(422, "content_hash_mismatch");
        app.nothing_stored().await;
        owner.put(&path, large.clone()).header("x-content-sha256", &hex::encode(Sha256::digest(&large))).send().await.expect(201);
        assert_eq!(app.stored_files().len(), 1);
    }

    async fn t_053_an_upload_that_is_cut_off_leaves_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = files_path(owner.root, "cut");
        let mut first_chunk = b"2dc6c0\r\n".to_vec();
        first_chunk.extend(vec![b'x'; 2_000_000]);
        for (promised, sent) in [(Some(10), vec![b'x'; 5]), (Some(4_000_000), vec![b'x'; 2_000_000]), (None, first_chunk)] {
            let mut connection = begin_upload(&app, &owner, &path, promised, "close", &sent).await;
            connection.shutdown().await.unwrap();
            let text = answer(connection).await;
            assert!(text.is_empty() || text.contains("content_cut_off"), "{text}");
        }
        let whole = begin_upload(&app, &owner, &path, Some(3_000_000), "close", &vec![b'x'; 1_500_000]).await;
        drop(whole);
        app.nothing_stored().await;
        assert!(owner.names(owner.root).await.is_empty());
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 0);
        assert_eq!(owner.node(owner.root).await["size"], 0);
        owner.file(owner.root, "cut", "whole").await;
    }

    async fn t_060_too_large_content_is_refused_before_and_after_it_is_known(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = files_path(owner.root, "large");
        let size = usize::try_from(MAX_UPLOAD).unwrap();
        // Said beforehand: not a byte is read.
        let told = begin_upload(&app, &owner, &path, Some(size + 1), "close", b"").await;
        let text = answer(told).await;
        assert!(text.starts_with("HTTP/1.1 413") && text.contains("content_too_large"), "{text}");
        // Not said: cut off where the limit is.
        let chunks = futures_util::stream::iter((0..=6).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024 * 1024])));
        let call = owner.call(Method::PUT, &path).body(reqwest::Body::wrap_stream(chunks));
        call.send().await.refused(413, "content_too_large");
        app.nothing_stored().await;
        owner.put(&path, vec![b'x'; size]).send().await.expect(201);
    }

    async fn a_refused_body_of_unknown_length_ends_its_connection(app: TestApp) {
        let owner = Owner::of(&app).await;
        owner.file(owner.root, "there", "x").await;
        let mut connection = begin_upload(&app, &owner, &files_path(owner.root, "there"), None, "keep-alive", b"").await;
        let mut text = String::new();
        while !text.contains("}}") {
            let mut some = [0; 1000];
            let read = connection.read(&mut some).await.unwrap();
            assert!(read > 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&some[..read]));
        }
        assert!(text.starts_with("HTTP/1.1 409") && text.to_lowercase().contains("connection: close"), "{text}");
        // Neither does a client that keeps its connections open lose its next request there.
        let chunks = || futures_util::stream::iter((0..20).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100_000])));
        for _ in 0..3 {
            let call = owner.call(Method::PUT, &files_path(owner.root, "there")).header("if-none-match", "*");
            call.body(reqwest::Body::wrap_stream(chunks())).send().await.refused(409, "name_taken");
            owner.get("/api/v1/session").await.expect(200);
        }
    }

    async fn t_040_a_right_that_goes_while_the_bytes_travel_is_gone_at_the_end(app: TestApp) {
        let owner = Owner::of(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let folder = owner.folder(owner.root, "shared").await;
        let half = async |name: &str| begin_upload(&app, &editor, &files_path(folder, name), Some(10), "close", b"12345").await;
        let finish = async |mut connection: TcpStream| {
            connection.write_all(b"67890").await.unwrap();
            answer(connection).await
        };
        // It works as long as nothing changes.
        let fine = finish(half("fine").await).await;
        assert!(fine.starts_with("HTTP/1.1 201"), "{fine}");
        let (begun, above) = (half("late").await, half("above").await);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        app.database.execute("DELETE FROM space_members WHERE space_id = $1 AND user_id = $2", &[owner.space.uuid(), editor.id.uuid()]).await;
        let refused = finish(begun).await;
        assert!(refused.starts_with("HTTP/1.1 404") && refused.contains("not_found"), "{refused}");
        app.database.execute("INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'editor')", &[owner.space.uuid(), editor.id.uuid()]).await;
        owner.delete(&format!("/api/v1/nodes/{folder}")).await.expect(204);
        let refused = finish(above).await;
        assert!(refused.starts_with("HTTP/1.1 404"), "{refused}");
        owner.post(&format!("/api/v1/nodes/{folder}/restore"), json!({})).await.expect(200);
        assert_eq!(owner.names(folder).await, ["fine"]);
        assert_eq!(owner.node(owner.root).await["size"], 10);
    }

    async fn equal_content_is_stored_once(app: TestApp) {
        let owner = Owner::of(&app).await;
        for name in ["a", "b", "c"] {
            owner.file(owner.root, name, vec![7; 2_000_000]).await;
            owner.file(owner.root, &format!("{name} small"), "same").await;
        }
        assert_eq!(app.stored_files().len(), 2);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM blobs").await, 2);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 6);
    }
}
