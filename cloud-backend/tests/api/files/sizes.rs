//! Sizes and etags of folders stay right whatever is done below them: a random sequence, compared with a model.

use std::collections::BTreeMap;

use carrel_ids::NodeId;
use serde_json::{Value, json};

use crate::{
    actors::{Owner, files_path, id},
    app::both,
};

/// Pseudo-random numbers that a failed run can repeat.
struct Dice(u64);
impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }
}

#[derive(Debug, Clone)]
struct Entry {
    parent: Option<NodeId>,
    folder: bool,
    /// Bytes of a file.
    size: u64,
    trashed: bool,
    name: String,
    /// The node as the server last described it.
    node: Value,
}

/// What the tree should be.
struct Model(BTreeMap<NodeId, Entry>);

impl Model {
    fn live(&self, node: NodeId) -> bool {
        let entry = &self.0[&node];
        !entry.trashed && entry.parent.is_none_or(|parent| self.live(parent))
    }
    fn size(&self, node: NodeId) -> u64 {
        let below = self.0.iter().filter(|(_, entry)| entry.parent == Some(node) && !entry.trashed);
        self.0[&node].size + below.map(|(child, _)| self.size(*child)).sum::<u64>()
    }
    fn inside(&self, node: NodeId, top: NodeId) -> bool {
        node == top || self.0[&node].parent.is_some_and(|parent| self.inside(parent, top))
    }
    fn taken(&self, parent: NodeId, name: &str) -> bool {
        self.0.values().any(|entry| entry.parent == Some(parent) && !entry.trashed && entry.name == name)
    }
    fn pick(&self, dice: &mut Dice, wanted: impl Fn(NodeId, &Entry) -> bool) -> Option<NodeId> {
        let fitting: Vec<_> = self.0.iter().filter(|(id, entry)| wanted(**id, entry)).map(|(id, _)| *id).collect();
        (!fitting.is_empty()).then(|| fitting[dice.roll(fitting.len())])
    }
    /// The node and all above it.
    fn upwards(&self, node: NodeId) -> Vec<NodeId> {
        let mut way = vec![node];
        while let Some(parent) = self.0[way.last().unwrap()].parent {
            way.push(parent);
        }
        way
    }
}

both! {
    async fn t_067_random_changes_keep_sizes_and_etags_right(app: TestApp) {
        let owner = Owner::of(&app).await;
        let mut dice = Dice(0x5eed_0000_cafe_0001);
        let root = Entry { parent: None, folder: true, size: 0, trashed: false, name: String::new(), node: owner.node(owner.root).await };
        let mut model = Model(BTreeMap::from([(owner.root, root)]));
        let mut done = BTreeMap::<&str, u32>::new();
        let mut kept = 0;
        for step in 0..220_usize {
            let etags = etags(&owner, &model).await;
            let names = ["a", "b", "c", "d", "e 1", "e 2"];
            let name = names[dice.roll(names.len())];
            let folder = model.pick(&mut dice, |id, entry| entry.folder && model.live(id)).unwrap();
            let content = vec![b'x'; dice.roll(2000)];
            let (what, status, touched): (&str, u16, Vec<NodeId>) = match dice.roll(7) {
                0 => {
                    let answer = owner.post(&format!("/api/v1/nodes/{folder}/folders"), json!({"name": name})).await;
                    let expected = if model.taken(folder, name) { 409 } else { 201 };
                    let node = answer.expect(expected).json();
                    if expected == 201 {
                        model.0.insert(id(&node["id"]), Entry { parent: Some(folder), folder: true, size: 0, trashed: false, name: name.to_owned(), node: node.clone() });
                    }
                    ("folder", expected, if expected == 201 { model.upwards(id(&node["id"])) } else { Vec::new() })
                }
                1 => {
                    let expected = if model.taken(folder, name) { 409 } else { 201 };
                    let node = owner.put(&files_path(folder, name), content.clone()).header("if-none-match", "*").send().await.expect(expected).json();
                    if expected == 201 {
                        kept += content.len();
                        model.0.insert(id(&node["id"]), Entry { parent: Some(folder), folder: false, size: content.len() as u64, trashed: false, name: name.to_owned(), node: node.clone() });
                    }
                    ("file", expected, if expected == 201 { model.upwards(id(&node["id"])) } else { Vec::new() })
                }
                2 => {
                    let Some(file) = model.pick(&mut dice, |id, entry| !entry.folder && model.live(id)) else { continue };
                    let node = owner.save(&model.0[&file].node, content.clone()).await;
                    let entry = model.0.get_mut(&file).unwrap();
                    kept += content.len();
                    (entry.size, entry.node) = (content.len() as u64, node);
                    ("save", 200, model.upwards(file))
                }
                3 => {
                    let Some(node) = model.pick(&mut dice, |id, entry| entry.parent.is_some() && model.live(id)) else { continue };
                    let (parent, old) = (model.0[&node].parent.unwrap(), model.0[&node].name.clone());
                    let expected = if old != name && model.taken(parent, name) { 409 } else { 200 };
                    owner.patch(&format!("/api/v1/nodes/{node}"), json!({"name": name})).await.expect(expected);
                    if expected == 200 {
                        model.0.get_mut(&node).unwrap().name = name.to_owned();
                    }
                    ("rename", expected, if expected == 200 { model.upwards(node) } else { Vec::new() })
                }
                4 => {
                    let Some(node) = model.pick(&mut dice, |id, entry| entry.parent.is_some() && model.live(id)) else { continue };
                    let name = model.0[&node].name.clone();
                    let stays = model.0[&node].parent == Some(folder);
                    let expected = if model.inside(folder, node) || (!stays && model.taken(folder, &name)) { 409 } else { 200 };
                    owner.patch(&format!("/api/v1/nodes/{node}"), json!({"parent_id": folder})).await.expect(expected);
                    let mut touched = Vec::new();
                    if expected == 200 {
                        touched = model.upwards(node);
                        model.0.get_mut(&node).unwrap().parent = Some(folder);
                        touched.extend(model.upwards(node));
                    }
                    ("move", expected, touched)
                }
                5 => {
                    let Some(node) = model.pick(&mut dice, |id, entry| entry.parent.is_some() && model.live(id)) else { continue };
                    owner.delete(&format!("/api/v1/nodes/{node}")).await.expect(204);
                    model.0.get_mut(&node).unwrap().trashed = true;
                    ("trash", 204, model.upwards(model.0[&node].parent.unwrap()))
                }
                _ => {
                    let Some(node) = model.pick(&mut dice, |_, entry| entry.trashed) else { continue };
                    let (parent, name) = (model.0[&node].parent.unwrap(), model.0[&node].name.clone());
                    let expected = if model.live(parent) && !model.taken(parent, &name) { 200 } else { 409 };
                    owner.post(&format!("/api/v1/nodes/{node}/restore"), json!({})).await.expect(expected);
                    if expected == 200 {
                        model.0.get_mut(&node).unwrap().trashed = false;
                    }
                    ("restore", expected, if expected == 200 { model.upwards(node) } else { Vec::new() })
                }
            };
            *done.entry(if status < 300 { what } else { "refused" }).or_default() += 1;
            let now = self::etags(&owner, &model).await;
            for (node, (size, etag)) in &now {
                assert_eq!(*size, model.size(*node), "step {step}, {what} {status}: size of {node}");
                let changed = etags.get(node).is_none_or(|(_, before)| before != etag);
                // A folder that is named in both ways of a move may be reached twice; one that was reached has another etag.
                if touched.contains(node) {
                    assert!(changed, "step {step}, {what} {status}: etag of {node}");
                } else if what != "restore" {
                    assert!(!changed, "step {step}, {what} {status}: etag of {node}");
                }
            }
        }
        assert!(done.len() == 8 && done.values().all(|times| *times >= 5), "each was tried: {done:?}");
        let spaces = owner.get("/api/v1/spaces").await.json();
        assert_eq!(spaces["items"][0]["size"], json!(model.size(owner.root)));
        // What the quota counts: every version that was ever kept, whatever became of its file.
        assert_eq!(spaces["items"][0]["used"], json!(kept));
        assert_eq!(carrel_cloud_backend::app::count_use(&app.cloud).await.unwrap(), 0, "no drift");
    }
}

/// Size and etag of every node that is not in the trash, as the lists tell them.
async fn etags(owner: &Owner, model: &Model) -> BTreeMap<NodeId, (u64, String)> {
    let of = |node: &Value| (node["size"].as_u64().unwrap(), node["etag"].as_str().unwrap().to_owned());
    let mut found = BTreeMap::from([(owner.root, of(&owner.node(owner.root).await))]);
    for (folder, _) in model.0.iter().filter(|(id, entry)| entry.folder && model.live(**id)) {
        let list = owner.get(&format!("/api/v1/nodes/{folder}/children")).await.expect(200).json();
        found.extend(list["items"].as_array().unwrap().iter().map(|node| (id(&node["id"]), of(node))));
    }
    assert_eq!(found.len(), model.0.keys().filter(|id| model.live(**id)).count());
    found
}
