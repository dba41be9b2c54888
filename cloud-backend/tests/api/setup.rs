//! The first administrator: only while nobody exists, only with the link that the start printed.

use carrel_cloud_backend::{session::new_setup_link, store::Timestamp};
use serde_json::{Value, json};
use time::Duration;

use crate::{
    actors::{abilities, role_codes, sign_in},
    app::{PASSWORD, both},
    client::{Answer, Auth, Client},
};

fn request(token: &str, name: &str) -> Value {
    json!({"token": token, "name": name, "display_name": "", "password": PASSWORD, "language": "en"})
}
async fn set_up(client: &Client, token: &str, name: &str) -> Answer {
    client.post("/api/v1/setup", request(token, name)).await
}

both! {
    async fn the_link_makes_an_administrator_and_signs_in(app: TestApp) {
        let client = app.client();
        assert_eq!(client.get("/api/v1/setup").await.expect(200).json(), json!({"open": true}));
        let link = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        let answer = set_up(&client, &link, "ada").await.expect(201);
        let (cookie, attributes) = answer.cookie();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(attribute), "{attributes}");
        }
        let me = answer.json();
        assert_eq!(me["user"]["display_name"], "ada");
        assert_eq!(role_codes(&me), ["administrator", "auditor", "member"]);
        let expected = ["create_tokens", "export_log", "make_spaces", "manage_roles", "manage_users", "read_log", "server_settings", "use_workspaces"];
        assert_eq!(abilities(&me), expected);
        client.with(Auth::Cookie(cookie)).get("/api/v1/session").await.expect(200);
        assert_eq!(client.get("/api/v1/setup").await.json(), json!({"open": false}));
        sign_in(&client, "ada", PASSWORD).await.expect(200);
        assert!(new_setup_link(&app.cloud.store).await.unwrap().is_none(), "there is no second first administrator");
    }

    async fn t_009_wrong_used_and_expired_links_get_one_answer(app: TestApp) {
        let client = app.client();
        let before_any = set_up(&client, "no-such-link", "eve").await.refused(401, "link_invalid");
        let first = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        let second = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        let replaced = set_up(&client, &first, "eve").await;
        let wrong = set_up(&client, "no-such-link", "eve").await;
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE setup_links SET expires_at = $1", past, &[]).await;
        let expired = set_up(&client, &second, "eve").await;
        let third = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        set_up(&client, &third, "ada").await.expect(201);
        let used = set_up(&client, &third, "eve").await;
        for answer in [replaced, wrong, expired, used] {
            assert_eq!(answer.comparable(), before_any.comparable());
        }
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users").await, 1);
        let denied = app.database.leaves().await.iter().filter(|leaf| leaf["act"] == "setup.complete" && leaf["out"] == "denied").count();
        assert_eq!(denied, 5);
    }

    async fn t_009_a_link_is_worthless_once_a_user_exists(app: TestApp) {
        let link = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        app.create_user("ada", &[]).await;
        set_up(&app.client(), &link, "eve").await.refused(401, "link_invalid");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users").await, 1);
        let leaf = app.database.leaves().await.pop().unwrap();
        assert_eq!((leaf["act"].as_str(), leaf["out"].as_str()), (Some("setup.complete"), Some("denied")));
    }

    async fn t_009_one_link_used_in_parallel_makes_one_administrator(app: TestApp) {
        let client = app.client();
        let link = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        let names: Vec<_> = (0..8).map(|number| format!("ada{number}")).collect();
        let answers = futures_util::future::join_all(names.iter().map(|name| set_up(&client, &link, name))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
        for answer in answers.into_iter().filter(|answer| answer.status != 201) {
            answer.refused(401, "link_invalid");
        }
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users").await, 1);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sessions").await, 1);
    }

    async fn a_refused_profile_does_not_use_the_link_up(app: TestApp) {
        let client = app.client();
        let link = new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        let post = async |change: Value| {
            let mut body = request(&link, "ada");
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            client.post("/api/v1/setup", body).await
        };
        post(json!({"password": "fourteen chars"})).await.refused(422, "password_too_short");
        post(json!({"password": "p".repeat(1025)})).await.refused(422, "field_invalid");
        for name in ["", "a b", "a/b", "a\0b", &"n".repeat(65)] {
            assert_eq!(post(json!({"name": name})).await.refused(422, "user_name_invalid").json()["error"]["field"], "name");
        }
        post(json!({"language": "xx"})).await.refused(422, "field_invalid");
        post(json!({"roles": ["auditor"]})).await.refused(400, "bad_request");
        assert_eq!(client.get("/api/v1/setup").await.json(), json!({"open": true}));
        post(json!({"password": "exactly15 chars"})).await.expect(201);
    }

    async fn t_009_trying_links_is_slowed_down(app: TestApp) {
        let client = app.client();
        let mut refused = None;
        for _ in 0..30 {
            let answer = set_up(&client, "no-such-link", "eve").await;
            if answer.status == 429 {
                refused = Some(answer);
                break;
            }
        }
        let wait: u64 = refused.unwrap().refused(429, "too_many_requests").header("retry-after").unwrap().parse().unwrap();
        assert!((1..=3).contains(&wait), "{wait}");
    }
}
