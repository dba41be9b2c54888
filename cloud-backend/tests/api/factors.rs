//! Second factors as a person has them: an authenticator app, and the cookie of a fresh code.

use std::ops::Deref;

use carrel_cloud_backend::store::Timestamp;
use carrel_ids::UserId;
use serde_json::json;
use totp_rs::{Algorithm, Builder, Secret};

use crate::{
    actors::{Administrator, Person, sign_in},
    app::{PASSWORD, TestApp, both},
    client::{Answer, Auth, Client},
};

/// The app on the phone of one person.
#[derive(Debug, Clone)]
pub(crate) struct Authenticator {
    secret: String,
    user: UserId,
}

impl Authenticator {
    /// Sets an app up by the API. The person must have signed in a short while ago.
    pub(crate) async fn enrol(app: &TestApp, person: &Person) -> Self {
        let made = person.post("/api/v1/account/totp", json!({})).await.expect(201).json();
        let this = Self { secret: made["secret"].as_str().unwrap().to_owned(), user: person.id };
        let code = this.code(app).await;
        person.post("/api/v1/account/totp/confirmation", json!({"code": code})).await.expect(204);
        this
    }

    /// A code that is taken now. Each is taken once, so the test forgets in the database that one was: it cannot wait half a minute.
    pub(crate) async fn code(&self, app: &TestApp) -> String {
        app.database.execute("UPDATE totp_factors SET last_step = 0 WHERE user_id = $1", &[self.user.uuid()]).await;
        self.same_code()
    }

    /// A code that is not right now.
    pub(crate) fn wrong_code(&self) -> String {
        let right = self.same_code();
        // The neighbours of the right one, which drift allows, differ in more than the first digit or are as wrong.
        format!("{}{}", if right.starts_with('7') { '3' } else { '7' }, &right[1..])
    }

    /// The code of this moment, taken before or not.
    pub(crate) fn same_code(&self) -> String {
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(30);
        let generator = builder
            .with_secret(Secret::try_from_base32(&self.secret).unwrap())
            .with_account_name("-")
            .with_issuer(Some("Carrel"))
            .build()
            .unwrap();
        let now = Timestamp::now().time().unix_timestamp();
        generator.generate(u64::try_from(now).unwrap()).to_string()
    }
}

/// A person who showed a second factor a short while ago, with the cookies of it.
pub(crate) struct Elevated {
    client: Client,
    pub(crate) id: UserId,
    pub(crate) app: Authenticator,
}

impl Deref for Elevated {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Elevated {
    /// Sets an authenticator app up for the person and shows its code. The person's own client is not elevated: the cookie is not
    /// with it.
    pub(crate) async fn of(app: &TestApp, person: &Person) -> Self {
        let authenticator = Authenticator::enrol(app, person).await;
        Self::again(app, person, authenticator).await
    }

    /// Shows a code of an app that is set up already, in this session.
    pub(crate) async fn again(app: &TestApp, person: &Person, authenticator: Authenticator) -> Self {
        let code = authenticator.code(app).await;
        let answer =
            person.post("/api/v1/session/elevation", json!({"method": "totp", "code": code})).await.expect(200);
        let Auth::Cookie(session) = person.auth() else { panic!("only a browser's session can be elevated") };
        let client = person.with(Auth::Cookie(format!("{session}; {}", answer.cookie_named("carrel_e").0)));
        Self { client, id: person.id, app: authenticator }
    }
}

/// Signs somebody in who has an authenticator app: the answer to its code.
pub(crate) async fn sign_in_with_code(app: &TestApp, name: &str, authenticator: &Authenticator) -> Answer {
    let pending = sign_in(&app.client(), name, PASSWORD).await.expect(202);
    let client = app.client().with(Auth::Cookie(pending.cookie_named("carrel_p").0));
    let code = authenticator.code(app).await;
    client.post("/api/v1/session/second-factor", json!({"method": "totp", "code": code})).await
}

both! {
    async fn t_012_a_code_is_taken_once_and_raises_the_session_that_shows_it(app: TestApp) {
        let ada = Administrator::of(&app).await;
        let elevated = Elevated::of(&app, &ada).await;
        let until = |me: serde_json::Value| me["session"]["elevated_until"].clone();
        assert!(until(elevated.get("/api/v1/session").await.expect(200).json()).is_string());
        assert!(until(ada.get("/api/v1/session").await.expect(200).json()).is_null());
        // What was just shown is worth nothing in another session, or once more in this one.
        let body = json!({"method": "totp", "code": elevated.app.same_code()});
        ada.post("/api/v1/session/elevation", body).await.refused(401, "code_used");
        let answer = sign_in_with_code(&app, ada.name, &elevated.app).await.expect(200);
        assert_eq!(answer.json()["session"]["factor"], "totp");
    }
}
