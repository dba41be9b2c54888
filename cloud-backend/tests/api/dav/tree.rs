//! The tree as clients walk it.

use reqwest::Method;

use super::{HOME, dav, mounted};
use crate::{
    actors::{Editor, Stranger, TokenReader, Viewer},
    app::both,
    client::{Answer, Client},
};

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.clone()).unwrap()
}

async fn put(client: &Client, path: &str, content: &'static str) -> Answer {
    dav(client, "PUT", path).body(content).send().await
}

both! {
    async fn files_are_made_read_replaced_and_put_into_the_trash(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        dav(&program, "MKCOL", &format!("{HOME}/a%20b")).send().await.expect(201);
        dav(&program, "MKCOL", &format!("{HOME}/a%20b/")).send().await.expect(405);
        dav(&program, "MKCOL", &format!("{HOME}/none/x")).send().await.expect(409);
        dav(&program, "MKCOL", &format!("{HOME}/x")).body("<x/>").send().await.expect(415);
        let file = format!("{HOME}/a%20b/f.txt");
        let first = put(&program, &file, "one").await.expect(201);
        let second = put(&program, &file, "second").await.expect(204);
        assert_ne!(first.header("etag"), second.header("etag"));
        let got = program.get(&file).await.expect(200);
        assert_eq!((got.body.as_slice(), got.header("etag")), (&b"second"[..], second.header("etag")));
        let modified = got.header("last-modified").unwrap().to_owned();
        program.call(Method::GET, &file).header("if-modified-since", &modified).send().await.expect(304);
        program.call(Method::GET, &file).header("if-none-match", second.header("etag").unwrap()).send().await.expect(304);
        let part = program.call(Method::GET, &file).header("range", "bytes=1-2").send().await.expect(206);
        assert_eq!((part.body.as_slice(), part.header("content-range")), (&b"ec"[..], Some("bytes 1-2/6")));
        let head = dav(&program, "HEAD", &file).send().await.expect(200);
        assert_eq!((head.header("content-length"), head.header("etag"), head.body.len()), (Some("6"), second.header("etag"), 0));
        // Conditions are about the version that is there.
        dav(&program, "PUT", &file).header("if-match", first.header("etag").unwrap()).body("x").send().await.expect(412);
        dav(&program, "PUT", &file).header("if-none-match", "*").body("x").send().await.expect(412);
        dav(&program, "PUT", &file).header("content-range", "bytes 0-0/6").body("x").send().await.expect(400);
        dav(&program, "DELETE", &file).header("if-match", first.header("etag").unwrap()).send().await.expect(412);
        put(&program, &format!("{HOME}/a%20b"), "x").await.expect(405);
        put(&program, &format!("{HOME}/none/x"), "x").await.expect(409);
        dav(&program, "DELETE", &file).send().await.expect(204);
        dav(&program, "DELETE", &file).send().await.expect(404);
        assert_eq!(owner.names(owner.root).await, ["a b"]);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM nodes WHERE trashed_at IS NOT NULL").await, 1);
        dav(&program, "DELETE", HOME).send().await.expect(403);
    }

    async fn a_listing_has_the_form_that_sync_clients_insist_on(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let folder = owner.folder(owner.root, "f & <g>").await;
        owner.file(folder, "\u{e4}.txt", "12345").await;
        owner.folder(folder, "sub").await;
        let path = format!("{HOME}/f%20%26%20%3Cg%3E/");
        let answer = dav(&program, "PROPFIND", &path).header("depth", "1").send().await.expect(207);
        assert_eq!(answer.header("content-type"), Some("application/xml; charset=utf-8"));
        let list = text(&answer);
        let hrefs: Vec<_> = list.split("<D:href>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
        // Percent signs as they came; the folder itself first, folders with a slash.
        assert_eq!(hrefs, [path.clone(), format!("{path}sub/"), format!("{path}%C3%A4.txt")]);
        assert_eq!(list.matches("HTTP/1.1 200 OK").count(), 3);
        assert!(list.contains("<D:getcontentlength>5</D:getcontentlength>") && list.contains("<D:displayname>f &amp; &lt;g&gt;</D:displayname>"), "{list}");
        let asked = "<D:propfind xmlns:D=\"DAV:\"><D:prop><D:getetag/><x xmlns=\"urn:x\"/></D:prop></D:propfind>";
        let alone = text(&dav(&program, "PROPFIND", &path).header("depth", "0").body(asked).send().await.expect(207));
        assert!(alone.contains("<D:getetag>") && alone.contains("HTTP/1.1 404 Not Found") && !alone.contains("sub"), "{alone}");
        // No end of the tree in one answer.
        for depth in [None, Some("infinity")] {
            let call = dav(&program, "PROPFIND", &path);
            let call = match depth { Some(depth) => call.header("depth", depth), None => call };
            assert!(text(&call.send().await.expect(403)).contains("<D:propfind-finite-depth/>"));
        }
        // A folder's tag follows what happens below it.
        let tag = |list: &str| list.split("<D:getetag>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        put(&program, &format!("{path}sub/new"), "x").await.expect(201);
        let after = text(&dav(&program, "PROPFIND", &path).header("depth", "0").body(asked).send().await.expect(207));
        assert_ne!(tag(&alone), tag(&after));
    }

    async fn the_ways_on_are_listed_and_spaces_are_their_members(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let (editor, viewer, stranger) = (Editor::of(&app, &owner).await, Viewer::of(&app, &owner).await, Stranger::of(&app).await);
        let space = format!("/dav/spaces/{}", owner.space);
        let file = format!("{space}/f");
        put(&program, &file, "x").await.expect(201);
        assert_eq!(program.get(&format!("{HOME}/f")).await.expect(200).body, b"x", "the same tree");
        let list = |client: Client, path: &'static str| async move {
            text(&dav(&client, "PROPFIND", path).header("depth", "1").send().await.expect(207))
        };
        let top = list(owner.with(owner.auth().clone()), "/dav/").await;
        assert!(top.contains("/dav/home/") && top.contains("/dav/spaces/"), "{top}");
        assert!(list(editor.with(editor.auth().clone()), "/dav/spaces/").await.contains(&space));
        assert!(!list(stranger.with(stranger.auth().clone()), "/dav/spaces/").await.contains(&space));
        editor.get(&file).await.expect(200);
        viewer.get(&file).await.expect(200);
        put(&editor, &file, "y").await.expect(204);
        // T-30: without the right it is as if it were not there.
        put(&viewer, &file, "z").await.expect(404);
        stranger.get(&file).await.expect(404);
        assert_eq!(stranger.get(&format!("{space}/none")).await.expect(404).body, stranger.get("/dav/spaces/x/f").await.expect(404).body);
        let reader = TokenReader::of(&app, &owner).await;
        reader.get(&file).await.expect(200);
        put(&reader, &file, "z").await.expect(403);
    }

    async fn t_030_a_free_name_is_no_denial_and_a_foreign_space_is_one(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        let stranger = Stranger::of(&app).await;
        let denials = "SELECT COUNT(*) FROM (SELECT leaf FROM audit_outbox UNION ALL SELECT leaf FROM audit_log) x";
        let before = app.database.count(denials).await;
        for name in ["._f", "desktop.ini", "a/b/c"] {
            program.get(&format!("{HOME}/{name}")).await.expect(404);
            dav(&program, "PROPFIND", &format!("{HOME}/{name}")).header("depth", "0").send().await.expect(404);
        }
        assert_eq!(app.database.count(denials).await, before);
        stranger.get(&format!("/dav/spaces/{}/f", owner.space)).await.expect(404);
        assert_eq!(app.database.count(denials).await, before + 1);
    }

    async fn who_has_not_signed_in_is_asked_to_and_only_here(app: TestApp) {
        let (_, program) = mounted(&app).await;
        let nobody = app.client();
        let asked = nobody.get(HOME).await.expect(401);
        assert_eq!(asked.header("www-authenticate"), Some("Basic realm=\"Carrel\", charset=\"UTF-8\""));
        let script = nobody.call(Method::GET, HOME).header("x-requested-with", "XMLHttpRequest").send().await.expect(401);
        assert_eq!(script.header("www-authenticate"), None);
        assert_eq!(nobody.get("/api/v1/spaces").await.expect(401).header("www-authenticate"), None);
        for path in ["/", "/dav", "/dav/home/x"] {
            let options = dav(&nobody, "OPTIONS", path).send().await.expect(200);
            assert_eq!((options.header("dav"), options.header("ms-author-via")), (Some("1, 2, 3"), Some("DAV")));
            assert!(options.header("allow").unwrap().contains("PROPFIND"));
        }
        // T-23: what a browser attaches by itself is no proof that our page asked.
        let foreign = dav(&program, "PUT", &format!("{HOME}/x")).header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
        foreign.body("x").send().await.expect(403);
        program.call(Method::GET, HOME).header("sec-fetch-site", "cross-site").send().await.expect(403);
    }

    async fn properties_are_set_together_or_not_at_all(app: TestApp) {
        let (_, program) = mounted(&app).await;
        let (a, b) = (format!("{HOME}/a"), format!("{HOME}/b"));
        put(&program, &a, "x").await.expect(201);
        let patch = |inner: &str| format!("<D:propertyupdate xmlns:D=\"DAV:\" xmlns:z=\"urn:z\"><D:set><D:prop>{inner}</D:prop></D:set></D:propertyupdate>");
        let asked = "<D:propfind xmlns:D=\"DAV:\" xmlns:q=\"urn:z\"><D:prop><q:color/></D:prop></D:propfind>";
        let refused = text(&dav(&program, "PROPPATCH", &a).body(patch("<z:color>red</z:color><D:getetag>x</D:getetag>")).send().await.expect(207));
        assert!(refused.contains("403 Forbidden") && refused.contains("424 Failed Dependency"), "{refused}");
        assert!(text(&dav(&program, "PROPFIND", &a).header("depth", "0").body(asked).send().await).contains("404 Not Found"));
        dav(&program, "PROPPATCH", &a).body(patch("<z:color xml:lang=\"de\">r&amp;t<i xmlns=\"\"/></z:color>")).send().await.expect(207);
        let kept = "<color xmlns=\"urn:z\" xml:lang=\"de\">r&amp;t<i xmlns=\"\"/></color>";
        dav(&program, "COPY", &a).header("destination", &b).send().await.expect(201);
        for path in [&a, &b] {
            let found = text(&dav(&program, "PROPFIND", path).header("depth", "0").body(asked).send().await.expect(207));
            assert!(found.contains(kept), "{found}");
        }
        let listed = text(&dav(&program, "PROPFIND", HOME).header("depth", "1").send().await.expect(207));
        assert_eq!(listed.matches(kept).count(), 2);
    }
}
