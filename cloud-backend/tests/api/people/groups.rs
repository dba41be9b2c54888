//! Groups.

use carrel_cloud_backend::authz::Role::Member;
use reqwest::Method;
use serde_json::json;

use super::{Root, admin};
use crate::app::both;

const GROUPS: &str = "/api/v1/admin/groups";

both! {
    async fn groups_have_names_and_people(app: TestApp) {
        let root = Root::of(&app).await;
        let group = root.group("Readers").await;
        let path = format!("{GROUPS}/{group}");
        root.post(GROUPS, json!({"name": "readers"})).await.refused(409, "name_taken");
        root.post(GROUPS, json!({"name": ""})).await.refused(422, "field_invalid");
        root.post(GROUPS, json!({"name": "a\u{7}"})).await.refused(422, "field_invalid");
        let other = root.group("Writers").await;
        root.patch(&format!("{GROUPS}/{other}"), json!({"name": "READERS"})).await.refused(409, "name_taken");
        root.patch(&path, json!({"name": "Book Readers"})).await.expect(200);
        let mia = root.account("person", "mia", &[Member]).await;
        let member = format!("{path}/members/{mia}");
        for _ in 0..2 {
            root.call(Method::PUT, &member).send().await.expect(204);
        }
        let nobody = format!("{path}/members/{}", carrel_ids::UserId::new());
        root.call(Method::PUT, &nobody).send().await.refused(404, "not_found");
        root.call(Method::PUT, &format!("{GROUPS}/{}/members/{mia}", carrel_ids::GroupId::new())).send().await.refused(404, "not_found");
        let list = root.get(GROUPS).await.expect(200).json();
        assert_eq!((&list["items"][0]["name"], &list["items"][0]["members"]), (&json!("Book Readers"), &json!(1)));
        assert_eq!(root.user(mia).await["groups"][0]["name"], "Book Readers");
        let members = root.get(&format!("{path}/members")).await.expect(200).json();
        assert_eq!(members["items"][0]["id"], json!(mia));
        root.delete(&member).await.expect(204);
        root.delete(&member).await.refused(404, "not_found");
        root.call(Method::PUT, &member).send().await.expect(204);
        root.delete(&path).await.expect(204);
        root.get(&format!("{path}/members")).await.refused(404, "not_found");
        assert_eq!(root.user(mia).await["groups"], json!([]));
        assert_eq!(app.database.count("SELECT COUNT(*) FROM group_members").await, 0);
        assert_eq!(root.get(&admin(format_args!("groups?q=writ"))).await.expect(200).json()["items"].as_array().unwrap().len(), 1);
    }
}
