//! One database and one signer for one test.

use std::{
    path::{Path, PathBuf},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use carrel_audit_log::{VerifierKey, bundle::Report};
use carrel_cloud_backend::{
    audit::{Action, LogName, Sealer, verify_log},
    authz::LocalAdministrator,
    store::{PersonalKey, Store, StoreError},
};
use carrel_signer::client::SignerClient;
use carrel_test_support::{
    TempData,
    postgres::{TestCluster, TestDatabase},
};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::oneshot;

pub(crate) const ORIGIN: &str = "cloud.example.test/audit/1";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}
pub(crate) const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];

pub(crate) struct Signer {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Signer {
    pub(crate) fn start(folder: &Path) -> Self {
        let config = carrel_signer::Config {
            socket: folder.join("signer.sock"),
            state_dir: folder.join("signer"),
            origin: ORIGIN.into(),
        };
        let socket = config.socket.clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(carrel_signer::serve(config, async { stopped.await.unwrap_or(()) })).unwrap();
        });
        let deadline = Instant::now() + Duration::from_secs(10);
        while !socket.exists() {
            assert!(Instant::now() < deadline, "the signer did not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the signer failed");
        }
    }
}

pub(crate) struct Instance {
    pub(crate) store: Store,
    url: String,
    /// Before the folder that it lives in: fields are dropped in order.
    pub(crate) signer: Option<Signer>,
    pub(crate) data: TempData,
    _database: Option<TestDatabase>,
}

impl Instance {
    pub(crate) async fn new(kind: Kind) -> Self {
        let data = TempData::new().unwrap();
        let (url, database) = match kind {
            Kind::Sqlite => (format!("sqlite:{}", data.join("carrel.db").display()), None),
            Kind::Postgres => {
                let database = TestCluster::join().await.unwrap().create_database().await.unwrap();
                (database.url().to_owned(), Some(database))
            }
        };
        let store = open(&url).await;
        let signer = Some(Signer::start(data.path()));
        Self { store, url, signer, data, _database: database }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.data.join("signer.sock")
    }
    pub(crate) fn sealer(&self) -> Sealer {
        self.sealer_on(&self.store)
    }
    /// Another replica on the same database.
    pub(crate) async fn replica(&self) -> Sealer {
        self.sealer_on(&open(&self.url).await)
    }
    fn sealer_on(&self, store: &Store) -> Sealer {
        Sealer::new(store.clone(), LogName::new(ORIGIN), Some(SignerClient::connect(&self.socket())))
    }

    /// So many acts, one after the other.
    pub(crate) async fn act(&self, count: usize) {
        for _ in 0..count {
            let administrator = LocalAdministrator::of_machine();
            self.store
                .audited(&administrator, Action::LogHeartbeat, async |writer| {
                    writer.personal("reason", "because");
                    Ok::<_, StoreError>(())
                })
                .await
                .unwrap();
        }
    }
    pub(crate) async fn key(&self) -> VerifierKey {
        SignerClient::connect(&self.socket()).verification_key().await.unwrap()
    }
    pub(crate) async fn verify(&self) -> Report {
        let key = self.key().await;
        verify_log(&self.store, &LocalAdministrator::of_machine(), &LogName::new(ORIGIN), &[key], |_| {}).await.unwrap()
    }

    /// What somebody with the database's password can do, past the triggers.
    pub(crate) async fn forge(&self, statement: &str) {
        let sql = |text: &str| sqlx::AssertSqlSafe(text.to_owned());
        if self.url.starts_with("sqlite:") {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
            for trigger in ["audit_log_no_update", "audit_log_no_delete"] {
                connection.execute(sql(&format!("DROP TRIGGER IF EXISTS {trigger}"))).await.unwrap();
            }
            connection.execute(sql(statement)).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.unwrap();
            connection.execute(sql("DROP TRIGGER IF EXISTS audit_log_no_change ON audit_log")).await.unwrap();
            connection.execute(sql(statement)).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

pub(crate) async fn open(url: &str) -> Store {
    Store::open(url, PersonalKey::new([7; 32]), "test").await.unwrap()
}
