//! The trash and earlier versions, as these clients see them.

use reqwest::Method;

use super::{FILES, synced, text};
use crate::{app::both, client::Client, dav::dav};

const TRASH: &str = "/remote.php/dav/trashbin/olivia.owner/trash";
const VERSIONS: &str = "/remote.php/dav/versions/olivia.owner/versions";

/// The addresses in a listing behind the first one, which is the folder's.
async fn things(client: &Client, path: &str) -> (String, Vec<String>) {
    let said = text(&dav(client, "PROPFIND", path).header("depth", "1").send().await.expect(207));
    let hrefs = said.split("<D:href>").skip(2).map(|part| part.split('<').next().unwrap().to_owned());
    let hrefs = hrefs.collect();
    (said, hrefs)
}

both! {
    async fn the_trash_is_looked_at_brought_back_and_emptied(app: TestApp) {
        let (owner, program) = synced(&app).await;
        let folder = owner.folder(owner.root, "a & b").await;
        owner.file(folder, "f.txt", "text").await;
        owner.file(folder, "g.txt", "text").await;
        for name in ["f.txt", "g.txt"] {
            dav(&program, "DELETE", &format!("{FILES}/a%20%26%20b/{name}")).send().await.expect(204);
        }
        let (said, hrefs) = things(&program, TRASH).await;
        assert!(hrefs.len() == 2 && said.contains("<nc:trashbin-original-location>a &amp; b/f.txt</nc:trashbin-original-location>"), "{said}");
        // The newest first.
        let back = |href: &str| dav(&program, "MOVE", href).header("destination", "/remote.php/dav/trashbin/olivia.owner/restore/f.txt");
        back(&hrefs[1]).send().await.expect(201);
        assert_eq!(program.get(&format!("{FILES}/a%20%26%20b/f.txt")).await.expect(200).body, b"text");
        // Elsewhere nothing leads out of it.
        dav(&program, "MOVE", &hrefs[0]).header("destination", &format!("{FILES}/x")).send().await.expect(403);
        dav(&program, "DELETE", &hrefs[0]).send().await.expect(204);
        dav(&program, "DELETE", &format!("{FILES}/a%20%26%20b")).send().await.expect(204);
        dav(&program, "DELETE", TRASH).send().await.expect(204);
        assert_eq!(things(&program, TRASH).await.1.len(), 0);
        dav(&program, "PROPFIND", "/remote.php/dav/trashbin/sam.stranger/trash").send().await.expect(404);
    }

    async fn earlier_versions_are_read_and_brought_back(app: TestApp) {
        let (_, program) = synced(&app).await;
        let file = format!("{FILES}/f.txt");
        let made = dav(&program, "PUT", &file).body("one").send().await.expect(201);
        dav(&program, "PUT", &file).body("two").send().await.expect(204);
        let number: i64 = made.header("oc-fileid").unwrap().split("oc").next().unwrap().parse().unwrap();
        let (said, hrefs) = things(&program, &format!("{VERSIONS}/{number}")).await;
        assert_eq!(hrefs.len(), 1, "{said}");
        assert_eq!(program.call(Method::GET, &hrefs[0]).send().await.expect(200).body, b"one");
        dav(&program, "MOVE", &hrefs[0]).header("destination", &format!("/remote.php/dav/versions/olivia.owner/restore/{number}")).send().await.expect(201);
        assert_eq!(program.get(&file).await.expect(200).body, b"one");
        assert_eq!(things(&program, &format!("{VERSIONS}/{number}")).await.1.len(), 2);
        dav(&program, "PROPFIND", &format!("{VERSIONS}/999999")).send().await.expect(404);
    }
}
