//! Signing in and out with a name and a password, and what a session is good for.

use carrel_cloud_backend::{administration, store::Timestamp};
use serde_json::json;
use time::Duration;

use crate::{
    actors::{Owner, Person, Stranger, abilities, role_codes, sign_in},
    app::{Backend, PASSWORD, both, spawn_app_with},
    client::Auth,
    factors::Authenticator,
    internal_client::Ide,
    people::{Root, token_of},
};

both! {
    async fn t_003_seed_11_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: TestApp) {
        let owner = Owner::of(&app).await;
        let answer = sign_in(&app.client(), owner.name, PASSWORD).await.expect(200);
        let (pair, attributes) = answer.cookie();
        let (name, secret) = pair.split_once('=').unwrap();
        assert_eq!(name, "carrel_s");
        assert!(secret.len() >= 43, "256 bits");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
            assert!(attributes.split("; ").any(|a| a.trim() == attribute), "{attribute} in {attributes}");
        }
        assert!(!attributes.contains("Domain"));
        assert!(!String::from_utf8_lossy(&answer.body).contains(secret));
        // What the database holds would not sign anybody in.
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sessions WHERE LENGTH(token_hash) = 32").await, 2);
        let me = answer.json();
        assert_eq!(me["user"]["name"], owner.name);
        assert_eq!(role_codes(&me), ["member"]);
        assert_eq!(abilities(&me), ["create_tokens", "make_spaces", "request_role", "use_workspaces"]);
        assert_eq!(owner.get("/api/v1/session").await.expect(200).json()["user"], me["user"]);
    }

    async fn t_002_wrong_name_and_wrong_password_get_the_same_answer(app: TestApp) {
        app.create_user("ada", &[]).await;
        app.create_user("dora", &[]).await;
        administration::disable_user(&app.cloud.store, "dora").await.unwrap();
        let wrong_password = sign_in(&app.client(), "ada", "not her password").await.refused(401, "credentials_invalid");
        let long = "x".repeat(2000);
        for (name, password) in [
            ("nobody", PASSWORD),
            ("dora", PASSWORD),
            ("", PASSWORD),
            ("ada\0", PASSWORD),
            ("ada", long.as_str()),
            (long.as_str(), PASSWORD),
        ] {
            let answer = sign_in(&app.client(), name, password).await;
            assert_eq!(answer.comparable(), wrong_password.comparable(), "{name:?}");
        }
    }

    async fn names_differ_in_more_than_case(app: TestApp) {
        app.create_user("Ada", &[]).await;
        sign_in(&app.client(), "aDA", PASSWORD).await.expect(200);
        let again = administration::create_user(&app.cloud.store, &app.cloud.passwords, "ADA", PASSWORD, &[]).await;
        assert!(matches!(again, Err(administration::AdministrationError::UserExists)));
    }

    async fn t_001_guessing_is_slowed_down_for_the_name(app: TestApp) {
        app.create_user("ada", &[]).await;
        for _ in 0..5 {
            sign_in(&app.client(), "ada", "a wrong password").await.refused(401, "credentials_invalid");
        }
        // Not even the right password is looked at.
        let refused = sign_in(&app.client(), "ADA", PASSWORD).await.refused(429, "too_many_requests");
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        // Somebody else is not held up by it.
        app.create_user("eve", &[]).await;
        sign_in(&app.client(), "eve", PASSWORD).await.expect(200);
    }

    async fn t_001_signing_in_gives_the_turns_of_the_name_back(app: TestApp) {
        app.create_user("ada", &[]).await;
        for _ in 0..3 {
            for _ in 0..4 {
                sign_in(&app.client(), "ada", "a wrong password").await.expect(401);
            }
            sign_in(&app.client(), "ada", PASSWORD).await.expect(200);
        }
    }

    async fn t_001_guessing_in_parallel_gains_nothing(app: TestApp) {
        app.create_user("ada", &[]).await;
        let client = app.client();
        let tries = (0..16).map(|_| sign_in(&client, "ada", "a wrong password"));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 5);
        assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 11);
    }

    async fn signing_out_kills_every_copy_of_the_cookie(app: TestApp) {
        let owner = Owner::of(&app).await;
        let other = Person::of(&app, owner.name).await;
        let answer = owner.delete("/api/v1/session").await.expect(204);
        let (pair, attributes) = answer.cookie();
        assert_eq!(pair, "carrel_s=");
        assert!(attributes.contains("Max-Age=0"), "{attributes}");
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        other.get("/api/v1/session").await.expect(200);
    }

    async fn t_003_signing_in_ends_the_session_that_the_browser_had_before(app: TestApp) {
        let owner = Owner::of(&app).await;
        let workspace = owner.workspace(owner.root).await;
        let ide = Ide::of(&app);
        let admission = ide.join(&owner, workspace).await;
        let stranger = Stranger::of(&app).await;
        app.database.forget_leaves().await;
        let before = app.database.count("SELECT epoch FROM revocations").await;
        // Somebody else signs in where the owner did not sign out.
        let answer = sign_in(&owner, stranger.name, PASSWORD).await.expect(200);
        let answered = app.client().with(Auth::Cookie(answer.cookies()));
        answered.get("/api/v1/session").await.expect(200);
        stranger.get("/api/v1/session").await.expect(200);
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        ide.renew(admission.id).await.expect(404);
        assert!(app.database.count("SELECT epoch FROM revocations").await > before, "open sockets hear of it");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sessions WHERE ended_cause = 'replaced'").await, 1);
        let leaf = app.database.leaves().await.pop().unwrap();
        assert_eq!((&leaf["act"], leaf["d"]["replaced"].as_array().map(Vec::len)), (&json!("session.create"), Some(1)));
        // The short cookie is gone by itself: the one for renewing says as much.
        let renewing = app.client().with(Auth::Cookie(answer.cookie_named("carrel_r").0));
        let third = sign_in(&renewing, stranger.name, PASSWORD).await.expect(200);
        answered.get("/api/v1/session").await.refused(401, "session_expired");
        // A sign-in that fails ends nothing, and what is over is not ended again.
        let third = app.client().with(Auth::Cookie(third.cookies()));
        sign_in(&third, stranger.name, "not the password").await.refused(401, "credentials_invalid");
        third.get("/api/v1/session").await.expect(200);
        sign_in(&answered, stranger.name, PASSWORD).await.expect(200);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sessions WHERE ended_cause = 'replaced'").await, 2);
    }

    async fn t_003_a_second_factor_and_an_invitation_replace_a_session_too(app: TestApp) {
        let root = Root::of(&app).await;
        let owner = Owner::of(&app).await;
        let authenticator = Authenticator::enrol(&app, &owner).await;
        let Auth::Cookie(old) = owner.auth().clone() else { panic!("a cookie") };
        let pending = sign_in(&owner, owner.name, PASSWORD).await.expect(202);
        owner.get("/api/v1/session").await.expect(200);
        let client = app.client().with(Auth::Cookie(format!("{old}; {}", pending.cookie_named("carrel_p").0)));
        let code = json!({"method": "totp", "code": authenticator.code(&app).await});
        let answer = client.post("/api/v1/session/second-factor", code).await.expect(200);
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        let browser = app.client().with(Auth::Cookie(answer.cookies()));
        let invitation = root.post("/api/v1/admin/invitations", json!({"days": 1})).await.expect(201).json();
        let body = json!({"token": token_of(&invitation["link"]), "name": "ivy", "display_name": "", "language": "en", "password": PASSWORD});
        browser.post("/api/v1/invitations/accept", body).await.expect(201);
        browser.get("/api/v1/session").await.refused(401, "session_expired");
        root.get("/api/v1/session").await.expect(200);
    }

    async fn an_expired_session_is_none(app: TestApp) {
        let owner = Owner::of(&app).await;
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE sessions SET expires_at = $1", past, &[]).await;
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
    }

    async fn t_022_seed_04_disabling_and_resetting_end_what_is_open(app: TestApp) {
        let owner = Owner::of(&app).await;
        let token = app.client().with(Auth::Bearer(app.create_token(owner.name, &["files:read"]).await));
        let stranger = Stranger::of(&app).await;
        token.get("/api/v1/spaces").await.expect(200);
        administration::disable_user(&app.cloud.store, owner.name).await.unwrap();
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        token.get("/api/v1/spaces").await.refused(401, "not_signed_in");
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(401, "credentials_invalid");
        let new = "another password of words";
        administration::reset_user(&app.cloud.store, &app.cloud.passwords, owner.name, new).await.unwrap();
        token.get("/api/v1/spaces").await.refused(401, "not_signed_in");
        sign_in(&app.client(), owner.name, PASSWORD).await.refused(401, "credentials_invalid");
        sign_in(&app.client(), owner.name, new).await.expect(200);
        stranger.get("/api/v1/session").await.expect(200);
    }

    async fn one_changes_ones_own_name_and_language_and_nothing_else(app: TestApp) {
        let owner = Owner::of(&app).await;
        let path = "/api/v1/session/user";
        let me = owner.patch(path, json!({"display_name": "  Olivia  ", "language": "de"})).await.expect(200).json();
        assert_eq!(me["user"]["display_name"], "Olivia");
        assert_eq!(me["user"]["language"], "de");
        let me = owner.patch(path, json!({})).await.expect(200).json();
        assert_eq!(me["user"]["display_name"], "Olivia");
        for body in [json!({"language": "fr"}), json!({"roles": ["administrator"]}), json!({"display_name": "a\u{7}b"}), json!({"display_name": "n".repeat(129)})] {
            owner.patch(path, body).await.refused_as_invalid();
        }
        assert_eq!(role_codes(&owner.get("/api/v1/session").await.json()), ["member"]);
    }

    async fn t_039_seed_07_a_forwarded_address_counts_only_from_a_known_proxy(app: TestApp) {
        app.create_user("ada", &[]).await;
        let body = json!({"name": "ada", "password": PASSWORD});
        let client = app.client();
        // Each pretends to come from elsewhere; the limit of this machine's address holds all the same.
        for number in 0..160 {
            let call = client.call(reqwest::Method::POST, "/api/v1/session").header("x-forwarded-for", &format!("203.0.113.{number}"));
            let status = call.json(&body).send().await.status;
            if status == 429 {
                return;
            }
            assert_eq!(status, 200);
        }
        panic!("a made-up address has turns of its own");
    }

    async fn t_001_an_address_without_turns_takes_none_of_a_names(app: TestApp) {
        app.create_user("ada", &[]).await;
        sign_in(&app.client(), "nobody", "a wrong password").await.expect(401);
        // The address has no turn for a long time.
        app.database.execute("UPDATE rate_limits SET tat = 8000000000000000", &[]).await;
        let before = app.database.count("SELECT COUNT(*) FROM rate_limits").await;
        sign_in(&app.client(), "ada", "a wrong password").await.refused(429, "too_many_requests");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM rate_limits").await, before, "the name was not charged");
    }

    async fn t_022_no_session_outlives_the_password_that_it_was_made_with(app: TestApp) {
        app.create_user("ada", &[]).await;
        for round in 0..6 {
            let (old, new) = (format!("{PASSWORD} {round}"), format!("{PASSWORD} {}", round + 1));
            app.reset_user("ada", &old).await;
            app.database.execute("DELETE FROM rate_limits", &[]).await;
            let client = app.client();
            let (answer, ()) = futures_util::future::join(sign_in(&client, "ada", &old), app.reset_user("ada", &new)).await;
            if answer.status == 200 {
                let left = app.client().with(Auth::Cookie(answer.cookie().0));
                left.get("/api/v1/session").await.refused(401, "not_signed_in");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_039_a_line_of_the_clients_own_does_not_count_either() {
    let app =
        spawn_app_with(Backend::Sqlite, |config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    app.create_user("ada", &[]).await;
    let client = app.client();
    for number in 0..33 {
        // The proxy leaves the client's line as it is and adds one.
        let call = client
            .call(reqwest::Method::POST, "/api/v1/session")
            .header("x-forwarded-for", "198.51.100.1")
            .header("x-forwarded-for", &format!("203.0.113.{number}"));
        call.json(&json!({"name": "ada", "password": PASSWORD})).send().await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_039_behind_a_known_proxy_the_rightmost_address_counts() {
    let app =
        spawn_app_with(Backend::Sqlite, |config| config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    app.create_user("ada", &[]).await;
    let client = app.client();
    for number in 0..33 {
        let call = client
            .call(reqwest::Method::POST, "/api/v1/session")
            .header("x-forwarded-for", &format!("198.51.100.1, 203.0.113.{number}"));
        call.json(&json!({"name": "ada", "password": PASSWORD})).send().await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_003_on_https_the_cookie_is_bound_to_the_host() {
    let origin = "https://cloud.example.org";
    let app = spawn_app_with(Backend::Sqlite, |config| config.public_origin = origin.to_owned()).await;
    app.create_user("ada", &[]).await;
    let body = json!({"name": "ada", "password": PASSWORD});
    let call = app.client().bare(reqwest::Method::POST, "/api/v1/session").header("origin", origin);
    let (pair, attributes) = call.json(&body).send().await.expect(200).cookie();
    assert!(pair.starts_with("__Host-carrel_s="), "{pair}");
    assert!(attributes.contains("Secure") && attributes.contains("Path=/") && !attributes.contains("Domain"));
    let signed_in = app.client().with(Auth::Cookie(pair.clone()));
    signed_in.bare(reqwest::Method::GET, "/api/v1/session").send().await.expect(200);
    // The plain name is nothing here.
    let plain = pair.replacen("__Host-", "", 1);
    app.client().with(Auth::Cookie(plain)).get("/api/v1/session").await.refused(401, "not_signed_in");
}
