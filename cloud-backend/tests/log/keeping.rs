//! Sealing and signing: no gap, no fork, each act once; a rolled-back database is not continued.

use std::time::{Duration, Instant};

use carrel_audit_log::{Checkpoint, bundle::Verdict};
use carrel_cloud_backend::audit::{LogKeeper, LogName, LogState, SealError};

use crate::instance::{BOTH, Instance, Kind, ORIGIN, Signer, open};

#[tokio::test(flavor = "multi_thread")]
async fn acts_at_once_and_two_sealers_give_one_chain() {
    for kind in BOTH {
        let instance = Instance::new(kind).await;
        let (one, two) = (instance.sealer(), instance.replica().await);
        let seal = async |sealer: &carrel_cloud_backend::audit::Sealer| {
            for _ in 0..40 {
                sealer.seal().await.unwrap();
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::join!(instance.act(90), instance.act(90), instance.act(90), seal(&one), seal(&two));
        let note = one.cover().await.unwrap().unwrap();
        assert_eq!(Checkpoint::parse(note.text()).unwrap().size, 270, "{kind:?}");
        assert_eq!(one.unsigned().await.unwrap(), (0, 270));
        let report = instance.verify().await;
        assert_eq!((report.verdict, report.entries, report.size), (Verdict::Intact, 270, 270), "{kind:?}");

        // A later head is signed as an extension: the proof crosses the first tile of the tree.
        instance.act(260).await;
        one.cover().await.unwrap();
        instance.act(1).await;
        two.cover().await.unwrap();
        let report = instance.verify().await;
        assert_eq!((report.verdict, report.entries, report.size), (Verdict::Intact, 531, 531), "{kind:?}");
        assert_eq!(report.signed_by, [ORIGIN]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_entries_are_sealed_in_batches_with_two_levels_of_tiles() {
    let instance = Instance::new(Kind::Sqlite).await;
    instance.act(1).await;
    // The outbox is filled past the program, because 70,000 acts one by one would take minutes.
    let copies = "WITH RECURSIVE
            n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70000),
            made AS (SELECT '019a9f2c-7b00-7000-8000-' || printf('%012d', i) AS id FROM n),
            seed AS (SELECT CAST(leaf AS TEXT) AS text, substr(CAST(leaf AS TEXT), instr(CAST(leaf AS TEXT), '\"id\":\"0') + 6, 36) AS id, born FROM audit_outbox)
        INSERT INTO audit_outbox (id, leaf, class, born)
        SELECT unhex(replace(made.id, '-', '')), CAST(replace(seed.text, seed.id, made.id) AS BLOB), 0, seed.born FROM seed, made";
    instance.forge(copies).await;
    let sealer = instance.sealer();
    let started = Instant::now();
    assert_eq!(sealer.seal().await.unwrap(), 70_001);
    let sealed = started.elapsed();
    sealer.cover().await.unwrap();
    instance.act(1).await;
    sealer.cover().await.unwrap();
    let started = Instant::now();
    let report = instance.verify().await;
    eprintln!("sealed 70,001 entries in {sealed:?}, verified them in {:?} (debug build)", started.elapsed());
    assert_eq!((report.verdict, report.entries), (Verdict::Intact, 70_002));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_signer_entries_are_sealed_and_signed_later() {
    for kind in BOTH {
        let mut instance = Instance::new(kind).await;
        let sealer = instance.sealer();
        instance.act(3).await;
        let key = instance.key().await;
        instance.signer = None;
        assert!(matches!(sealer.cover().await, Err(SealError::Signer(_))));
        assert_eq!(sealer.unsigned().await.unwrap(), (3, 3));
        instance.signer = Some(Signer::start(instance.data.path()));
        let note = sealer.cover().await.unwrap().unwrap();
        assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap(), [&key]);
        // The note was lost between the signer and the database: the same bytes again.
        instance.forge("DELETE FROM audit_checkpoint").await;
        assert_eq!(sealer.cover().await.unwrap().unwrap(), note);
        // A head was signed and lost, and the log went on.
        instance.act(2).await;
        sealer.cover().await.unwrap();
        instance.forge("DELETE FROM audit_checkpoint").await;
        instance.act(2).await;
        sealer.cover().await.unwrap();
        assert_eq!(instance.verify().await.verdict, Verdict::Intact);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_rolled_back_is_not_continued() {
    let instance = Instance::new(Kind::Sqlite).await;
    instance.act(5).await;
    instance.sealer().cover().await.unwrap();
    let backup = instance.data.join("backup.db");
    instance.forge(&format!("VACUUM INTO '{}'", backup.display())).await;
    instance.act(5).await;
    instance.sealer().cover().await.unwrap();

    let old = open(&format!("sqlite:{}", backup.display())).await;
    let keeper = LogKeeper::new(&old, LogName::new(ORIGIN), Some(&instance.socket()));
    assert!(matches!(keeper.sealer().check().await, Err(SealError::Contradiction { signed: 10, size: 5 })));
    let empty = open(&format!("sqlite:{}", instance.data.join("empty.db").display())).await;
    let sealer = carrel_cloud_backend::audit::Sealer::new(
        empty,
        LogName::new(ORIGIN),
        Some(carrel_signer::client::SignerClient::connect(&instance.socket())),
    );
    assert!(matches!(sealer.check().await, Err(SealError::Contradiction { signed: 10, size: 0 })));
    // What was found stays the reason.
    assert!(matches!(sealer.check().await, Err(SealError::Contradiction { signed: 10, size: 0 })));
    // The keeper says so and seals nothing, not even its own heartbeat.
    let keeping = tokio::time::timeout(Duration::from_secs(2), keeper.run());
    assert!(keeping.await.is_err());
    let LogState::Stopped(reason) = keeper.state() else { panic!("{:?}", keeper.state()) };
    assert!(reason.contains("signed 10 entries") && reason.contains("the database's 5"), "{reason}");
    let key = instance.key().await;
    let reader = carrel_cloud_backend::authz::LocalAdministrator::of_machine();
    let report =
        carrel_cloud_backend::audit::verify_log(&old, &reader, &LogName::new(ORIGIN), &[key], |_| {}).await.unwrap();
    assert_eq!(report.entries, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keeper_seals_soon_and_signs_every_hundred_entries() {
    for kind in BOTH {
        let instance = Instance::new(kind).await;
        let keeper = LogKeeper::new(&instance.store, LogName::new(ORIGIN), Some(&instance.socket()));
        let work = async {
            let sealed = async |count: u64| {
                let started = Instant::now();
                while keeper.sealer().unsigned().await.unwrap().1 < count {
                    assert!(started.elapsed() < Duration::from_secs(10), "not sealed");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                started.elapsed()
            };
            // The first entry is the heartbeat.
            sealed(1).await;
            instance.act(1).await;
            let soon = sealed(2).await;
            eprintln!("{kind:?}: sealed {soon:?} after the commit");
            instance.act(100).await;
            sealed(102).await;
            let started = Instant::now();
            while keeper.sealer().unsigned().await.unwrap().0 >= 100 {
                assert!(started.elapsed() < Duration::from_secs(10), "not signed");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            () = keeper.run() => {}
            () = work => {}
        }
        assert_eq!(keeper.state(), LogState::Fine);
        assert_eq!(keeper.verification_key().await, Some(instance.key().await.to_string()));
        assert_eq!(instance.verify().await.verdict, Verdict::Intact);
    }
}
