//! Lists of people: pages that fit together, and searches that are taken as they stand.

use carrel_cloud_backend::authz::Role::Member;
use serde_json::{Value, json};

use super::{Root, admin};
use crate::{actors::Owner, app::both, client::Client};

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}

async fn search(client: &Client, q: &str) -> Vec<String> {
    let q = percent_encoding::utf8_percent_encode(q, percent_encoding::NON_ALPHANUMERIC);
    names(&client.get(&admin(format_args!("users?q={q}"))).await.expect(200).json())
}

both! {
    async fn pages_hold_everybody_once(app: TestApp) {
        let root = Root::of(&app).await;
        for number in 0..7 {
            root.account("person", &format!("Person{number}"), &[Member]).await;
        }
        let mut seen = Vec::new();
        let mut next = String::new();
        loop {
            let page = root.get(&admin(format_args!("users?limit=3{next}"))).await.expect(200).json();
            seen.extend(names(&page));
            let Some(cursor) = page["next"].as_str() else { break };
            next = format!("&after={cursor}");
        }
        assert_eq!(seen, ["Person0", "Person1", "Person2", "Person3", "Person4", "Person5", "Person6", "root"]);
        let page = root.get(&admin(format_args!("users?limit=2&q=person"))).await.expect(200).json();
        assert!(page["items"].as_array().unwrap().iter().all(|user| user["roles"][0]["code"] == "member"), "{page}");
        for bad in ["users?after=!!", "users?limit=x", "users?state=gone", "users?who=me", "groups?after=!!", "invitations?after=x", "role-requests?after=x", "role-requests?state=x"] {
            root.get(&admin(format_args!("{bad}"))).await.refused(400, "bad_request");
        }
    }

    async fn a_search_finds_names_and_addresses_in_any_case_and_nothing_by_signs(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let body = json!({"kind": "person", "name": "under_score", "display_name": "Ägidius 100% Ärger", "email": "Agi@Example.org"});
        root.post("/api/v1/admin/users", body).await.expect(201);
        owner.patch("/api/v1/session/user", json!({"display_name": "ÖZLEM", "email": "oz@example.net"})).await.expect(200);
        assert_eq!(search(&root, "ägi").await, ["under_score"]);
        assert_eq!(search(&root, "ÄRGER").await, ["under_score"]);
        assert_eq!(search(&root, "özlem").await, ["olivia.owner"]);
        assert_eq!(search(&root, "EXAMPLE.").await, ["olivia.owner", "under_score"]);
        assert_eq!(search(&root, "0%").await, ["under_score"]);
        assert_eq!(search(&root, "r_s").await, ["under_score"]);
        for nothing in ["r_o", "%", "\\", "_x", "' OR 1=1 --"] {
            let found = search(&root, nothing).await;
            assert!(found.is_empty() || nothing == "%" && found == ["under_score"], "{nothing}: {found:?}");
        }
        root.get(&admin(format_args!("users?q={}", "x".repeat(129)))).await.refused(400, "bad_request");
        root.get(&admin(format_args!("users?q=%00"))).await.refused(400, "bad_request");
    }

    async fn a_list_can_be_of_one_state(app: TestApp) {
        let root = Root::of(&app).await;
        let off = root.account("person", "off", &[]).await;
        let gone = root.account("person", "gone", &[]).await;
        let heir = root.account("person", "hera", &[]).await;
        root.post(&admin(format_args!("users/{off}/deactivation")), json!({})).await.expect(204);
        root.call(reqwest::Method::DELETE, &admin(format_args!("users/{gone}"))).json(&json!({"transfer_to": heir})).send().await.expect(204);
        let of = async |state: &str| names(&root.get(&admin(format_args!("users{state}"))).await.expect(200).json());
        assert_eq!(of("").await, ["hera", "off", "root"]);
        assert_eq!(of("?state=active").await, ["hera", "root"]);
        assert_eq!(of("?state=disabled").await, ["off"]);
        assert_eq!(of("?state=deleted").await, [format!("deleted/{gone}")]);
        let root_row = root.user(root.id()).await;
        assert_eq!(root_row["second_factor"], "totp");
        assert!(root_row["last_seen_at"].is_string());
    }
}
