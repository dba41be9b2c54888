//! The golden vectors, which an independent program made, and the anchors of the standards behind them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use carrel_audit_log::{
    Checkpoint, Hash, Json, Leaf, SignedNote, VerifierKey, hash,
    note::NoteError,
    personal, proof,
    range::{RangeFold, RangeProof},
    tree::{Frontier, NodeId, fold},
};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("golden/vectors.json")).unwrap()
}
fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
fn hash_of(value: &Value) -> Hash {
    hash::from_hex(text(value)).unwrap()
}
fn hashes(value: &Value) -> Vec<Hash> {
    value.as_array().unwrap().iter().map(hash_of).collect()
}
fn tree(leaves: &[Hash]) -> Frontier {
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.append(*leaf));
    tree
}
/// The root of a perfect subtree, straight from the leaves.
fn node(leaves: &[Hash], id: NodeId) -> Hash {
    let range = usize::try_from(id.start()).unwrap()..usize::try_from(id.start() + id.width()).unwrap();
    tree(&leaves[range]).root()
}

/// Every perfect subtree of a tree.
fn nodes(leaves: &[Hash]) -> BTreeMap<NodeId, Hash> {
    let mut all: BTreeMap<NodeId, Hash> =
        leaves.iter().enumerate().map(|(index, leaf)| (NodeId { level: 0, index: index as u64 }, *leaf)).collect();
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.append_noting(*leaf, |id, hash| assert_eq!(all.insert(id, *hash), None)));
    all
}

#[test]
fn leaves_are_canonical_and_hash_to_the_vectors() {
    let vectors = vectors();
    let origin = text(&vectors["origin"]);
    let mut chain = hash::genesis(origin);
    assert_eq!(chain, hash_of(&vectors["genesis_chain_hex"]));
    let mut tree = Frontier::new();
    assert_eq!(tree.root(), hash_of(&vectors["roots_hex"]["0"]));
    for (index, leaf) in vectors["leaves"].as_array().unwrap().iter().enumerate() {
        let parsed = Leaf::parse(text(leaf).as_bytes()).unwrap();
        assert_eq!(parsed.to_canonical().unwrap(), text(leaf).as_bytes());
        let leaf_hash = hash::leaf_hash(text(leaf).as_bytes());
        assert_eq!(leaf_hash, hash_of(&vectors["leaf_hash_hex"][index]));
        chain = hash::chain(index as u64, &chain, &leaf_hash);
        assert_eq!(chain, hash_of(&vectors["chain_hex"][index]));
        tree.append(leaf_hash);
        assert_eq!(tree.root(), hash_of(&vectors["roots_hex"][(index + 1).to_string()]));
    }
}

#[test]
fn proofs_are_those_of_the_vectors() {
    let vectors = vectors();
    let leaves = hashes(&vectors["leaf_hash_hex"]);
    let root = hash_of(&vectors["roots_hex"]["5"]);
    let fetch = |id| Ok::<_, ()>(node(&leaves, id));
    let inclusion = proof::inclusion(1, 5).unwrap().run(fetch).unwrap();
    assert_eq!(inclusion, hashes(&vectors["inclusion_1_in_5_hex"]));
    assert!(proof::verify_inclusion(1, 5, &leaves[1], &inclusion, &root));
    let consistency = proof::consistency(3, 5).unwrap().run(fetch).unwrap();
    assert_eq!(consistency, hashes(&vectors["consistency_3_to_5_hex"]));
    assert!(proof::verify_consistency(3, 5, &hash_of(&vectors["roots_hex"]["3"]), &root, &consistency));
    let range = RangeProof::make(1, 4, 5, fetch).unwrap();
    assert_eq!(range.left, hashes(&vectors["range_proof_1_4_of_5"]["left"]));
    assert_eq!(range.right, hashes(&vectors["range_proof_1_4_of_5"]["right"]));
}

#[test]
fn checkpoints_and_cosignatures_verify() {
    let vectors = vectors();
    let key = VerifierKey::parse(text(&vectors["vkey"])).unwrap();
    assert_eq!(key.to_string(), text(&vectors["vkey"]));
    for size in [3, 5] {
        let note = SignedNote::parse(text(&vectors[format!("checkpoint_{size}")]).as_bytes()).unwrap();
        assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap(), [&key]);
        let checkpoint = Checkpoint::parse(note.text()).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (size, hash_of(&vectors["roots_hex"][size.to_string()])));
        assert_eq!(checkpoint.text(), note.text());
    }
    let witness = VerifierKey::parse(text(&vectors["witness_vkey"])).unwrap();
    let both = format!("{}{}", text(&vectors["checkpoint_5"]), text(&vectors["cosignature_5"]));
    let note = SignedNote::parse(both.as_bytes()).unwrap();
    let trusted = [key.clone(), witness.clone()];
    assert_eq!(note.verify(&trusted).unwrap(), [&key, &witness]);
    let later = both.replace("oHzldgAAAABrAIqg", "oHzldgAAAABrAIqh");
    assert_eq!(
        SignedNote::parse(later.as_bytes()).unwrap().verify(&trusted),
        Err(NoteError::BadSignature(witness.name().to_owned()))
    );
}

#[test]
fn the_sample_of_signed_note_verifies() {
    let key = VerifierKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    let note = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = SignedNote::parse(note.as_bytes()).unwrap();
    assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap(), [&key]);
    let other = VerifierKey::parse(text(&vectors()["vkey"])).unwrap();
    assert!(matches!(note.verify(&[other]), Err(NoteError::NoTrustedKey(_))));
}

#[test]
fn the_reference_tree_of_rfc_6962_has_its_roots() {
    let data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let leaves: Vec<Hash> = data.iter().map(|one| hash::leaf_hash(&hex::decode(one).unwrap())).collect();
    assert_eq!(hex::encode(hash::empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(
        hex::encode(tree(&leaves[..1]).root()),
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
    assert_eq!(hex::encode(tree(&leaves).root()), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

#[test]
fn personal_data_commits_as_in_the_vectors() {
    let vectors = vectors();
    let key: [u8; 32] = hash_of(&vectors["dek_hex"]);
    assert_eq!(personal::key_id(&key), text(&vectors["kid"]));
    let Ok(Json::Object(data)) = Json::parse_canonical(text(&vectors["personal_jcs"]).as_bytes()) else {
        panic!("not canonical")
    };
    assert_eq!(
        STANDARD.encode(personal::commit(&hash_of(&vectors["salt_hex"]), &data)),
        text(&vectors["pd_commit_b64"])
    );
    let leaf = Leaf::parse(text(&vectors["leaves"][1]).as_bytes()).unwrap();
    assert!(leaf.personal[0].opens_with(&hash_of(&vectors["salt_hex"]), &data));
    assert!(!leaf.personal[0].opens_with(&[0; 32], &data));
}

#[test]
fn all_inclusion_and_consistency_proofs_of_small_trees_hold_and_bind() {
    let leaves: Vec<Hash> = (0..40_u8).map(|number| hash::leaf_hash(&[number])).collect();
    let nodes = nodes(&leaves);
    let roots: Vec<Hash> = (0..=40).map(|size| tree(&leaves[..size]).root()).collect();
    let fetch = |id| nodes.get(&id).copied().ok_or(id);
    for new in 0..=40_u64 {
        let root = &roots[usize::try_from(new).unwrap()];
        assert_eq!(fold(tree(&leaves[..usize::try_from(new).unwrap()]).nodes()), *root);
        for old in 0..=new {
            let old_root = &roots[usize::try_from(old).unwrap()];
            let plan = proof::consistency(old, new).unwrap();
            let proof = plan.run(fetch).unwrap();
            let fetched: Vec<Hash> = plan.nodes().map(|id| nodes[&id]).collect();
            assert_eq!(plan.assemble(&fetched).unwrap(), proof);
            assert!(proof::verify_consistency(old, new, old_root, root, &proof), "{old} {new}");
            let mut longer = proof.clone();
            longer.push([0; 32]);
            assert!(!proof::verify_consistency(old, new, old_root, root, &longer), "{old} {new} longer");
            for position in 0..proof.len() {
                let mut bad = proof.clone();
                bad[position][0] ^= 1;
                assert!(!proof::verify_consistency(old, new, old_root, root, &bad), "{old} {new} {position}");
                assert!(
                    !proof::verify_consistency(old, new, old_root, root, &proof[..position]),
                    "{old} {new} shorter"
                );
            }
        }
        assert_eq!(proof::consistency(new + 1, new), None);
        for index in 0..new {
            let leaf = &leaves[usize::try_from(index).unwrap()];
            let proof = proof::inclusion(index, new).unwrap().run(fetch).unwrap();
            assert!(proof::verify_inclusion(index, new, leaf, &proof, root));
            assert!(!proof::verify_inclusion((index + 1) % (new + 1), new, leaf, &proof, root) || new == 1);
            for position in 0..proof.len() {
                assert!(!proof::verify_inclusion(index, new, leaf, &proof[..position], root));
            }
        }
    }
}

#[test]
fn every_range_of_every_small_tree_proves() {
    let leaves: Vec<Hash> = (0..69_u8).map(|number| hash::leaf_hash(&[number])).collect();
    let nodes = nodes(&leaves);
    let (mut cases, mut longest) = (0, 0);
    for size in 1..=69_u64 {
        let root = tree(&leaves[..usize::try_from(size).unwrap()]).root();
        for end in 1..=size {
            for start in 0..end {
                let proof = RangeProof::make(start, end, size, |id| nodes.get(&id).copied().ok_or(id)).unwrap();
                assert_eq!(RangeProof::parse(&proof.to_canonical()), Ok(proof.clone()));
                let mut fold = RangeFold::new(&proof);
                leaves[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()]
                    .iter()
                    .for_each(|leaf| fold.push(*leaf));
                assert_eq!(fold.finish(&proof), Some(root), "{start} {end} {size}");
                longest = longest.max(proof.left.len() + proof.right.len());
                cases += 1;
            }
        }
    }
    assert_eq!((cases, longest), (57_155, 13));
}
