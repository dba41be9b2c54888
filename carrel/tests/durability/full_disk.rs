//! The disk is full: what does not fit is refused with the reason, nothing that was acknowledged is lost, everything can be read, and
//! when there is room again, work goes on without a restart.

use std::time::{Duration, Instant};

use carrel_test_support::{person::Person, process::Program};
use futures_util::future::join_all;
use reqwest::{Method, StatusCode};

use crate::{
    checks,
    disk::SmallDisk,
    kills::number,
    ledger::{Ledger, Pending, hash},
    server::{Signer, start_on},
    worker::{Sizes, Worker, summary},
};

const WORKERS: usize = 4;
const SIZES: Sizes = Sizes { small: 60_000, large: 3 * 1024 * 1024 };

struct Full {
    disk: SmallDisk,
    server: Program,
    signer: Signer,
    person: Person,
    workers: Vec<Worker>,
}

impl Full {
    /// People at work on a disk of 48 MiB, until it has had no room for them so often.
    async fn after(refusals: u64) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let seed = number("CARREL_CRASH_SEED").unwrap_or_else(|| u64::from(std::process::id()));
        println!("CARREL_CRASH_SEED={seed}");
        let disk = SmallDisk::of_mib(48);
        let data = disk.path().join("data");
        let server = start_on(&data).start().await.expect("started");
        let signer = Signer::on(&data);
        let person = Person::set_up(server.address(), &server.setup_link().await.expect("a link")).await;
        let ledgers = join_all((0..WORKERS).map(|number| Ledger::new(&person, ["a", "b", "c", "d"][number]))).await;
        let work = ledgers.into_iter().enumerate().map(async |(number, ledger)| {
            let mut worker = Worker::new(ledger, number, seed, SIZES);
            let begun = Instant::now();
            while worker.refused() < refusals {
                worker.act().await;
                assert!(begun.elapsed() < Duration::from_secs(120), "the disk does not fill: {:?}", worker.answers);
            }
            worker
        });
        let workers = join_all(work).await;
        println!("full with {} bytes free; {}", disk.free(), summary(&workers));
        Self { disk, server, signer, person, workers }
    }

    async fn all_can_be_read(&self) {
        for worker in &self.workers {
            worker.ledger.compare().await;
        }
    }

    /// Everybody can upload again, within a few turns of the collector.
    async fn work_goes_on(&mut self) {
        for worker in &mut self.workers {
            let (ledger, name) = (&mut worker.ledger, "after all".to_owned());
            let content = vec![b'z'; 300_000];
            let path = format!("/api/v1/nodes/{}/files?name=after%20all", ledger.folder);
            let put = carrel_test_support::wait_until(Duration::from_secs(30), "room for an upload", async || {
                let body = Some(("application/octet-stream", content.clone()));
                let answer = ledger.person.ask(Method::PUT, &path, body, &[("if-none-match", "*")]).await;
                answer.filter(|(status, _)| *status == StatusCode::CREATED)
            });
            let (_, node) = put.await.expect("room");
            ledger.acknowledge(Pending::Put { name, hash: hash(&content) }, &node);
        }
    }

    async fn end(self) {
        let data = self.disk.path().join("data");
        self.all_can_be_read().await;
        println!("{}", checks::fsck(&data, None));
        let acts = self.workers.iter().map(|worker| worker.ledger.acts).sum();
        assert!(self.server.stop().await.expect("ended").success());
        checks::verify_log(&data, None, acts);
        drop(self.signer);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_060_on_a_full_disk_nothing_is_lost_and_what_is_deleted_makes_room() {
    let mut full = Full::after(8).await;
    full.all_can_be_read().await;
    // People tidy up on the full disk: everything that they delete is deleted, and its room is there for others soon.
    for worker in &mut full.workers {
        for _ in 0..8 {
            worker.trash().await;
        }
        while !worker.ledger.trashed.is_empty() {
            worker.purge().await;
        }
    }
    full.work_goes_on().await;
    full.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_060_when_others_take_the_last_byte_everything_can_be_read_and_work_goes_on_afterwards() {
    let mut full = Full::after(2).await;
    let filler = full.disk.fill();
    assert!(full.disk.free() < 4096);
    // Now the database itself has no room either. Nobody hears anything but that.
    for worker in &mut full.workers {
        for _ in 0..25 {
            worker.act().await;
        }
    }
    full.all_can_be_read().await;
    assert!(full.person.ask(Method::GET, "/healthz", None, &[]).await.is_some_and(|(status, _)| status.is_success()));
    std::fs::remove_file(filler).expect("removed");
    println!("{}", summary(&full.workers));
    full.work_goes_on().await;
    full.end().await;
}
