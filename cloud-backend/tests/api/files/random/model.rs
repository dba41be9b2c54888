//! What spaces should hold, kept in memory: the few rules of the tree in their simplest form.

use std::collections::BTreeMap;

use carrel_ids::{NodeId, VersionId};
use serde_json::Value;

use crate::actors::id;

/// Pseudo-random numbers that a failed run can repeat (xorshift).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        // Neighbouring seeds give unlike runs; 0 would give nothing but zeros.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    pub(super) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
    /// Few enough that the same content comes again, in this file and in others.
    pub(super) fn content(&mut self) -> Vec<u8> {
        let number = self.roll(60);
        // Some are more than is written in one go.
        let size = if number == 0 { 1_200_000 } else { number * number % 1900 };
        format!("content {number} ").into_bytes().into_iter().cycle().take(size).collect()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) id: VersionId,
    pub(super) content: Vec<u8>,
    /// It lost a race.
    pub(super) conflict: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Which of the spaces.
    pub(super) space: usize,
    /// None for a space's root, and for what lies in the trash and has no place to return to.
    pub(super) parent: Option<NodeId>,
    pub(super) name: String,
    pub(super) trashed: bool,
    /// None for folders.
    pub(super) current: Option<VersionId>,
    pub(super) versions: Vec<Kept>,
}

impl Entry {
    pub(super) fn is_folder(&self) -> bool {
        self.current.is_none()
    }
    pub(super) fn content(&self) -> &[u8] {
        let current = self.versions.iter().find(|version| Some(version.id) == self.current);
        current.map_or(&[], |version| &version.content)
    }
    /// A new current version.
    pub(super) fn save(&mut self, version: VersionId, content: Vec<u8>) {
        self.current = Some(version);
        self.versions.push(Kept { id: version, content, conflict: false });
    }
}

pub(super) struct Model(pub(super) BTreeMap<NodeId, Entry>);

impl Model {
    pub(super) fn of(roots: &[NodeId]) -> Self {
        let mut model = Self(BTreeMap::new());
        for (space, root) in roots.iter().enumerate() {
            let entry =
                Entry { space, parent: None, name: String::new(), trashed: false, current: None, versions: Vec::new() };
            model.0.insert(*root, entry);
        }
        model
    }
    pub(super) fn live(&self, node: NodeId) -> bool {
        let entry = &self.0[&node];
        !entry.trashed && entry.parent.is_none_or(|parent| self.live(parent))
    }
    pub(super) fn children(&self, folder: NodeId) -> Vec<NodeId> {
        let below = self.0.iter().filter(|(_, entry)| entry.parent == Some(folder) && !entry.trashed);
        below.map(|(id, _)| *id).collect()
    }
    pub(super) fn size(&self, node: NodeId) -> u64 {
        let below: u64 = self.children(node).into_iter().map(|child| self.size(child)).sum();
        self.0[&node].content().len() as u64 + below
    }
    /// What counts against a space's quota: every version that is kept, wherever its file is.
    pub(super) fn used(&self, space: usize) -> u64 {
        let entries = self.0.values().filter(|entry| entry.space == space);
        entries.flat_map(|entry| &entry.versions).map(|version| version.content.len() as u64).sum()
    }
    pub(super) fn inside(&self, node: NodeId, top: NodeId) -> bool {
        node == top || self.0[&node].parent.is_some_and(|parent| self.inside(parent, top))
    }
    pub(super) fn named(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        self.children(parent).into_iter().find(|child| self.0[child].name == name)
    }
    pub(super) fn pick(&self, dice: &mut Dice, wanted: impl Fn(NodeId, &Entry) -> bool) -> Option<NodeId> {
        let fitting: Vec<_> = self.0.iter().filter(|(id, entry)| wanted(**id, entry)).map(|(id, _)| *id).collect();
        (!fitting.is_empty()).then(|| fitting[dice.roll(fitting.len())])
    }
    /// Something that is no space's root, and not in the trash.
    pub(super) fn pick_live(&self, dice: &mut Dice) -> Option<NodeId> {
        self.pick(dice, |id, entry| entry.parent.is_some() && self.live(id))
    }
    pub(super) fn pick_file(&self, dice: &mut Dice) -> Option<NodeId> {
        self.pick(dice, |id, entry| !entry.is_folder() && self.live(id))
    }
    pub(super) fn pick_folder(&self, dice: &mut Dice) -> NodeId {
        self.pick(dice, |id, entry| entry.is_folder() && self.live(id)).unwrap()
    }
    /// The node and all above it.
    pub(super) fn upwards(&self, node: NodeId) -> Vec<NodeId> {
        let mut way = vec![node];
        while let Some(parent) = self.0[way.last().unwrap()].parent {
            way.push(parent);
        }
        way
    }
    /// Names from the space's root down.
    pub(super) fn path(&self, node: NodeId) -> Vec<&str> {
        let mut names: Vec<_> = self.upwards(node).into_iter().map(|node| self.0[&node].name.as_str()).collect();
        names.pop();
        names.reverse();
        names
    }

    /// A node as the server describes it, with this content if it is a file.
    pub(super) fn add(&mut self, parent: NodeId, node: &Value, content: Option<Vec<u8>>) -> NodeId {
        let space = self.0[&parent].space;
        let name = node["name"].as_str().unwrap().to_owned();
        let mut entry =
            Entry { space, parent: Some(parent), name, trashed: false, current: None, versions: Vec::new() };
        if let Some(content) = content {
            entry.save(id(&node["version"]["id"]), content);
        }
        let node = id(&node["id"]);
        assert!(self.0.insert(node, entry).is_none(), "{node} was there already");
        node
    }
    /// Deletes for good. What was put into the trash by itself stays there.
    pub(super) fn purge(&mut self, node: NodeId) {
        let children: Vec<_> =
            self.0.iter().filter(|(_, entry)| entry.parent == Some(node)).map(|(id, _)| *id).collect();
        self.0.remove(&node);
        for child in children {
            match self.0.get_mut(&child) {
                Some(entry) if entry.trashed => entry.parent = None,
                _ => self.purge(child),
            }
        }
    }
}
