//! What a file held over time.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{actors::Owner, app::both};

both! {
    async fn every_save_stays_readable(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut node = owner.file(owner.root, "a.txt", "text 1").await;
        for number in 2..=5 {
            node = owner.save(&node, format!("text {number}")).await;
        }
        let path = format!("/api/v1/nodes/{}/versions", node["id"].as_str().unwrap());
        let page = owner.get(&format!("{path}?limit=3")).await.expect(200).json();
        let rest = owner.get(&format!("{path}?limit=3&after={}", page["next"])).await.expect(200).json();
        assert_eq!(rest["next"], json!(null));
        let all: Vec<_> = page["items"].as_array().unwrap().iter().chain(rest["items"].as_array().unwrap()).collect();
        assert_eq!(all.len(), 5);
        for (version, number) in all.iter().zip((1..=5).rev()) {
            let text = format!("text {number}");
            assert_eq!(version["number"], number);
            assert_eq!((&version["size"], &version["origin"], &version["current"]), (&json!(6), &json!("upload"), &json!(number == 5)));
            assert_eq!(version["sha256"], hex::encode(Sha256::digest(&text)));
            assert_eq!(version["created_by"], json!({"id": owner.id, "display_name": owner.name}));
            let answer = owner.get(&format!("{path}/{}/content", version["id"].as_str().unwrap())).await.expect(200);
            assert_eq!(answer.body, text.as_bytes());
            assert_eq!(answer.header("etag").unwrap(), format!("\"{}\"", version["id"].as_str().unwrap()));
        }
        assert_eq!(owner.get(&format!("/api/v1/nodes/{}/content", node["id"].as_str().unwrap())).await.body, b"text 5");
    }

    async fn t_030_a_version_is_found_through_its_own_file_only(app: TestApp) {
        let owner = Owner::of(&app).await;
        let one = owner.file(owner.root, "one", "1").await;
        let two = owner.file(owner.root, "two", "2").await;
        let path = |node: &serde_json::Value, version: &str| format!("/api/v1/nodes/{}/versions/{version}/content", node["id"].as_str().unwrap());
        let version = one["version"]["id"].as_str().unwrap();
        owner.get(&path(&one, version)).await.expect(200);
        owner.get(&path(&two, version)).await.refused(404, "not_found");
        owner.get(&path(&one, "none")).await.refused(404, "not_found");
        owner.get(&path(&one, &uuid::Uuid::now_v7().to_string())).await.refused(404, "not_found");
    }
}
