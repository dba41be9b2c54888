//! Content goes out.

use reqwest::Method;
use serde_json::Value;

use crate::{
    actors::{Owner, Viewer},
    app::both,
    client::{Answer, Client},
};

fn content_path(node: &Value) -> String {
    format!("/api/v1/nodes/{}/content", node["id"].as_str().unwrap())
}
async fn get(client: &Client, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut call = client.call(Method::GET, path);
    for (name, value) in headers {
        call = call.header(name, value);
    }
    call.send().await
}

both! {
    async fn five_mebibytes_come_back_byte_by_byte_whole_and_in_parts(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut state = 1_u32;
        let bytes: Vec<u8> = (0..5 * 1024 * 1024).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        }).collect();
        let path = content_path(&owner.file(owner.root, "large.bin", bytes.clone()).await);
        let whole = owner.get(&path).await.expect(200);
        assert!(whole.body == bytes);
        assert_eq!(whole.header("content-length"), Some("5242880"));
        assert_eq!(whole.header("accept-ranges"), Some("bytes"));
        for (range, from, to) in [("bytes=0-0", 0, 1), ("bytes=1048570-1048590", 1_048_570, 1_048_591), ("bytes=5242879-", 5_242_879, 5_242_880), ("bytes=-100", 5_242_780, 5_242_880), ("bytes=100-99999999", 100, 5_242_880)] {
            let part = get(&owner, &path, &[("range", range)]).await.expect(206);
            assert!(part.body == bytes[from..to], "{range}");
            assert_eq!(part.header("content-range").unwrap(), format!("bytes {from}-{}/5242880", to - 1));
            assert_eq!(part.header("content-length").unwrap(), (to - from).to_string());
        }
    }

    async fn conditions_of_rfc_9110(app: TestApp) {
        let owner = Owner::of(&app).await;
        let node = owner.file(owner.root, "a.txt", "0123456789").await;
        let path = content_path(&node);
        let whole = owner.get(&path).await.expect(200);
        let etag = whole.header("etag").unwrap().to_owned();
        assert_eq!(etag, format!("\"{}\"", node["version"]["id"].as_str().unwrap()));
        for known in [etag.as_str(), "*", &format!("\"x\", {etag}"), &format!("W/{etag}")] {
            let answer = get(&owner, &path, &[("if-none-match", known)]).await.expect(304);
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("etag"), Some(etag.as_str()));
        }
        assert_eq!(get(&owner, &path, &[("if-none-match", "\"x\"")]).await.expect(200).body, b"0123456789");
        assert_eq!(get(&owner, &path, &[("range", "bytes=2-3"), ("if-range", &etag)]).await.expect(206).body, b"23");
        assert_eq!(get(&owner, &path, &[("range", "bytes=2-3"), ("if-range", "\"x\"")]).await.expect(200).body, b"0123456789");
        assert_eq!(get(&owner, &path, &[("range", "bytes=2-3"), ("if-range", "Sat, 21 Nov 2026 00:00:00 GMT")]).await.expect(200).body, b"0123456789");
        let outside = get(&owner, &path, &[("range", "bytes=10-")]).await.refused(416, "range_not_satisfiable");
        assert_eq!(outside.header("content-range"), Some("bytes */10"));
        get(&owner, &path, &[("range", "bytes=-0")]).await.refused(416, "range_not_satisfiable");
        // What one has already is not sent in parts, and not refused either.
        get(&owner, &path, &[("range", "bytes=99-"), ("if-none-match", &etag)]).await.expect(304);
        for whole in ["bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=x-"] {
            assert_eq!(get(&owner, &path, &[("range", whole)]).await.expect(200).body, b"0123456789", "{whole}");
        }
        owner.save(&node, "new").await;
        assert_eq!(get(&owner, &path, &[("if-none-match", &etag)]).await.expect(200).body, b"new");
        assert_eq!(get(&owner, &path, &[("range", "bytes=2-3"), ("if-range", &etag)]).await.expect(200).body, b"new");
    }

    async fn an_empty_file_is_a_file(app: TestApp) {
        let owner = Owner::of(&app).await;
        let node = owner.file(owner.root, "empty", "").await;
        assert_eq!(node["size"], 0);
        let answer = owner.get(&content_path(&node)).await.expect(200);
        assert_eq!((answer.body.len(), answer.header("content-length")), (0, Some("0")));
        get(&owner, &content_path(&node), &[("range", "bytes=0-")]).await.refused(416, "range_not_satisfiable");
    }

    async fn t_058_content_is_handed_out_as_an_attachment_that_nothing_runs(app: TestApp) {
        let owner = Owner::of(&app).await;
        for (name, shown) in [
            ("page.html", "page.html"),
            ("a b.svg", "a%20b.svg"),
            ("\"quo;ted\\.txt", "%22quo%3Bted%5C.txt"),
            ("grün.js", "gr%C3%BCn.js"),
            ("50% off'*().md", "50%25%20off%27%2A%28%29.md"),
        ] {
            let node = owner.file(owner.root, name, "<script>alert(1)</script>").await;
            let answer = owner.get(&content_path(&node)).await.expect(200);
            assert_eq!(answer.header("content-disposition").unwrap(), format!("attachment; filename*=UTF-8''{shown}"));
            assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
            assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'; sandbox"));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        }
    }

    async fn t_058_a_page_is_told_the_type_of_what_it_may_show_and_of_nothing_else(app: TestApp) {
        let owner = Owner::of(&app).await;
        let html = "<script>alert(1)</script>";
        for (name, shown) in [("a.png", "image/png"), ("a.mp3", "audio/mpeg"), ("a.mp4", "video/mp4"), ("a.svg", "application/octet-stream"), ("a.html", "application/octet-stream")] {
            let path = content_path(&owner.file(owner.root, name, html).await);
            for question in ["as=media", "as=tile"] {
                let answer = get(&owner, &format!("{path}?{question}"), &[("range", "bytes=1-6")]).await.expect(206);
                assert_eq!((answer.body.as_ref(), answer.header("content-type")), (&b"script"[..], Some(shown)), "{name}");
                // Whatever the type says: kept, not opened, and with an origin of its own.
                assert!(answer.header("content-disposition").unwrap().starts_with("attachment; "));
                assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'; sandbox"));
                assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            }
            assert_eq!(owner.get(&path).await.expect(200).header("content-type"), Some("application/octet-stream"));
            owner.get(&format!("{path}?as=page")).await.refused(400, "bad_request");
        }
    }

    async fn what_was_only_seen_in_a_list_is_not_among_the_recents(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (seen, opened) = (owner.file(owner.root, "seen.png", "1").await, owner.file(owner.root, "opened.png", "2").await);
        let viewer = Viewer::of(&app, &owner).await;
        viewer.get(&format!("{}?as=tile", content_path(&seen))).await.expect(200);
        viewer.get(&format!("{}?as=media", content_path(&opened))).await.expect(200);
        let recents = viewer.get("/api/v1/recents").await.expect(200).json();
        let names: Vec<_> = recents["items"].as_array().unwrap().iter().map(|each| each["node"]["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["opened.png"]);
    }

    async fn a_folder_has_no_content(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "f").await;
        owner.get(&format!("/api/v1/nodes/{folder}/content")).await.refused(404, "not_found");
    }

    async fn t_083_reading_others_files_is_in_the_log_and_reading_ones_own_is_not(app: TestApp) {
        let owner = Owner::of(&app).await;
        let viewer = Viewer::of(&app, &owner).await;
        let node = owner.file(owner.root, "a.txt", "text").await;
        app.database.forget_leaves().await;
        owner.get(&content_path(&node)).await.expect(200);
        assert!(app.database.leaves().await.is_empty());
        viewer.get(&content_path(&node)).await.expect(200);
        get(&viewer, &content_path(&node), &[("range", "bytes=0-1")]).await.expect(206);
        get(&viewer, &content_path(&node), &[("if-none-match", "*")]).await.expect(304);
        let leaves = app.database.leaves().await;
        assert_eq!(leaves.len(), 2, "{leaves:?}");
        for leaf in leaves {
            assert_eq!((&leaf["act"], &leaf["out"]), (&"file.read".into(), &"ok".into()));
            assert_eq!(leaf["tgt"]["id"], node["id"]);
            assert_eq!(leaf["actor"]["id"].as_str().unwrap(), viewer.id.to_string());
        }
    }
}
