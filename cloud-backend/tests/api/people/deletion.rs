//! Deleting an account: a tombstone stays, and somebody gets the files.

use carrel_cloud_backend::authz::Role::Member;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Root, admin, logged, notices};
use crate::{
    actors::{Owner, Person, sign_in},
    app::{PASSWORD, both},
    client::{Answer, Auth, Client},
    factors::Authenticator,
};

async fn delete(by: &Client, user: impl std::fmt::Display, heir: Value) -> Answer {
    let path = admin(format_args!("users/{user}"));
    by.call(Method::DELETE, &path).json(&json!({"transfer_to": heir})).send().await
}

both! {
    async fn a_deleted_person_leaves_a_tombstone_and_their_files_to_the_heir(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let heir = Person::signed_in(&app, "hera", &[Member]).await;
        let file = owner.file(owner.root, "thesis.txt", "text").await;
        let content = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        Authenticator::enrol(&app, &owner).await;
        owner.post("/api/v1/account/recovery-codes", json!({})).await.expect(201);
        owner.put("/api/v1/session/user/picture", b"\x89PNG\r\n\x1a\n".to_vec()).header("content-type", "image/png").send().await;
        let group = root.group("readers").await;
        root.call(Method::PUT, &admin(format_args!("groups/{group}/members/{}", owner.id))).send().await.expect(204);
        let token = app.client().with(Auth::Bearer(app.create_token(owner.name, &["files:read"]).await));
        root.patch(&admin(format_args!("users/{}", owner.id)), json!({"display_name": "Olivia O.", "email": "olivia@example.org"})).await.expect(200);
        app.database.forget_leaves().await;

        delete(&root, owner.id, json!(heir.id)).await.expect(204);
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        token.get("/api/v1/session").await.refused(401, "not_signed_in");
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(401, "credentials_invalid");
        // Nothing personal is left in the row or beside it.
        let grave = root.user(owner.id).await;
        assert_eq!((&grave["state"], &grave["display_name"], &grave["email"]), (&json!("deleted"), &json!("Deleted"), &json!(null)));
        assert_eq!((&grave["roles"], &grave["groups"], &grave["second_factor"]), (&json!([]), &json!([]), &json!("none")));
        assert_eq!(grave["abilities"], json!({"edit": false, "deactivate": false, "activate": false, "delete": false, "reset": false}));
        for rows in [
            "SELECT COUNT(*) FROM users WHERE deleted_at IS NOT NULL AND (password_hash IS NOT NULL OR name LIKE '%olivia%' OR name_key LIKE '%olivia%' OR search_key <> '')",
            "SELECT COUNT(*) FROM recovery_codes",
            "SELECT COUNT(*) FROM user_pictures",
            "SELECT COUNT(*) FROM group_members",
            "SELECT COUNT(*) FROM totp_factors f JOIN users u ON u.id = f.user_id WHERE u.deleted_at IS NOT NULL",
            "SELECT COUNT(*) FROM space_members m JOIN users u ON u.id = m.user_id WHERE u.deleted_at IS NOT NULL",
        ] {
            assert_eq!(app.database.count(rows).await, 0, "{rows}");
        }
        // The heir reads them; whoever deleted does not.
        let spaces = heir.get("/api/v1/spaces").await.expect(200).json();
        let inherited = spaces["items"].as_array().unwrap().iter().find(|space| space["name"] == "Files of Olivia O.").unwrap();
        assert_eq!((&inherited["kind"], &inherited["role"]), (&json!("team"), &json!("manager")));
        assert_eq!(heir.get(&content).await.expect(200).body, b"text");
        assert!(notices(&heir).await.contains(&"files_received".to_owned()));
        root.get(&content).await.refused(404, "not_found");
        let entry = app.database.leaves().await.into_iter().find(|leaf| leaf["act"] == "user.delete").unwrap();
        assert_eq!((&entry["d"]["personal_spaces"], &entry["d"]["roles"], &entry["d"]["totp"]), (&json!(1), &json!(1), &json!(1)), "{entry}");
        // The name is free, and the grave stays closed.
        root.account("person", owner.name, &[Member]).await;
        delete(&root, owner.id, json!(heir.id)).await.refused(404, "not_found");
        for act in ["activation", "deactivation", "password-reset"] {
            root.post(&admin(format_args!("users/{}/{act}", owner.id)), json!({})).await.refused(404, "not_found");
        }
        let again = format!("deleted/{}", owner.id);
        assert!(carrel_cloud_backend::administration::disable_user(&app.cloud.store, &again).await.is_err());
    }

    async fn spaces_that_nobody_else_manages_get_the_heir_and_the_others_none(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let other = Person::signed_in(&app, "otto", &[Member]).await;
        let heir = Person::signed_in(&app, "hera", &[Member]).await;
        // Two team spaces: in one the owner is the only manager, in the other there are two.
        let ids = [uuid::Uuid::now_v7(), uuid::Uuid::now_v7()];
        for id in ids {
            app.database.execute("INSERT INTO spaces (id, kind, name, root_id, change, created_at) SELECT $1, 'team', 'team', root_id, 1, created_at FROM spaces WHERE owner_id = $2", &[id, owner.id.uuid()]).await;
            app.database.execute("INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'manager')", &[id, owner.id.uuid()]).await;
        }
        app.database.execute("INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'manager')", &[ids[1], other.id.uuid()]).await;
        app.database.execute("INSERT INTO space_members (space_id, user_id, role) VALUES ($1, $2, 'viewer')", &[ids[0], heir.id.uuid()]).await;
        delete(&root, owner.id, json!(heir.id)).await.expect(204);
        let mine = async |person: &Person| -> Vec<String> {
            let spaces = person.get("/api/v1/spaces").await.expect(200).json();
            spaces["items"].as_array().unwrap().iter().filter(|space| space["kind"] == "team").map(|space| format!("{} {}", space["id"].as_str().unwrap(), space["role"].as_str().unwrap())).collect()
        };
        let inherited = mine(&heir).await;
        assert!(inherited.contains(&format!("{} manager", ids[0])), "{inherited:?}");
        assert!(!inherited.iter().any(|space| space.contains(&ids[1].to_string())), "{inherited:?}");
        assert_eq!(mine(&other).await, [format!("{} manager", ids[1])]);
    }

    async fn who_deletes_cannot_inherit_and_neither_can_who_is_not_there(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let robot = root.account("service", "robot", &[Member]).await;
        let away = root.account("person", "away", &[Member]).await;
        root.post(&admin(format_args!("users/{away}/deactivation")), json!({})).await.expect(204);
        for heir in [json!(root.id()), json!(owner.id), json!(robot), json!(away), json!(carrel_ids::UserId::new()), json!("x"), json!(null)] {
            delete(&root, owner.id, heir).await.refused_as_invalid();
        }
        owner.get("/api/v1/session").await.expect(200);
        assert_eq!(logged(&app, "user.delete", "ok").await, 0);
    }
}
