//! One record of the log: its members, its limits and its canonical bytes. The bytes are the evidence: they are stored
//! as they are and never made again from columns. Names of actions are text here; the list of them is the backend's.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    json::{Json, JsonError, Members},
    personal::{self, Commitment},
    timestamp,
};

/// The version of the leaf that this module reads and writes.
pub const VERSION: i64 = 1;
/// The longest leaf, in bytes.
pub const MAX_BYTES: usize = 16_384;
/// The deepest nesting, the leaf itself counted.
pub const MAX_DEPTH: usize = 6;

/// How the act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Ok,
    Denied,
    Error,
    /// An act outside the database whose end nobody saw.
    Unknown,
}

impl Outcome {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Denied => "denied",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Ok, Self::Denied, Self::Error, Self::Unknown].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// Which kind of party acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    User,
    Service,
    Runner,
    /// The holder of a public link.
    Link,
    System,
}

impl ActorKind {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Service => "service",
            Self::Runner => "runner",
            Self::Link => "link",
            Self::System => "system",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::User, Self::Service, Self::Runner, Self::Link, Self::System]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Who acted: pseudonymous identifiers only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: Option<String>,
    /// The session or token through which the actor came.
    pub session: Option<String>,
    /// The assurance level of the sign-in, 1 to 3.
    pub assurance: Option<u8>,
}

/// What was acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The noun, for example `node`.
    pub kind: String,
    pub id: String,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// A UUIDv7; also what makes a repeated write of the same act one record.
    pub id: Uuid,
    /// Informative: the order of the log is its index, never its times.
    pub at: OffsetDateTime,
    /// The replica that wrote the record.
    pub node: String,
    pub action: String,
    pub outcome: Outcome,
    pub actor: Actor,
    pub target: Option<Target>,
    pub space: Option<Uuid>,
    pub request: Option<String>,
    /// Small typed details: identifiers, sizes, digests; no names, paths, addresses or free text.
    pub details: Members,
    pub personal: Vec<Commitment>,
}

/// Why bytes or values are not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    #[error("{0}")]
    Json(#[from] JsonError),
    #[error("{0} bytes, where 2 to {MAX_BYTES} are allowed")]
    Length(usize),
    #[error("a key is not 1 to 32 characters of a-z, 0-9 and _")]
    Key,
    #[error("an integer is beyond 2^53-1")]
    Integer,
    #[error("nested deeper than {MAX_DEPTH}")]
    Depth,
    #[error("version {0} is not known")]
    Version(i64),
    #[error("the member {0} is missing or malformed")]
    Member(&'static str),
    #[error("a member is not known")]
    UnknownMember,
}

impl Leaf {
    /// The canonical bytes, after a check of every limit.
    ///
    /// # Errors
    /// [`LeafError`]: the record does not fit the profile; nothing must be written then.
    pub fn to_canonical(&self) -> Result<Vec<u8>, LeafError> {
        let value = Json::Object(self.to_members());
        check_profile(&value, 1)?;
        let bytes = value.canonical();
        if bytes.len() > MAX_BYTES {
            return Err(LeafError::Length(bytes.len()));
        }
        // Reading the value back applies the rules of each member in one place.
        match value {
            Json::Object(members) => Self::from_members(members).map(|_| bytes),
            _ => Err(LeafError::UnknownMember),
        }
    }

    /// Reads a record and demands that `bytes` are its canonical form.
    ///
    /// # Errors
    /// [`LeafError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        if bytes.len() < 2 || bytes.len() > MAX_BYTES {
            return Err(LeafError::Length(bytes.len()));
        }
        let value = Json::parse_canonical(bytes)?;
        check_profile(&value, 1)?;
        match value {
            Json::Object(members) => Self::from_members(members),
            _ => Err(LeafError::UnknownMember),
        }
    }

    fn to_members(&self) -> Members {
        let mut out = Members::new();
        let mut put = |key: &str, value: Json| {
            out.insert(key.to_owned(), value);
        };
        put("v", Json::Integer(VERSION));
        put("id", self.id.hyphenated().to_string().into());
        put("ts", timestamp::format(self.at).into());
        put("node", self.node.as_str().into());
        put("act", self.action.as_str().into());
        put("out", self.outcome.as_str().into());
        let mut actor = Members::from([("t".to_owned(), self.actor.kind.as_str().into())]);
        if let Some(id) = &self.actor.id {
            actor.insert("id".to_owned(), id.as_str().into());
        }
        if let Some(session) = &self.actor.session {
            actor.insert("s".to_owned(), session.as_str().into());
        }
        if let Some(assurance) = self.actor.assurance {
            actor.insert("aal".to_owned(), u32::from(assurance).into());
        }
        put("actor", actor.into());
        if let Some(target) = &self.target {
            let members = [("t".to_owned(), target.kind.as_str().into()), ("id".to_owned(), target.id.as_str().into())];
            put("tgt", Members::from(members).into());
        }
        if let Some(space) = self.space {
            put("space", space.hyphenated().to_string().into());
        }
        if let Some(request) = &self.request {
            put("req", request.as_str().into());
        }
        if !self.details.is_empty() {
            put("d", self.details.clone().into());
        }
        if !self.personal.is_empty() {
            let list = self.personal.iter().map(|one| {
                Members::from([("k".to_owned(), one.key_id.as_str().into()), ("h".to_owned(), one.hash_text().into())])
                    .into()
            });
            put("pd", Json::List(list.collect()));
        }
        out
    }

    fn from_members(members: Members) -> Result<Self, LeafError> {
        let mut all = Reader(members);
        match all.0.remove("v").and_then(|v| v.as_integer()) {
            Some(VERSION) => {}
            Some(other) => return Err(LeafError::Version(other)),
            None => return Err(LeafError::Member("v")),
        }
        let leaf = Self {
            id: all
                .text("id", 36)?
                .as_deref()
                .and_then(parse_uuid)
                .filter(|id| id.get_version_num() == 7)
                .ok_or(LeafError::Member("id"))?,
            at: all.text("ts", 27)?.as_deref().and_then(timestamp::parse).ok_or(LeafError::Member("ts"))?,
            node: all.text("node", 64)?.ok_or(LeafError::Member("node"))?,
            action: all.text("act", 64)?.filter(|name| is_token(name, b".")).ok_or(LeafError::Member("act"))?,
            outcome: all.text("out", 7)?.as_deref().and_then(Outcome::parse).ok_or(LeafError::Member("out"))?,
            actor: read_actor(all.object("actor")?.ok_or(LeafError::Member("actor"))?)?,
            target: all.object("tgt")?.map(read_target).transpose()?,
            space: match all.text("space", 36)? {
                Some(text) => Some(parse_uuid(&text).ok_or(LeafError::Member("space"))?),
                None => None,
            },
            request: all.text("req", 64)?,
            details: match all.object("d")? {
                Some(Reader(details)) if details.is_empty() => return Err(LeafError::Member("d")),
                Some(Reader(details)) => details,
                None => Members::new(),
            },
            personal: match all.0.remove("pd") {
                Some(Json::List(list)) if !list.is_empty() => {
                    list.into_iter().map(read_commitment).collect::<Result<_, _>>()?
                }
                Some(_) => return Err(LeafError::Member("pd")),
                None => Vec::new(),
            },
        };
        all.finish()?;
        Ok(leaf)
    }
}

/// The members that are still to be read.
struct Reader(Members);

impl Reader {
    fn text(&mut self, key: &'static str, longest: usize) -> Result<Option<String>, LeafError> {
        match self.0.remove(key) {
            None => Ok(None),
            Some(Json::Text(text)) if (1..=longest).contains(&text.len()) && !text.chars().any(char::is_control) => {
                Ok(Some(text))
            }
            Some(_) => Err(LeafError::Member(key)),
        }
    }
    fn object(&mut self, key: &'static str) -> Result<Option<Self>, LeafError> {
        match self.0.remove(key) {
            None => Ok(None),
            Some(Json::Object(members)) => Ok(Some(Self(members))),
            Some(_) => Err(LeafError::Member(key)),
        }
    }
    fn finish(&self) -> Result<(), LeafError> {
        if self.0.is_empty() { Ok(()) } else { Err(LeafError::UnknownMember) }
    }
}

fn read_actor(mut members: Reader) -> Result<Actor, LeafError> {
    let actor = Actor {
        kind: members.text("t", 8)?.as_deref().and_then(ActorKind::parse).ok_or(LeafError::Member("actor"))?,
        id: members.text("id", 128)?,
        session: members.text("s", 128)?,
        assurance: match members.0.remove("aal") {
            None => None,
            Some(Json::Integer(level @ 1..=3)) => u8::try_from(level).ok(),
            Some(_) => return Err(LeafError::Member("actor")),
        },
    };
    members.finish()?;
    Ok(actor)
}

fn read_target(mut members: Reader) -> Result<Target, LeafError> {
    let kind = members.text("t", 32)?.filter(|name| is_token(name, b"")).ok_or(LeafError::Member("tgt"))?;
    let id = members.text("id", 128)?.ok_or(LeafError::Member("tgt"))?;
    members.finish()?;
    Ok(Target { kind, id })
}

fn read_commitment(value: Json) -> Result<Commitment, LeafError> {
    let Json::Object(members) = value else {
        return Err(LeafError::Member("pd"));
    };
    let mut members = Reader(members);
    let key_id = members.text("k", 64)?.ok_or(LeafError::Member("pd"))?;
    let hash = members.text("h", 44)?.as_deref().and_then(personal::decode_32).ok_or(LeafError::Member("pd"))?;
    members.finish()?;
    Ok(Commitment { key_id, hash })
}

fn parse_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.hyphenated().to_string() == text)
}

fn is_token(text: &str, more: &[u8]) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || more.contains(&byte))
}

fn check_profile(value: &Json, depth: usize) -> Result<(), LeafError> {
    match value {
        Json::Bool(_) | Json::Text(_) => Ok(()),
        Json::Integer(number) if number.unsigned_abs() > crate::json::MAX_INTEGER.unsigned_abs() => {
            Err(LeafError::Integer)
        }
        Json::Integer(_) => Ok(()),
        Json::List(_) | Json::Object(_) if depth > MAX_DEPTH => Err(LeafError::Depth),
        Json::List(items) => items.iter().try_for_each(|item| check_profile(item, depth + 1)),
        Json::Object(members) => members.iter().try_for_each(|(key, item)| {
            if !(1..=32).contains(&key.len()) || !is_token(key, b"") {
                return Err(LeafError::Key);
            }
            check_profile(item, depth + 1)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Leaf {
        Leaf {
            id: Uuid::from_u128(0x019a_9f2c_7b00_7000_8000_0000_0000_0000),
            at: timestamp::parse("2026-11-20T17:45:00.000000Z").unwrap(),
            node: "cloud-1".into(),
            action: "file.uploaded".into(),
            outcome: Outcome::Ok,
            actor: Actor { kind: ActorKind::System, id: None, session: None, assurance: None },
            target: None,
            space: None,
            request: None,
            details: Members::new(),
            personal: Vec::new(),
        }
    }

    #[test]
    fn round_trips() {
        let mut leaf = sample();
        leaf.details.insert("bytes".into(), Json::Integer(7));
        leaf.personal.push(Commitment { key_id: "k1.x".into(), hash: [7; 32] });
        leaf.target = Some(Target { kind: "node".into(), id: "n".into() });
        assert_eq!(Leaf::parse(&leaf.to_canonical().unwrap()), Ok(leaf));
    }

    #[test]
    fn limits_hold_when_writing() {
        let nest = |levels| (0..levels).fold(Json::Integer(1), |inner, _| Json::List(vec![inner]));
        let with = |key: &str, value: Json| {
            let mut leaf = sample();
            leaf.details.insert(key.into(), value);
            leaf.to_canonical()
        };
        assert!(with("deep", nest(4)).is_ok());
        assert_eq!(with("deep", nest(5)), Err(LeafError::Depth));
        assert_eq!(with("Upper", Json::Bool(true)), Err(LeafError::Key));
        assert_eq!(with("n", Json::Integer(i64::MAX)), Err(LeafError::Integer));
        assert!(matches!(with("long", "x".repeat(MAX_BYTES).into()), Err(LeafError::Length(_))));
        let mut leaf = sample();
        leaf.action = "File Uploaded".into();
        assert_eq!(leaf.to_canonical(), Err(LeafError::Member("act")));
    }

    #[test]
    fn a_strange_leaf_is_refused() {
        let good = String::from_utf8(sample().to_canonical().unwrap()).unwrap();
        for (from, to, error) in [
            ("\"v\":1", "\"v\":2", LeafError::Version(2)),
            ("\"out\":\"ok\"", "\"out\":\"fine\"", LeafError::Member("out")),
            ("\"t\":\"system\"", "\"t\":\"system\",\"x\":1", LeafError::UnknownMember),
            ("{\"act\"", "{\"aaa\":1,\"act\"", LeafError::UnknownMember),
            ("019a9f2c", "019A9F2C", LeafError::Member("id")),
            ("\"node\":\"cloud-1\",", "", LeafError::Member("node")),
            (",\"ts\"", ",\"pd\":[],\"ts\"", LeafError::Member("pd")),
        ] {
            assert!(good.contains(from), "{from}");
            assert_eq!(Leaf::parse(good.replace(from, to).as_bytes()), Err(error), "{from} -> {to}");
        }
    }
}
