//! Finding people and groups to let in.

use carrel_cloud_backend::authz::Role::Member;
use serde_json::{Value, json};

use crate::{
    actors::{Owner, Person},
    app::{both, spawn_app_with},
    people::{Root, admin},
};

fn names(found: &Value) -> Vec<&str> {
    found["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

both! {
    async fn people_and_groups_are_found_by_their_names(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        let ada = root.account("person", "ada", &[Member]).await;
        root.patch(&admin(format_args!("users/{ada}")), json!({"display_name": "Ada Äpfel", "email": "countess@secret.example"})).await.expect(200);
        let gone = root.account("person", "adalbert", &[Member]).await;
        root.post(&admin(format_args!("users/{gone}/deactivation")), json!({})).await.expect(204);
        root.account("service", "adapter", &[Member]).await;
        root.group("Adagio").await;
        let search = async |query: &str| owner.get(&format!("/api/v1/people?q={query}")).await.expect(200).json();
        let found = search("AD").await;
        assert_eq!(names(&found), ["Adagio", "ada"]);
        assert_eq!(found["items"][1], json!({"kind": "user", "id": ada, "name": "ada", "display_name": "Ada Äpfel"}));
        assert_eq!((&found["items"][0]["kind"], &found["items"][0]["display_name"]), (&json!("group"), &json!(null)));
        assert_eq!(names(&search("%C3%A4pfel").await), ["ada"]);
        // What stands for anything elsewhere stands for itself here.
        assert!(names(&search("%25%25").await).is_empty() && names(&search("__").await).is_empty());
        let one = owner.get("/api/v1/people?q=ad&limit=1").await.expect(200).json();
        assert_eq!(names(&one).len(), 1);
    }

    async fn t_002_the_list_of_people_cannot_be_read_by_searching(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        let ada = root.account("person", "ada", &[Member]).await;
        root.patch(&admin(format_args!("users/{ada}")), json!({"email": "countess@secret.example"})).await.expect(200);
        for query in ["", "a", "%20a%20", "%C3%A4"] {
            owner.get(&format!("/api/v1/people?q={query}")).await.refused(422, "field_invalid");
        }
        owner.get("/api/v1/people").await.refused(400, "bad_request");
        owner.get(&format!("/api/v1/people?q={}", "a".repeat(129))).await.refused(400, "bad_request");
        // Nobody is found by an address, and none is told.
        for query in ["countess", "secret", "example", "a%20%20c", "%40s"] {
            let found = owner.get(&format!("/api/v1/people?q={query}")).await.expect(200).json();
            assert!(names(&found).is_empty(), "{query}: {found}");
        }
        assert!(!owner.get("/api/v1/people?q=ada").await.expect(200).json().to_string().contains("secret"));
        for number in 0..55 {
            app.create_user(&format!("many.{number}"), &[]).await;
        }
        assert_eq!(names(&owner.get("/api/v1/people?q=many").await.expect(200).json()).len(), 20);
        assert_eq!(names(&owner.get("/api/v1/people?q=many&limit=1000").await.expect(200).json()).len(), 50);
    }
}

/// Typing a name asks a few times; reading the list takes more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_002_searches_are_counted() {
    let app = spawn_app_with(crate::app::Backend::Sqlite, |config| config.request_limits.costly = 5).await;
    let person = Person::signed_in(&app, "olivia.owner", &[Member]).await;
    // The first is counted for the network, those that follow for the session.
    for _ in 0..6 {
        person.get("/api/v1/people?q=olivia").await.expect(200);
    }
    person.get("/api/v1/people?q=olivia").await.refused(429, "too_many_requests");
    person.get("/api/v1/spaces").await.expect(200);
}
