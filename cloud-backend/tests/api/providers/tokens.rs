//! A provider that lies: of all its tokens only those that hold are taken (T-16), and its keys are asked for rarely (T-18).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use super::{
    GUEST, MEMBER, add_provider, administrator, begin, browser::Browser, is_signed_in, me, node::NodeProvider, path_of,
    role_ids,
};
use crate::{
    app::{TestApp, both},
    client::Answer,
};

/// Signs in with a token of this case; where it ends.
async fn come_back_with(browser: &mut Browser, app: &TestApp, provider: &str, case: &str, claims: Value) -> String {
    // Each case is a way of its own, all from one address.
    app.database.execute("DELETE FROM rate_limits", &[]).await;
    let url = begin(browser, app, provider, "/files").await;
    let parameter = |wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
    let code = json!({"case": case, "nonce": parameter("nonce"), "claims": claims}).to_string();
    let mut back = Url::parse(&format!("{}/api/v1/sign-in/callback", app.base)).unwrap();
    back.query_pairs_mut().append_pair("code", &URL_SAFE_NO_PAD.encode(code)).append_pair("state", &parameter("state"));
    let (page, place) = browser.send(Method::GET, &back, None).await;
    path_of(&place.unwrap_or_else(|| panic!("{case}: {} {}", page.status, page.text)))
}

async fn log_out(app: &TestApp, provider: &str, token: &str) -> Answer {
    let path = format!("/api/v1/sign-in/providers/{provider}/back-channel-logout");
    let call = app.client().bare(Method::POST, &path).header("content-type", "application/x-www-form-urlencoded");
    call.body(format!("logout_token={token}")).send().await
}

async fn logout_token(provider: &NodeProvider, case: &str, claims: &str) -> Option<String> {
    let answer = provider.ask(&format!("/logout-token?case={case}{claims}")).await;
    answer["logout_token"].as_str().map(str::to_owned)
}

fn names(cases: &Value, kind: &str) -> Vec<String> {
    let list = cases[kind].as_array().unwrap();
    list.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

both! {
    async fn t_016_of_all_identity_tokens_only_those_that_hold_sign_anybody_in(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let provider = NodeProvider::forger(&app);
        let cases = names(&provider.ask("/cases").await, "identity");
        assert!(cases.len() > 60, "{}", cases.len());
        let mut refused = 0;
        for case in &cases {
            let mut browser = Browser::new();
            let place = come_back_with(&mut browser, &app, &id, case, json!({})).await;
            if case.starts_with("good") {
                assert_eq!(place, "/files", "{case}");
                assert!(is_signed_in(&mut browser, &app).await, "{case}");
            } else {
                assert_eq!(place, "/sign-in?problem=provider_answer_invalid", "{case}");
                assert!(!is_signed_in(&mut browser, &app).await, "{case}");
                refused += 1;
            }
        }
        assert!(refused > 55, "{refused}");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM external_identities").await, 1, "one subject, one person");
        let counts = provider.ask("/counts").await;
        assert!(counts["jwks"].as_u64().unwrap() <= 2, "{counts}");
        assert_eq!(counts["evil"], Value::Null, "keys are taken from the provider's own place only");
    }

    async fn t_017_what_a_provider_says_of_a_person_is_only_for_show(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::forger(&app);
        // Each is another subject; none is who its claims say.
        let claims = [
            json!({"sub": "1", "preferred_username": "ada.administrator"}),
            json!({"sub": "2", "preferred_username": "../../x<script>", "name": "\u{7}\u{202e}"}),
            json!({"sub": "3", "email": "ada@example.org", "email_verified": false}),
            json!({"sub": "4", "email": "ada@example.org"}),
            json!({"sub": "5", "roles": ["administrator"], "role": "administrator", "is_admin": true}),
            json!({"sub": "6", "groups": {"devs": true}}),
            json!({"sub": "7", "groups": ["Devs", "devs ", "dev", 7, null, ["devs"]]}),
            json!({"sub": "8", "preferred_username": "x".repeat(5000), "name": "y".repeat(5000)}),
        ];
        for claims in claims {
            let mut browser = Browser::new();
            assert_eq!(come_back_with(&mut browser, &app, &id, "good", claims.clone()).await, "/files", "{claims}");
            let me = me(&mut browser, &app).await;
            assert_eq!(role_ids(&me), [GUEST], "{claims}");
            assert_eq!(me["user"]["email"], Value::Null, "{claims}");
            assert_ne!(me["user"]["name"], "ada.administrator");
            assert!(me["user"]["name"].as_str().unwrap().len() <= 64);
        }
        // A group may also be one text.
        let mut browser = Browser::new();
        come_back_with(&mut browser, &app, &id, "good", json!({"sub": "9", "groups": "devs"})).await;
        assert_eq!(role_ids(&me(&mut browser, &app).await), [MEMBER]);
    }

    async fn t_016_of_all_logout_tokens_only_those_that_hold_end_a_session(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let provider = NodeProvider::forger(&app);
        let cases = names(&provider.ask("/cases").await, "logout");
        assert!(cases.len() > 55, "{}", cases.len());
        let mut browser = Browser::new();
        come_back_with(&mut browser, &app, &id, "good", json!({"sid": "s1"})).await;
        for case in cases.iter().filter(|case| !case.starts_with("good")) {
            let token = logout_token(&provider, case, "").await.unwrap();
            let answer = log_out(&app, &id, &token).await;
            let refusal = if token.len() > 32 * 1024 { (413, "content_too_large") } else { (400, "bad_request") };
            assert_eq!((answer.status.as_u16(), answer.error_code().as_str()), refusal, "{case}");
            assert!(is_signed_in(&mut browser, &app).await, "{case}");
        }
        for case in cases.iter().filter(|case| case.starts_with("good")) {
            let mut browser = Browser::new();
            come_back_with(&mut browser, &app, &id, "good", json!({})).await;
            log_out(&app, &id, &logout_token(&provider, case, "").await.unwrap()).await.expect(200);
            assert!(!is_signed_in(&mut browser, &app).await, "{case}");
        }
    }

    async fn t_016_a_word_about_signing_out_counts_once_and_for_whom_it_names(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let provider = NodeProvider::forger(&app);
        let mut browsers = Vec::new();
        for claims in [json!({"sid": "s1"}), json!({"sid": "s2"}), json!({"sub": "another", "sid": "s1"}), json!({})] {
            let mut browser = Browser::new();
            come_back_with(&mut browser, &app, &id, "good", claims).await;
            browsers.push(browser);
        }
        async fn signed_in(browsers: &mut [Browser], app: &TestApp) -> Vec<bool> {
            let mut all = Vec::new();
            for browser in browsers {
                all.push(is_signed_in(browser, app).await);
            }
            all
        }
        let token = logout_token(&provider, "good", "&sid=s1").await.unwrap();
        log_out(&app, &id, &token).await.expect(200);
        assert_eq!(signed_in(&mut browsers, &app).await, [false, true, true, true]);
        log_out(&app, &id, &token).await.refused(400, "bad_request");
        let nobody = logout_token(&provider, "good", "&sub=nobody").await.unwrap();
        log_out(&app, &id, &nobody).await.expect(200);
        assert_eq!(signed_in(&mut browsers, &app).await, [false, true, true, true]);
        log_out(&app, &id, &logout_token(&provider, "good", "").await.unwrap()).await.expect(200);
        assert_eq!(signed_in(&mut browsers, &app).await, [false, false, true, false]);
        // The same word at once from several sides: it is taken once.
        let token = logout_token(&provider, "good", "&sub=another").await.unwrap();
        let answers = futures_util::future::join_all((0..8).map(|_| log_out(&app, &id, &token))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    }

    async fn t_018_made_up_keys_make_nobody_ask_the_provider(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let provider = NodeProvider::forger(&app);
        let token = logout_token(&provider, "foreign_key_and_kid", "").await.unwrap();
        for _ in 0..20 {
            app.database.execute("DELETE FROM rate_limits", &[]).await;
            let all = futures_util::future::join_all((0..25).map(|_| log_out(&app, &id, &token))).await;
            assert!(all.iter().all(|answer| answer.status == 400));
        }
        let counts = provider.ask("/counts").await;
        assert_eq!((&counts["discovery"], &counts["jwks"]), (&json!(1), &json!(1)), "{counts}");
    }

    async fn t_001_ways_to_a_provider_have_a_limit(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::forger(&app);
        let path = format!("/api/v1/sign-in/providers/{id}");
        for _ in 0..60 {
            if app.client().post(&path, json!({})).await.status == 429 {
                return;
            }
        }
        panic!("sixty ways at once");
    }
}
