//! Linking an identity to an account that is there: only by its own person, and only what is nobody else's.

use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::{
    GUEST, MEMBER, add_provider, administrator, browser::Browser, browser_of, me, node::NodeProvider, path_of,
    role_ids, sign_in_as,
};
use crate::{
    actors::{Owner, Person, Stranger, sign_in},
    app::{TestApp, both},
    client::Auth,
};

async fn begin_link(browser: &mut Browser, app: &TestApp, provider: &str) -> Url {
    let path = format!("{}/api/v1/account/providers/{provider}", app.base);
    let (status, answer) = browser.post_json(&path, &json!({})).await;
    assert_eq!(status, 200, "{answer}");
    Url::parse(answer["url"].as_str().unwrap()).unwrap()
}

/// Links the provider's `person` to whoever the browser is signed in as; the page where it ends.
async fn link(browser: &mut Browser, app: &TestApp, provider: &str, person: &str) -> String {
    let url = begin_link(browser, app, provider).await;
    path_of(&browser.sign_in_at_provider(url.as_str(), person, &app.base).await)
}

async fn linked(browser: &mut Browser, app: &TestApp) -> Vec<Value> {
    let (status, security) = browser.get_json(&format!("{}/api/v1/account/security", app.base)).await;
    assert_eq!(status, 200, "{security}");
    security["providers"].as_array().unwrap().clone()
}

both! {
    async fn t_017_one_links_ones_own_account_and_takes_the_link_away(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({"make_users": false, "group_roles": [{"group": "guests", "role_id": GUEST}]})).await;
        let _provider = NodeProvider::real(&app, &id);
        let owner = Owner::of(&app).await;
        let mut browser = browser_of(&owner, &app);
        assert_eq!(linked(&mut browser, &app).await, Vec::<Value>::new());
        assert_eq!(link(&mut browser, &app, &id, "grace").await, "/account/security");
        let list = linked(&mut browser, &app).await;
        assert_eq!((&list[0]["provider_id"], &list[0]["name"]), (&json!(id), &json!("The provider")));
        let notices = owner.get("/api/v1/account/notices").await.expect(200).json();
        assert_eq!(notices["items"][0]["kind"], "identity_linked");
        let mut elsewhere = Browser::new();
        assert_eq!(sign_in_as(&mut elsewhere, &app, &id, "grace,guests").await, "/files");
        let person = me(&mut elsewhere, &app).await;
        assert_eq!(person["user"]["id"], json!(owner.id));
        assert_eq!(role_ids(&person), [MEMBER, GUEST]);
        // Once more is once too often; the same is true for a second identity of this provider.
        assert_eq!(link(&mut browser, &app, &id, "grace").await, "/account/security?problem=identity_taken");
        let mut again = browser_of(&owner, &app);
        assert_eq!(link(&mut again, &app, &id, "heidi").await, "/account/security?problem=identity_taken");
        let path = format!("/api/v1/account/providers/{id}");
        owner.delete(&path).await.expect(204);
        owner.delete(&path).await.refused(404, "not_found");
        assert_eq!(role_ids(&owner.get("/api/v1/session").await.json()), [MEMBER], "what came with it goes with it");
        let mut elsewhere = Browser::new();
        assert_eq!(sign_in_as(&mut elsewhere, &app, &id, "grace").await, "/sign-in?problem=identity_unknown");
    }

    async fn t_017_an_identity_that_is_somebodys_is_linked_to_nobody_else(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let mut browser = browser_of(&owner, &app);
        assert_eq!(link(&mut browser, &app, &id, "grace").await, "/account/security");
        let mut thief = browser_of(&stranger, &app);
        assert_eq!(link(&mut thief, &app, &id, "grace").await, "/account/security?problem=identity_taken");
        assert!(linked(&mut thief, &app).await.is_empty());
        let mut elsewhere = Browser::new();
        sign_in_as(&mut elsewhere, &app, &id, "grace").await;
        assert_eq!(me(&mut elsewhere, &app).await["user"]["id"], json!(owner.id));
    }

    async fn t_016_a_link_that_one_browser_began_no_other_ends(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({"make_users": false})).await;
        let _provider = NodeProvider::real(&app, &id);
        // The attacker begins in their own account and has the victim open the answer, or the other way round.
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let mut attacker = browser_of(&stranger, &app);
        let url = begin_link(&mut attacker, &app, &id).await;
        let answer = attacker.answer_of_provider(url.as_str(), "mallory", &app.base).await;
        let mut victim = browser_of(&owner, &app);
        begin_link(&mut victim, &app, &id).await;
        let (_, place) = victim.send(Method::GET, &answer, None).await;
        assert_eq!(path_of(&place.unwrap()), "/sign-in?problem=sign_in_expired");
        assert!(linked(&mut victim, &app).await.is_empty());
        // Signed out meanwhile: the cookie of the way alone links nothing.
        let mut gone = browser_of(&owner, &app);
        let url = begin_link(&mut gone, &app, &id).await;
        let answer = gone.answer_of_provider(url.as_str(), "grace", &app.base).await;
        owner.delete("/api/v1/session").await.expect(204);
        let (_, place) = gone.send(Method::GET, &answer, None).await;
        assert_eq!(path_of(&place.unwrap()), "/account/security?problem=sign_in_expired");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM external_identities").await, 0);
    }

    async fn t_015_a_link_needs_a_fresh_sign_in_at_a_browser(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let owner = Owner::of(&app).await;
        let path = format!("/api/v1/account/providers/{id}");
        let token = app.client().with(Auth::Bearer(app.create_token(owner.name, &["files:read", "files:write"]).await));
        token.post(&path, json!({})).await.refused(403, "scope_too_small");
        token.delete(&path).await.refused(403, "scope_too_small");
        app.client().post(&path, json!({})).await.refused(401, "not_signed_in");
        let past = carrel_cloud_backend::store::Timestamp::now().minus(time::Duration::seconds(1));
        app.database.execute_at("UPDATE sessions SET confirmed_until = $1", past, &[]).await;
        owner.post(&path, json!({})).await.refused(403, "confirmation_required");
        owner.delete(&path).await.refused(403, "confirmation_required");
    }

    async fn nobody_locks_themselves_out(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        let mut browser = Browser::new();
        sign_in_as(&mut browser, &app, &id, "grace,devs").await;
        let person = app.client().with(Auth::Cookie(browser.cookie(&app.base)));
        let path = format!("/api/v1/account/providers/{id}");
        person.delete(&path).await.refused(409, "last_way_in");
        assert_eq!(linked(&mut browser, &app).await.len(), 1);
        // Without a password there is none that would be right.
        sign_in(&app.client(), "grace", "").await.refused(401, "credentials_invalid");
        app.reset_user("grace", crate::app::PASSWORD).await;
        let person = Person::of(&app, "grace").await;
        person.delete(&path).await.expect(204);
    }
}
