//! One PostgreSQL server for all tests of this machine's user, one database per test.
//!
//! Tests run in many processes. The first one that needs the server starts it (`server.rs`); the others join it; it ends a few
//! seconds after the last one is gone, however that one ended. `CARREL_TEST_POSTGRES` names a server to use instead.

mod database;
mod server;

use std::sync::OnceLock;

pub use database::TestDatabase;
use sqlx::{Connection as _, PgConnection};

/// Why no database could be had.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// PostgreSQL is not installed, or its server did not start.
    #[error("PostgreSQL for tests: {0}")]
    Server(String),
    /// The server refused a statement.
    #[error("PostgreSQL for tests refused a statement")]
    Statement(#[from] sqlx::Error),
}

/// The server that this test process uses.
#[derive(Clone, Debug)]
pub struct TestCluster {
    /// Address of the maintenance database, with a role that may create databases.
    admin_url: String,
    /// Databases of ended processes may be dropped: true only for the server that test-support itself started here.
    owned: bool,
}

impl TestCluster {
    /// Joins the server, starting it when none runs. Cheap after the first call in a process.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start; the message holds the end of the server's log.
    pub async fn join() -> Result<Self, PostgresError> {
        static CLUSTER: OnceLock<TestCluster> = OnceLock::new();
        if let Some(cluster) = CLUSTER.get() {
            return Ok(cluster.clone());
        }
        // File locks block: they are waited for on a thread of their own, never on the test's runtime.
        let cluster = tokio::task::spawn_blocking(|| {
            if let Ok(admin_url) = std::env::var("CARREL_TEST_POSTGRES") {
                return Ok(Self { admin_url, owned: false });
            }
            let admin_url = server::join().map_err(|error| PostgresError::Server(error.to_string()))?;
            Ok::<_, PostgresError>(Self { admin_url, owned: true })
        })
        .await
        .map_err(|error| PostgresError::Server(error.to_string()))??;
        Ok(CLUSTER.get_or_init(|| cluster).clone())
    }

    /// Makes an empty database and returns it with its address.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create_database(&self) -> Result<TestDatabase, PostgresError> {
        database::create(self, None).await
    }

    /// Makes a database as a copy of a template that `prepare` fills once per server, for example with all migrations.
    ///
    /// `version` names the template: change it with what `prepare` does (a hash of the migrations is a good choice). It may hold
    /// small letters, digits and `_`, at most 40 of them. `prepare` gets the address of the template and must have closed all its
    /// connections when it returns.
    ///
    /// # Errors
    /// When `prepare` fails (its error is passed on as a server error) or the server refuses.
    pub async fn create_from_template<F, Fut, E>(
        &self,
        version: &str,
        prepare: F,
    ) -> Result<TestDatabase, PostgresError>
    where
        F: FnOnce(String) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: std::fmt::Display,
    {
        let template = database::template(self, version, prepare).await?;
        database::create(self, Some(&template)).await
    }

    async fn connect(&self) -> Result<PgConnection, PostgresError> {
        Ok(PgConnection::connect(&self.admin_url).await?)
    }

    /// The address of another database on the same server.
    fn url_of(&self, database: &str) -> Result<String, PostgresError> {
        let (base, query) = match self.admin_url.split_once('?') {
            Some((base, query)) => (base, format!("?{query}")),
            None => (self.admin_url.as_str(), String::new()),
        };
        let (server, _) = base
            .rsplit_once('/')
            .filter(|(server, _)| !server.ends_with('/'))
            .ok_or_else(|| PostgresError::Server("CARREL_TEST_POSTGRES must end in /DATABASE".into()))?;
        Ok(format!("{server}/{database}{query}"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn the_database_is_exchanged_in_the_address() {
        let cluster = |url: &str| TestCluster { admin_url: url.into(), owned: false };
        let with_query = cluster("postgres://carrel@localhost/postgres?host=/tmp/x");
        assert_eq!(with_query.url_of("a").unwrap(), "postgres://carrel@localhost/a?host=/tmp/x");
        assert_eq!(cluster("postgres://u:p@h:5432/postgres").url_of("a").unwrap(), "postgres://u:p@h:5432/a");
        assert!(cluster("postgres://h").url_of("a").is_err());
    }

    #[tokio::test]
    async fn each_test_has_its_own_database() {
        let cluster = TestCluster::join().await.unwrap();
        let (first, second) = (cluster.create_database().await.unwrap(), cluster.create_database().await.unwrap());
        assert_ne!(first.url(), second.url());
        let mut connection = PgConnection::connect(first.url()).await.unwrap();
        sqlx::query("CREATE TABLE only_here (id int)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let mut connection = PgConnection::connect(second.url()).await.unwrap();
        assert!(sqlx::query("SELECT * FROM only_here").execute(&mut connection).await.is_err());
    }

    #[tokio::test]
    async fn a_template_is_prepared_once_and_copied() {
        static PREPARED: AtomicU32 = AtomicU32::new(0);
        let prepare = |url: String| async move {
            PREPARED.fetch_add(1, Ordering::SeqCst);
            let mut connection = PgConnection::connect(&url).await?;
            sqlx::query("CREATE TABLE noun (id int PRIMARY KEY)").execute(&mut connection).await?;
            connection.close().await
        };
        let version = format!("selftest_{}", std::process::id());
        let cluster = TestCluster::join().await.unwrap();
        let (one, two) = tokio::join!(
            cluster.create_from_template(&version, prepare),
            cluster.create_from_template(&version, prepare)
        );
        assert_eq!(PREPARED.load(Ordering::SeqCst), 1);
        for database in [one.unwrap(), two.unwrap()] {
            let mut connection = PgConnection::connect(database.url()).await.unwrap();
            let (rows,): (i64,) = sqlx::query_as("SELECT count(*) FROM noun").fetch_one(&mut connection).await.unwrap();
            assert_eq!(rows, 0);
        }
    }

    #[tokio::test]
    async fn a_template_that_failed_is_prepared_again() {
        let version = format!("retry_{}", std::process::id());
        let cluster = TestCluster::join().await.unwrap();
        let failed = cluster.create_from_template(&version, |_| async { Err::<(), _>("no migrations") }).await;
        assert!(failed.unwrap_err().to_string().contains("no migrations"));
        assert!(cluster.create_from_template(&version, |_| async { Ok::<_, String>(()) }).await.is_ok());
    }
}
