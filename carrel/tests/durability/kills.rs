//! The cloud backend is killed while people change their files.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use carrel_test_support::{TempData, person::Person, postgres::TestCluster};
use futures_util::future::join_all;

use crate::{
    checks,
    ledger::Ledger,
    server::{Signer, start_on},
    worker::{Sizes, Worker, summary},
};

const WORKERS: usize = 4;
const SIZES: Sizes = Sizes { small: 12_000, large: 8 * 1024 * 1024 };

pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

fn runs() -> u64 {
    let long = number("CARREL_TEST_LONG") == Some(1);
    number("CARREL_CRASH_RUNS").unwrap_or(if long { 200 } else { 12 })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_067_killed_at_random_on_sqlite_nothing_acknowledged_is_lost() {
    let data = TempData::new().expect("a folder");
    kill_and_compare(data.path(), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_067_killed_at_random_on_postgres_nothing_acknowledged_is_lost() {
    let database = TestCluster::join().await.expect("PostgreSQL").create_database().await.expect("a database");
    let data = TempData::new().expect("a folder");
    kill_and_compare(data.path(), Some(database.url())).await;
}

async fn kill_and_compare(data: &Path, database: Option<&str>) {
    rustls::crypto::ring::default_provider().install_default().ok();
    let seed = number("CARREL_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let runs = runs();
    println!("CARREL_CRASH_SEED={seed}, {runs} kills");
    let mut start = start_on(data);
    if let Some(url) = database {
        start = start.env("DATABASE_URL", url);
    }
    let mut server = start.start().await.expect("started");
    let mut signer = Signer::on(data);
    let address = server.address().trim_start_matches("http://").to_owned();
    let person = Person::set_up(server.address(), &server.setup_link().await.expect("a link")).await;
    let ledgers = join_all((0..WORKERS).map(|number| Ledger::new(&person, ["a", "b", "c", "d"][number]))).await;

    let done = Arc::new(AtomicBool::new(false));
    let mut workers = tokio::task::JoinSet::new();
    for (number, ledger) in ledgers.into_iter().enumerate() {
        workers.spawn(Worker::new(ledger, number, seed, SIZES).work_until(done.clone()));
    }
    let (mut state, mut slowest) = (seed | 1, Duration::ZERO);
    for run in 0..runs {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis(30 + (state >> 33) % 900)).await;
        let begun = std::time::Instant::now();
        server = server.kill().expect("killed").listen(&address).start().await.expect("started again");
        slowest = slowest.max(begun.elapsed());
        if run % 7 == 6 {
            signer = signer.killed();
        }
        // A worker that failed has the reason; the kills need not go on.
        if let Some(failed) = workers.try_join_next() {
            failed.map(drop).expect("a worker ended");
            panic!("a worker ended before it was told to");
        }
    }
    done.store(true, Ordering::SeqCst);
    let mut ended = Vec::new();
    while let Some(worker) = workers.join_next().await {
        ended.push(worker.expect("a worker failed"));
    }
    let acts = ended.iter().map(|worker| worker.ledger.acts).sum();
    println!("{acts} acts acknowledged; slowest start {} ms; {}", slowest.as_millis(), summary(&ended));
    // On a machine that is busy with much else starting takes most of the time.
    assert!(acts > runs / 2, "too little was done to show anything");
    for worker in &ended {
        worker.ledger.compare().await;
    }
    let report = checks::fsck(data, database);
    println!("{report}");
    let versions: usize =
        ended.iter().flat_map(|worker| worker.ledger.files.values().map(|file| file.versions.len())).sum();
    let trashed: usize =
        ended.iter().flat_map(|worker| worker.ledger.trashed.values().map(|file| file.versions.len())).sum();
    assert_eq!(report["versions"], (versions + trashed) as u64, "no version that nobody was told of");
    assert!(server.stop().await.expect("ended").success());
    // What the last acts left to seal is sealed by the one that verifies.
    drop(signer);
    let _signer = Signer::on(data);
    checks::verify_log(data, database, acts);
}
