//! Personal access tokens and app passwords: what they open, and what they never do.

use carrel_cloud_backend::{
    administration::{self, AdministrationError},
    store::Timestamp,
};
use serde_json::json;
use time::Duration;

use crate::{
    actors::{AppPassword, Owner, TokenReader, TokenWriter, abilities, files_path, id},
    app::{PASSWORD, both},
    client::Auth,
};

both! {
    async fn t_006_a_token_works_from_its_networks_only(app: TestApp) {
        let owner = Owner::of(&app).await;
        let make = async |addresses: &[&str]| {
            let body = json!({"kind": "personal", "label": "ci", "scopes": ["files:read"], "addresses": addresses});
            let made = owner.post("/api/v1/account/tokens", body).await.expect(201).json();
            app.client().with(Auth::Bearer(made["secret"].as_str().unwrap().to_owned()))
        };
        make(&["127.0.0.0/8"]).await.get("/api/v1/spaces").await.expect(200);
        let elsewhere = make(&["203.0.113.0/24", "2001:db8::/32"]).await;
        app.database.forget_leaves().await;
        elsewhere.get("/api/v1/spaces").await.refused(401, "not_signed_in");
        let denied = app.database.leaves().await.pop().unwrap();
        assert_eq!((&denied["act"], &denied["out"]), (&json!("token.use"), &json!("denied")));
        for bad in ["203.0.113.0/40", "everywhere", ""] {
            let body = json!({"kind": "personal", "label": "ci", "scopes": ["files:read"], "addresses": [bad]});
            owner.post("/api/v1/account/tokens", body).await.refused(422, "field_invalid");
        }
    }

    async fn t_011_a_token_is_no_way_around_what_a_role_asks_for(app: TestApp) {
        let owner = Owner::of(&app).await;
        let token = TokenReader::of(&app, &owner).await;
        let app_password = AppPassword::of(&app, &owner).await;
        app.database.execute("UPDATE roles SET second_factor = 'passkey'", &[]).await;
        // In the time that is given for setting one up both go on.
        app.database.execute_at("UPDATE users SET factor_due_at = $1", Timestamp::now().plus(Duration::hours(1)), &[]).await;
        token.get("/api/v1/spaces").await.expect(200);
        app.database.execute_at("UPDATE users SET factor_due_at = $1", Timestamp::now().minus(Duration::hours(1)), &[]).await;
        token.get("/api/v1/spaces").await.refused(403, "second_factor_required");
        app_password.get("/api/v1/spaces").await.refused(403, "second_factor_required");
    }

    async fn t_003_an_app_password_is_for_the_name_that_it_is_of(app: TestApp) {
        let owner = Owner::of(&app).await;
        let program = AppPassword::of(&app, &owner).await;
        let Auth::Basic(_, secret) = program.auth() else { panic!("an app password is sent as basic") };
        app.client().with(Auth::Basic("somebody.else".to_owned(), secret.clone())).get("/api/v1/spaces").await.refused(401, "not_signed_in");
        app.client().with(Auth::Basic(owner.name.to_uppercase(), secret.clone())).get("/api/v1/spaces").await.expect(200);
    }

    async fn t_033_a_reading_token_reads_and_cannot_write(app: TestApp) {
        let owner = Owner::of(&app).await;
        let file = owner.file(owner.root, "notes.txt", "text").await;
        let node = file["id"].as_str().unwrap();
        let token = TokenReader::of(&app, &owner).await;
        let me = token.get("/api/v1/session").await.expect(200).json();
        assert_eq!(me["session"]["id"], json!(null));
        assert_eq!(abilities(&me), Vec::<String>::new());
        assert_eq!(token.get(&format!("/api/v1/nodes/{node}/content")).await.expect(200).body, b"text");
        token.get("/api/v1/spaces").await.expect(200);
        let version = format!("\"{}\"", file["version"]["id"].as_str().unwrap());
        token.put(&files_path(owner.root, "new.txt"), "x").send().await.refused(403, "scope_too_small");
        token.put(&format!("/api/v1/nodes/{node}/content"), "x").header("if-match", &version).send().await.refused(403, "scope_too_small");
        token.post(&format!("/api/v1/nodes/{}/folders", owner.root), json!({"name": "f"})).await.refused(403, "scope_too_small");
        token.patch(&format!("/api/v1/nodes/{node}"), json!({"name": "other"})).await.refused(403, "scope_too_small");
        token.delete(&format!("/api/v1/nodes/{node}")).await.refused(403, "scope_too_small");
        token.patch("/api/v1/session/user", json!({"language": "de"})).await.refused(403, "scope_too_small");
        token.delete("/api/v1/session").await.refused(401, "not_signed_in");
        assert_eq!(owner.names(owner.root).await, ["notes.txt"]);
    }

    async fn t_033_a_writing_token_writes_files_and_nothing_else(app: TestApp) {
        let link = carrel_cloud_backend::session::new_setup_link(&app.cloud.store).await.unwrap().unwrap();
        let body = json!({"token": link, "name": "ada", "display_name": "", "password": PASSWORD, "language": "en"});
        let me = app.client().post("/api/v1/setup", body).await.expect(201).json();
        let root = id(&me["personal_space"]["root_id"]);
        // Whose it is holds every role; a token is for files all the same.
        let token = app.client().with(Auth::Bearer(app.create_token("ada", &["files:write", "files:read"]).await));
        let made = token.put(&files_path(root, "new.txt"), "x").send().await.expect(201).json();
        assert_eq!(made["changed_by"]["id"], me["user"]["id"]);
        token.get("/api/v1/audit/head").await.refused(403, "scope_too_small");
        token.get("/api/v1/audit/entries").await.refused(403, "scope_too_small");
        token.get("/api/v1/audit/actions").await.refused(403, "scope_too_small");
        token.get("/api/v1/workspaces").await.refused(403, "scope_too_small");
        token.post("/api/v1/workspaces", json!({"folder_id": root})).await.refused(403, "scope_too_small");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM workspaces").await, 0);
    }

    async fn an_app_password_signs_a_program_in(app: TestApp) {
        let owner = Owner::of(&app).await;
        let program = AppPassword::of(&app, &owner).await;
        program.put(&files_path(owner.root, "sync.txt"), "x").send().await.expect(201);
        let Auth::Basic(name, secret) = program.auth() else { panic!("an app password is sent as basic") };
        // It is no token, a token is no app password, and the person's own password opens nothing here.
        app.client().with(Auth::Bearer(secret.clone())).get("/api/v1/session").await.refused(401, "not_signed_in");
        let token = app.create_token(owner.name, &["files:read"]).await;
        app.client().with(Auth::Basic(name.clone(), token)).get("/api/v1/session").await.refused(401, "not_signed_in");
        app.client().with(Auth::Basic(name.clone(), PASSWORD.to_owned())).get("/api/v1/session").await.refused(401, "not_signed_in");
    }

    async fn t_006_broken_unknown_expired_and_revoked_tokens_are_refused_alike(app: TestApp) {
        let owner = Owner::of(&app).await;
        let TokenReader(good) = TokenReader::of(&app, &owner).await;
        good.get("/api/v1/session").await.expect(200);
        let Auth::Bearer(secret) = good.auth().clone() else { panic!("a token is sent as bearer") };
        let mut typo = secret.clone().into_bytes();
        typo[12] = if typo[12] == b'a' { b'b' } else { b'a' };
        let unknown = carrel_cloud_backend::session::secrets::new_token("crp_").unwrap();
        let first = app.client().with(Auth::Bearer(String::new())).get("/api/v1/session").await.refused(401, "not_signed_in");
        for text in [String::from_utf8(typo).unwrap(), unknown, secret.to_lowercase(), format!("{secret}x"), format!(" {secret}"), "crp_é".to_owned()] {
            // A header cannot hold every text; what it can hold is refused alike.
            let answer = app.client().bare(reqwest::Method::GET, "/api/v1/session").header("authorization", &format!("Bearer {text}"));
            assert_eq!(answer.send().await.comparable(), first.comparable(), "{text}");
        }
        app.database.execute_at("UPDATE tokens SET expires_at = $1", Timestamp::now().minus(Duration::seconds(1)), &[]).await;
        assert_eq!(good.get("/api/v1/session").await.comparable(), first.comparable());
        app.database.execute_at("UPDATE tokens SET expires_at = NULL, revoked_at = $1", Timestamp::now(), &[]).await;
        assert_eq!(good.get("/api/v1/session").await.comparable(), first.comparable());
    }

    async fn a_wrong_authorization_is_not_made_good_by_a_cookie(app: TestApp) {
        let owner = Owner::of(&app).await;
        owner.call(reqwest::Method::GET, "/api/v1/session").header("authorization", "Bearer nothing").send().await.refused(401, "not_signed_in");
    }

    async fn t_033_unknown_scopes_and_people_are_refused(app: TestApp) {
        let owner = Owner::of(&app).await;
        let create = async |user: &str, scopes: &[&str]| {
            let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            administration::create_token(&app.cloud.store, user, &scopes, 1).await
        };
        assert!(matches!(create(owner.name, &[]).await, Err(AdministrationError::UnknownScope)));
        assert!(matches!(create(owner.name, &["files:read", "audit:read"]).await, Err(AdministrationError::UnknownScope)));
        assert!(matches!(create("nobody", &["files:read"]).await, Err(AdministrationError::NoSuchUser)));
        assert!(matches!(administration::disable_user(&app.cloud.store, "nobody").await, Err(AdministrationError::NoSuchUser)));
        assert_eq!(app.database.count("SELECT COUNT(*) FROM tokens").await, 0);
    }

    async fn t_006_only_hashes_of_secrets_are_stored(app: TestApp) {
        let owner = Owner::of(&app).await;
        let TokenWriter(token) = TokenWriter::of(&app, &owner).await;
        let AppPassword(program) = AppPassword::of(&app, &owner).await;
        let (Auth::Bearer(token), Auth::Basic(_, password), Auth::Cookie(cookie)) = (token.auth(), program.auth(), owner.auth()) else {
            panic!("three kinds of secrets")
        };
        let cookie = cookie.split_once('=').unwrap().1;
        let rows = app.database.count("SELECT COUNT(*) FROM tokens WHERE LENGTH(secret_hash) = 32").await;
        assert_eq!(rows, 2);
        let leaves = serde_json::to_string(&app.database.leaves().await).unwrap();
        for secret in [token.as_str(), password.as_str(), cookie, PASSWORD] {
            assert!(!leaves.contains(secret));
        }
    }
}
