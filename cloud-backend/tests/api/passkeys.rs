//! Passkeys: signing in with one alone, as second factor and for elevation; and all the ways to answer a challenge wrongly.

use serde_json::{Value, json};

use crate::{
    actors::{Owner, Stranger, sign_in},
    app::{PASSWORD, TestApp, both},
    authenticator::Authenticator,
    client::{Answer, Auth, Client},
};

/// An address in digits has no passkeys.
fn named(app: &TestApp, client: &Client) -> Client {
    client.at(&app.base.replace("127.0.0.1", "localhost"))
}

async fn options(client: &Client, path: &str) -> (Value, Answer) {
    let answer = client.post(path, json!({})).await.expect(200);
    (answer.json()["options"].clone(), answer)
}

/// Gives the person a passkey.
async fn register(app: &TestApp, person: &Client) -> Authenticator {
    let person = named(app, person);
    let mut key = Authenticator::new(&app.base.replace("127.0.0.1", "localhost"));
    let (asked, _) = options(&person, "/api/v1/account/passkeys/options").await;
    assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
    let body = json!({"name": "Desk", "credential": key.create(&asked)});
    person.post("/api/v1/account/passkeys", body).await.expect(201);
    key
}

/// A browser that has asked for a challenge.
async fn challenged(app: &TestApp) -> (Client, Value) {
    let (asked, answer) = options(&named(app, &app.client()), "/api/v1/session/passkey-options").await;
    assert!(asked["allowCredentials"].as_array().is_none_or(Vec::is_empty), "nobody's credentials are told");
    (named(app, &app.client()).with(Auth::Cookie(answer.cookies())), asked)
}

async fn answer(client: &Client, credential: Value) -> Answer {
    client.post("/api/v1/session/passkey", json!({"credential": credential})).await
}

both! {
    async fn a_passkey_signs_in_alone(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        for _ in 0..2 {
            let (browser, asked) = challenged(&app).await;
            let me = answer(&browser, key.get(&asked)).await.expect(200);
            assert_eq!((&me.json()["session"]["factor"], &me.json()["session"]["method"]), (&json!("passkey"), &json!("passkey")));
            named(&app, &app.client()).with(Auth::Cookie(me.cookie().0)).get("/api/v1/spaces").await.expect(200);
        }
    }

    async fn a_passkey_is_the_second_factor_after_the_password(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        let client = named(&app, &app.client());
        let pending = sign_in(&client, owner.name, PASSWORD).await.expect(202);
        assert_eq!(pending.json()["methods"], json!(["passkey"]));
        let browser = client.with(Auth::Cookie(pending.cookies()));
        let (asked, _) = options(&browser, "/api/v1/session/second-factor/passkey-options").await;
        let credential = key.get(&asked);
        browser.post("/api/v1/session/second-factor", json!({"method": "passkey", "credential": credential})).await.expect(200);
    }

    async fn t_015_a_passkey_elevates(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        let owner = named(&app, &owner);
        let (asked, _) = options(&owner, "/api/v1/session/elevation/passkey-options").await;
        owner.post("/api/v1/session/elevation", json!({"method": "passkey", "credential": key.get(&asked)})).await.expect(200);
    }

    async fn t_013_a_challenge_is_answered_once_and_by_the_browser_that_asked(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        let (browser, asked) = challenged(&app).await;
        let credential = key.get(&asked);
        // Another browser, without the cookie of the challenge and with that of another.
        answer(&named(&app, &app.client()), credential.clone()).await.refused(401, "challenge_expired");
        let (other, _) = challenged(&app).await;
        answer(&other, credential.clone()).await.refused(401, "passkey_invalid");
        answer(&browser, credential.clone()).await.expect(200);
        answer(&browser, credential).await.refused(401, "challenge_expired");
        // What a wrong answer was given to is used up as well.
        let (browser, asked) = challenged(&app).await;
        let (_, foreign) = challenged(&app).await;
        answer(&browser, key.get(&foreign)).await.refused(401, "passkey_invalid");
        answer(&browser, key.get(&asked)).await.refused(401, "challenge_expired");
    }

    async fn t_013_another_origin_and_a_user_who_was_not_verified_are_refused(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        let ours = key.origin.clone();
        for origin in ["https://evil.example", "http://localhost:1", "http://localhost.evil.example", "http://127.0.0.1"] {
            let (browser, asked) = challenged(&app).await;
            key.origin = origin.to_owned();
            answer(&browser, key.get(&asked)).await.refused(401, "passkey_invalid");
        }
        key.origin = ours;
        key.verifies = false;
        let (browser, asked) = challenged(&app).await;
        answer(&browser, key.get(&asked)).await.refused(401, "passkey_invalid");
        key.verifies = true;
        let (browser, asked) = challenged(&app).await;
        answer(&browser, key.get(&asked)).await.expect(200);
        let denied = app.database.leaves().await.into_iter().filter(|leaf| leaf["act"] == "session.create" && leaf["out"] == "denied").count();
        assert_eq!(denied, 5);
    }

    async fn t_013_a_counter_that_does_not_grow_tells_of_a_copy(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        key.counter = 40;
        let (browser, asked) = challenged(&app).await;
        answer(&browser, key.get(&asked)).await.expect(200);
        for counter in [40, 3] {
            key.counter = counter;
            let (browser, asked) = challenged(&app).await;
            answer(&browser, key.get(&asked)).await.refused(401, "passkey_cloned");
        }
        assert_eq!(owner.get("/api/v1/account/notices").await.json()["items"][0]["kind"], "passkey_cloned");
        assert!(app.database.leaves().await.iter().any(|leaf| leaf["act"] == "passkey.cloned"));
        key.counter = 41;
        let (browser, asked) = challenged(&app).await;
        answer(&browser, key.get(&asked)).await.expect(200);
    }

    async fn t_013_a_key_that_was_removed_or_changed_opens_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        // Some other key under the same name, and a signature with one bit changed.
        let (browser, asked) = challenged(&app).await;
        let mut credential = key.get(&asked);
        let signature = credential["response"]["signature"].as_str().unwrap().to_owned();
        credential["response"]["signature"] = json!(format!("{}A{}", &signature[..20], &signature[21..]));
        answer(&browser, credential).await.refused(401, "passkey_invalid");
        let (browser, asked) = challenged(&app).await;
        answer(&browser, Authenticator::new(&key.origin).get(&asked)).await.refused(401, "passkey_invalid");
        // Nobody else removes it; removed, it is nobody's.
        let id = owner.get("/api/v1/account/security").await.json()["passkeys"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/account/passkeys/{id}");
        Stranger::of(&app).await.delete(&path).await.refused(404, "not_found");
        owner.delete(&path).await.expect(204);
        let (browser, asked) = challenged(&app).await;
        answer(&browser, key.get(&asked)).await.refused(401, "passkey_invalid");
    }

    async fn t_013_a_disabled_person_has_no_passkey(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut key = register(&app, &owner).await;
        carrel_cloud_backend::administration::disable_user(&app.cloud.store, owner.name).await.unwrap();
        let (browser, asked) = challenged(&app).await;
        answer(&browser, key.get(&asked)).await.refused(401, "passkey_invalid");
    }

    async fn an_address_in_digits_has_no_passkeys_and_says_so(app: TestApp) {
        let owner = Owner::of(&app).await;
        owner.post("/api/v1/account/passkeys/options", json!({})).await.refused(409, "passkeys_unavailable");
    }
}
