//! The tree as sync clients see it: numbers that stay, etags that change up to the top, times, checksums, team spaces as folders.

use super::{FILES, listed, property, synced, text};
use crate::{
    actors::{Editor, Stranger, Viewer},
    app::{TestApp, both},
    client::{Auth, Client},
    dav::dav,
    spaces::Team,
};

const SHA1: &str = "SHA1:fe05bcdcdc4928012781a5f1a2a77cbb5398e106";

async fn top_etag(client: &Client) -> String {
    property(&listed(client, &format!("{FILES}/"), &["d:getetag"]).await, &format!("{FILES}/"), "D:getetag")
}

/// Another person with a sync client.
async fn program_of(app: &TestApp, name: &str) -> Client {
    let token =
        carrel_cloud_backend::administration::create_app_password(&app.cloud.store, name, "sync").await.unwrap();
    app.client().with(Auth::Basic(name.to_owned(), token))
}

both! {
    async fn content_keeps_the_time_and_the_checksum_that_a_client_gave(app: TestApp) {
        let (_, program) = synced(&app).await;
        let file = format!("{FILES}/a.txt");
        let made = dav(&program, "PUT", &file).header("x-oc-mtime", "1600000000").header("oc-checksum", SHA1).body("one").send().await.expect(201);
        assert_eq!((made.header("x-oc-mtime"), made.header("oc-etag")), (Some("accepted"), made.header("etag")));
        let got = program.get(&file).await.expect(200);
        assert_eq!((got.header("last-modified"), got.header("oc-checksum")), (Some("Sun, 13 Sep 2020 12:26:40 GMT"), Some(SHA1)));
        let listing = listed(&program, &format!("{FILES}/"), &["d:getlastmodified", "oc:checksums", "oc:id", "oc:fileid", "oc:permissions", "oc:size"]).await;
        assert_eq!(property(&listing, &file, "D:getlastmodified"), "Sun, 13 Sep 2020 12:26:40 GMT");
        assert_eq!(property(&listing, &file, "oc:checksum"), format!("{SHA1} MD5:f97c5d29941bfb1b2fdab0874906ab82"));
        assert_eq!(Some(property(&listing, &file, "oc:id").as_str()), made.header("oc-fileid"));
        assert_eq!((property(&listing, &file, "oc:permissions"), property(&listing, &file, "oc:size")), ("GDNVW".to_owned(), "3".to_owned()));
        assert_eq!(property(&listing, &format!("{FILES}/"), "oc:permissions"), "GCK");
        // The plain tree has the time as well.
        let plain = program.get("/dav/home/a.txt").await.expect(200);
        assert_eq!(plain.header("last-modified"), Some("Sun, 13 Sep 2020 12:26:40 GMT"));
        // A copy is as old as what it is of; new content is new.
        dav(&program, "COPY", &file).header("destination", &format!("{FILES}/b.txt")).send().await.expect(201);
        assert_eq!(program.get(&format!("{FILES}/b.txt")).await.expect(200).header("last-modified"), Some("Sun, 13 Sep 2020 12:26:40 GMT"));
        dav(&program, "PUT", &file).body("two").send().await.expect(204);
        assert_ne!(program.get(&file).await.expect(200).header("last-modified"), Some("Sun, 13 Sep 2020 12:26:40 GMT"));
        // As rclone sets a time, and only a time.
        let patch = |inner: &str| format!("<d:propertyupdate xmlns:d=\"DAV:\"><d:set><d:prop>{inner}</d:prop></d:set></d:propertyupdate>");
        let patched = dav(&program, "PROPPATCH", &file).body(patch("<lastmodified xmlns=\"DAV:\">1500000000</lastmodified>")).send().await.expect(207);
        assert!(text(&patched).contains("HTTP/1.1 200 OK"), "{patched:?}");
        assert_eq!(program.get(&file).await.expect(200).header("last-modified"), Some("Fri, 14 Jul 2017 02:40:00 GMT"));
        let refused = dav(&program, "PROPPATCH", &file).body(patch("<lastmodified xmlns=\"DAV:\">soon</lastmodified>")).send().await.expect(207);
        assert!(text(&refused).contains("HTTP/1.1 403 Forbidden"), "{refused:?}");
        dav(&program, "PUT", &file).header("x-oc-mtime", "soon").body("x").send().await.expect(400);
    }

    async fn t_053_content_with_another_checksum_never_appears(app: TestApp) {
        let (_, program) = synced(&app).await;
        let file = format!("{FILES}/a.txt");
        let refused = dav(&program, "PUT", &file).header("oc-checksum", SHA1).body("two").send().await.expect(400);
        assert!(text(&refused).contains("<s:exception>Sabre\\DAV\\Exception\\BadRequest</s:exception>"), "{refused:?}");
        program.get(&file).await.expect(404);
        dav(&program, "PUT", &file).body("kept").send().await.expect(201);
        dav(&program, "PUT", &file).header("oc-checksum", "MD5:00000000000000000000000000000000").body("two").send().await.expect(400);
        assert_eq!(program.get(&file).await.expect(200).body, b"kept");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM versions").await, 1);
    }

    async fn numbers_stay_and_etags_change_up_to_the_top(app: TestApp) {
        let (owner, program) = synced(&app).await;
        let folder = dav(&program, "MKCOL", &format!("{FILES}/a")).send().await.expect(201);
        dav(&program, "MKCOL", &format!("{FILES}/a/b")).send().await.expect(201);
        let made = dav(&program, "PUT", &format!("{FILES}/a/b/f")).body("x").send().await.expect(201);
        let number = made.header("oc-fileid").unwrap().to_owned();
        assert!(number.len() > 8 && number != folder.header("oc-fileid").unwrap(), "{number}");
        let mut before = top_etag(&program).await;
        let mut changed = async |what: &str| {
            let now = top_etag(&program).await;
            assert_ne!(now, before, "{what}");
            before = now;
        };
        let replaced = dav(&program, "PUT", &format!("{FILES}/a/b/f")).body("y").send().await.expect(204);
        assert_eq!(replaced.header("oc-fileid"), Some(number.as_str()));
        changed("a new version").await;
        dav(&program, "MOVE", &format!("{FILES}/a/b/f")).header("destination", &format!("{FILES}/a/g")).send().await.expect(201);
        changed("a move").await;
        let listing = listed(&program, &format!("{FILES}/a/"), &["oc:id"]).await;
        assert_eq!(property(&listing, &format!("{FILES}/a/g"), "oc:id"), number);
        dav(&program, "DELETE", &format!("{FILES}/a/g")).send().await.expect(204);
        changed("a deletion").await;
        owner.folder(owner.root, "by the browser").await;
        changed("what the browser does").await;
        // A team's space is in the tree from the moment in which one is in it, with all that happens there.
        let team = Team::of(&owner, "Team").await;
        changed("a space").await;
        owner.file(team.root, "t", "x").await;
        changed("a file in a space").await;
        // A move onto something is 201 for these clients.
        for name in ["x", "y"] {
            dav(&program, "PUT", &format!("{FILES}/{name}")).body(name).send().await.expect(201);
        }
        dav(&program, "MOVE", &format!("{FILES}/x")).header("destination", &format!("{FILES}/y")).send().await.expect(201);
    }

    async fn team_spaces_are_folders_and_hide_nothing(app: TestApp) {
        let (owner, program) = synced(&app).await;
        let team = Team::of(&owner, "Team").await;
        owner.file(team.root, "t.txt", "team").await;
        let (writes, reads) = (Editor::of(&app, &owner).await, Viewer::of(&app, &owner).await);
        team.let_in(&owner, &writes, "editor").await;
        team.let_in(&owner, &reads, "viewer").await;
        let properties = ["oc:permissions", "nc:is-mount-root", "d:resourcetype"];
        let listing = listed(&program, &format!("{FILES}/"), &properties).await;
        assert_eq!((property(&listing, &format!("{FILES}/Team/"), "oc:permissions"), property(&listing, &format!("{FILES}/Team/"), "nc:is-mount-root")), ("MGCK".to_owned(), "true".to_owned()));
        assert_eq!(program.get(&format!("{FILES}/Team/t.txt")).await.expect(200).body, b"team");
        dav(&program, "PUT", &format!("{FILES}/Team/u.txt")).body("x").send().await.expect(201);
        assert_eq!(owner.names(team.root).await, ["t.txt", "u.txt"]);
        // The folder itself is not the tree's to change.
        dav(&program, "DELETE", &format!("{FILES}/Team")).send().await.expect(403);
        dav(&program, "MOVE", &format!("{FILES}/Team")).header("destination", &format!("{FILES}/Other")).send().await.expect(403);
        dav(&program, "MKCOL", &format!("{FILES}/Team")).send().await.expect(405);
        // From one space into another.
        dav(&program, "MOVE", &format!("{FILES}/Team/u.txt")).header("destination", &format!("{FILES}/mine.txt")).send().await.expect(201);
        assert_eq!(owner.names(owner.root).await, ["mine.txt"]);
        // A name of one's own stays what it is; the space yields.
        owner.folder(owner.root, "Team").await;
        let listing = listed(&program, &format!("{FILES}/"), &properties).await;
        let tail = team.space.to_string().replace('-', "");
        let moved = format!("{FILES}/Team%20%28{}%29/", &tail[tail.len() - 8..]);
        assert_eq!(property(&listing, &moved, "nc:is-mount-root"), "true");
        assert_eq!(property(&listing, &format!("{FILES}/Team/"), "nc:is-mount-root"), "false");
        // Others see it with their own rights.
        let editor = program_of(&app, "emil.editor").await;
        dav(&editor, "PUT", "/remote.php/dav/files/emil.editor/Team/e.txt").body("x").send().await.expect(201);
        let viewer = program_of(&app, "vera.viewer").await;
        let listing = listed(&viewer, "/remote.php/dav/files/vera.viewer/Team/", &properties).await;
        assert_eq!(property(&listing, "/remote.php/dav/files/vera.viewer/Team/t.txt", "oc:permissions"), "MG");
        dav(&viewer, "PUT", "/remote.php/dav/files/vera.viewer/Team/t.txt").body("x").send().await.expect(404);
    }

    async fn t_030_nobody_has_a_way_into_another_s_tree(app: TestApp) {
        let (owner, program) = synced(&app).await;
        owner.file(owner.root, "secret.txt", "secret").await;
        Team::of(&owner, "Team").await;
        Stranger::of(&app).await;
        let stranger = program_of(&app, "sam.stranger").await;
        for path in ["", "/", "/secret.txt", "/Team", "/nothing"] {
            let of_owner = dav(&stranger, "PROPFIND", &format!("{FILES}{path}")).header("depth", "0").send().await.expect(404);
            let of_nobody = dav(&stranger, "PROPFIND", &format!("/remote.php/dav/files/nobody.at.all{path}")).header("depth", "0").send().await.expect(404);
            assert_eq!(of_owner.comparable(), of_nobody.comparable(), "{path}");
        }
        dav(&stranger, "PROPFIND", "/remote.php/dav/files/sam.stranger/Team").header("depth", "0").send().await.expect(404);
        // A name is the same in whatever letters it is written.
        dav(&program, "PROPFIND", "/remote.php/dav/files/Olivia.Owner/").header("depth", "0").send().await.expect(207);
        dav(&stranger, "COPY", "/remote.php/dav/files/sam.stranger/x").header("destination", &format!("{FILES}/x")).send().await.expect(404);
        // T-26: what guesses names and passwords has to have the form of an app password before anything is looked up.
        let guess = app.client().with(Auth::Basic("olivia.owner".to_owned(), crate::app::PASSWORD.to_owned()));
        dav(&guess, "PROPFIND", &format!("{FILES}/")).send().await.expect(401);
    }

    async fn quota_and_marks_are_told(app: TestApp) {
        let (owner, program) = synced(&app).await;
        let file = owner.file(owner.root, "f.txt", "12345").await;
        let wanted = ["d:quota-available-bytes", "d:quota-used-bytes", "oc:favorite"];
        let listing = listed(&program, &format!("{FILES}/"), &wanted).await;
        assert_eq!((property(&listing, &format!("{FILES}/"), "D:quota-available-bytes"), property(&listing, &format!("{FILES}/"), "D:quota-used-bytes")), ("-3".to_owned(), "5".to_owned()));
        assert_eq!(property(&listing, &format!("{FILES}/f.txt"), "oc:favorite"), "0");
        app.database.execute("UPDATE spaces SET quota = 8 WHERE id = $1", &[owner.space.uuid()]).await;
        assert_eq!(property(&listed(&program, "/dav/home/", &wanted).await, "/dav/home/", "D:quota-available-bytes"), "3");
        let mark = "<d:propertyupdate xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\"><d:set><d:prop><oc:favorite>1</oc:favorite></d:prop></d:set></d:propertyupdate>";
        dav(&program, "PROPPATCH", &format!("{FILES}/f.txt")).body(mark).send().await.expect(207);
        assert_eq!(property(&listed(&program, &format!("{FILES}/"), &wanted).await, &format!("{FILES}/f.txt"), "oc:favorite"), "1");
        let favourites = owner.get("/api/v1/favourites").await.expect(200).json();
        assert_eq!(favourites["items"][0]["id"], file["id"]);
        dav(&program, "PUT", &format!("{FILES}/g.txt")).body("1234").send().await.expect(507);
    }
}
