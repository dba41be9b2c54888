//! What is done at random. Each act foretells its own status, by the model, and changes the model as the server should change.

use carrel_ids::{NodeId, SpaceId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::model::{Dice, Kept, Model};
use crate::{
    actors::{AppPassword, Owner, files_path, id},
    client::{Answer, Call},
    dav::{HOME, dav},
    uploads::{patch, replacing, upload_path},
};

/// Equal but for their case, and with what an address has to encode.
const NAMES: [&str; 8] = ["a", "b", "c", "B", "e 1", "\u{e4}", "\u{4e2d}", "\u{1f9ed}%2f"];

pub(super) struct World {
    pub(super) owner: Owner,
    pub(super) program: AppPassword,
    pub(super) base: String,
    /// The personal space and a team's.
    pub(super) spaces: [SpaceId; 2],
    pub(super) dice: Dice,
    pub(super) model: Model,
}

/// What an act did.
pub(super) struct Done {
    pub(super) what: &'static str,
    pub(super) status: u16,
    /// Nodes that must have another etag now; others must not.
    pub(super) touched: Vec<NodeId>,
}

fn refused(what: &'static str, status: u16) -> Option<Done> {
    Some(Done { what, status, touched: Vec::new() })
}

impl World {
    /// One act. None when there is nothing to do it to.
    pub(super) async fn act(&mut self) -> Option<Done> {
        match self.dice.roll(18) {
            0 | 1 => self.make_folder().await,
            2 | 3 => self.put_file().await,
            4 => self.save().await,
            5 => self.save_late().await,
            6 => self.rename().await,
            7 => self.relocate().await,
            8 => self.copy().await,
            9 => self.trash().await,
            10 => self.restore().await,
            11 => self.purge().await,
            12 => self.restore_version().await,
            13 => self.delete_version().await,
            14 => self.upload_in_pieces().await,
            15 => self.dav_put().await,
            16 => self.dav_copy_or_move().await,
            _ => self.put_known().await,
        }
    }

    async fn make_folder(&mut self) -> Option<Done> {
        let (folder, name) = (self.model.pick_folder(&mut self.dice), self.dice.pick(&NAMES));
        let status = if self.model.named(folder, name).is_some() { 409 } else { 201 };
        let answer = self.owner.post(&format!("/api/v1/nodes/{folder}/folders"), json!({"name": name})).await;
        self.made("folder", folder, &answer.expect(status), status, None)
    }

    async fn put_file(&mut self) -> Option<Done> {
        let (folder, name) = (self.model.pick_folder(&mut self.dice), self.dice.pick(&NAMES));
        let content = self.dice.content();
        let status = if self.model.named(folder, name).is_some() { 409 } else { 201 };
        let call = self.owner.put(&files_path(folder, name), content.clone()).header("if-none-match", "*");
        self.made("file", folder, &call.send().await.expect(status), status, Some(content))
    }

    async fn put_known(&mut self) -> Option<Done> {
        let (folder, name) = (self.model.pick_folder(&mut self.dice), self.dice.pick(&NAMES));
        let content = self.dice.content();
        let known = self.model.0.iter().any(|(node, entry)| {
            self.model.live(*node) && entry.versions.iter().any(|version| version.content == content)
        });
        let status = match self.model.named(folder, name) {
            Some(_) => 409,
            None if known => 201,
            None => 404,
        };
        let body = json!({"name": name, "size": content.len(), "sha256": hex::encode(Sha256::digest(&content))});
        let answer = self.owner.post(&format!("/api/v1/nodes/{folder}/files/known"), body).await.expect(status);
        self.made("known", folder, &answer, status, Some(content))
    }

    fn made(
        &mut self,
        what: &'static str,
        folder: NodeId,
        answer: &Answer,
        status: u16,
        content: Option<Vec<u8>>,
    ) -> Option<Done> {
        if status != 201 {
            return refused(what, status);
        }
        let node = self.model.add(folder, &answer.json(), content);
        Some(Done { what, status, touched: self.model.upwards(node) })
    }

    async fn save(&mut self) -> Option<Done> {
        let file = self.model.pick_file(&mut self.dice)?;
        let (content, current) = (self.dice.content(), self.model.0[&file].current?);
        let call = self.owner.put(&format!("/api/v1/nodes/{file}/content"), content.clone());
        let node = call.header("if-match", &format!("\"{current}\"")).send().await.expect(200).json();
        self.model.0.get_mut(&file)?.save(id(&node["version"]["id"]), content);
        Some(Done { what: "save", status: 200, touched: self.model.upwards(file) })
    }

    /// Somebody saves who has seen an earlier version.
    async fn save_late(&mut self) -> Option<Done> {
        let model = &self.model;
        let file = model.pick(&mut self.dice, |id, entry| entry.versions.len() > 1 && model.live(id))?;
        let content = self.dice.content();
        let entry = self.model.0.get_mut(&file)?;
        let earlier: Vec<_> =
            entry.versions.iter().map(|version| version.id).filter(|id| Some(*id) != entry.current).collect();
        let seen = self.dice.pick(&earlier);
        let status = if entry.content() == content { 200 } else { 412 };
        let call = self.owner.put(&format!("/api/v1/nodes/{file}/content"), content.clone());
        let answer = call.header("if-match", &format!("\"{seen}\"")).send().await.expect(status);
        let sent_before = entry.versions.iter().any(|version| version.conflict && version.content == content);
        if status == 412 && !sent_before {
            let kept = id(&json!(answer.header("carrel-version-id").unwrap()));
            entry.versions.push(Kept { id: kept, content, conflict: true });
            return Some(Done { what: "late save", status, touched: self.model.upwards(file) });
        }
        refused("late save", status)
    }

    async fn rename(&mut self) -> Option<Done> {
        let (node, name) = (self.model.pick_live(&mut self.dice)?, self.dice.pick(&NAMES));
        let parent = self.model.0[&node].parent?;
        let status = if self.model.named(parent, name).is_some_and(|other| other != node) { 409 } else { 200 };
        self.owner.patch(&format!("/api/v1/nodes/{node}"), json!({"name": name})).await.expect(status);
        if status != 200 {
            return refused("rename", status);
        }
        self.model.0.get_mut(&node)?.name = name.to_owned();
        Some(Done { what: "rename", status, touched: self.model.upwards(node) })
    }

    async fn relocate(&mut self) -> Option<Done> {
        let (node, folder) = (self.model.pick_live(&mut self.dice)?, self.model.pick_folder(&mut self.dice));
        let entry = &self.model.0[&node];
        let status = if entry.space != self.model.0[&folder].space {
            404
        } else if self.model.inside(folder, node)
            || self.model.named(folder, &entry.name).is_some_and(|other| other != node)
        {
            409
        } else {
            200
        };
        self.owner.patch(&format!("/api/v1/nodes/{node}"), json!({"parent_id": folder})).await.expect(status);
        if status != 200 {
            return refused("move", status);
        }
        let mut touched = self.model.upwards(node);
        self.model.0.get_mut(&node)?.parent = Some(folder);
        touched.extend(self.model.upwards(node));
        Some(Done { what: "move", status, touched })
    }

    async fn copy(&mut self) -> Option<Done> {
        let (node, folder) = (self.model.pick_live(&mut self.dice)?, self.model.pick_folder(&mut self.dice));
        let name = self.dice.pick(&NAMES);
        let free = !self.model.inside(folder, node) && self.model.named(folder, name).is_none();
        let status = if free { 201 } else { 409 };
        let body = json!({"folder_id": folder, "name": name});
        let answer = self.owner.post(&format!("/api/v1/nodes/{node}/copies"), body).await.expect(status);
        if !free {
            return refused("copy", status);
        }
        let copy = self.learn_copy(node, folder, answer.json()).await;
        Some(Done { what: "copy", status, touched: self.model.upwards(copy) })
    }

    /// Takes into the model what a copy brought, as the lists show it.
    async fn learn_copy(&mut self, source: NodeId, folder: NodeId, copy: Value) -> NodeId {
        let top = id(&copy["id"]);
        let mut open = vec![(source, folder, copy)];
        while let Some((source, folder, copy)) = open.pop() {
            let entry = &self.model.0[&source];
            let content = (!entry.is_folder()).then(|| entry.content().to_vec());
            let copied = self.model.add(folder, &copy, content);
            if copy["kind"] != "folder" {
                continue;
            }
            let children = self.list(copied).await;
            let sources = self.model.children(source);
            assert_eq!(children.len(), sources.len(), "the copy of {source} is whole");
            for child in children {
                let name = child["name"].as_str().unwrap();
                let of = self.model.named(source, name).unwrap_or_else(|| panic!("{name} was not in {source}"));
                open.push((of, copied, child));
            }
        }
        top
    }

    pub(super) async fn list(&self, folder: NodeId) -> Vec<Value> {
        let path = format!("/api/v1/nodes/{folder}/children?limit=1000");
        self.owner.get(&path).await.expect(200).json()["items"].as_array().unwrap().clone()
    }

    async fn trash(&mut self) -> Option<Done> {
        let node = self.model.pick_live(&mut self.dice)?;
        self.owner.delete(&format!("/api/v1/nodes/{node}")).await.expect(204);
        let entry = self.model.0.get_mut(&node)?;
        entry.trashed = true;
        let parent = entry.parent?;
        Some(Done { what: "trash", status: 204, touched: self.model.upwards(parent) })
    }

    async fn restore(&mut self) -> Option<Done> {
        let node = self.model.pick(&mut self.dice, |_, entry| entry.trashed)?;
        let entry = &self.model.0[&node];
        let place = entry.parent.filter(|parent| self.model.live(*parent));
        let status = if place.is_some_and(|to| self.model.named(to, &entry.name).is_none()) { 200 } else { 409 };
        self.owner.post(&format!("/api/v1/nodes/{node}/restore"), json!({})).await.expect(status);
        if status != 200 {
            return refused("restore", status);
        }
        self.model.0.get_mut(&node)?.trashed = false;
        Some(Done { what: "restore", status, touched: self.model.upwards(node) })
    }

    async fn purge(&mut self) -> Option<Done> {
        let node = self.model.pick(&mut self.dice, |_, entry| entry.trashed)?;
        let space = self.spaces[self.model.0[&node].space];
        self.owner.delete(&format!("/api/v1/spaces/{space}/trash/{node}")).await.expect(204);
        self.model.purge(node);
        Some(Done { what: "purge", status: 204, touched: Vec::new() })
    }

    async fn restore_version(&mut self) -> Option<Done> {
        let file = self.model.pick_file(&mut self.dice)?;
        let entry = self.model.0.get_mut(&file)?;
        let Kept { id: version, content, .. } = entry.versions[self.dice.roll(entry.versions.len())].clone();
        let path = format!("/api/v1/nodes/{file}/versions/{version}/restore");
        let node = self.owner.post(&path, json!({})).await.expect(200).json();
        if entry.current == Some(version) {
            return refused("restore version", 200);
        }
        entry.save(id(&node["version"]["id"]), content);
        Some(Done { what: "restore version", status: 200, touched: self.model.upwards(file) })
    }

    async fn delete_version(&mut self) -> Option<Done> {
        let file = self.model.pick_file(&mut self.dice)?;
        let entry = self.model.0.get_mut(&file)?;
        let at = self.dice.roll(entry.versions.len());
        let version = entry.versions[at].id;
        let status = if entry.current == Some(version) { 409 } else { 204 };
        self.owner.delete(&format!("/api/v1/nodes/{file}/versions/{version}")).await.expect(status);
        if status == 204 {
            entry.versions.remove(at);
        }
        refused("delete version", status)
    }

    /// A new file or the next version of one, by tus, cut where the dice say.
    async fn upload_in_pieces(&mut self) -> Option<Done> {
        let content = self.dice.content();
        let (folder, name) = (self.model.pick_folder(&mut self.dice), self.dice.pick(&NAMES));
        let there = self.model.named(folder, name);
        let status = match there {
            Some(node) if self.model.0[&node].is_folder() => 409,
            _ => 201,
        };
        let seen = there.and_then(|node| self.model.0[&node].current);
        let begin = replacing(&self.owner, folder, name, seen).header("upload-length", &content.len().to_string());
        let mut answer = begin.send().await.expect(status);
        if status != 201 {
            return refused("upload", status);
        }
        let path = upload_path(&self.base, &answer);
        let mut offset = 0;
        while offset < content.len() {
            let size = 1 + self.dice.roll(content.len() - offset);
            let piece = &content[offset..offset + size];
            answer = patch(&self.owner, &path, offset, piece).send().await.expect(204);
            offset += size;
        }
        let header = |name| id::<carrel_ids::NodeId>(&json!(answer.header(name).unwrap()));
        let version = id(&json!(answer.header("carrel-version-id").unwrap()));
        let node = header("carrel-node-id");
        match there {
            Some(there) => {
                assert_eq!(node, there);
                self.model.0.get_mut(&node)?.save(version, content);
            }
            None => {
                let made = json!({"id": node, "name": name, "version": {"id": version}});
                self.model.add(folder, &made, Some(content));
            }
        }
        Some(Done { what: "upload", status, touched: self.model.upwards(node) })
    }

    fn dav(&self, method: &str, path: &str) -> Call {
        dav(&self.program, method, path)
    }

    fn dav_path(&self, folder: NodeId, name: &str) -> String {
        let mut path = match self.model.0[&folder].space {
            0 => HOME.to_owned(),
            space => format!("/dav/spaces/{}", self.spaces[space]),
        };
        for name in self.model.path(folder).into_iter().chain([name]) {
            path.push('/');
            path.extend(utf8_percent_encode(name, NON_ALPHANUMERIC));
        }
        path
    }

    async fn dav_put(&mut self) -> Option<Done> {
        let content = self.dice.content();
        let (folder, name) = (self.model.pick_folder(&mut self.dice), self.dice.pick(&NAMES));
        let there = self.model.named(folder, name);
        let status = match there {
            None => 201,
            Some(node) if self.model.0[&node].is_folder() => 405,
            Some(_) => 204,
        };
        let call = self.dav("PUT", &self.dav_path(folder, name)).body(content.clone());
        let answer = call.send().await.expect(status);
        if status == 405 {
            return refused("dav put", status);
        }
        let etag = answer.header("etag").unwrap().trim_matches('"').to_owned();
        let node = match there {
            Some(node) => {
                self.model.0.get_mut(&node)?.save(id(&json!(etag)), content);
                node
            }
            None => {
                let made = self.find(folder, name).await;
                assert_eq!(made["version"]["id"], json!(etag));
                self.model.add(folder, &made, Some(content))
            }
        };
        Some(Done { what: "dav put", status, touched: self.model.upwards(node) })
    }

    async fn find(&self, folder: NodeId, name: &str) -> Value {
        let found = self.list(folder).await.into_iter().find(|node| node["name"] == name);
        found.unwrap_or_else(|| panic!("{name} is not in {folder}"))
    }

    /// Over what is there or not, into this space or the other, as the dice say.
    async fn dav_copy_or_move(&mut self) -> Option<Done> {
        let (node, folder) = (self.model.pick_live(&mut self.dice)?, self.model.pick_folder(&mut self.dice));
        let name = self.dice.pick(&NAMES);
        let (moves, overwrites) = (self.dice.roll(2) == 0, self.dice.roll(3) > 0);
        let model = &self.model;
        let (entry, there) = (&model.0[&node], model.named(folder, name));
        let (from_folder, crosses) = (entry.parent?, entry.space != model.0[&folder].space);
        let entangled = model.inside(folder, node) || there.is_some_and(|there| model.inside(node, there));
        let status = match there {
            _ if entangled => 403,
            Some(_) if !overwrites => 412,
            Some(_) => 204,
            None => 201,
        };
        let (from, to) = (self.dav_path(from_folder, &entry.name), self.dav_path(folder, name));
        let call = self
            .dav(if moves { "MOVE" } else { "COPY" }, &from)
            .header("overwrite", ["F", "T"][usize::from(overwrites)]);
        call.header("destination", &format!("{}{to}", self.base)).send().await.expect(status);
        let what = match (moves, crosses) {
            (false, _) => "dav copy",
            (true, false) => "dav move",
            (true, true) => "dav move across",
        };
        if status == 403 || status == 412 {
            return refused(what, status);
        }
        let mut touched = Vec::new();
        if let Some(there) = there {
            self.model.0.get_mut(&there)?.trashed = true;
        }
        if moves && !crosses {
            touched.extend(self.model.upwards(node));
            let entry = self.model.0.get_mut(&node)?;
            (entry.parent, entry.name) = (Some(folder), name.to_owned());
            touched.extend(self.model.upwards(node));
        } else {
            let copy = self.find(folder, name).await;
            let copy = self.learn_copy(node, folder, copy).await;
            touched.extend(self.model.upwards(copy));
        }
        if moves && crosses {
            self.model.0.get_mut(&node)?.trashed = true;
            touched.extend(self.model.upwards(from_folder));
        }
        Some(Done { what, status, touched })
    }
}

/// Reads a node's content, or that of one of its versions.
pub(super) async fn read(owner: &Owner, path: &str) -> Vec<u8> {
    owner.call(Method::GET, path).send().await.expect(200).body
}
