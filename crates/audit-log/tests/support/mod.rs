//! A log of some entries, its keys, and bundles of it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;

use carrel_audit_log::{
    Checkpoint, Hash, Json, Leaf, SignedNote, VerifierKey,
    bundle::{
        BundleWriter, Container, Outline, Previous, Sizes, TarContainer, csv_bytes, personal_line, withheld_line,
    },
    checkpoint::log_key,
    hash,
    leaf::{Actor, ActorKind, Outcome, Target},
    note::NoteError,
    personal::{Commitment, commit},
    proof,
    range::RangeProof,
    timestamp,
    tree::{Frontier, NodeId},
};
use ed25519_dalek::{Signer, SigningKey};
use uuid::Uuid;

pub(crate) const ORIGIN: &str = "cloud.example.test/audit/1";
pub(crate) const SALT: [u8; 32] = [0xA5; 32];

pub(crate) struct Log {
    pub(crate) key: SigningKey,
    pub(crate) leaves: Vec<Vec<u8>>,
}

pub(crate) fn personal_data() -> BTreeMap<String, Json> {
    BTreeMap::from([("name".to_owned(), "Zoë".into()), ("ip".to_owned(), "203.0.113.7".into())])
}

pub(crate) fn leaf(number: u64) -> Leaf {
    Leaf {
        id: Uuid::from_u128(0x019a_9f2c_7b00_7000_8000_0000_0000_0000 + u128::from(number)),
        at: timestamp::parse("2026-11-20T17:45:01.000042Z").unwrap(),
        node: "cloud-1".into(),
        action: if number.is_multiple_of(3) { "file.uploaded".into() } else { "role.granted".into() },
        outcome: Outcome::Ok,
        actor: Actor {
            kind: ActorKind::User,
            id: Some(format!("user-{}", number % 2)),
            session: None,
            assurance: Some(1),
        },
        target: Some(Target { kind: "node".into(), id: format!("node-{number}") }),
        space: None,
        request: Some(format!("=req,{number}")),
        details: BTreeMap::from([("bytes".to_owned(), Json::Integer(4096))]),
        personal: vec![Commitment { key_id: "k1.x".into(), hash: commit(&SALT, &personal_data()) }],
    }
}

/// Which entries a bundle shows and what it carries besides.
pub(crate) struct Wish {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) size: u64,
    pub(crate) shown: Option<fn(u64) -> bool>,
    pub(crate) extras: bool,
}

impl Log {
    pub(crate) fn new(count: u64) -> Self {
        let key = SigningKey::from_bytes(&hash::sha256(b"a key for tests"));
        Self { key, leaves: (0..count).map(|number| leaf(number).to_canonical().unwrap()).collect() }
    }
    pub(crate) fn vkey(&self) -> VerifierKey {
        log_key(ORIGIN, self.key.verifying_key().as_bytes()).unwrap()
    }
    pub(crate) fn hashes(&self) -> Vec<Hash> {
        self.leaves.iter().map(|leaf| hash::leaf_hash(leaf)).collect()
    }
    pub(crate) fn root(&self, size: u64) -> Hash {
        let mut tree = Frontier::new();
        self.hashes().iter().take(usize::try_from(size).unwrap()).for_each(|hash| tree.append(*hash));
        tree.root()
    }
    pub(crate) fn node(&self, id: NodeId) -> Hash {
        let mut tree = Frontier::new();
        let hashes = self.hashes();
        (id.start()..id.start() + id.width()).for_each(|index| tree.append(hashes[usize::try_from(index).unwrap()]));
        tree.root()
    }
    pub(crate) fn sign(&self, size: u64, root: Hash) -> SignedNote {
        let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root };
        checkpoint.sign::<NoteError>(&self.vkey(), |text| Ok(self.key.sign(text).to_bytes())).unwrap()
    }
    pub(crate) fn checkpoint(&self, size: u64) -> SignedNote {
        self.sign(size, self.root(size))
    }
    pub(crate) fn bundle(&self, wish: &Wish) -> Vec<u8> {
        self.write(wish, TarContainer::new(Vec::new()))
    }
    pub(crate) fn write<C: Container>(&self, wish: &Wish, container: C) -> C::Output {
        let shown = |index: u64| wish.shown.is_none_or(|shown| shown(index));
        let fetch = |id| Ok::<_, ()>(self.node(id));
        let hashes = self.hashes();
        let at = |index: u64| usize::try_from(index).unwrap();
        let mut sizes = Sizes::default();
        let mut disclosures = Vec::new();
        let mut csv = carrel_audit_log::projection::CSV_HEADER.len() as u64;
        for index in wish.start..wish.end {
            if shown(index) {
                let leaf = leaf(index);
                sizes.entries += self.leaves[at(index)].len() as u64 + 1;
                csv += csv_bytes(index, &leaf, &hashes[at(index)]);
                disclosures.push(personal_line(leaf.id, "k1.x", &SALT, &personal_data()));
            } else {
                sizes.withheld += withheld_line(index, &hashes[at(index)]).len() as u64;
            }
        }
        if wish.extras {
            sizes.personal = Some(disclosures.iter().map(|line| line.len() as u64).sum());
            sizes.csv = Some(csv);
        }
        let outline = Outline {
            checkpoint: self.checkpoint(wish.size),
            range: RangeProof::make(wish.start, wish.end, wish.size, fetch).unwrap(),
            keys: vec![self.vkey()],
            previous: wish.extras.then(|| Previous {
                checkpoint: self.checkpoint(3),
                consistency: proof::consistency(3, wish.size).unwrap().run(fetch).unwrap(),
            }),
            filter: wish.shown.map(|_| BTreeMap::from([("action".to_owned(), "file.uploaded".into())])),
            entry: Some(leaf(99).id),
            sizes,
        };
        let mut writer = BundleWriter::begin(container, outline).unwrap();
        (wish.start..wish.end).for_each(|index| writer.leaf_hash(&hashes[at(index)]).unwrap());
        (wish.start..wish.end)
            .filter(|index| shown(*index))
            .for_each(|index| writer.entry(&self.leaves[at(index)]).unwrap());
        (wish.start..wish.end)
            .filter(|index| !shown(*index))
            .for_each(|index| writer.withheld(index, &hashes[at(index)]).unwrap());
        if wish.extras {
            disclosures.iter().for_each(|line| writer.personal(line).unwrap());
            (wish.start..wish.end)
                .filter(|index| shown(*index))
                .for_each(|index| writer.csv(index, &leaf(index), &hashes[at(index)]).unwrap());
        }
        writer.finish().unwrap()
    }
}
