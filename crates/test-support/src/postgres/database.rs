//! Databases and templates on the test server.

use sqlx::{Connection as _, PgConnection};

use super::{PostgresError, TestCluster};

/// How many databases of ended processes one new database sweeps away: more than one, so that they cannot pile up.
const SWEEP: usize = 4;
/// Key of the advisory lock under which templates are made.
const TEMPLATE_LOCK: i64 = 0x6361_7272_656c;
/// Key of the advisory lock under which databases are dropped: two processes that drop the same one get an error.
const SWEEP_LOCK: i64 = 0x6361_7272_656d;

/// A database of one test. It is dropped by a later test process, after this one has ended.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
}

impl TestDatabase {
    /// Its address, as `DATABASE_URL` takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The one number that a statement answers with: a test's own look, beside the program's.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn number(&self, sql: &'static str) -> Result<i64, PostgresError> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let number = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(number)
    }

    /// Changes rows, for example so that time has gone by; how many they were.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn change(&self, sql: &'static str) -> Result<u64, PostgresError> {
        let mut connection = PgConnection::connect(&self.url).await?;
        let done = sqlx::query(sql).execute(&mut connection).await?;
        connection.close().await?;
        Ok(done.rows_affected())
    }
}

/// Makes a database whose name holds this process's id, so that another process can tell when nobody needs it.
pub(super) async fn create(cluster: &TestCluster, template: Option<&str>) -> Result<TestDatabase, PostgresError> {
    let mut connection = cluster.connect().await?;
    if cluster.owned {
        sweep(&mut connection).await?;
    }
    let name = format!("test_{}_{}", std::process::id(), uuid::Uuid::new_v4().simple());
    let template = template.map_or_else(String::new, |template| format!(" TEMPLATE \"{template}\""));
    run(&mut connection, format!("CREATE DATABASE \"{name}\"{template}")).await?;
    connection.close().await?;
    Ok(TestDatabase { url: cluster.url_of(&name)? })
}

/// Makes the template if no process has made it before, and returns its name.
pub(super) async fn template<F, Fut, E>(
    cluster: &TestCluster,
    version: &str,
    prepare: F,
) -> Result<String, PostgresError>
where
    F: FnOnce(String) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: std::fmt::Display,
{
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if version.is_empty() || version.len() > 40 || !version.chars().all(plain) {
        return Err(PostgresError::Server(format!("template version {version:?} is not a plain name")));
    }
    let name = format!("template_{version}");
    let mut connection = cluster.connect().await?;
    if is_ready(&mut connection, &name).await? {
        return Ok(name);
    }
    // The lock goes with the connection, so a process that dies here blocks nobody.
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut connection).await?;
    if !is_ready(&mut connection, &name).await? {
        run(&mut connection, format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await?;
        run(&mut connection, format!("CREATE DATABASE \"{name}\"")).await?;
        prepare(cluster.url_of(&name)?)
            .await
            .map_err(|error| PostgresError::Server(format!("preparing template {version}: {error}")))?;
        run(&mut connection, format!("ALTER DATABASE \"{name}\" IS_TEMPLATE true")).await?;
    }
    connection.close().await?;
    Ok(name)
}

/// A template is ready when it carries the mark that is set last.
async fn is_ready(connection: &mut PgConnection, name: &str) -> Result<bool, PostgresError> {
    let found: Option<(bool,)> = sqlx::query_as("SELECT datistemplate FROM pg_database WHERE datname = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?;
    Ok(found == Some((true,)))
}

/// Drops a few databases whose process has ended, unless another process is doing so.
async fn sweep(connection: &mut PgConnection) -> Result<(), PostgresError> {
    let (alone,): (bool,) =
        sqlx::query_as("SELECT pg_try_advisory_lock($1)").bind(SWEEP_LOCK).fetch_one(&mut *connection).await?;
    if !alone {
        return Ok(());
    }
    let names: Vec<(String,)> = sqlx::query_as("SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%'")
        .fetch_all(&mut *connection)
        .await?;
    let ended = names.iter().map(|(name,)| name).filter(|name| process_of(name).is_some_and(|id| !lives(id)));
    for name in ended.take(SWEEP) {
        let drop = format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)");
        run(connection, drop).await?;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(SWEEP_LOCK).execute(connection).await?;
    Ok(())
}

fn process_of(database: &str) -> Option<u32> {
    database.strip_prefix("test_")?.split('_').next()?.parse().ok()
}

fn lives(process: u32) -> bool {
    std::path::Path::new("/proc").join(process.to_string()).exists()
}

/// Runs a statement that takes no parameters: names of databases cannot be bound. All names here are made by this file.
async fn run(connection: &mut PgConnection, statement: String) -> Result<(), PostgresError> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_name_tells_the_process() {
        assert_eq!(process_of("test_42_abc"), Some(42));
        assert_eq!(process_of("template_42"), None);
        assert!(lives(std::process::id()));
    }

    #[tokio::test]
    async fn databases_of_ended_processes_go() {
        let cluster = TestCluster::join().await.unwrap();
        let mut connection = cluster.connect().await.unwrap();
        // No process has an id above the kernel's limit of 2^22.
        let name = format!("test_{}_gone", 4_194_305);
        run(&mut connection, format!("CREATE DATABASE \"{name}\"")).await.ok();
        // Another test process may be sweeping at this moment.
        let gone = crate::wait_until(Duration::from_secs(20), "the sweep", async || {
            let mut connection = cluster.connect().await.unwrap();
            sweep(&mut connection).await.unwrap();
            let left: Option<(i32,)> = sqlx::query_as("SELECT 1 FROM pg_database WHERE datname = $1")
                .bind(&name)
                .fetch_optional(&mut connection)
                .await
                .unwrap();
            left.is_none().then_some(())
        });
        gone.await.unwrap();
    }
}
