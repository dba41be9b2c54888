//! What a person marked and opened last, as long as it is theirs to see.

use serde_json::{Value, json};

use crate::{
    actors::{Owner, Stranger, Viewer},
    app::both,
};

fn names(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item.get("node").unwrap_or(item)["name"].as_str().unwrap())
        .collect()
}

both! {
    async fn marks_are_ones_own_and_hidden_with_what_they_are_on(app: TestApp) {
        let owner = Owner::of(&app).await;
        let (viewer, stranger) = (Viewer::of(&app, &owner).await, Stranger::of(&app).await);
        let mut paths = Vec::new();
        for name in ["a", "b", "c"] {
            let file = owner.file(owner.root, name, name).await;
            paths.push(format!("/api/v1/nodes/{}/favourite", file["id"].as_str().unwrap()));
        }
        for path in [&paths[0], &paths[1], &paths[2], &paths[0]] {
            owner.put(path, "").send().await.expect(204);
        }
        viewer.put(&paths[1], "").send().await.expect(204);
        stranger.put(&paths[1], "").send().await.refused(404, "not_found");
        let list = owner.get("/api/v1/favourites").await.expect(200).json();
        assert_eq!(names(&list), ["c", "b", "a"]);
        assert!(list["items"].as_array().unwrap().iter().all(|node| node["favourite"] == true));
        let page = owner.get("/api/v1/favourites?limit=2").await.expect(200).json();
        let rest = owner.get(&format!("/api/v1/favourites?limit=2&after={}", page["next"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((names(&page), names(&rest)), (vec!["c", "b"], vec!["a"]));
        let children = viewer.get(&format!("/api/v1/nodes/{}/children", owner.root)).await.expect(200).json();
        let marked: Vec<_> = children["items"].as_array().unwrap().iter().map(|node| node["favourite"].as_bool().unwrap()).collect();
        assert_eq!(marked, [false, true, false]);
        app.database.execute("DELETE FROM space_members WHERE user_id = $1", &[viewer.id.uuid()]).await;
        app.database.forget_leaves().await;
        assert_eq!(names(&viewer.get("/api/v1/favourites").await.expect(200).json()), Vec::<&str>::new());
        // Looking at one's own list is no try to see what is in it.
        assert_eq!(app.database.leaves().await, Vec::<Value>::new());
        viewer.delete(&paths[1]).await.expect(204);
        owner.delete(paths[2].strip_suffix("/favourite").unwrap()).await.expect(204);
        owner.delete(&paths[1]).await.expect(204);
        assert_eq!(names(&owner.get("/api/v1/favourites").await.expect(200).json()), ["a"]);
    }

    async fn what_was_opened_last_comes_first(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        for name in ["a", "b"] {
            owner.file(owner.root, name, name).await;
        }
        let a = owner.get(&format!("/api/v1/nodes/{}/children", owner.root)).await.json()["items"][0]["id"].clone();
        assert_eq!(names(&owner.get("/api/v1/recents").await.expect(200).json()), ["b", "a"]);
        app.database.forget_leaves().await;
        owner.get(&format!("/api/v1/nodes/{}/content", a.as_str().unwrap())).await.expect(200);
        // Once a minute for a person and a file.
        assert_eq!(names(&owner.get("/api/v1/recents").await.expect(200).json()), ["b", "a"]);
        let old = carrel_cloud_backend::store::Timestamp::now().minus(time::Duration::minutes(2));
        app.database.execute_at("UPDATE recents SET at = $1", old, &[]).await;
        owner.get(&format!("/api/v1/nodes/{}/content", a.as_str().unwrap())).await.expect(200);
        let list = owner.get("/api/v1/recents?limit=1").await.expect(200).json();
        assert_eq!(names(&list), ["a"]);
        assert_eq!(app.database.leaves().await, Vec::<Value>::new());
        assert_eq!(stranger.get("/api/v1/recents").await.expect(200).json(), json!({"items": []}));
    }
}
