//! How many requests a sender may make, by class of route.

use carrel_cloud_backend::RequestLimits;
use reqwest::Method;

use crate::{
    actors::{Owner, Person, TokenReader, sign_in},
    app::{Backend, PASSWORD, TestApp, both, spawn_app_with},
    client::{Answer, Auth, Client},
};

/// Name, and the two numbers of the field.
#[track_caller]
fn left(answer: &Answer) -> (String, u64, u64) {
    let field = answer.header("ratelimit").unwrap_or_else(|| panic!("no RateLimit"));
    let mut parts = field.split(';');
    let name = parts.next().unwrap().trim_matches('"').to_owned();
    let number = |part: Option<&str>, of: &str| part.unwrap().strip_prefix(of).unwrap().parse().unwrap();
    let (left, seconds) = (number(parts.next(), "r="), number(parts.next(), "t="));
    (name, left, seconds)
}

/// A token of the right form that nobody has.
fn made_up(number: u32) -> String {
    let body = format!("{number:030}");
    let mut sum = crc(format!("crp_{body}").as_bytes());
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut check = [b'0'; 6];
    for place in check.iter_mut().rev() {
        *place = digits[(sum % 62) as usize];
        sum /= 62;
    }
    format!("crp_{body}{}", String::from_utf8_lossy(&check))
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = !0_u32;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

async fn small(backend: Backend) -> TestApp {
    let limits = RequestLimits { read: 12, write: 40, costly: 1, sign_in: 10, report: 5, sync: 100, page: 5 };
    spawn_app_with(backend, |config| config.request_limits = limits).await
}

/// Sends until it is refused; how many were taken, and the refusal.
async fn until_refused(client: &Client, path: &str, status: u16) -> (u32, Answer) {
    for taken in 0..200 {
        let answer = client.bare(Method::GET, path).send().await;
        if answer.status == 429 {
            return (taken, answer);
        }
        answer.expect(status);
    }
    panic!("200 requests were taken");
}

async fn budgets_are_of_a_class_and_a_sender(backend: Backend) {
    let app = small(backend).await;
    let owner = Owner::of(&app).await;
    // The first request proves the cookie, and its network pays for it.
    let first = owner.get("/api/v1/spaces").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), Some("\"read\";q=12;w=60"));
    assert_eq!(left(&first), ("read".to_owned(), 11, 5));
    assert_eq!(left(&owner.get("/api/v1/spaces").await.expect(200)), ("read".to_owned(), 11, 5));
    let (taken, refused) = until_refused(&owner, "/api/v1/spaces", 200).await;
    // One comes back every five seconds, and a slow machine may get it.
    assert!((11..=13).contains(&taken), "{taken}");
    let refused = refused.refused(429, "too_many_requests");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    assert_eq!(left(&refused), ("read".to_owned(), 0, wait), "both fields name the same moment");
    // Another class, another session of the same person, a token, and the network itself have theirs.
    let made = owner
        .post(&format!("/api/v1/nodes/{}/folders", owner.root), serde_json::json!({"name": "f"}))
        .await
        .expect(201);
    assert_eq!(left(&made).0, "write");
    Person::of(&app, owner.name).await.get("/api/v1/spaces").await.expect(200);
    TokenReader::of(&app, &owner).await.get("/api/v1/spaces").await.expect(200);
    assert_eq!(left(&app.client().get("/healthz").await.expect(200)).0, "read");
    assert_eq!(left(&app.client().get("/assets/none.js").await.expect(404)).0, "page");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_budgets_are_of_a_class_and_a_sender_on_sqlite() {
    budgets_are_of_a_class_and_a_sender(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_budgets_are_of_a_class_and_a_sender_on_postgres() {
    budgets_are_of_a_class_and_a_sender(Backend::Postgres).await;
}

async fn made_up_secrets_gain_nothing(backend: Backend) {
    let app = small(backend).await;
    let owner = Owner::of(&app).await;
    owner.get("/api/v1/spaces").await.expect(200);
    let mut refused = 0;
    for number in 0..60 {
        let auth = match number % 3 {
            0 => Auth::Bearer(made_up(number)),
            1 => Auth::Cookie(format!("carrel_s=made-up-{number}")),
            _ => Auth::Basic(format!("name{number}"), format!("password{number}")),
        };
        let answer = app.client().with(auth).bare(Method::GET, "/api/v1/spaces").send().await;
        match answer.status.as_u16() {
            401 => {}
            429 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!(refused >= 45, "{refused}");
    // Who has proved who they are is not held up by it; who has not yet is.
    owner.get("/api/v1/spaces").await.expect(200);
    app.client().get("/api/v1/setup").await.refused(429, "too_many_requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_made_up_secrets_gain_nothing_on_sqlite() {
    made_up_secrets_gain_nothing(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_made_up_secrets_gain_nothing_on_postgres() {
    made_up_secrets_gain_nothing(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_other_cookies_other_names_and_public_routes_make_no_new_sender() {
    let app = small(Backend::Sqlite).await;
    let owner = Owner::of(&app).await;
    let Auth::Cookie(cookie) = owner.auth().clone() else { panic!("a cookie") };
    owner.get("/api/v1/spaces").await.expect(200);
    let mut taken = 0;
    for number in 0..40 {
        let client = app.client().with(Auth::Cookie(format!("other={number}; {cookie}")));
        taken += u32::from(client.bare(Method::GET, "/api/v1/spaces").send().await.status == 200);
    }
    assert!(taken <= 14, "{taken}");
    // A public route proves nobody: what is presented there stays unproved.
    let token = app.client().with(Auth::Bearer(made_up(1)));
    for _ in 0..3 {
        token.bare(Method::GET, "/healthz").send().await;
    }
    let (one, two) = (token.bare(Method::GET, "/healthz").send().await, app.client().get("/healthz").await);
    assert_eq!(left(&one).1.saturating_sub(1), left(&two).1, "one budget for both");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_026_no_spelling_of_a_path_gets_around_its_class() {
    let app = small(Backend::Sqlite).await;
    for (path, class) in [
        ("/api/v1/spaces", "read"),
        ("/api/v1/%73paces", "read"),
        ("/api/v1/spaces?x=1", "read"),
        ("/ide/v1/workspaces/x/tree", "read"),
        ("/api/v1/none", "page"),
    ] {
        assert_eq!(left(&app.client().bare(Method::GET, path).send().await).0, class, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_001_signing_in_is_counted_by_network_behind_listed_proxies_too() {
    let limits = RequestLimits { sign_in: 4, ..RequestLimits::default() };
    let app = spawn_app_with(Backend::Sqlite, |config| {
        config.request_limits = limits;
        config.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
    })
    .await;
    let from = |address: String| {
        let call = app.client().call(Method::POST, "/api/v1/session").header("x-forwarded-for", &address);
        call.json(&serde_json::json!({"name": "nobody", "password": "wrong"})).send()
    };
    // One customer's network, whichever address of it and whatever is claimed left of the proxies.
    let mut statuses = Vec::new();
    for number in 0..6 {
        statuses.push(from(format!("198.51.100.{number}, 2001:db8:1:2::{number}, 10.0.0.5")).await.status.as_u16());
    }
    assert_eq!(statuses[4..], [429, 429], "{statuses:?}");
    assert!(!statuses[..4].contains(&403), "{statuses:?}");
    let answer = from("2001:db8:1:3::1, 10.0.0.5".to_owned()).await;
    assert_eq!(left(&answer), ("sign_in".to_owned(), 3, 15));
}

both! {
    async fn the_limits_of_a_new_installation_are_out_of_the_way(app: TestApp) {
        let owner = Owner::of(&app).await;
        let uploads = (0..100).map(|number| owner.put(&crate::actors::files_path(owner.root, &format!("{number}")), "text").header("if-none-match", "*").send());
        for answer in futures_util::future::join_all(uploads).await {
            answer.expect(201);
        }
        for _ in 0..3 {
            let client = &owner;
            let lists = (0..100).map(|_| client.get("/api/v1/spaces"));
            for answer in futures_util::future::join_all(lists).await {
                answer.expect(200);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_class_without_a_limit_says_nothing_about_one() {
    let limits = RequestLimits { read: 0, ..RequestLimits::default() };
    let app = spawn_app_with(Backend::Sqlite, |config| config.request_limits = limits).await;
    let answer = app.client().get("/healthz").await.expect(200);
    assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None));
    app.create_user("ada", &[]).await;
    assert!(sign_in(&app.client(), "ada", PASSWORD).await.expect(200).header("ratelimit").is_some());
}
