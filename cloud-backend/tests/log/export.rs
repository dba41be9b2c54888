//! Exports from the database verify offline with the key alone; one changed byte names the entry.

use std::{fs, io::Cursor};

use carrel_audit_log::bundle::{
    FolderContainer, Kind as Found, TarContainer, Trust, Verdict, verify_archive, verify_path,
};
use carrel_cloud_backend::{audit::export::Export, authz::LocalAdministrator, store::LogFilter};

use crate::instance::{BOTH, Instance};

async fn archive(instance: &Instance, filter: LogFilter) -> Vec<u8> {
    let export = Export::prepare(&instance.sealer(), LocalAdministrator::of_machine(), filter, false).await.unwrap();
    export.write(TarContainer::new(Vec::new()), async |_| Ok(())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_verify_and_hold_their_own_entry() {
    for kind in BOTH {
        let instance = Instance::new(kind).await;
        // More than one page, and more than one digit's width of positions.
        instance.act(1203).await;
        let trust = Trust { keys: vec![instance.key().await], since: None };
        let whole = archive(&instance, LogFilter::default()).await;
        let report = verify_archive(Cursor::new(&whole), &trust);
        assert_eq!(
            (report.verdict, report.entries, report.withheld, report.size),
            (Verdict::Intact, 1204, 0, 1204),
            "{kind:?}"
        );

        let folder = instance.data.join("export");
        let filter = LogFilter { action: Some("log.export".into()), ..LogFilter::default() };
        let export =
            Export::prepare(&instance.sealer(), LocalAdministrator::of_machine(), filter.clone(), false).await.unwrap();
        export.write(FolderContainer::create(&folder).unwrap(), async |_| Ok(())).await.unwrap();
        let report = verify_path(&folder, &trust.keys);
        assert_eq!((report.verdict, report.entries, report.withheld), (Verdict::Intact, 2, 1203), "{kind:?}");
        let entries = fs::read_to_string(folder.join("entries.jsonl")).unwrap();
        assert!(entries.lines().all(|line| line.contains("\"act\":\"log.export\"")), "{entries}");
        let manifest: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
        assert!(entries.lines().last().unwrap().contains(manifest["entry"].as_str().unwrap()));
        assert_eq!(manifest["filter"]["action"], "log.export");

        let at = whole.windows(13).position(|window| window == b"log.heartbeat").unwrap();
        let mut bytes = whole;
        bytes[at] ^= 1;
        let Verdict::Tampered(finding) = verify_archive(Cursor::new(&bytes), &trust).verdict else {
            panic!("not found")
        };
        assert_eq!((finding.kind, finding.index), (Found::Edit, Some(0)), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_of_time_becomes_a_span_of_positions() {
    for kind in BOTH {
        let instance = Instance::new(kind).await;
        let trust = Trust { keys: vec![instance.key().await], since: None };
        instance.act(12).await;
        let from = carrel_cloud_backend::store::Timestamp::now();
        instance.act(30).await;
        let to = carrel_cloud_backend::store::Timestamp::now();
        instance.act(5).await;
        let span = |from, to| LogFilter { from, to, ..LogFilter::default() };
        let report = verify_archive(Cursor::new(archive(&instance, span(Some(from), Some(to))).await), &trust);
        assert_eq!(
            (report.verdict, report.start, report.end, report.withheld),
            (Verdict::Intact, 12, 42, 0),
            "{kind:?}"
        );
        let report = verify_archive(Cursor::new(archive(&instance, span(None, Some(from))).await), &trust);
        assert_eq!((report.verdict, report.start, report.end), (Verdict::Intact, 0, 12), "{kind:?}");
        let future = to.plus(time::Duration::days(1));
        let report = verify_archive(Cursor::new(archive(&instance, span(Some(future), None)).await), &trust);
        assert_eq!((report.verdict, report.entries, report.end), (Verdict::Intact, 0, 50), "{kind:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_signer_an_older_head_can_be_exported_on_the_machine() {
    let mut instance = Instance::new(crate::instance::Kind::Sqlite).await;
    let trust = Trust { keys: vec![instance.key().await], since: None };
    instance.act(4).await;
    instance.sealer().cover().await.unwrap();
    instance.signer = None;
    let refused =
        Export::prepare(&instance.sealer(), LocalAdministrator::of_machine(), LogFilter::default(), false).await;
    assert!(refused.is_err());
    let export = Export::prepare(&instance.sealer(), LocalAdministrator::of_machine(), LogFilter::default(), true)
        .await
        .unwrap();
    let bytes = export.write(TarContainer::new(Vec::new()), async |_| Ok(())).await.unwrap();
    let report = verify_archive(Cursor::new(&bytes), &trust);
    assert_eq!((report.verdict, report.entries), (Verdict::Intact, 4));
}
