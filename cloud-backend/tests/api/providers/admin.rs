//! Administration of the providers: who may, what is refused, and what is never read back.

use serde_json::{Value, json};

use super::{MEMBER, PROVIDERS, add_provider, administrator, draft, node::issuer};
use crate::{
    actors::{Administrator, Owner},
    app::both,
};

both! {
    async fn t_015_providers_are_for_whoever_may_change_the_settings_and_just_showed_a_second_factor(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let owner = Owner::of(&app).await;
        let path = format!("{PROVIDERS}/{id}");
        owner.get(PROVIDERS).await.refused(404, "not_found");
        owner.post(PROVIDERS, draft(&app, &json!({}))).await.refused(404, "not_found");
        owner.patch(&path, json!({})).await.refused(404, "not_found");
        owner.delete(&path).await.refused(404, "not_found");
    }

    async fn without_a_fresh_second_factor_nothing_is_shown(app: TestApp) {
        let admin = Administrator::of(&app).await;
        admin.get(PROVIDERS).await.refused(403, "elevation_required");
        admin.post(PROVIDERS, draft(&app, &json!({}))).await.refused(403, "elevation_required");
    }

    async fn a_provider_is_made_changed_and_deleted(app: TestApp) {
        let admin = administrator(&app).await;
        let made = admin.post(PROVIDERS, draft(&app, &json!({}))).await.expect(201).json();
        assert_eq!(made["issuer"], issuer(&app));
        assert_eq!(made["group_roles"], json!([{"group": "devs", "role_id": MEMBER}]));
        assert!(made.get("client_secret").is_none());
        let path = format!("{PROVIDERS}/{}", made["id"].as_str().unwrap());
        let change = json!({"name": " Another ", "group_claim": null, "group_roles": [], "make_users": false, "scopes": ["openid"]});
        let changed = admin.patch(&path, change).await.expect(200).json();
        assert_eq!(changed["name"], "Another");
        assert_eq!(changed["group_claim"], Value::Null);
        assert_eq!(changed["group_roles"], json!([]));
        assert_eq!(changed["scopes"], json!(["openid"]));
        let list = admin.get(PROVIDERS).await.expect(200).json();
        assert_eq!(list, json!({"items": [changed]}));
        admin.delete(&path).await.expect(204);
        admin.delete(&path).await.refused(404, "not_found");
        admin.patch(&path, json!({})).await.refused(404, "not_found");
        assert_eq!(admin.get(PROVIDERS).await.expect(200).json(), json!({"items": []}));
        let leaves = app.database.leaves().await;
        let acts: Vec<_> = leaves.iter().filter_map(|leaf| leaf["act"].as_str()).filter(|act| act.starts_with("identity_provider.")).collect();
        assert_eq!(acts, ["identity_provider.create", "identity_provider.update", "identity_provider.delete"]);
    }

    async fn t_120_an_issuer_is_a_place_that_may_be_asked(app: TestApp) {
        let admin = administrator(&app).await;
        for wrong in [
            "", "x", "http://id.example.org", "https://127.0.0.1", "https://[::1]", "https://169.254.169.254", "https://10.0.0.1",
            "https://id.example.org:8443", "https://user@id.example.org", "https://id.example.org?x=y", "https://id.example.org#x",
            "file:///etc/passwd", "javascript:alert(1)", "https://id.example.org/ x",
        ] {
            let draft = draft(&app, &json!({"issuer": wrong}));
            admin.post(PROVIDERS, draft).await.refused(422, "issuer_invalid");
        }
        let id = add_provider(&admin, &app, json!({"issuer": "https://id.example.org/realms/one"})).await;
        admin.post(PROVIDERS, draft(&app, &json!({"issuer": "https://id.example.org/realms/one"}))).await.refused(409, "issuer_taken");
        // Another issuer's people are other people.
        let path = format!("{PROVIDERS}/{id}");
        admin.patch(&path, json!({"issuer": "https://id.example.org/realms/two"})).await.refused(422, "issuer_invalid");
        admin.patch(&path, json!({"issuer": "https://id.example.org/realms/one"})).await.expect(200);
    }

    async fn what_a_form_may_hold(app: TestApp) {
        let admin = administrator(&app).await;
        for wrong in [
            json!({"name": ""}),
            json!({"name": "n".repeat(65)}),
            json!({"name": "a\u{7}b"}),
            json!({"client_id": ""}),
            json!({"client_secret": "s".repeat(513)}),
            json!({"scopes": ["openid profile"]}),
            json!({"scopes": (0..21).map(|n| n.to_string()).collect::<Vec<_>>()}),
            json!({"group_claim": "g".repeat(513)}),
            json!({"group_roles": [{"group": "", "role_id": MEMBER}]}),
            json!({"group_roles": [{"group": "a", "role_id": MEMBER}, {"group": "a", "role_id": MEMBER}]}),
            json!({"group_roles": [{"group": "a", "role_id": "x"}]}),
            json!({"unknown": 1}),
        ] {
            admin.post(PROVIDERS, draft(&app, &wrong)).await.refused_as_invalid();
        }
        // A client without a secret is one, too.
        add_provider(&admin, &app, json!({"client_secret": null})).await;
    }
}
