//! Mail: what is said to whom, that it arrives once, and what happens while it cannot. The mail service is a real one.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use carrel_cloud_backend::{
    app,
    audit::Action,
    authz::{LocalAdministrator, Role},
    mail::{Mailer, deliver_due},
    store::{NoticeKind, PersonalKey, Store, StoreError, Timestamp},
};
use carrel_ids::UserId;
use carrel_test_support::{
    mail::{PASSWORD, TestMail, USER},
    wait_until,
};

use crate::app::{Backend, TestApp, spawn_app_with};

const ORIGIN: &str = "https://cloud.example.test";

fn url(scheme: &str, host: &str, port: u16) -> String {
    format!("{scheme}://{USER}@{host}:{port}")
}

fn mailer(mail: &TestMail, url: &str) -> Mailer {
    Mailer::new(url, "Carrel <carrel@example.test>", Some(PASSWORD), Some(&mail.authority().unwrap())).unwrap()
}

async fn with_mail(backend: Backend, mailer: &Mailer) -> TestApp {
    let mailer = mailer.clone();
    spawn_app_with(backend, move |config| {
        config.public_origin = ORIGIN.to_owned();
        config.mailer = Some(mailer);
    })
    .await
}

/// A member with an address.
async fn reader(app: &TestApp, sql: &'static str) -> UserId {
    app.create_user("olivia.owner", &[Role::Member]).await;
    let users = app.cloud.store.users(&LocalAdministrator::of_machine()).await.unwrap();
    assert_eq!(app.database.execute(sql, &[users[0].id.uuid()]).await, 1);
    users[0].id
}
const GERMAN: &str =
    "UPDATE users SET email = 'olivia@example.test', language = 'de', display_name = 'Olivia' WHERE id = $1";

async fn notify(store: &Store, user: UserId, kind: NoticeKind) {
    let proof = LocalAdministrator::of_machine();
    store.audited(&proof, Action::UserUpdate, async |w| w.notify(user, kind).await).await.unwrap();
}

async fn queued(app: &TestApp) -> i64 {
    app.database.count("SELECT COUNT(*) FROM mail_outbox").await
}

async fn delivered(mail: &TestMail, count: usize) -> Vec<Mail> {
    let there = wait_until(Duration::from_secs(20), "the mails", || {
        let mails = mail.delivered().unwrap();
        std::future::ready((mails.len() >= count).then_some(mails))
    });
    let mails: Vec<_> = there.await.unwrap().iter().map(|text| Mail::read(text)).collect();
    assert_eq!(mails.len(), count);
    mails
}

/// What a reader sees.
#[derive(Debug)]
struct Mail {
    headers: Vec<(String, String)>,
    body: String,
}

impl Mail {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap();
        let head = head.replace("\n ", " ").replace("\n\t", " ");
        let headers: Vec<_> = head
            .lines()
            .filter_map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())))
            .collect();
        let mut mail = Self { headers, body: String::new() };
        let bytes = match mail.header("content-transfer-encoding") {
            "base64" => BASE64_STANDARD.decode(body.replace('\n', "")).unwrap(),
            "quoted-printable" => quoted_printable(body),
            _ => body.as_bytes().to_vec(),
        };
        mail.body = String::from_utf8(bytes).unwrap();
        mail
    }
    fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map_or("", |(_, value)| value);
        assert!(found.next().is_none(), "{name} twice");
        value
    }
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let text = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'=' {
            bytes.extend(hex::decode(&more[..2]).unwrap());
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    bytes
}

/// Each test runs on both databases, each with a mail service of its own.
macro_rules! with_mail {
    ($(async fn $name:ident($app:ident: TestApp, $mail:ident: TestMail, $mailer:ident: Mailer) $body:block)*) => {$(
        mod $name {
            use super::*;
            async fn run(backend: Backend) {
                let $mail = TestMail::start().unwrap();
                let $mailer = mailer(&$mail, &url("smtp+starttls", "localhost", $mail.starttls));
                let $app = with_mail(backend, &$mailer).await;
                $body
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run(Backend::Sqlite).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run(Backend::Postgres).await;
            }
        }
    )*};
}

with_mail! {
    async fn t_135_a_notice_reaches_its_reader_in_their_language(app: TestApp, mail: TestMail, mailer: Mailer) {
        let user = reader(&app, GERMAN).await;
        app.database.forget_leaves().await;
        notify(&app.cloud.store, user, NoticeKind::PasswordChanged).await;
        assert_eq!(deliver_due(&app.cloud.store, &mailer).await.unwrap(), 1);
        let mails = delivered(&mail, 1).await;
        let mail = &mails[0];
        assert_eq!((mail.header("to"), mail.header("auto-submitted")), ("olivia@example.test", "auto-generated"));
        assert!(mail.header("from").contains("carrel@example.test"), "{mail:?}");
        assert!(mail.header("message-id").ends_with("@example.test>"), "{mail:?}");
        assert!(mail.header("content-type").starts_with("text/plain"), "{mail:?}");
        assert!(mail.body.starts_with("Hallo Olivia,") && mail.body.contains("Das Passwort dieses Kontos wurde geändert."), "{mail:?}");
        assert!(mail.body.contains(&format!("{ORIGIN}/")), "{mail:?}");
        // Nothing of it stays, and the log says what became of it.
        assert_eq!(queued(&app).await, 0);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM notices WHERE kind = 'password_changed' AND seen_at IS NULL").await, 1);
        let leaves = app.database.leaves().await;
        let [act, outcome] = leaves.as_slice() else { panic!("{leaves:?}") };
        assert_eq!((outcome["act"].as_str(), outcome["out"].as_str()), (Some("mail.send.result"), Some("ok")));
        assert_eq!((&outcome["d"]["entry"], &act["d"]["mails"]), (&act["id"], &serde_json::json!(1)));
        assert!(!serde_json::to_string(&leaves).unwrap().contains("olivia@"), "no address in a leaf");
    }

    async fn t_135_two_replicas_send_each_mail_once(app: TestApp, mail: TestMail, mailer: Mailer) {
        let user = reader(&app, GERMAN).await;
        for kind in NoticeKind::ALL {
            notify(&app.cloud.store, user, *kind).await;
        }
        let second = Store::open_as_it_is(&app.url, PersonalKey::new([9; 32]), "2").await.unwrap();
        let (one, other) = tokio::join!(deliver_due(&app.cloud.store, &mailer), deliver_due(&second, &mailer));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!(one + other, NoticeKind::ALL.len());
        assert!(one > 0 && other > 0, "both had a part: {one} and {other}");
        let mails = delivered(&mail, NoticeKind::ALL.len()).await;
        let mut ids: Vec<_> = mails.iter().map(|mail| mail.header("message-id")).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), NoticeKind::ALL.len());
        second.close().await;
    }

    async fn t_135_a_mail_that_is_not_taken_waits_and_is_given_up_after_a_day(app: TestApp, mail: TestMail, mailer: Mailer) {
        let user = reader(&app, GERMAN).await;
        let wrong = Mailer::new(&url("smtp+starttls", "localhost", mail.starttls), "carrel@example.test", Some("wrong"), Some(&mail.authority().unwrap())).unwrap();
        notify(&app.cloud.store, user, NoticeKind::TokenCreated).await;
        assert_eq!(deliver_due(&app.cloud.store, &wrong).await.unwrap(), 0);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM mail_outbox WHERE tries = 1 AND last_error = 'status_535'").await, 1);
        // Not again before a minute is over.
        assert_eq!(deliver_due(&app.cloud.store, &mailer).await.unwrap(), 0);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM mail_outbox WHERE tries = 1").await, 1);
        let health = carrel_cloud_backend::health::own_parts(&app.cloud).await;
        assert!(health.iter().any(|part| part.name == "mail" && part.remedy.is_some()), "{health:?}");
        app.database.execute_at("UPDATE mail_outbox SET next_try_at = $1", Timestamp::now(), &[]).await;
        assert_eq!(deliver_due(&app.cloud.store, &mailer).await.unwrap(), 1);
        delivered(&mail, 1).await;
        // One that nobody takes for a day.
        notify(&app.cloud.store, user, NoticeKind::TokenCreated).await;
        let yesterday = Timestamp::now().minus(time::Duration::hours(25));
        app.database.execute_at("UPDATE mail_outbox SET created_at = $1, next_try_at = $1", yesterday, &[]).await;
        app.database.forget_leaves().await;
        assert_eq!(deliver_due(&app.cloud.store, &wrong).await.unwrap(), 0);
        assert_eq!(queued(&app).await, 0);
        let leaves = app.database.leaves().await;
        assert_eq!((leaves[0]["act"].as_str(), leaves[0]["out"].as_str()), (Some("mail.send.result"), Some("error")));
        assert_eq!(leaves[0]["d"]["cause"], "status_535");
    }

    async fn what_this_process_queues_is_sent_at_once(app: TestApp, mail: TestMail, _mailer: Mailer) {
        let user = reader(&app, GERMAN).await;
        let sending = tokio::spawn(app::send_mails(app.cloud.clone()));
        tokio::time::sleep(Duration::from_millis(200)).await;
        notify(&app.cloud.store, user, NoticeKind::PasskeyAdded).await;
        let begun = std::time::Instant::now();
        delivered(&mail, 1).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "it did not wait for the next look");
        sending.abort();
    }

    async fn t_132_no_address_adds_a_recipient_or_a_header(app: TestApp, mail: TestMail, mailer: Mailer) {
        let store = &app.cloud.store;
        let evil = ["a@example.test\r\nRCPT TO:<b@example.test>", "a@example.test, b@example.test", "<a@example.test>", "a b@example.test", ""];
        let proof = LocalAdministrator::of_machine();
        let queued_any = store.audited(&proof, Action::UserUpdate, async |w| {
            let letter = w.letterhead().unwrap().invitation("en", "Eve\r\nBcc: b@example.test", "x\r\n.\r\nMAIL FROM:<b@example.test>", "/join#secret", w.now());
            let mut any = false;
            for address in evil {
                any |= w.queue_mail(address, &letter).await?;
            }
            w.queue_mail("new@example.test", &letter).await?;
            Ok::<_, StoreError>(any)
        });
        assert!(!queued_any.await.unwrap());
        assert_eq!(deliver_due(store, &mailer).await.unwrap(), 1);
        let mails = delivered(&mail, 1).await;
        assert_eq!((mails[0].header("to"), mails[0].header("bcc"), mails[0].header("subject")), ("new@example.test", "", "Invitation to Carrel"));
        assert!(mails[0].body.contains(&format!("{ORIGIN}/join#secret")), "{:?}", mails[0]);
    }

    async fn a_mail_is_there_with_its_act_or_not_at_all(app: TestApp, mail: TestMail, mailer: Mailer) {
        let user = reader(&app, GERMAN).await;
        let proof = LocalAdministrator::of_machine();
        let failed = app.cloud.store.audited(&proof, Action::UserUpdate, async |w| {
            w.notify(user, NoticeKind::RoleChanged).await?;
            Err::<(), _>(StoreError::NotFound)
        });
        assert!(failed.await.is_err());
        // Who has no address, or is not active, is told in the account alone.
        for sql in ["UPDATE users SET email = NULL WHERE id = $1", "UPDATE users SET email = 'o@example.test', state = 'disabled' WHERE id = $1"] {
            app.database.execute(sql, &[user.uuid()]).await;
            notify(&app.cloud.store, user, NoticeKind::RoleChanged).await;
        }
        assert_eq!(deliver_due(&app.cloud.store, &mailer).await.unwrap(), 0);
        assert_eq!((queued(&app).await, app.database.count("SELECT COUNT(*) FROM notices").await), (0, 2));
        assert!(mail.delivered().unwrap().is_empty());
    }
}

crate::app::both! {
    async fn without_a_mail_service_notices_stay_in_the_account(app: TestApp) {
        let user = reader(&app, GERMAN).await;
        notify(&app.cloud.store, user, NoticeKind::PasswordChanged).await;
        assert_eq!((queued(&app).await, app.database.count("SELECT COUNT(*) FROM notices").await), (0, 1));
        app::send_mails(app.cloud.clone()).await;
    }
}

#[tokio::test]
async fn t_134_mail_goes_to_nobody_but_the_named_service_and_only_encrypted() {
    let mail = TestMail::start().unwrap();
    mailer(&mail, &url("smtps", "localhost", mail.tls)).probe().await.unwrap();
    mailer(&mail, &url("smtp+starttls", "localhost", mail.starttls)).probe().await.unwrap();
    // Another name than the certificate's.
    assert!(mailer(&mail, &url("smtps", "127.0.0.1", mail.tls)).probe().await.is_err());
    // An authority that nobody trusts.
    for (scheme, port) in [("smtps", mail.tls), ("smtp+starttls", mail.starttls)] {
        let strange =
            Mailer::new(&url(scheme, "localhost", port), "carrel@example.test", Some(PASSWORD), None).unwrap();
        assert!(strange.probe().await.is_err(), "{scheme}");
    }
    // Somebody in between strips STARTTLS.
    assert!(mailer(&mail, &url("smtp+starttls", "localhost", mail.plain)).probe().await.is_err());
    // The wrong kind of TLS, and nobody there.
    assert!(mailer(&mail, &url("smtps", "localhost", mail.plain)).probe().await.is_err());
    let port = carrel_test_support::free_port().unwrap();
    assert!(mailer(&mail, &url("smtps", "localhost", port)).probe().await.is_err());
    let wrong = Mailer::new(
        &url("smtps", "localhost", mail.tls),
        "carrel@example.test",
        Some("wrong"),
        Some(&mail.authority().unwrap()),
    );
    assert!(wrong.unwrap().probe().await.is_err());
}
