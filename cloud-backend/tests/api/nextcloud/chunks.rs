//! Uploads in chunks: out of order, side by side, broken off and gone on with.

use super::{FILES, UPLOADS, listed, property, synced, text};
use crate::{
    actors::Stranger,
    app::{MAX_UPLOAD, both},
    client::{Answer, Auth, Client},
    dav::dav,
};

async fn chunk(client: &Client, transfer: &str, name: &str, content: impl Into<Vec<u8>>) -> Answer {
    dav(client, "PUT", &format!("{UPLOADS}/{transfer}/{name}")).body(content.into()).send().await
}

async fn finish(client: &Client, transfer: &str, name: &str, headers: &[(&str, &str)]) -> Answer {
    let mut call =
        dav(client, "MOVE", &format!("{UPLOADS}/{transfer}/.file")).header("destination", &format!("{FILES}/{name}"));
    for (name, value) in headers {
        call = call.header(name, value);
    }
    call.send().await
}

async fn begin(client: &Client, transfer: &str) {
    dav(client, "MKCOL", &format!("{UPLOADS}/{transfer}")).send().await.expect(201);
}

both! {
    async fn chunks_become_a_file_whatever_order_they_came_in(app: TestApp) {
        let (_, program) = synced(&app).await;
        begin(&program, "t").await;
        dav(&program, "MKCOL", &format!("{UPLOADS}/t")).send().await.expect(405);
        let sender = &*program;
        let sent = (1..=20).rev().map(async |number| chunk(sender, "t", &format!("{number:05}"), format!("<{number}>")).await);
        for answer in futures_util::future::join_all(sent).await {
            answer.expect(201);
        }
        // A chunk that is sent again replaces itself.
        chunk(&program, "t", "00007", "<seven>").await.expect(201);
        let listing = listed(&program, &format!("{UPLOADS}/t"), &["d:getcontentlength"]).await;
        assert_eq!(listing.matches("<D:href>").count(), 21);
        assert_eq!(property(&listing, &format!("{UPLOADS}/t/00007"), "D:getcontentlength"), "7");
        let whole: String = (1..=20).map(|n| if n == 7 { "<seven>".to_owned() } else { format!("<{n}>") }).collect();
        let total = whole.len().to_string();
        let made = finish(&program, "t", "f.txt", &[("oc-total-length", &total), ("x-oc-mtime", "1600000000")]).await.expect(201);
        assert!(made.header("etag").is_some() && made.header("oc-fileid").is_some(), "{made:?}");
        let got = program.get(&format!("{FILES}/f.txt")).await.expect(200);
        assert_eq!((text(&got), got.header("last-modified")), (whole, Some("Sun, 13 Sep 2020 12:26:40 GMT")));
        // Whoever lost the answer asks again and hears the same.
        let again = finish(&program, "t", "f.txt", &[]).await.expect(201);
        assert_eq!((again.header("etag"), again.header("oc-fileid")), (made.header("etag"), made.header("oc-fileid")));
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 1);
        // The name is free for the next one.
        begin(&program, "t").await;
        dav(&program, "DELETE", &format!("{UPLOADS}/t")).send().await.expect(204);
        chunk(&program, "t", "1", "x").await.expect(404);
        assert!(app.stored_files().iter().all(|file| !file.to_string_lossy().contains("/uploads/")), "{:?}", app.stored_files());
    }

    async fn t_052_a_file_that_changed_meanwhile_is_not_replaced(app: TestApp) {
        let (_, program) = synced(&app).await;
        let first = dav(&program, "PUT", &format!("{FILES}/f")).body("one").send().await.expect(201);
        begin(&program, "t").await;
        chunk(&program, "t", "1", "chunks").await.expect(201);
        dav(&program, "PUT", &format!("{FILES}/f")).body("two").send().await.expect(204);
        let seen = format!("<{FILES}/f> ([{}])", first.header("etag").unwrap());
        finish(&program, "t", "f", &[("if", &seen)]).await.expect(412);
        assert_eq!(program.get(&format!("{FILES}/f")).await.expect(200).body, b"two");
        // Nothing is lost: the same chunks go elsewhere.
        finish(&program, "t", "g", &[]).await.expect(201);
        assert_eq!(program.get(&format!("{FILES}/g")).await.expect(200).body, b"chunks");
    }

    async fn t_053_chunks_that_are_not_the_whole_are_no_file(app: TestApp) {
        let (_, program) = synced(&app).await;
        begin(&program, "t").await;
        chunk(&program, "t", "1", "one").await.expect(201);
        finish(&program, "t", "f", &[("oc-total-length", "6")]).await.expect(400);
        finish(&program, "t", "f", &[("oc-checksum", "SHA1:0000000000000000000000000000000000000000")]).await.expect(400);
        finish(&program, "t", "none/f", &[]).await.expect(409);
        finish(&program, "t", "f", &[("oc-checksum", "SHA1:fe05bcdcdc4928012781a5f1a2a77cbb5398e106")]).await.expect(201);
        chunk(&program, "t", "2", "late").await.expect(409);
        // What is too much is refused before it travels, and while it does.
        let too_much = (MAX_UPLOAD + 1).to_string();
        dav(&program, "MKCOL", &format!("{UPLOADS}/u")).header("oc-total-length", &too_much).send().await.expect(413);
        begin(&program, "u").await;
        let half = vec![0; usize::try_from(MAX_UPLOAD).unwrap() / 2 + 1];
        chunk(&program, "u", "1", half.clone()).await.expect(201);
        chunk(&program, "u", "2", half).await.expect(413);
    }

    async fn t_030_chunks_are_one_s_own(app: TestApp) {
        let (_, program) = synced(&app).await;
        begin(&program, "t").await;
        chunk(&program, "t", "1", "one").await.expect(201);
        Stranger::of(&app).await;
        let token = carrel_cloud_backend::administration::create_app_password(&app.cloud.store, "sam.stranger", "sync").await.unwrap();
        let stranger = app.client().with(Auth::Basic("sam.stranger".to_owned(), token));
        dav(&stranger, "PROPFIND", &format!("{UPLOADS}/t")).send().await.expect(404);
        chunk(&stranger, "t", "1", "other").await.expect(404);
        let own = "/remote.php/dav/uploads/sam.stranger/t";
        dav(&stranger, "PROPFIND", own).send().await.expect(404);
        // Nobody's chunks become a file in a tree that they may not write to.
        dav(&stranger, "MKCOL", own).send().await.expect(201);
        dav(&stranger, "PUT", &format!("{own}/1")).body("x").send().await.expect(201);
        dav(&stranger, "MOVE", &format!("{own}/.file")).header("destination", &format!("{FILES}/x")).send().await.expect(404);
        dav(&program, "PUT", &format!("{UPLOADS}/t/a%00")).body("x").send().await.expect(400);
    }
}
