//! What somebody with the database's password can do, and what the verification says. Prints the table.

use carrel_audit_log::bundle::{Kind as Found, Verdict};

use crate::instance::{BOTH, Instance};

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_the_tables_is_found() {
    let cases: [(&str, &str, Found, Option<u64>); 9] = [
        (
            "entry edited",
            "UPDATE audit_log SET leaf = (SELECT leaf FROM audit_log WHERE seq = 4) WHERE seq = 3",
            Found::Edit,
            Some(3),
        ),
        (
            "entry and hash edited",
            "UPDATE audit_log SET leaf = (SELECT leaf FROM audit_log WHERE seq = 4), leaf_hash = (SELECT leaf_hash FROM audit_log WHERE seq = 4) WHERE seq = 3",
            Found::Rewrite,
            Some(3),
        ),
        ("entry deleted", "DELETE FROM audit_log WHERE seq = 3", Found::Delete, Some(3)),
        ("tail cut", "DELETE FROM audit_log WHERE seq >= 8", Found::CutTail, Some(8)),
        ("all deleted", "DELETE FROM audit_log", Found::CutTail, Some(0)),
        (
            "tail cut and head set back",
            "UPDATE audit_head SET size = 5; DELETE FROM audit_log WHERE seq >= 5",
            Found::CutTail,
            Some(5),
        ),
        ("search row edited", "UPDATE audit_index SET act = 'log.read' WHERE seq = 6", Found::Projection, Some(6)),
        ("search row deleted", "DELETE FROM audit_index WHERE seq = 6", Found::Projection, Some(6)),
        (
            "signed head altered",
            "UPDATE audit_checkpoint SET note = replace(note, 'audit/1\n5\n', 'audit/1\n6\n') WHERE size = 5",
            Found::Signature,
            None,
        ),
    ];
    println!("{:<30} {:<12} entry", "change", "named as");
    for kind in BOTH {
        for (name, statement, expected, index) in cases {
            let instance = Instance::new(kind).await;
            for size in [5, 5] {
                instance.act(size).await;
                instance.sealer().cover().await.unwrap();
            }
            assert_eq!(instance.verify().await.verdict, Verdict::Intact);
            instance.forge(statement).await;
            let Verdict::Tampered(finding) = instance.verify().await.verdict else {
                panic!("{kind:?}: {name} was not found")
            };
            println!("{name:<30} {:<12} {:?}", format!("{:?}", finding.kind), finding.index);
            assert_eq!((finding.kind, finding.index), (expected, index), "{kind:?}: {name}");
        }
    }
}
