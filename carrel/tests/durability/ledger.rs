//! What one person was told about one folder of theirs, and how it compares with what the server shows.

use std::{collections::BTreeMap, time::Duration};

use carrel_test_support::person::Person;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// So long a server may take to come back.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) id: String,
    /// Identifier and SHA-256, the current one last.
    pub(crate) versions: Vec<(String, String)>,
}

impl File {
    pub(crate) fn current(&self) -> &(String, String) {
        self.versions.last().expect("a version")
    }
    fn shown(node: &Value) -> Self {
        let version = &node["version"];
        Self { id: text(&node["id"]), versions: vec![(text(&version["id"]), text(&version["sha256"]))] }
    }
}

/// A change of which nobody knows whether it was made.
#[derive(Debug, Clone)]
pub(crate) enum Pending {
    /// A file of this name with this content.
    Put {
        name: String,
        hash: String,
    },
    Save {
        name: String,
        hash: String,
    },
    Rename {
        from: String,
        to: String,
    },
    Copy {
        from: String,
        to: String,
    },
    Trash {
        name: String,
    },
    Purge {
        node: String,
    },
}

pub(crate) struct Ledger {
    pub(crate) person: Person,
    pub(crate) space: String,
    pub(crate) folder: String,
    pub(crate) files: BTreeMap<String, File>,
    pub(crate) trashed: BTreeMap<String, File>,
    /// Deleted for good: node and a version of it.
    pub(crate) purged: Vec<(String, String)>,
    pub(crate) acts: u64,
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

pub(crate) fn hash(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

impl Ledger {
    pub(crate) async fn new(person: &Person, name: &str) -> Self {
        let path = format!("/api/v1/nodes/{}/folders", person.root());
        let (status, node) = person.post(&path, &serde_json::json!({"name": name})).await.expect("an answer");
        assert_eq!(status, StatusCode::CREATED, "{node}");
        let me = json(person, "/api/v1/session").await;
        Self {
            person: person.clone(),
            space: text(&me["personal_space"]["id"]),
            folder: text(&node["id"]),
            files: BTreeMap::new(),
            trashed: BTreeMap::new(),
            purged: Vec::new(),
            acts: 1,
        }
    }

    /// The server answered with success, and with the node where there is one: this happened.
    pub(crate) fn acknowledge(&mut self, change: Pending, node: &Value) {
        self.acts += 1;
        self.apply(change, (!node.is_null()).then_some(node));
    }

    fn apply(&mut self, change: Pending, node: Option<&Value>) {
        let shown = node.map(File::shown);
        match change {
            Pending::Put { name, hash } | Pending::Copy { from: hash, to: name } if shown.is_some() => {
                let file = shown.expect("shown");
                let hash = self.files.get(&hash).map_or(hash, |source| source.current().1.clone());
                assert_eq!(file.current().1, hash, "{name} has other content than was sent");
                self.files.insert(name, file);
            }
            Pending::Save { name, hash } if shown.is_some() => {
                let new = shown.expect("shown").current().clone();
                assert_eq!(new.1, hash, "{name} has other content than was sent");
                self.files.get_mut(&name).expect("there").versions.push(new);
            }
            Pending::Rename { from, to } => {
                let file = self.files.remove(&from).expect("there");
                self.files.insert(to, file);
            }
            Pending::Trash { name } => {
                let file = self.files.remove(&name).expect("there");
                self.trashed.insert(file.id.clone(), file);
            }
            Pending::Purge { node } => {
                let file = self.trashed.remove(&node).expect("there");
                self.purged.push((node, file.current().0.clone()));
            }
            other => panic!("{other:?} without a node"),
        }
    }

    /// Finds out whether a change was made; half of it is a failure. True when it was.
    pub(crate) async fn settle(&mut self, change: Pending) -> bool {
        let shown = self.list().await;
        let node = |name: &String| shown.get(name);
        let happened = match &change {
            Pending::Put { name, .. } | Pending::Copy { to: name, .. } => node(name).cloned(),
            Pending::Save { name, .. } => {
                node(name).filter(|node| text(&node["version"]["id"]) != self.files[name].current().0).cloned()
            }
            Pending::Rename { to, .. } => node(to).cloned(),
            Pending::Trash { name } => node(name).is_none().then_some(Value::Null),
            Pending::Purge { node } => (!self.trash().await.contains(node)).then_some(Value::Null),
        };
        if let Some(node) = &happened {
            self.apply(change, (!node.is_null()).then_some(node));
        }
        self.compare_with(&shown);
        happened.is_some()
    }

    /// Nodes of the folder by name.
    async fn list(&self) -> BTreeMap<String, Value> {
        let path = format!("/api/v1/nodes/{}/children?limit=1000", self.folder);
        let list = json(&self.person, &path).await;
        assert!(list["next"].is_null(), "too many files for one page");
        list["items"].as_array().expect("items").iter().map(|node| (text(&node["name"]), node.clone())).collect()
    }

    async fn trash(&self) -> Vec<String> {
        let mut path = format!("/api/v1/spaces/{}/trash?limit=1000", self.space);
        let mut found = Vec::new();
        loop {
            let list = json(&self.person, &path).await;
            found.extend(list["items"].as_array().expect("items").iter().map(|item| text(&item["node"]["id"])));
            let Some(next) = list["next"].as_str() else { return found };
            path = format!("/api/v1/spaces/{}/trash?limit=1000&after={next}", self.space);
        }
    }

    fn compare_with(&self, shown: &BTreeMap<String, Value>) {
        let shown: BTreeMap<_, _> =
            shown.iter().map(|(name, node)| (name, (text(&node["id"]), text(&node["version"]["id"])))).collect();
        let known: BTreeMap<_, _> =
            self.files.iter().map(|(name, file)| (name, (file.id.clone(), file.current().0.clone()))).collect();
        assert_eq!(shown, known, "the folder is not as it was told");
    }

    /// Everything that was ever acknowledged, byte for byte.
    pub(crate) async fn compare(&self) {
        self.compare_with(&self.list().await);
        for (name, file) in &self.files {
            for (version, expected) in &file.versions {
                let path = format!("/api/v1/nodes/{}/versions/{version}/content", file.id);
                let bytes = self.person.bytes(&path).await.unwrap_or_else(|| panic!("{name} is lost: {path}"));
                assert_eq!(&hash(&bytes), expected, "{name} has other bytes: {path}");
            }
        }
        let trash = self.trash().await;
        for node in self.trashed.keys() {
            assert!(trash.contains(node), "{node} is not in the trash any more");
        }
        for (node, version) in &self.purged {
            assert!(!trash.contains(node), "{node} is back in the trash");
            let path = format!("/api/v1/nodes/{node}/versions/{version}/content");
            let answer = self.person.ask(Method::GET, &path, None, &[]).await.expect("an answer");
            // On a full disk a refusal cannot be written into the log, and then it is not spoken either.
            let gone = [StatusCode::NOT_FOUND, StatusCode::INSUFFICIENT_STORAGE].contains(&answer.0);
            assert!(gone, "{node} is back: {answer:?}");
        }
    }
}

/// What the server says, however long it is away.
pub(crate) async fn json(person: &Person, path: &str) -> Value {
    let asked = carrel_test_support::wait_until(PATIENCE, path, async || {
        // A machine that is busy with other tests may not take a request in time.
        let passing = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::REQUEST_TIMEOUT];
        person.ask(Method::GET, path, None, &[]).await.filter(|(status, _)| !passing.contains(status))
    });
    let (status, body) = asked.await.expect("an answer");
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    body
}
