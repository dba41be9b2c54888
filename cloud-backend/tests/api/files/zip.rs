//! Folders and selections as archives.

use std::io::{Cursor, Read as _};

use futures_util::StreamExt as _;
use serde_json::json;
use zip::ZipArchive;

use crate::{
    actors::{Owner, Stranger, Viewer},
    app::both,
    client::{Answer, Client},
};

fn opened(answer: &Answer) -> ZipArchive<Cursor<Vec<u8>>> {
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    ZipArchive::new(Cursor::new(answer.body.clone())).unwrap()
}

/// Paths and contents, in the order of the alphabet. Reading checks every CRC-32.
fn entries(answer: &Answer) -> Vec<(String, String)> {
    let mut archive = opened(answer);
    let mut found: Vec<_> = (0..archive.len())
        .map(|n| {
            let mut file = archive.by_index(n).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect();
    found.sort_unstable();
    found
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

async fn zip(client: &Client, node: impl std::fmt::Display) -> Answer {
    client.get(&format!("/api/v1/nodes/{node}/zip")).await
}

both! {
    async fn a_folder_comes_whole_and_can_be_read(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "Bücher & Co").await;
        let below = owner.folder(folder, "below").await;
        owner.folder(folder, "empty").await;
        owner.file(folder, "ä.txt", "one").await;
        let gone = owner.file(folder, "gone", "x").await;
        owner.delete(&format!("/api/v1/nodes/{}", gone["id"].as_str().unwrap())).await.expect(204);
        let file = owner.file(below, "b", "old").await;
        owner.save(&file, "two").await;
        owner.file(below, "nothing", "").await;
        let answer = zip(&owner, folder).await.expect(200);
        assert!(answer.header("content-disposition").unwrap().ends_with("B%C3%BCcher%20&%20Co.zip"));
        let expected = [("Bücher & Co/", ""), ("Bücher & Co/below/", ""), ("Bücher & Co/below/b", "two"), ("Bücher & Co/below/nothing", ""), ("Bücher & Co/empty/", ""), ("Bücher & Co/ä.txt", "one")];
        assert_eq!(entries(&answer), pairs(&expected));
        // A space's top has no name; a file alone is an archive of one.
        let top = zip(&owner, owner.root).await.expect(200);
        assert_eq!(entries(&top).len(), 6);
        assert_eq!(entries(&zip(&owner, file["id"].as_str().unwrap()).await.expect(200)), pairs(&[("b", "two")]));
        // A large file, in several blocks.
        let large = owner.file(folder, "large", vec![b'x'; 3_000_000]).await;
        let answer = zip(&owner, large["id"].as_str().unwrap()).await.expect(200);
        assert_eq!(entries(&answer)[0].1.len(), 3_000_000);
        let empty = owner.folder(owner.root, "nothing").await;
        assert_eq!(entries(&zip(&owner, empty).await.expect(200)), pairs(&[("nothing/", "")]));
        assert!(app.stored_files().iter().all(|path| !path.to_string_lossy().contains("staging")));
    }

    async fn a_selection_keeps_equal_names_apart_and_is_bounded(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (a, b) = (owner.folder(owner.root, "a").await, owner.folder(owner.root, "b").await);
        let one = owner.file(a, "same.txt", "one").await;
        let two = owner.file(b, "Same.txt", "two").await;
        let (one, two) = (one["id"].as_str().unwrap(), two["id"].as_str().unwrap());
        let path = format!("/api/v1/zips?node={one}&node={two}&node={a}&node={one}");
        let expected = [("Same (2).txt", "two"), ("a/", ""), ("a/same.txt", "one"), ("same.txt", "one")];
        assert_eq!(entries(&owner.get(&path).await.expect(200)), pairs(&expected));
        owner.get("/api/v1/zips").await.refused(422, "field_invalid");
        owner.get("/api/v1/zips?node=x").await.refused(404, "not_found");
        owner.get(&format!("/api/v1/zips?node={one}&other=x")).await.refused(400, "bad_request");
        let many: Vec<_> = (0..501).map(|_| format!("node={}", carrel_ids::NodeId::new())).collect();
        owner.get(&format!("/api/v1/zips?{}", many.join("&"))).await.refused(422, "field_invalid");
    }

    async fn t_050_no_name_in_an_archive_leads_out_of_it(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "..\\..\\evil").await;
        owner.file(folder, "C:autorun.inf", "x").await;
        owner.file(folder, "...", "y").await;
        let mut archive = opened(&zip(&owner, folder).await.expect(200));
        let names: Vec<_> = (0..archive.len()).map(|n| archive.by_index(n).unwrap().name().unwrap().into_owned()).collect();
        assert_eq!(names.len(), 3);
        for name in names {
            let parts: Vec<_> = name.trim_end_matches('/').split('/').collect();
            assert!(!name.starts_with('/') && !name.contains('\\') && parts.iter().all(|part| !["", ".", ".."].contains(part)), "{name}");
            assert!(parts.iter().all(|part| part.as_bytes().get(1) != Some(&b':')), "{name}");
        }
    }

    async fn t_030_t_082_an_archive_needs_the_right_and_is_in_the_log_once(app: TestApp) {
        let owner = Owner::of(&app).await;
        let viewer = Viewer::of(&app, &owner).await;
        let stranger = Stranger::of(&app).await;
        let folder = owner.folder(owner.root, "f").await;
        let file = owner.file(folder, "a", "one").await;
        app.database.forget_leaves().await;
        zip(&viewer, folder).await.expect(200);
        zip(&stranger, folder).await.refused(404, "not_found");
        let own = stranger.folder(stranger.root, "own").await;
        let mixed = format!("/api/v1/zips?node={own}&node={}", file["id"].as_str().unwrap());
        stranger.get(&mixed).await.refused(404, "not_found");
        let leaves = app.database.leaves().await;
        let made: Vec<_> = leaves.iter().filter(|leaf| leaf["act"] == "file.archive").collect();
        assert_eq!(made.len(), 1);
        assert_eq!((&made[0]["d"]["entries"], &made[0]["tgt"]["id"]), (&json!(2), &json!(folder)));
        assert_eq!(leaves.iter().filter(|leaf| leaf["act"] == "file.access").count(), 2);
    }

    async fn a_folder_that_changes_meanwhile_gives_the_archive_of_one_moment(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "f").await;
        let mut files = Vec::new();
        for n in 0..40 {
            files.push(owner.file(folder, &format!("{n:02}"), vec![b'a'; 100_000]).await);
        }
        let archives = futures_util::stream::iter(0..6).map(|_| zip(&owner, folder)).buffer_unordered(2).collect::<Vec<_>>();
        let changes = async {
            for (n, file) in files.iter().enumerate() {
                match n % 3 {
                    0 => drop(owner.save(file, "b").await),
                    1 => drop(owner.delete(&format!("/api/v1/nodes/{}", file["id"].as_str().unwrap())).await.expect(204)),
                    _ => drop(owner.file(folder, &format!("new {n}"), "c").await),
                }
            }
        };
        let (archives, ()) = futures_util::future::join(archives, changes).await;
        for answer in archives {
            let found = entries(&answer.expect(200));
            assert!(found.len() > 25);
            assert!(found.iter().all(|(path, text)| path == "f/" || text.len() == 100_000 || text.len() == 1));
        }
    }
}
