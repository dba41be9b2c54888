//! What hostile or broken clients send.

use carrel_cloud_backend::RequestLimits;

use super::{HOME, dav, mounted};
use crate::app::{Backend, both, spawn_app_with};

both! {
    async fn t_026_xml_that_grows_or_reaches_out_is_refused(app: TestApp) {
        let (_, program) = mounted(&app).await;
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><D:propfind xmlns:D=\"DAV:\"><D:prop>&b;</D:prop></D:propfind>";
        let outside = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><D:propfind xmlns:D=\"DAV:\"><D:prop><x>&a;</x></D:prop></D:propfind>";
        let deep = format!("<D:propfind xmlns:D=\"DAV:\">{}{}</D:propfind>", "<D:prop>".repeat(5000), "</D:prop>".repeat(5000));
        for body in [bomb.to_owned(), outside.to_owned(), deep, "<a".to_owned(), "<D:propfind xmlns:D=\"DAV:\"/>".to_owned()] {
            dav(&program, "PROPFIND", HOME).header("depth", "0").body(body).send().await.expect(400);
        }
        dav(&program, "PROPFIND", HOME).header("depth", "0").body("x".repeat(300_000)).send().await.expect(413);
        // Properties of one node have an end.
        dav(&program, "PUT", &format!("{HOME}/f")).body("x").send().await.expect(201);
        let many: String = (0..300).map(|n| format!("<p{n} xmlns=\"urn:x\"/>")).collect();
        let patch = format!("<D:propertyupdate xmlns:D=\"DAV:\"><D:set><D:prop>{many}</D:prop></D:set></D:propertyupdate>");
        dav(&program, "PROPPATCH", &format!("{HOME}/f")).body(patch).send().await.expect(507);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM node_properties").await, 0);
    }

    async fn t_050_no_path_leads_out_of_its_tree(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        for path in ["/a%2Fb", "/%2e%2e%2f%2e%2e", "/a%00", "/a%0a", "/%ff"] {
            for method in ["PUT", "GET", "MKCOL", "DELETE", "PROPFIND", "LOCK"] {
                let answer = dav(&program, method, &format!("{HOME}{path}")).header("depth", "0").send().await;
                assert_eq!(answer.status.as_u16(), 400, "{method} {path}");
            }
        }
        dav(&program, "PUT", &format!("{HOME}/f")).body("x").send().await.expect(201);
        dav(&program, "COPY", &format!("{HOME}/f")).header("destination", &format!("{HOME}/%2e%2e/f")).send().await.expect(400);
        dav(&program, "MKCOL", &format!("{HOME}{}", "/a".repeat(70))).send().await.expect(400);
        assert_eq!(owner.names(owner.root).await, ["f"]);
    }

    async fn a_long_listing_is_streamed_in_one_statement(app: TestApp) {
        let (owner, program) = mounted(&app).await;
        for number in 0..60 {
            owner.file(owner.root, &format!("{} {number}", "n".repeat(200)), "").await;
        }
        let answer = dav(&program, "PROPFIND", HOME).header("depth", "1").send().await.expect(207);
        let text = String::from_utf8(answer.body).unwrap();
        assert_eq!(text.matches("<D:response>").count(), 61);
        assert!(text.len() > 32 * 1024 && text.ends_with("</D:multistatus>\n"));
        assert_eq!(answer.headers.get("transfer-encoding").unwrap(), "chunked");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_sync_clients_have_a_budget_of_their_own() {
    let limits = RequestLimits { read: 2, write: 1, sync: 30, ..RequestLimits::default() };
    let app = spawn_app_with(Backend::Sqlite, |config| config.request_limits = limits).await;
    let (_, program) = mounted(&app).await;
    let mut taken = 0;
    while dav(&program, "PROPFIND", HOME).header("depth", "0").send().await.status.as_u16() == 207 {
        taken += 1;
        assert!(taken < 100, "no limit");
    }
    assert!(taken >= 20, "{taken}");
    program.get("/api/v1/spaces").await.expect(200);
}
