//! The last administrator stays, whoever tries to take them away, and how.

use carrel_cloud_backend::{
    administration::{self, AdministrationError},
    authz::Role::{Administrator, Member},
    store::Timestamp,
};
use futures_util::future::join;
use reqwest::Method;
use serde_json::json;
use time::Duration;

use super::{Root, admin};
use crate::{actors::Person, app::both, factors::Elevated};

const ADMINISTRATORS: &str =
    "SELECT COUNT(*) FROM role_members m JOIN users u ON u.id = m.user_id JOIN roles r ON r.id = m.role_id
     WHERE r.code = 'administrator' AND m.expires_at IS NULL AND u.state = 'active' AND u.kind = 'person'";

both! {
    async fn seed_06_the_last_administrator_stays_on_every_way(app: TestApp) {
        let root = Root::of(&app).await;
        let own = admin(format_args!("users/{}", root.id()));
        root.patch(&own, json!({"role_ids": [Member.id()]})).await.refused(409, "last_administrator");
        // A service account is nobody who could sign in, and a role for a time is over soon.
        root.account("service", "robot", &[Administrator]).await;
        let guest = root.account("person", "temp", &[]).await;
        let later = Timestamp::now().plus(Duration::hours(1));
        let sql = "INSERT INTO role_members (user_id, role_id, granted_at, expires_at) VALUES ($2, $3, $1, $1)";
        app.database.execute_at(sql, later, &[guest.uuid(), Administrator.id().uuid()]).await;
        let store = &app.cloud.store;
        let refused = administration::disable_user(store, "root").await.unwrap_err();
        assert!(matches!(refused, AdministrationError::LastAdministrator), "{refused}");
        assert_eq!(refused.to_string(), "The last administrator stays. Make somebody else administrator first.");
        let refused = administration::change_role(store, "root", Administrator, false).await.unwrap_err();
        assert!(matches!(refused, AdministrationError::LastAdministrator), "{refused}");
        root.get("/api/v1/admin/users").await.expect(200);
        // Once there is another, it works; and then that one is the last.
        administration::create_user(store, &app.cloud.passwords, "ada", crate::app::PASSWORD, &[]).await.unwrap();
        administration::change_role(store, "ada", Administrator, true).await.unwrap();
        administration::change_role(store, "ada", Administrator, true).await.unwrap();
        administration::disable_user(store, "root").await.unwrap();
        assert!(administration::disable_user(store, "ada").await.is_err());
        assert_eq!(app.database.count(ADMINISTRATORS).await, 1);
    }

    async fn seed_06_a_break_glass_administrator_cannot_remove_the_last_one(app: TestApp) {
        let root = Root::of(&app).await;
        let ben = Person::signed_in(&app, "ben", &[Member]).await;
        // Administrator and auditor for a time, so that nobody is above them.
        let later = Timestamp::now().plus(Duration::hours(1));
        let sql = "INSERT INTO role_members (user_id, role_id, granted_at, expires_at) SELECT $2, id, $1, $1 FROM roles WHERE code IN ('administrator', 'auditor')";
        app.database.execute_at(sql, later, &[ben.id.uuid()]).await;
        let elevated = Elevated::of(&app, &ben).await;
        let heir = root.account("person", "hera", &[Member]).await;
        let path = admin(format_args!("users/{}", root.id()));
        elevated.patch(&path, json!({"role_ids": []})).await.refused(409, "last_administrator");
        elevated.post(&format!("{path}/deactivation"), json!({})).await.refused(409, "last_administrator");
        elevated.call(Method::DELETE, &path).json(&json!({"transfer_to": heir})).send().await.refused(409, "last_administrator");
        // And nothing of it was done by halves.
        let user = root.user(root.id()).await;
        assert_eq!((&user["state"], user["roles"].as_array().unwrap().len()), (&json!("active"), 3));
        root.person.get(&format!("/api/v1/nodes/{}", root.person.root)).await.expect(200);
    }

    async fn seed_06_two_administrators_who_remove_each_other_at_once_leave_one(app: TestApp) {
        let root = Root::of(&app).await;
        let heir = root.account("person", "hera", &[Member]).await;
        for round in 0..4 {
            let mut people = Vec::new();
            for name in [["a0", "b0"], ["a1", "b1"], ["a2", "b2"], ["a3", "b3"]][round] {
                let person = Person::signed_in(&app, name, &[Administrator, Member]).await;
                people.push(Elevated::of(&app, &person).await);
            }
            // All others are out of the way.
            app.database.execute("DELETE FROM role_members WHERE role_id = $1 AND user_id NOT IN ($2, $3)",
                &[Administrator.id().uuid(), people[0].id.uuid(), people[1].id.uuid()]).await;
            let attack = async |by: &Elevated, on: &Elevated| {
                let path = admin(format_args!("users/{}", on.id));
                match round {
                    0 => by.post(&format!("{path}/deactivation"), json!({})).await,
                    1 => by.patch(&path, json!({"role_ids": []})).await,
                    2 => by.call(Method::DELETE, &path).json(&json!({"transfer_to": heir})).send().await,
                    _ => by.post(&format!("{path}/deactivation"), json!({})).await,
                }
            };
            let (first, second) = join(attack(&people[0], &people[1]), attack(&people[1], &people[0])).await;
            assert_eq!(app.database.count(ADMINISTRATORS).await, 1, "round {round}: {} {}", first.status, second.status);
            let done = [&first, &second].iter().filter(|answer| answer.status.is_success()).count();
            assert_eq!(done, 1, "round {round}: {} {}", first.status, second.status);
        }
    }
}
