//! Renewing sessions: many tabs at once, lost answers, copied tokens; on two replicas where the database allows it.

use carrel_cloud_backend::store::Timestamp;
use futures_util::future::join_all;
use reqwest::Method;
use time::Duration;

use crate::{
    actors::{Owner, Stranger, sign_in},
    app::{Backend, PASSWORD, TestApp, both, spawn_app, spawn_replica},
    client::{Answer, Auth, Client},
};

/// Signs the person in; what their browser sends from then on.
async fn browser(app: &TestApp, name: &str) -> Client {
    let answer = sign_in(&app.client(), name, PASSWORD).await.expect(200);
    app.client().with(Auth::Cookie(answer.cookies()))
}

async fn refresh(client: &Client) -> Answer {
    client.call(Method::POST, "/api/v1/session/refresh").send().await
}

/// As a browser does it: what the answer brought takes the place of what was there.
fn after(client: &Client, answer: &Answer) -> Client {
    client.with(Auth::Cookie(answer.cookies()))
}

async fn sessions(app: &TestApp) -> (i64, i64) {
    let live = app.database.count("SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL").await;
    (live, app.database.count("SELECT COUNT(*) FROM refresh_tokens WHERE state = 'active'").await)
}

/// Time goes on by this much for all refresh tokens.
async fn let_pass(app: &TestApp, time: Duration) {
    let used = Timestamp::now().minus(time);
    app.database.execute_at("UPDATE refresh_tokens SET used_at = $1 WHERE used_at IS NOT NULL", used, &[]).await;
}

both! {
    async fn t_004_a_session_is_renewed_again_and_again(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut client = browser(&app, owner.name).await;
        for _ in 0..3 {
            let answer = refresh(&client).await.expect(204);
            client = after(&client, &answer);
            client.get("/api/v1/session").await.expect(200);
            let_pass(&app, Duration::minutes(9)).await;
        }
        assert_eq!(sessions(&app).await, (2, 2), "the owner's first sign-in, and one family");
    }

    async fn t_003_an_access_token_is_short_and_says_that_it_can_be_renewed(app: TestApp) {
        let owner = Owner::of(&app).await;
        let client = browser(&app, owner.name).await;
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE sessions SET access_until = $1", past, &[]).await;
        client.get("/api/v1/session").await.refused(401, "session_expired");
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        let renewed = after(&client, &refresh(&client).await.expect(204));
        renewed.get("/api/v1/session").await.expect(200);
    }

    async fn t_005_a_hundred_tabs_renew_one_session_and_all_go_on(app: TestApp) {
        let owner = Owner::of(&app).await;
        let client = browser(&app, owner.name).await;
        let answers = join_all((0..100).map(|_| refresh(&client))).await;
        assert!(answers.iter().all(|answer| answer.status == 204), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
        let first = answers[0].cookies();
        assert!(answers.iter().all(|answer| answer.cookies() == first), "one successor");
        assert_eq!(sessions(&app).await, (2, 2));
        after(&client, &answers[99]).get("/api/v1/session").await.expect(200);
        // Requests that were under way with the token before still count.
        client.get("/api/v1/session").await.expect(200);
    }

    async fn t_004_a_stolen_token_that_is_used_later_ends_the_session(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let thief = browser(&app, owner.name).await;
        let client = after(&thief, &refresh(&thief).await.expect(204));
        let_pass(&app, Duration::seconds(11)).await;
        refresh(&thief).await.refused(401, "session_reused");
        client.get("/api/v1/session").await.refused(401, "session_expired");
        refresh(&client).await.refused(401, "not_signed_in");
        // The person is told and the log has it; their other sign-in and other people go on.
        let notices = owner.get("/api/v1/account/notices").await.expect(200).json();
        assert_eq!(notices["items"][0]["kind"], "session_reused");
        let leaf = app.database.leaves().await.into_iter().find(|leaf| leaf["act"] == "session.reuse").unwrap();
        assert_eq!((&leaf["out"], &leaf["d"]["user"]), (&"denied".into(), &owner.id.to_string().into()));
        owner.get("/api/v1/session").await.expect(200);
        stranger.get("/api/v1/session").await.expect(200);
    }

    async fn t_004_within_the_grace_a_used_successor_tells_the_thief(app: TestApp) {
        let owner = Owner::of(&app).await;
        let thief = browser(&app, owner.name).await;
        let client = after(&thief, &refresh(&thief).await.expect(204));
        // The person's browser went on already: nobody needs the first token any more.
        let client = after(&client, &refresh(&client).await.expect(204));
        refresh(&thief).await.refused(401, "session_reused");
        client.get("/api/v1/session").await.refused(401, "session_expired");
    }

    async fn t_004_another_client_gets_no_share_of_the_grace(app: TestApp) {
        let owner = Owner::of(&app).await;
        let client = browser(&app, owner.name).await;
        refresh(&client).await.expect(204);
        let call = client.call(Method::POST, "/api/v1/session/refresh").header("user-agent", "thief/1.0");
        call.send().await.refused(401, "session_reused");
    }

    async fn t_004_idle_and_absolute_limits_hold(app: TestApp) {
        let owner = Owner::of(&app).await;
        let idle = browser(&app, owner.name).await;
        let past = Timestamp::now().minus(Duration::seconds(1));
        app.database.execute_at("UPDATE refresh_tokens SET expires_at = $1", past, &[]).await;
        refresh(&idle).await.refused(401, "not_signed_in");
        let old = browser(&app, owner.name).await;
        app.database.execute_at("UPDATE sessions SET expires_at = $1", past, &[]).await;
        refresh(&old).await.refused(401, "not_signed_in");
        old.get("/api/v1/session").await.refused(401, "session_expired");
    }

    async fn t_003_garbage_renews_nothing(app: TestApp) {
        let owner = Owner::of(&app).await;
        let client = browser(&app, owner.name).await;
        let Auth::Cookie(cookies) = client.auth().clone() else { panic!("cookies") };
        let token = cookies.split("; ").find_map(|pair| pair.strip_prefix("carrel_r=")).unwrap().to_owned();
        let mut flipped = token.clone().into_bytes();
        flipped[20] = if flipped[20] == b'a' { b'b' } else { b'a' };
        for text in [String::new(), "x".to_owned(), String::from_utf8(flipped).unwrap(), token.to_lowercase(), token.replacen("crr_", "crp_", 1)] {
            let other = client.with(Auth::Cookie(format!("carrel_r={text}")));
            refresh(&other).await.refused(401, "not_signed_in");
        }
        refresh(&client).await.expect(204);
        // Another site cannot make a browser renew.
        client.bare(Method::POST, "/api/v1/session/refresh").send().await.refused(403, "cross_site");
    }

    async fn seed_05_the_second_renewal_works_like_the_first(app: TestApp) {
        let owner = Owner::of(&app).await;
        let first = browser(&app, owner.name).await;
        let second = after(&first, &refresh(&first).await.expect(204));
        let third = after(&second, &refresh(&second).await.expect(204));
        assert_ne!(format!("{:?}", second.auth()), format!("{:?}", third.auth()));
        third.get("/api/v1/session").await.expect(200);
    }

    async fn seed_04_signing_out_and_reuse_end_the_whole_family(app: TestApp) {
        let owner = Owner::of(&app).await;
        let old = browser(&app, owner.name).await;
        let new = after(&old, &refresh(&old).await.expect(204));
        new.delete("/api/v1/session").await.expect(204);
        for client in [&old, &new] {
            client.get("/api/v1/session").await.refused(401, "session_expired");
            refresh(client).await.refused(401, "not_signed_in");
        }
    }

    async fn t_003_a_list_of_devices_of_which_each_can_be_ended(app: TestApp) {
        let owner = Owner::of(&app).await;
        let stranger = Stranger::of(&app).await;
        let laptop = browser(&app, owner.name).await;
        let phone = browser(&app, owner.name).await;
        let list = laptop.get("/api/v1/account/sessions").await.expect(200).json();
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.len(), 3);
        assert_eq!(items.iter().filter(|item| item["current"] == true).count(), 1);
        assert!(items.iter().all(|item| item["address"] == "127.0.0.1" && item["method"] == "password"));
        let of_phone = phone.get("/api/v1/session").await.json()["session"]["id"].as_str().unwrap().to_owned();
        stranger.delete(&format!("/api/v1/account/sessions/{of_phone}")).await.refused(404, "not_found");
        laptop.delete(&format!("/api/v1/account/sessions/{of_phone}")).await.expect(204);
        phone.get("/api/v1/session").await.refused(401, "session_expired");
        laptop.delete("/api/v1/account/sessions").await.expect(204);
        owner.get("/api/v1/session").await.refused(401, "not_signed_in");
        laptop.get("/api/v1/session").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_005_on_two_replicas_one_token_has_one_successor() {
    let app = spawn_app(Backend::Postgres).await;
    let other = spawn_replica(&app).await;
    let owner = Owner::of(&app).await;
    let here = browser(&app, owner.name).await;
    let there = other.client().with(here.auth().clone());
    let answers = join_all((0..100).map(|number| refresh(if number % 2 == 0 { &here } else { &there }))).await;
    assert!(answers.iter().all(|answer| answer.status == 204));
    assert!(answers.iter().all(|answer| answer.cookies() == answers[0].cookies()), "one successor");
    assert_eq!(sessions(&app).await, (2, 2));
    // A copy that is shown to the other replica later ends it on both.
    let_pass(&app, Duration::seconds(11)).await;
    refresh(&there).await.refused(401, "session_reused");
    after(&here, &answers[0]).get("/api/v1/session").await.refused(401, "session_expired");
}
