//! Signing in at the real provider: who one is afterwards, and who one is not.

use carrel_cloud_backend::{administration, store::Timestamp};
use reqwest::{Method, Url};
use serde_json::{Value, json};
use time::Duration;

use super::{
    ADMINISTRATOR, AUDITOR, GUEST, MEMBER, PROVIDERS, add_provider, administrator, begin,
    browser::Browser,
    draft, is_signed_in, me,
    node::{NodeProvider, issuer},
    path_of, role_ids, sign_in_as,
};
use crate::{
    actors::{Owner, Person},
    app::{PASSWORD, TestApp, both},
    client::Auth,
    factors::Authenticator,
};

/// Signs `person` in with a browser that the provider does not know; who they are here.
async fn arrive(app: &TestApp, provider: &str, person: &str) -> Value {
    let mut browser = Browser::new();
    assert_eq!(sign_in_as(&mut browser, app, provider, person).await, "/files");
    me(&mut browser, app).await
}

both! {
    async fn t_016_somebody_new_becomes_a_user_with_the_roles_of_their_groups(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let options = app.client().get("/api/v1/sign-in/options").await.expect(200).json();
        assert_eq!(options, json!({"providers": [{"id": id, "name": "The provider"}], "passkeys": true}));
        let mut browser = Browser::new();
        assert_eq!(sign_in_as(&mut browser, &app, &id, "grace,devs,others").await, "/files");
        let first = me(&mut browser, &app).await;
        assert_eq!(first["user"]["name"], "grace");
        assert_eq!(first["user"]["display_name"], "The person grace");
        assert_eq!(first["user"]["email"], "grace@example.org");
        assert_eq!(first["session"]["method"], "provider");
        assert_eq!(first["session"]["factor"], "none");
        assert_eq!(role_ids(&first), [MEMBER]);
        // The same person from another browser, who left the group meanwhile.
        let mut other = Browser::new();
        assert_eq!(sign_in_as(&mut other, &app, &id, "grace,others").await, "/files");
        let second = me(&mut other, &app).await;
        assert_eq!(second["user"]["id"], first["user"]["id"]);
        assert_eq!(role_ids(&second), [GUEST]);
        assert_eq!(role_ids(&me(&mut browser, &app).await), [GUEST], "at once, everywhere");
        let leaves = app.database.leaves().await;
        let made: Vec<_> = leaves.iter().filter(|leaf| leaf["act"] == "user.create" && leaf["d"]["provider"] == id).collect();
        assert_eq!(made.len(), 1, "{leaves:?}");
        assert_eq!(leaves.iter().filter(|leaf| leaf["act"] == "identity.use").count(), 1);
        assert_eq!(leaves.iter().filter(|leaf| leaf["d"]["method"] == "provider").count(), 2);
    }

    async fn t_017_a_name_or_an_address_is_no_way_into_an_account(app: TestApp) {
        // P6: the account to be taken over is an administrator's, with this name and this address.
        let admin = administrator(&app).await;
        let victim = admin.get("/api/v1/session").await.expect(200).json();
        admin.patch("/api/v1/session/user", json!({"email": "ada.administrator@example.org"})).await.expect(200);
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        for (name, got) in [("ada.administrator", "ada.administrator-2"), ("ada.administrator@example.org", "ada.administrator-3"), ("ADA.Administrator", "ADA.Administrator-4")] {
            let mut browser = Browser::new();
            assert_eq!(sign_in_as(&mut browser, &app, &id, &format!("{name},administrator,devs")).await, "/files");
            let me = me(&mut browser, &app).await;
            assert_ne!(me["user"]["id"], victim["user"]["id"]);
            assert_eq!(me["user"]["name"], got);
            assert_eq!(role_ids(&me), [MEMBER]);
        }
        assert_eq!(app.database.count("SELECT COUNT(*) FROM external_identities").await, 3);
        // Where nobody is made, nobody comes in.
        admin.patch(&format!("{PROVIDERS}/{id}"), json!({"make_users": false})).await.expect(200);
        let mut browser = Browser::new();
        assert_eq!(sign_in_as(&mut browser, &app, &id, "ada.auditor").await, "/sign-in?problem=identity_unknown");
        assert!(!is_signed_in(&mut browser, &app).await);
        let denied = app.database.leaves().await;
        let denied = denied.iter().find(|leaf| leaf["d"]["refused"] == "identity_unknown").unwrap();
        assert_eq!((&denied["act"], &denied["out"]), (&json!("session.create"), &json!("denied")));
    }

    async fn t_017_no_map_gives_administration_or_the_log(app: TestApp) {
        let admin = administrator(&app).await;
        for role in [ADMINISTRATOR, AUDITOR, "00000000-0000-7000-8000-0000000000ff"] {
            let draft = draft(&app, &json!({"group_roles": [{"group": "devs", "role_id": role}]}));
            admin.post(PROVIDERS, draft).await.refused(422, "role_not_for_providers");
        }
        let id = add_provider(&admin, &app, json!({"group_roles": []})).await;
        let path = format!("{PROVIDERS}/{id}");
        // One role for each permission that a provider must not give; then one that it may.
        let roles = ["user_manage", "role_manage", "server_settings", "log_read", "break_glass", "file_read user_manage"];
        for (number, permissions) in roles.iter().chain(&["file_read office_use"]).enumerate() {
            let role = uuid::Uuid::now_v7();
            app.database.add_role(role, &format!("role {number}"), permissions).await;
            let change = json!({"group_roles": [{"group": "devs", "role_id": role}]});
            let answer = admin.patch(&path, change).await;
            if number < roles.len() {
                answer.refused(422, "role_not_for_providers");
            } else {
                answer.expect(200);
                // It was harmless when it was chosen, and is not any more.
                app.database.execute("UPDATE roles SET permissions = 'file_read user_manage' WHERE id = $1", &[role]).await;
            }
        }
        let _provider = NodeProvider::real(&app, &id);
        let mut browser = Browser::new();
        sign_in_as(&mut browser, &app, &id, "grace,devs").await;
        let me = me(&mut browser, &app).await;
        assert_eq!(role_ids(&me), [GUEST]);
        assert_eq!(me["abilities"]["manage_users"], false);
    }

    async fn t_017_what_somebody_here_gave_no_provider_takes(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let mut browser = Browser::new();
        sign_in_as(&mut browser, &app, &id, "grace").await;
        app.database.execute(
            "INSERT INTO role_members (user_id, role_id, granted_at)
             SELECT u.id, r.id, u.created_at FROM users u, roles r WHERE u.name = 'grace' AND r.code = 'auditor'", &[]).await;
        // With another role, a guest's is not needed any more; the auditor's stays whatever the groups are.
        for (person, roles) in [("grace", vec![AUDITOR]), ("grace,devs", vec![AUDITOR, MEMBER]), ("grace", vec![AUDITOR])] {
            let mut browser = Browser::new();
            sign_in_as(&mut browser, &app, &id, person).await;
            assert_eq!(role_ids(&me(&mut browser, &app).await), roles, "{person}");
        }
    }

    async fn t_017_a_role_for_a_time_hides_none_of_a_provider(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        arrive(&app, &id, "grace").await;
        let (over, later) = (Timestamp::now().minus(Duration::hours(1)), Timestamp::now().plus(Duration::hours(1)));
        for until in [over, later] {
            app.database.execute_at(
                "INSERT INTO role_members (user_id, role_id, granted_at, expires_at)
                 SELECT u.id, r.id, u.created_at, $1 FROM users u, roles r WHERE u.name = 'grace' AND r.code = 'member'", until, &[]).await;
            assert_eq!(role_ids(&arrive(&app, &id, "grace,devs").await), [MEMBER]);
            assert_eq!(app.database.count("SELECT COUNT(*) FROM role_members WHERE expires_at IS NOT NULL").await, 0);
            // It is the provider's, and goes as it came.
            assert_eq!(role_ids(&arrive(&app, &id, "grace").await), [GUEST]);
        }
        // Who holds another one for a time is somebody without it, too.
        arrive(&app, &id, "grace,devs").await;
        app.database.execute_at(
            "INSERT INTO role_members (user_id, role_id, granted_at, expires_at)
             SELECT u.id, r.id, u.created_at, $1 FROM users u, roles r WHERE u.name = 'grace' AND r.code = 'auditor'", later, &[]).await;
        assert_eq!(role_ids(&arrive(&app, &id, "grace").await), [AUDITOR, GUEST]);
    }

    async fn t_011_what_a_provider_gives_holds_to_the_rules_and_brings_one_time_of_grace(app: TestApp) {
        let admin = administrator(&app).await;
        let other = uuid::Uuid::now_v7();
        app.database.add_role(other, "others", "file_read").await;
        let groups = json!([{"group": "devs", "role_id": MEMBER}, {"group": "others", "role_id": other}]);
        let id = add_provider(&admin, &app, json!({"group_roles": groups})).await;
        let _provider = NodeProvider::real(&app, &id);
        arrive(&app, &id, "grace").await;
        app.reset_user("grace", PASSWORD).await;
        let body = json!({"name": "grace", "password": PASSWORD, "stay": true});
        app.client().post("/api/v1/session", body).await.expect(200);
        let staying = "SELECT COUNT(*) FROM sessions WHERE stay";
        assert_eq!(app.database.count(staying).await, 1);
        app.database.execute("UPDATE roles SET second_factor = 'any' WHERE code = 'member'", &[]).await;
        let me = arrive(&app, &id, "grace,devs").await;
        assert_eq!((&me["second_factor"]["limited"], app.database.count(staying).await), (&json!(false), 0));
        app.database.execute("UPDATE users SET factor_due_at = created_at WHERE name = 'grace'", &[]).await;
        // With another group, and back in the first one.
        for person in ["grace,devs,others", "grace,devs", "grace", "grace,devs"] {
            let me = arrive(&app, &id, person).await;
            assert_eq!(me["second_factor"]["limited"], json!(person != "grace"), "{person}");
        }
    }

    async fn t_011_the_second_factor_is_asked_for_after_a_provider_too(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let mut first = Browser::new();
        sign_in_as(&mut first, &app, &id, "grace,devs").await;
        let person = app.client().with(Auth::Cookie(first.cookie(&app.base)));
        let authenticator = Authenticator::enrol(&app, &Person::behind(person, "grace").await).await;
        let mut browser = Browser::new();
        let place = sign_in_as(&mut browser, &app, &id, "grace,devs").await;
        assert_eq!(place, "/sign-in?step=second-factor&next=%2Ffiles");
        assert!(!is_signed_in(&mut browser, &app).await);
        let path = format!("{}/api/v1/session/second-factor", app.base);
        let (status, _) = browser.post_json(&path, &json!({"method": "totp", "code": "000000"})).await;
        assert_eq!(status, 401);
        let code = authenticator.code(&app).await;
        let (status, me) = browser.post_json(&path, &json!({"method": "totp", "code": code})).await;
        assert_eq!(status, 200, "{me}");
        assert_eq!(me["session"]["method"], "provider");
        assert_eq!(me["session"]["factor"], "totp");
    }

    async fn t_022_whoever_was_deactivated_stays_out(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let mut browser = Browser::new();
        sign_in_as(&mut browser, &app, &id, "grace,devs").await;
        administration::disable_user(&app.cloud.store, "grace").await.unwrap();
        assert!(!is_signed_in(&mut browser, &app).await);
        let mut again = Browser::new();
        assert_eq!(sign_in_as(&mut again, &app, &id, "grace,devs").await, "/sign-in?problem=sign_in_refused");
        assert!(!is_signed_in(&mut again, &app).await);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM users WHERE name LIKE 'grace%'").await, 1);
    }

    async fn t_019_a_provider_that_is_down_ends_nobodys_session(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let mut provider = NodeProvider::real(&app, &id);
        let mut signed_in = Browser::new();
        sign_in_as(&mut signed_in, &app, &id, "grace,devs").await;
        let mut on_the_way = Browser::new();
        let url = begin(&mut on_the_way, &app, &id, "/files").await;
        let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
        provider.kill();
        assert!(is_signed_in(&mut signed_in, &app).await);
        let back = format!("{}/api/v1/sign-in/callback?code=x&state={state}&iss={}", app.base, issuer(&app));
        let (_, place) = on_the_way.send(Method::GET, &Url::parse(&back).unwrap(), None).await;
        assert_eq!(path_of(&place.unwrap()), "/sign-in?problem=provider_unavailable");
        // What was known of it is used while it lasts; one of which nothing is known says so in a sentence.
        app.cloud.store.ping().await.unwrap();
        let other = add_provider(&admin, &app, json!({"issuer": format!("{}/other", issuer(&app))})).await;
        let path = format!("/api/v1/sign-in/providers/{other}");
        let answer = app.client().post(&path, json!({})).await.refused(503, "provider_unavailable");
        assert_eq!(answer.json()["error"]["message"], "This provider cannot be reached at the moment. Try again later, or sign in another way.");
        assert!(is_signed_in(&mut signed_in, &app).await);
        Owner::of(&app).await.get("/api/v1/session").await.expect(200);
    }

    async fn a_provider_that_is_switched_off_is_none(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let mut signed_in = Browser::new();
        sign_in_as(&mut signed_in, &app, &id, "grace,devs").await;
        let mut on_the_way = Browser::new();
        let url = begin(&mut on_the_way, &app, &id, "/files").await;
        admin.patch(&format!("{PROVIDERS}/{id}"), json!({"enabled": false})).await.expect(200);
        assert!(!is_signed_in(&mut signed_in, &app).await, "what it began ends with it");
        let place = on_the_way.sign_in_at_provider(url.as_str(), "grace,devs", &app.base).await;
        assert_eq!(path_of(&place), "/sign-in?problem=provider_unavailable");
        let options = app.client().get("/api/v1/sign-in/options").await.expect(200).json();
        assert_eq!(options["providers"], json!([]));
        app.client().post(&format!("/api/v1/sign-in/providers/{id}"), json!({})).await.refused(404, "not_found");
        let body = app.client().call(Method::POST, &format!("/api/v1/sign-in/providers/{id}/back-channel-logout"));
        let body = body.header("content-type", "application/x-www-form-urlencoded").body("logout_token=x");
        body.send().await.refused(404, "not_found");
    }

    async fn t_016_an_answer_is_good_for_the_browser_that_asked_and_once(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        // Somebody else's answer, sent to a victim's browser: with no way begun, with another one begun.
        let mut attacker = Browser::new();
        let url = begin(&mut attacker, &app, &id, "/files").await;
        let answer = attacker.answer_of_provider(url.as_str(), "mallory,devs", &app.base).await;
        let mut victim = Browser::new();
        let (_, place) = victim.send(Method::GET, &answer, None).await;
        assert_eq!(path_of(&place.unwrap()), "/sign-in?problem=sign_in_expired");
        begin(&mut victim, &app, &id, "/files").await;
        let (_, place) = victim.send(Method::GET, &answer, None).await;
        assert_eq!(path_of(&place.unwrap()), "/sign-in?problem=sign_in_expired");
        assert!(!is_signed_in(&mut victim, &app).await);
        // With another provider's name on it.
        let mut mixed = Browser::new();
        let url = begin(&mut mixed, &app, &id, "/files").await;
        let mut foreign = mixed.answer_of_provider(url.as_str(), "mallory,devs", &app.base).await;
        let query = foreign.query().unwrap().replace("iss=http", "iss=https");
        foreign.set_query(Some(&query));
        let (_, place) = mixed.send(Method::GET, &foreign, None).await;
        assert_eq!(path_of(&place.unwrap()), "/sign-in?problem=provider_answer_invalid");
        // Inside another page.
        attacker.arrives_as = "iframe";
        let (page, _) = attacker.send(Method::GET, &answer, None).await;
        assert_eq!(page.status, 403);
        attacker.arrives_as = "document";
        // The right browser, twice: the second time there is nothing left to answer.
        let before = attacker.cookie(&app.base);
        let (page, place) = attacker.send(Method::GET, &answer, None).await;
        assert_eq!((page.status, path_of(&place.unwrap()).as_str()), (303, "/files"));
        let mut copy = Browser::new();
        copy.set_cookies(&app.base, &before);
        let (_, place) = copy.send(Method::GET, &answer, None).await;
        assert_eq!(path_of(&place.unwrap()), "/sign-in?problem=sign_in_expired");
        assert!(!is_signed_in(&mut copy, &app).await);
        // Too late.
        let mut late = Browser::new();
        let url = begin(&mut late, &app, &id, "/files").await;
        let answer = late.answer_of_provider(url.as_str(), "grace,devs", &app.base).await;
        let past = carrel_cloud_backend::store::Timestamp::now().minus(time::Duration::seconds(1));
        app.database.execute_at("UPDATE ceremonies SET expires_at = $1", past, &[]).await;
        let (_, place) = late.send(Method::GET, &answer, None).await;
        assert_eq!(path_of(&place.unwrap()), "/sign-in?problem=sign_in_expired");
    }

    async fn t_016_somebody_who_changes_their_mind_is_told_so(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let mut browser = Browser::new();
        let url = begin(&mut browser, &app, &id, "//evil.example/").await;
        let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
        assert!(url.query_pairs().any(|(name, value)| name == "code_challenge_method" && value == "S256"), "{url}");
        assert!(url.query_pairs().any(|(name, value)| name == "nonce" && value.len() >= 16), "{url}");
        let back = format!("{}/api/v1/sign-in/callback?error=access_denied&state={state}", app.base);
        let (page, place) = browser.send(Method::GET, &Url::parse(&back).unwrap(), None).await;
        assert_eq!((page.status, path_of(&place.unwrap()).as_str()), (303, "/sign-in?problem=provider_refused"));
        // After signing in one stays here, whatever was asked for.
        let url = begin(&mut browser, &app, &id, "//evil.example/").await;
        let place = browser.sign_in_at_provider(url.as_str(), "grace,devs", &app.base).await;
        assert_eq!(path_of(&place), "/");
        assert!(place.as_str().starts_with(&app.base));
    }

    async fn t_007_no_secret_of_a_sign_in_is_in_the_log_or_the_database(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let mut browser = Browser::new();
        let url = begin(&mut browser, &app, &id, "/files").await;
        let waiting = app.database.blobs("SELECT state FROM ceremonies WHERE kind = 'provider'").await;
        let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
        assert_eq!(waiting.len(), 1);
        assert!(!String::from_utf8_lossy(&waiting[0]).contains(&*state));
        let kept = app.database.blobs("SELECT client_secret FROM identity_providers").await;
        assert!(!String::from_utf8_lossy(&kept[0]).contains("a secret of this test"));
        let leaves = format!("{:?}", app.database.leaves().await);
        assert!(!leaves.contains("a secret of this test") && !leaves.contains(&*state));
        let list = admin.get(PROVIDERS).await.expect(200);
        assert!(!String::from_utf8_lossy(&list.body).contains("secret"));
    }
}
