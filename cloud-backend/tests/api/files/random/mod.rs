//! Random sequences of everything that changes a tree, against a model in memory. What is looked at: that each act is answered as the
//! rules say; after each, sizes and etags of everything; at the end, that every version reads back as it was sent, that the space's
//! count is the sum of what is in it, and that database and store agree.
//!
//! A run is one number, which is printed: `CARREL_TEST_SEED=…` repeats it. `CARREL_TEST_LONG=1` does many.

mod acts;
mod model;

use std::collections::BTreeMap;

use carrel_cloud_backend::{
    app::count_use,
    authz::LocalAdministrator,
    keeping::{Rounds, fsck::fsck, turn},
    store::Timestamp,
};
use carrel_ids::NodeId;
use serde_json::Value;
use time::Duration;

use self::{
    acts::{Done, World, read},
    model::{Dice, Model},
};
use crate::{
    actors::{AppPassword, Owner, id},
    app::{Backend, TestApp, spawn_app},
    spaces::Team,
};

/// Acts of one run.
const STEPS: usize = 150;
const MANY_STEPS: usize = 500;

/// The seeds of this run, one that is always the same and one that nobody has seen, and how long each goes on.
fn runs() -> (Vec<u64>, usize) {
    let long = std::env::var("CARREL_TEST_LONG").is_ok_and(|long| long == "1");
    let steps = if long { MANY_STEPS } else { STEPS };
    if let Ok(seed) = std::env::var("CARREL_TEST_SEED") {
        return (vec![seed.parse().unwrap()], steps);
    }
    let now = u64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap();
    let new = if long { 10 } else { 1 };
    ([1].into_iter().chain((0..new).map(|number| now + number)).collect(), steps)
}

async fn run(backend: Backend) {
    let (seeds, steps) = runs();
    for seed in seeds {
        println!("CARREL_TEST_SEED={seed}");
        one_run(&spawn_app(backend).await, seed, steps).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_067_t_069_random_changes_leave_what_the_model_says_on_sqlite() {
    run(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_067_t_069_random_changes_leave_what_the_model_says_on_postgres() {
    run(Backend::Postgres).await;
}

async fn one_run(app: &TestApp, seed: u64, steps: usize) {
    let owner = Owner::of(app).await;
    let program = AppPassword::of(app, &owner).await;
    let team = Team::of(&owner, "Expedition").await;
    let model = Model::of(&[owner.root, team.root]);
    let spaces = [owner.space, team.space];
    let mut world = World { owner, program, base: app.base.clone(), spaces, dice: Dice::new(seed), model };
    let mut done = BTreeMap::<&str, (u32, u32)>::new();
    let mut before = seen(&world).await;
    for step in 0..steps {
        let Some(Done { what, status, touched }) = world.act().await else { continue };
        let counted = done.entry(what).or_default();
        *(if status < 300 { &mut counted.0 } else { &mut counted.1 }) += 1;
        let after = seen(&world).await;
        let at = format!("seed {seed}, step {step}, {what} {status}");
        for (node, (size, etag)) in &after {
            assert_eq!(*size, world.model.size(*node), "{at}: size of {node}");
            let changed = before.get(node).is_none_or(|(_, before)| before != etag);
            // What comes back from the trash was not seen before.
            let expected = touched.contains(node) || !before.contains_key(node);
            assert_eq!(changed, expected, "{at}: etag of {node}");
        }
        before = after;
    }
    println!("{done:?}");
    assert!(done.len() >= 14, "not everything was tried: {done:?}");
    compare(app, &world).await;
}

/// Size and etag of every node that is not in the trash, as the lists tell them; they are those of the model, and no others.
async fn seen(world: &World) -> BTreeMap<NodeId, (u64, String)> {
    let of = |node: &Value| (node["size"].as_u64().unwrap(), node["etag"].as_str().unwrap().to_owned());
    let mut found = BTreeMap::new();
    for (folder, entry) in world.model.0.iter().filter(|(id, entry)| entry.is_folder() && world.model.live(**id)) {
        if entry.parent.is_none() {
            found.insert(*folder, of(&world.owner.node(*folder).await));
        }
        for node in world.list(*folder).await {
            let (child, version) = (id(&node["id"]), &node["version"]["id"]);
            let entry = &world.model.0[&child];
            assert_eq!((entry.parent, node["name"].as_str()), (Some(*folder), Some(entry.name.as_str())));
            assert_eq!(version.as_str().map(|text| text.parse().unwrap()), entry.current, "{node}");
            found.insert(child, of(&node));
        }
    }
    assert_eq!(found.len(), world.model.0.keys().filter(|id| world.model.live(**id)).count());
    found
}

/// Everything else, at the end.
async fn compare(app: &TestApp, world: &World) {
    let (owner, model) = (&world.owner, &world.model);
    for (node, entry) in model.0.iter().filter(|(id, entry)| !entry.is_folder() && model.live(**id)) {
        let path = format!("/api/v1/nodes/{node}");
        assert!(read(owner, &format!("{path}/content")).await == entry.content(), "{path}");
        for version in &entry.versions {
            let path = format!("{path}/versions/{}/content", version.id);
            assert!(read(owner, &path).await == version.content, "{path}");
        }
        let list = owner.get(&format!("{path}/versions?limit=1000")).await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), entry.versions.len(), "{path}");
    }
    for (number, space) in world.spaces.iter().enumerate() {
        let shown = owner.get(&format!("/api/v1/spaces/{space}")).await.expect(200).json();
        assert_eq!(shown["used"], model.used(number), "what space {number} holds");
        let trash = owner.get(&format!("/api/v1/spaces/{space}/trash?limit=1000")).await.expect(200).json();
        let mut lies: Vec<NodeId> =
            trash["items"].as_array().unwrap().iter().map(|item| id(&item["node"]["id"])).collect();
        lies.sort_unstable();
        let expected = model.0.iter().filter(|(_, entry)| entry.space == number && entry.trashed);
        assert_eq!(lies, expected.map(|(id, _)| *id).collect::<Vec<_>>(), "the trash of space {number}");
    }
    assert_eq!(count_use(&app.cloud).await.unwrap(), 0, "no drift");
    let report = async || {
        let proof = LocalAdministrator::of_machine();
        fsck(&app.cloud.store, &app.cloud.content, &proof, true, |_| {}).await.unwrap()
    };
    let held = model.0.values().flat_map(|entry| &entry.versions).collect::<Vec<_>>();
    let found = report().await;
    assert!(found.is_clean() && found.findings.is_empty(), "{found:?}");
    assert_eq!(usize::try_from(found.versions).unwrap(), held.len());
    let contents: std::collections::BTreeSet<_> = held.iter().map(|version| &version.content).collect();
    assert_eq!(found.blobs - found.reclaimable_blobs, contents.len() as u64, "each content once");
    // The collector takes what nothing names, and nothing else.
    turn(&app.cloud, &mut Rounds::default(), Timestamp::now().plus(Duration::hours(25))).await.unwrap();
    let left = report().await;
    assert!(left.is_clean() && left.findings.is_empty(), "{left:?}");
    assert_eq!((left.reclaimable_blobs, left.unreferenced_objects, left.strange_objects), (0, 0, 0), "{left:?}");
}
