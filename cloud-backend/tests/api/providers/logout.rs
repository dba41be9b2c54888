//! Signing out at the provider ends what began there, and nothing else.

use reqwest::{Method, Url};
use serde_json::json;

use super::{
    add_provider, administrator,
    browser::Browser,
    browser_of, is_signed_in, me,
    node::{NodeProvider, issuer},
    sign_in_as,
};
use crate::{
    actors::Person,
    app::{PASSWORD, TestApp, both},
};

impl Browser {
    /// Signs out at the real provider and agrees to it.
    async fn sign_out_at_provider(&mut self, app: &TestApp) {
        let url = Url::parse(&format!("{}/session/end?client_id=carrel", issuer(app))).unwrap();
        let (page, _) = self.send(Method::GET, &url, None).await;
        let (_, rest) = page.text.split_once("name=\"xsrf\" value=\"").unwrap();
        let form = format!("xsrf={}&logout=yes", rest.split_once('"').unwrap().0);
        let confirm = Url::parse(&format!("{}/session/end/confirm", issuer(app))).unwrap();
        let answer = self.send(Method::POST, &confirm, Some(("application/x-www-form-urlencoded", form))).await;
        assert!(answer.0.status < 400, "{}", answer.0.text);
    }
}

both! {
    async fn t_022_signing_out_at_the_provider_ends_the_session_that_began_there(app: TestApp) {
        let admin = administrator(&app).await;
        let id = add_provider(&admin, &app, json!({})).await;
        let _provider = NodeProvider::real(&app, &id);
        // A user whom the provider brought, and who has a password besides.
        sign_in_as(&mut Browser::new(), &app, &id, "grace,devs").await;
        app.reset_user("grace", PASSWORD).await;
        let (mut here, mut there) = (Browser::new(), Browser::new());
        sign_in_as(&mut here, &app, &id, "grace,devs").await;
        sign_in_as(&mut there, &app, &id, "grace,devs").await;
        let mut with_password = browser_of(&Person::of(&app, "grace").await, &app);
        assert_eq!(me(&mut here, &app).await["session"]["method"], "provider");
        app.database.forget_leaves().await;
        here.sign_out_at_provider(&app).await;
        assert!(!is_signed_in(&mut here, &app).await);
        assert!(is_signed_in(&mut there, &app).await, "another sign-in at the provider");
        assert!(is_signed_in(&mut with_password, &app).await, "not the provider's to end");
        let leaves = app.database.leaves().await;
        let ended = leaves.iter().find(|leaf| leaf["act"] == "identity.sign_out").unwrap();
        assert_eq!((&ended["d"]["ended"], &ended["tgt"]["id"]), (&json!(1), &json!(id)));
    }
}
