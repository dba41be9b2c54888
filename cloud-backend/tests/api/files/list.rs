//! Lists of folders, a page at a time, and what is shown of one node.

use std::collections::HashSet;

use carrel_ids::NodeId;
use futures_util::StreamExt as _;
use serde_json::json;

use crate::{
    actors::{Owner, Viewer, files_path},
    app::both,
};

/// The names of all pages of a listing, and how many pages there were.
async fn names_of(owner: &Owner, folder: NodeId, question: &str) -> (Vec<String>, usize) {
    let (mut names, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = owner.get(&format!("/api/v1/nodes/{folder}/children?{question}{after}")).await.expect(200).json();
        names.extend(page["items"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()));
        pages += 1;
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return (names, pages),
        }
    }
}

both! {
    async fn pages_over_a_thousand_entries_hold_each_once_and_in_order(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "many").await;
        let names: Vec<String> = (0..1005).map(|number| format!("file {number}")).collect();
        futures_util::stream::iter(&names).for_each_concurrent(8, async |name| {
            owner.put(&files_path(folder, name), "same").header("if-none-match", "*").send().await.expect(201);
        }).await;
        for number in 0..5 {
            owner.folder(folder, &format!("Folder {}", 5 - number)).await;
        }
        let mut expected: Vec<String> = (1..=5).map(|number| format!("Folder {number}")).collect();
        expected.extend(names);
        assert_eq!(owner.names(folder).await.len(), 1000, "the largest page");
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = owner.get(&format!("/api/v1/nodes/{folder}/children?limit=97{after}")).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()));
            pages += 1;
            if pages == 3 {
                // What comes and goes between two pages moves nothing of the others.
                owner.file(folder, "file 0 and a half", "new").await;
            }
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        assert_eq!(pages, 11);
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len());
        assert_eq!(seen, expected);
        let only = owner.get(&format!("/api/v1/nodes/{folder}/children?kind=folder&limit=3")).await.expect(200).json();
        assert_eq!(only["items"].as_array().unwrap().len(), 3);
        let rest = owner.get(&format!("/api/v1/nodes/{folder}/children?kind=folder&after={}", only["next"].as_str().unwrap())).await.json();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (2, &json!(null)));
    }

    async fn folders_come_first_then_names_as_people_sort_them(app: TestApp) {
        let owner = Owner::of(&app).await;
        for name in ["b 10", "B 9", "a", "Z", "ä", "b 9a", ".hidden", "010", "9"] {
            owner.file(owner.root, name, name).await;
        }
        for name in ["zoo", "Alpha"] {
            owner.folder(owner.root, name).await;
        }
        let names = owner.names(owner.root).await;
        assert_eq!(names, ["Alpha", "zoo", ".hidden", "9", "010", "a", "B 9", "b 9a", "b 10", "Z", "ä"]);
        let backwards = owner.get(&format!("/api/v1/nodes/{}/children?limit=0", owner.root)).await.expect(200).json();
        assert_eq!(backwards["items"].as_array().unwrap().len(), 1, "a page holds at least one");
    }

    async fn every_order_holds_each_entry_once_over_small_pages(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "sorted").await;
        // Sizes that are equal, and an order of names that is neither that of sizes nor that of time.
        for (name, size) in [("c", 3), ("a", 30), ("b", 3), ("e", 0), ("d", 100)] {
            owner.file(folder, name, "x".repeat(size)).await;
        }
        for (name, size) in [("zoo", 7), ("ant", 2)] {
            let below = owner.folder(folder, name).await;
            owner.file(below, "f", "x".repeat(size)).await;
        }
        for (order, expected) in [
            ("sort=name", ["ant", "zoo", "a", "b", "c", "d", "e"]),
            ("sort=name&direction=desc", ["zoo", "ant", "e", "d", "c", "b", "a"]),
            ("direction=desc", ["zoo", "ant", "e", "d", "c", "b", "a"]),
            ("sort=size", ["ant", "zoo", "e", "c", "b", "a", "d"]),
            ("sort=size&direction=desc", ["zoo", "ant", "d", "a", "b", "c", "e"]),
            ("sort=changed", ["zoo", "ant", "c", "a", "b", "e", "d"]),
            ("sort=changed&direction=desc", ["ant", "zoo", "d", "e", "b", "a", "c"]),
        ] {
            for limit in 1..=8 {
                assert_eq!(names_of(&owner, folder, &format!("{order}&limit={limit}")).await.0, expected, "{order}, {limit} at a time");
            }
        }
        let of_sizes = owner.get(&format!("/api/v1/nodes/{folder}/children?sort=size&limit=1")).await.expect(200).json();
        let next = of_sizes["next"].as_str().unwrap();
        for other in ["sort=name", "sort=size&direction=desc", "sort=changed"] {
            owner.get(&format!("/api/v1/nodes/{folder}/children?{other}&after={next}")).await.refused(400, "bad_request");
        }
        owner.get(&format!("/api/v1/nodes/{folder}/children?sort=colour")).await.refused(400, "bad_request");
    }

    async fn names_are_searched_without_regard_to_case_and_in_the_order_asked_for(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "searched").await;
        for name in ["Äpfel 1.txt", "äpfel 12.txt", "Birnen.txt", "APFEL 100%_.txt", "ÜBER ÄPFEL"] {
            owner.file(folder, name, name).await;
        }
        owner.folder(folder, "Alle Äpfel").await;
        let encoded = |text: &str| text.replace(' ', "%20").replace('%', "%25").replace("%2520", "%20");
        for (part, order, expected) in [
            ("äpfel", "", vec!["Alle Äpfel", "Äpfel 1.txt", "äpfel 12.txt", "ÜBER ÄPFEL"]),
            ("A\u{308}PFEL 1", "", vec!["Äpfel 1.txt", "äpfel 12.txt"]),
            ("äpfel", "&direction=desc", vec!["Alle Äpfel", "ÜBER ÄPFEL", "äpfel 12.txt", "Äpfel 1.txt"]),
            (".TXT", "&sort=size", vec!["Birnen.txt", "Äpfel 1.txt", "äpfel 12.txt", "APFEL 100%_.txt"]),
            ("%_", "", vec!["APFEL 100%_.txt"]),
            ("nothing", "", vec![]),
        ] {
            for limit in 1..=4 {
                let (names, _) = names_of(&owner, folder, &format!("q={}&limit={limit}{order}", encoded(part))).await;
                assert_eq!(names, expected, "{part}, {limit} at a time");
            }
        }
        let (names, pages) = names_of(&owner, folder, "q=äpfel&limit=4").await;
        assert_eq!((names.len(), pages), (4, 1), "a page that holds all has no next");
        owner.get(&format!("/api/v1/nodes/{folder}/children?q={}", "x".repeat(256))).await.refused(400, "bad_request");
        owner.get(&format!("/api/v1/nodes/{folder}/children?q=x&kind=folder")).await.refused(400, "bad_request");
    }

    async fn a_node_tells_where_it_lies_and_what_one_may_do(app: TestApp) {
        let owner = Owner::of(&app).await;
        let viewer = Viewer::of(&app, &owner).await;
        let outer = owner.folder(owner.root, "outer").await;
        let inner = owner.folder(outer, "inner").await;
        let file = owner.file(inner, "page.html", "<p>").await;
        let path = format!("/api/v1/nodes/{}", file["id"].as_str().unwrap());
        let node = owner.get(&path).await.expect(200).json();
        assert_eq!(node["ancestors"], json!([{"id": owner.root, "name": ""}, {"id": outer, "name": "outer"}, {"id": inner, "name": "inner"}]));
        assert_eq!(node["media_type"], "text/html");
        assert_eq!(node["size"], 3);
        assert_eq!(node["changed_by"], json!({"id": owner.id, "display_name": owner.name}));
        assert_eq!((&node["version"]["number"], &node["kind"]), (&json!(1), &json!("file")));
        assert_eq!(node["version"]["sha256"], hex::encode(<sha2::Sha256 as sha2::Digest>::digest("<p>")));
        assert_eq!(node["abilities"], json!({"write": true, "delete": true, "open_workspace": false}));
        assert_eq!(owner.node(outer).await["abilities"], json!({"write": true, "delete": true, "open_workspace": true}));
        assert_eq!(owner.node(owner.root).await["abilities"], json!({"write": true, "delete": false, "open_workspace": true}));
        assert_eq!(viewer.get(&path).await.expect(200).json()["abilities"], json!({"write": false, "delete": false, "open_workspace": false}));
        let spaces = viewer.get("/api/v1/spaces").await.expect(200).json();
        let spaces: Vec<_> = spaces["items"].as_array().unwrap().iter().map(|space| (space["role"].as_str().unwrap(), space["abilities"]["write"].as_bool().unwrap())).collect();
        assert_eq!(spaces.len(), 2);
        assert!(spaces.contains(&("viewer", false)) && spaces.contains(&("manager", true)));
    }
}
