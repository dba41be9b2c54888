//! Every route × every kind of caller: the proofs say that a check was made, this table says that it is the right one.
//!
//! `CARREL_WRITE_TABLE=1` writes `docs/api/route-table.md` anew.

use std::{collections::BTreeSet, fmt::Write as _};

use carrel_cloud_backend::routes::{Route, TABLE};
use carrel_ids::{NodeId, SpaceId, UserId, WorkspaceId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    actors::{
        Administrator, Anonymous, AppPassword, Auditor, Editor, Owner, Person, Stranger, TokenReader, TokenWriter,
        Viewer, id,
    },
    app::{Backend, PASSWORD, TestApp, TestSigner, spawn_app_with},
    client::{Auth, Client},
    people,
    spaces::Team,
};

const ACTORS: [&str; 10] = [
    "owner",
    "editor",
    "viewer",
    "stranger",
    "administrator",
    "auditor",
    "anonymous",
    "token read",
    "token write",
    "app password",
];

const ALL: [u16; 10] = [200; 10];
const SIGNED_IN: [u16; 10] = [200, 200, 200, 200, 200, 200, 401, 200, 200, 200];
const READ: [u16; 10] = [200, 200, 200, 404, 404, 404, 401, 200, 200, 200];
const WORKSPACE: [u16; 10] = [200, 200, 404, 404, 404, 404, 401, 403, 403, 403];
/// Without a fresh second factor.
const SETTINGS: [u16; 10] = [404, 404, 404, 404, 403, 404, 401, 404, 404, 404];
/// A team's space of the owner's; no token reaches so far.
const fn manage(status: u16) -> [u16; 10] {
    [status, 404, 404, 404, 404, 404, 401, 403, 403, 403]
}
/// Whoever may share with others at all; no token reaches so far.
const fn share(status: u16) -> [u16; 10] {
    [status, status, status, status, status, 404, 401, 403, 403, 403]
}
const LOG: [u16; 10] = [404, 404, 404, 404, 404, 200, 401, 404, 404, 404];

/// What changes a node answers `status` to whoever may; a token for reading hears that its scopes are too small.
const fn write(status: u16) -> [u16; 10] {
    [status, status, 404, 404, 404, 404, 401, 403, status, status]
}
/// What deletes for good answers `status` to managers alone.
const fn purge(status: u16) -> [u16; 10] {
    [status, 404, 404, 404, 404, 404, 401, 403, status, status]
}
/// A tree of the owner's answers them and their tokens alone; `reading` to a token for reading.
const fn tree(status: u16, reading: u16) -> [u16; 10] {
    [status, 404, 404, 404, 404, 404, 401, reading, status, status]
}
/// What is one's own answers `status` to people, and nothing to their tokens.
const fn own(status: u16) -> [u16; 10] {
    [status, status, status, status, status, status, 401, 403, 403, 403]
}

/// The expected status by caller. Nodes, versions and workspaces are the owner's.
#[rustfmt::skip]
const EXPECTED: &[(&str, &str, [u16; 10])] = &[
    ("get", "/healthz", ALL),
    ("get", "/readyz", ALL),
    ("get", "/api/v1/openapi.json", ALL),
    ("get", "/api/v1/setup", ALL),
    // Nobody has a valid link: there is a user.
    ("post", "/api/v1/setup", [401; 10]),
    ("post", "/api/v1/session", ALL),
    ("get", "/api/v1/sign-in/options", ALL),
    // Whoever comes without having begun is sent to the page for signing in.
    ("get", "/api/v1/sign-in/callback", [303; 10]),
    // No such provider.
    ("post", "/api/v1/sign-in/providers/{provider_id}", [404; 10]),
    ("post", "/api/v1/sign-in/providers/{provider_id}/back-channel-logout", [404; 10]),
    ("get", "/api/v1/session", SIGNED_IN),
    ("delete", "/api/v1/session", [204, 204, 204, 204, 204, 204, 401, 401, 401, 401]),
    // Nobody here has what these are shown with: a refresh token, a sign-in that waits, a challenge that was asked for.
    ("post", "/api/v1/session/refresh", [401; 10]),
    ("post", "/api/v1/session/second-factor", [401; 10]),
    ("post", "/api/v1/session/second-factor/passkey-options", [401; 10]),
    ("post", "/api/v1/session/passkey", [401; 10]),
    // An address in digits cannot have passkeys.
    ("post", "/api/v1/session/passkey-options", [409; 10]),
    // Nobody here has a second factor.
    ("post", "/api/v1/session/elevation", own(403)),
    ("post", "/api/v1/session/elevation/passkey-options", own(403)),
    ("delete", "/api/v1/session/elevation", own(204)),
    ("post", "/api/v1/session/confirmation", own(200)),
    ("put", "/api/v1/session/user/picture", own(204)),
    ("delete", "/api/v1/session/user/picture", own(204)),
    ("get", "/api/v1/users/{user_id}/picture", SIGNED_IN),
    ("get", "/api/v1/account/security", own(200)),
    ("put", "/api/v1/account/password", own(204)),
    ("post", "/api/v1/account/passkeys/options", own(409)),
    ("post", "/api/v1/account/passkeys", own(401)),
    ("patch", "/api/v1/account/passkeys/{passkey_id}", own(404)),
    ("delete", "/api/v1/account/passkeys/{passkey_id}", own(404)),
    ("post", "/api/v1/account/totp", own(201)),
    ("post", "/api/v1/account/totp/confirmation", own(401)),
    ("delete", "/api/v1/account/totp", own(404)),
    ("post", "/api/v1/account/recovery-codes", own(403)),
    ("get", "/api/v1/account/sessions", own(200)),
    ("delete", "/api/v1/account/sessions", own(204)),
    ("delete", "/api/v1/account/sessions/{session_id}", own(404)),
    ("get", "/api/v1/account/tokens", own(200)),
    // Auditors have no files, so no tokens for them.
    ("post", "/api/v1/account/tokens", [201, 201, 201, 201, 201, 404, 401, 403, 403, 403]),
    ("delete", "/api/v1/account/tokens/{token_id}", own(404)),
    ("get", "/api/v1/account/notices", own(200)),
    ("post", "/api/v1/account/notices/seen", own(204)),
    ("patch", "/api/v1/session/user", own(200)),
    // No such provider, and none for tokens.
    ("post", "/api/v1/account/providers/{provider_id}", own(404)),
    ("delete", "/api/v1/account/providers/{provider_id}", own(404)),
    ("get", "/api/v1/spaces", SIGNED_IN),
    ("post", "/api/v1/spaces", share(201)),
    ("get", "/api/v1/spaces/{space_id}", READ),
    ("patch", "/api/v1/spaces/{space_id}", manage(200)),
    ("post", "/api/v1/spaces/{space_id}/archive", manage(204)),
    ("post", "/api/v1/spaces/{space_id}/activation", manage(204)),
    ("post", "/api/v1/spaces/{space_id}/transfer", manage(204)),
    ("get", "/api/v1/spaces/{space_id}/members", READ),
    ("put", "/api/v1/spaces/{space_id}/members/users/{user_id}", manage(204)),
    ("delete", "/api/v1/spaces/{space_id}/members/users/{user_id}", manage(204)),
    // No such group.
    ("put", "/api/v1/spaces/{space_id}/members/groups/{group_id}", manage(404)),
    ("delete", "/api/v1/spaces/{space_id}/members/groups/{group_id}", manage(404)),
    ("get", "/api/v1/people", share(200)),
    ("get", "/api/v1/admin/spaces", SETTINGS),
    ("put", "/api/v1/admin/spaces/{space_id}/quota", SETTINGS),
    ("get", "/api/v1/nodes/{node_id}", READ),
    ("patch", "/api/v1/nodes/{node_id}", write(200)),
    ("delete", "/api/v1/nodes/{node_id}", write(204)),
    ("get", "/api/v1/nodes/{node_id}/children", READ),
    ("post", "/api/v1/nodes/{node_id}/folders", write(201)),
    ("put", "/api/v1/nodes/{node_id}/files", write(201)),
    ("get", "/api/v1/nodes/{node_id}/content", READ),
    ("put", "/api/v1/nodes/{node_id}/content", write(200)),
    ("post", "/api/v1/nodes/{node_id}/restore", write(200)),
    ("post", "/api/v1/nodes/{node_id}/copies", write(201)),
    ("get", "/api/v1/nodes/{node_id}/locks", READ),
    // No such lock.
    ("delete", "/api/v1/nodes/{node_id}/locks/{lock_id}", write(404)),
    ("get", "/api/v1/nodes/{node_id}/versions", READ),
    ("get", "/api/v1/nodes/{node_id}/versions/{version_id}/content", READ),
    ("post", "/api/v1/nodes/{node_id}/versions/{version_id}/restore", write(200)),
    ("patch", "/api/v1/nodes/{node_id}/versions/{version_id}", write(200)),
    // The current version stays; what is gone for good is for managers.
    ("delete", "/api/v1/nodes/{node_id}/versions/{version_id}", purge(409)),
    ("put", "/api/v1/nodes/{node_id}/favourite", [204, 204, 204, 404, 404, 404, 401, 204, 204, 204]),
    // One's own mark, whatever it is on.
    ("delete", "/api/v1/nodes/{node_id}/favourite", [204, 204, 204, 204, 204, 204, 401, 204, 204, 204]),
    ("get", "/api/v1/favourites", SIGNED_IN),
    ("get", "/api/v1/recents", SIGNED_IN),
    ("get", "/api/v1/spaces/{space_id}/trash", READ),
    ("delete", "/api/v1/spaces/{space_id}/trash", purge(200)),
    ("delete", "/api/v1/spaces/{space_id}/trash/{node_id}", purge(204)),
    ("get", "/api/v1/nodes/{node_id}/zip", READ),
    ("get", "/api/v1/zips", READ),
    ("post", "/api/v1/nodes/{node_id}/files/known", write(201)),
    ("post", "/api/v1/nodes/{node_id}/files/form", write(201)),
    ("options", "/api/v1/uploads", [204; 10]),
    ("get", "/api/v1/uploads", SIGNED_IN),
    ("post", "/api/v1/uploads", write(201)),
    // There is no upload of that name.
    ("head", "/api/v1/uploads/{upload_id}", [404, 404, 404, 404, 404, 404, 401, 404, 404, 404]),
    ("patch", "/api/v1/uploads/{upload_id}", [404, 404, 404, 404, 404, 404, 401, 404, 404, 404]),
    ("delete", "/api/v1/uploads/{upload_id}", [404, 404, 404, 404, 404, 404, 401, 404, 404, 404]),
    ("post", "/api/v1/uploads/{upload_id}", [404, 404, 404, 404, 404, 404, 401, 404, 404, 404]),
    ("get", "/api/v1/workspaces", own(200)),
    ("post", "/api/v1/workspaces", [201, 201, 404, 404, 404, 404, 401, 403, 403, 403]),
    ("get", "/api/v1/workspaces/{workspace_id}", WORKSPACE),
    ("delete", "/api/v1/workspaces/{workspace_id}", [204, 204, 404, 404, 404, 404, 401, 403, 403, 403]),
    ("post", "/api/v1/workspaces/{workspace_id}/ticket", WORKSPACE),
    ("get", "/api/v1/system/health", SIGNED_IN),
    ("post", "/api/v1/csp-reports", [204; 10]),
    // Of the owner's space, by its identifier.
    ("options", "/", ALL),
    ("options", "/dav", ALL),
    ("options", "/dav/{path:.*}", ALL),
    ("propfind", "/dav", [207, 207, 207, 207, 207, 207, 401, 207, 207, 207]),
    ("propfind", "/dav/{path:.*}", [207, 207, 207, 404, 404, 404, 401, 207, 207, 207]),
    ("proppatch", "/dav/{path:.*}", write(207)),
    ("get", "/dav/{path:.*}", READ),
    ("head", "/dav/{path:.*}", READ),
    ("put", "/dav/{path:.*}", write(204)),
    ("mkcol", "/dav/{path:.*}", write(201)),
    ("delete", "/dav/{path:.*}", write(204)),
    ("copy", "/dav/{path:.*}", write(201)),
    ("move", "/dav/{path:.*}", write(201)),
    ("lock", "/dav/{path:.*}", write(200)),
    // No such lock.
    ("unlock", "/dav/{path:.*}", write(409)),
    // No program waits.
    ("get", "/api/v1/account/programs/{program_token}", own(404)),
    ("post", "/api/v1/account/programs/{program_token}", own(404)),
    ("get", "/status.php", ALL),
    ("get", "/index.php/204", [204; 10]),
    ("get", "/ocs/v1.php/cloud/capabilities", ALL),
    ("get", "/ocs/v1.php/cloud/user", SIGNED_IN),
    ("get", "/ocs/v2.php/cloud/capabilities", ALL),
    ("get", "/ocs/v2.php/cloud/user", SIGNED_IN),
    // A program gives its own back.
    ("delete", "/ocs/v2.php/core/apppassword", [403, 403, 403, 403, 403, 403, 401, 200, 200, 200]),
    ("post", "/login/v2", ALL),
    ("post", "/login/v2/poll", [404; 10]),
    ("post", "/index.php/login/v2", ALL),
    ("post", "/index.php/login/v2/poll", [404; 10]),
    // The owner's tree: for all others it is none.
    ("options", "/remote.php/dav/files/{path:.*}", ALL),
    ("propfind", "/remote.php/dav/files/{path:.*}", tree(207, 207)),
    ("proppatch", "/remote.php/dav/files/{path:.*}", tree(207, 403)),
    ("get", "/remote.php/dav/files/{path:.*}", tree(200, 200)),
    ("head", "/remote.php/dav/files/{path:.*}", tree(200, 200)),
    ("put", "/remote.php/dav/files/{path:.*}", tree(204, 403)),
    ("mkcol", "/remote.php/dav/files/{path:.*}", tree(201, 403)),
    ("delete", "/remote.php/dav/files/{path:.*}", tree(204, 403)),
    ("copy", "/remote.php/dav/files/{path:.*}", tree(201, 403)),
    ("move", "/remote.php/dav/files/{path:.*}", tree(201, 403)),
    ("lock", "/remote.php/dav/files/{path:.*}", tree(200, 403)),
    ("unlock", "/remote.php/dav/files/{path:.*}", tree(409, 403)),
    ("patch", "/remote.php/dav/files/{path:.*}", tree(204, 204)),
    ("post", "/remote.php/dav/files/{path:.*}", tree(201, 403)),
    // Everybody's own tree, in which others have no such folder.
    ("options", "/remote.php/webdav/{path:.*}", ALL),
    ("propfind", "/remote.php/webdav/{path:.*}", [207, 404, 404, 404, 404, 404, 401, 207, 207, 207]),
    ("proppatch", "/remote.php/webdav/{path:.*}", [207, 404, 404, 404, 404, 404, 401, 403, 207, 207]),
    ("get", "/remote.php/webdav/{path:.*}", [200, 404, 404, 404, 404, 404, 401, 200, 200, 200]),
    ("head", "/remote.php/webdav/{path:.*}", [200, 404, 404, 404, 404, 404, 401, 200, 200, 200]),
    ("put", "/remote.php/webdav/{path:.*}", [204, 409, 409, 409, 409, 404, 401, 403, 204, 204]),
    ("mkcol", "/remote.php/webdav/{path:.*}", [201, 409, 409, 409, 409, 404, 401, 403, 201, 201]),
    ("delete", "/remote.php/webdav/{path:.*}", [204, 404, 404, 404, 404, 404, 401, 403, 204, 204]),
    ("copy", "/remote.php/webdav/{path:.*}", [201, 404, 404, 404, 404, 404, 401, 403, 201, 201]),
    ("move", "/remote.php/webdav/{path:.*}", [201, 404, 404, 404, 404, 404, 401, 403, 201, 201]),
    ("lock", "/remote.php/webdav/{path:.*}", [200, 409, 409, 409, 409, 404, 401, 403, 200, 200]),
    ("unlock", "/remote.php/webdav/{path:.*}", [409, 404, 404, 404, 404, 404, 401, 403, 409, 409]),
    ("propfind", "/remote.php/webdav", [207, 207, 207, 207, 207, 404, 401, 207, 207, 207]),
    ("mkcol", "/remote.php/dav/uploads/{path:.*}", tree(201, 403)),
    // Nothing has begun.
    ("put", "/remote.php/dav/uploads/{path:.*}", tree(404, 404)),
    ("propfind", "/remote.php/dav/uploads/{path:.*}", tree(404, 404)),
    ("move", "/remote.php/dav/uploads/{path:.*}", tree(404, 404)),
    ("delete", "/remote.php/dav/uploads/{path:.*}", tree(404, 404)),
    ("propfind", "/remote.php/dav/trashbin/{path:.*}", tree(207, 207)),
    // Nothing of this number lies there.
    ("move", "/remote.php/dav/trashbin/{path:.*}", tree(404, 404)),
    ("delete", "/remote.php/dav/trashbin/{path:.*}", tree(404, 404)),
    ("propfind", "/remote.php/dav/versions/{path:.*}", tree(404, 404)),
    ("get", "/remote.php/dav/versions/{path:.*}", tree(404, 404)),
    ("move", "/remote.php/dav/versions/{path:.*}", tree(404, 404)),
    ("get", "/api/v1/admin/identity-providers", SETTINGS),
    ("post", "/api/v1/admin/identity-providers", SETTINGS),
    ("patch", "/api/v1/admin/identity-providers/{provider_id}", SETTINGS),
    ("delete", "/api/v1/admin/identity-providers/{provider_id}", SETTINGS),
    ("get", "/api/v1/audit/head", LOG),
    ("get", "/api/v1/audit/entries", LOG),
    ("get", "/api/v1/audit/actions", LOG),
    ("get", "/api/v1/audit/emergencies", LOG),
    // Without a fresh second factor.
    ("post", "/api/v1/audit/emergencies/{request_id}/review", [404, 404, 404, 404, 404, 403, 401, 404, 404, 404]),
    ("get", "/api/v1/account/role-requests", own(200)),
    // Who is administrator already has nothing to ask for.
    ("post", "/api/v1/account/role-requests", [201, 201, 201, 201, 400, 201, 401, 403, 403, 403]),
    ("delete", "/api/v1/account/role-requests/{request_id}", own(404)),
    ("post", "/api/v1/account/break-glass", SETTINGS),
    // Nobody has a valid link.
    ("post", "/api/v1/invitations/look", [401; 10]),
    ("post", "/api/v1/invitations/accept", [401; 10]),
    ("post", "/api/v1/password-resets/look", [401; 10]),
    ("post", "/api/v1/password-resets/accept", [401; 10]),
    // The administrator has no fresh second factor here; what they may do with one, and all others who might try, is the table in
    // `escalation.rs`.
    ("get", "/api/v1/admin/users", SETTINGS),
    ("post", "/api/v1/admin/users", SETTINGS),
    ("get", "/api/v1/admin/users/{user_id}", SETTINGS),
    ("patch", "/api/v1/admin/users/{user_id}", SETTINGS),
    ("delete", "/api/v1/admin/users/{user_id}", SETTINGS),
    ("post", "/api/v1/admin/users/{user_id}/deactivation", SETTINGS),
    ("post", "/api/v1/admin/users/{user_id}/activation", SETTINGS),
    ("post", "/api/v1/admin/users/{user_id}/password-reset", SETTINGS),
    ("post", "/api/v1/admin/users/{user_id}/second-factors/reset", SETTINGS),
    ("delete", "/api/v1/admin/users/{user_id}/sessions", SETTINGS),
    ("get", "/api/v1/admin/users/{user_id}/tokens", SETTINGS),
    ("post", "/api/v1/admin/users/{user_id}/tokens", SETTINGS),
    ("delete", "/api/v1/admin/users/{user_id}/tokens/{token_id}", SETTINGS),
    ("get", "/api/v1/admin/invitations", SETTINGS),
    ("post", "/api/v1/admin/invitations", SETTINGS),
    ("delete", "/api/v1/admin/invitations/{invitation_id}", SETTINGS),
    ("get", "/api/v1/admin/groups", SETTINGS),
    ("post", "/api/v1/admin/groups", SETTINGS),
    ("patch", "/api/v1/admin/groups/{group_id}", SETTINGS),
    ("delete", "/api/v1/admin/groups/{group_id}", SETTINGS),
    ("get", "/api/v1/admin/groups/{group_id}/members", SETTINGS),
    ("put", "/api/v1/admin/groups/{group_id}/members/{user_id}", SETTINGS),
    ("delete", "/api/v1/admin/groups/{group_id}/members/{user_id}", SETTINGS),
    ("get", "/api/v1/admin/permissions", SETTINGS),
    ("get", "/api/v1/admin/roles", SETTINGS),
    ("post", "/api/v1/admin/roles", SETTINGS),
    ("patch", "/api/v1/admin/roles/{role_id}", SETTINGS),
    ("delete", "/api/v1/admin/roles/{role_id}", SETTINGS),
    ("get", "/api/v1/admin/role-requests", SETTINGS),
    ("post", "/api/v1/admin/role-requests/{request_id}/approval", SETTINGS),
    ("post", "/api/v1/admin/role-requests/{request_id}/denial", SETTINGS),
    // Without a fresh second factor.
    ("post", "/api/v1/audit/exports", [404, 404, 404, 404, 404, 403, 401, 404, 404, 404]),
];

/// The first bytes say that it is a picture; nobody looks at more.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What one request is about; made anew for each, because it may not be there afterwards.
struct Fixture {
    folder: NodeId,
    file: Value,
    workspace: Option<WorkspaceId>,
    space: Option<SpaceId>,
    /// Whom the route is about, if about anybody.
    user: UserId,
    /// Where WebDAV has the folder.
    dav: String,
}

async fn fixture(owner: &Owner, members: [(&Person, &str); 2], route: &Route, number: usize) -> Fixture {
    let folder = owner.folder(owner.root, &format!("folder {number}")).await;
    let file = owner.file(folder, "file", "text").await;
    let workspace = match route.path.contains("{workspace_id}") {
        true => Some(owner.workspace(folder).await),
        false => None,
    };
    if route.path.ends_with("{node_id}/restore") || route.path.ends_with("/trash/{node_id}") {
        owner.delete(&format!("/api/v1/nodes/{}", file["id"].as_str().unwrap())).await.expect(204);
    }
    if route.path.ends_with("/picture") {
        owner.put("/api/v1/session/user/picture", PICTURE).send().await.expect(204);
    }
    let (mut space, mut user) = (None, owner.id);
    if route.path.contains("{space_id}/trash") {
        space = Some(owner.space);
    } else if route.path.contains("{space_id}") {
        let team = Team::of(owner, &format!("team {number}")).await;
        for (person, role) in members {
            team.let_in(owner, person, role).await;
            user = person.id;
        }
        space = Some(team.space);
    }
    let dav = format!("spaces/{}/folder%20{number}", owner.space);
    Fixture { folder, file, workspace, space, user, dav }
}

/// What an authenticator answers with, in form only.
fn credential(what: &str) -> Value {
    let mut response = json!({"clientDataJSON": "AA", "authenticatorData": "AA"});
    response[what] = json!("AA");
    json!({"id": "AA", "rawId": "AA", "type": "public-key", "response": response, "extensions": {}})
}

const NOTHING: &str = "00000000-0000-7000-8000-00000000000f";

/// What a route's tail names.
fn tail(route: &Route, fixture: &Fixture) -> String {
    let name = if route.method == "mkcol" { "new" } else { "file" };
    let folder = fixture.dav.rsplit('/').next().unwrap();
    match route.path.split("{path").next().unwrap() {
        "/remote.php/dav/files/" if route.method == "post" => format!("olivia.owner/{folder}"),
        "/remote.php/dav/files/" => format!("olivia.owner/{folder}/{name}"),
        "/remote.php/webdav/" => format!("{folder}/{name}"),
        "/remote.php/dav/uploads/" => {
            let chunk = match route.method {
                "put" => "/1",
                "move" => "/.file",
                _ => "",
            };
            format!("olivia.owner/{folder}{chunk}")
        }
        "/remote.php/dav/trashbin/" if route.method == "propfind" => "olivia.owner/trash".to_owned(),
        "/remote.php/dav/trashbin/" => format!("olivia.owner/trash/{NOTHING}"),
        "/remote.php/dav/versions/" => format!("olivia.owner/versions/999999999/{NOTHING}"),
        _ => format!("{}/{name}", fixture.dav),
    }
}

/// Sends the route's request as this caller; the status.
async fn send(caller: &Client, route: &Route, fixture: &Fixture) -> u16 {
    let of_folder = ["/children", "/folders", "/files", "/known", "/form"].iter().any(|end| route.path.ends_with(end));
    let node: NodeId = if of_folder { fixture.folder } else { id(&fixture.file["id"]) };
    let version = fixture.file["version"]["id"].as_str().unwrap();
    let workspace = fixture.workspace.map(|id| id.to_string()).unwrap_or_default();
    let path = route
        .path
        .replace("{node_id}", &node.to_string())
        .replace("{version_id}", version)
        .replace("{workspace_id}", &workspace)
        .replace("{space_id}", &fixture.space.map(|id| id.to_string()).unwrap_or_default())
        .replace("{user_id}", &fixture.user.to_string());
    let path = [
        "{provider_id}",
        "{passkey_id}",
        "{session_id}",
        "{token_id}",
        "{group_id}",
        "{role_id}",
        "{invitation_id}",
        "{request_id}",
        "{lock_id}",
        "{upload_id}",
        "{program_token}",
    ]
    .iter()
    .fold(path, |path, name| path.replace(name, "00000000-0000-7000-8000-00000000000f"));
    let path = path.replace("{path:.*}", &tail(route, fixture));
    let method: Method = route.method.to_uppercase().parse().unwrap();
    let zips = format!("?node={node}");
    let query = match path.as_str() {
        files if files.ends_with("/files") => "?name=new",
        "/api/v1/people" => "?q=olivia",
        "/api/v1/zips" => &zips,
        _ => "",
    };
    let call = caller.call(method, &format!("{path}{query}"));
    let call = match (route.method, route.path) {
        ("put", path) if path.ends_with("/{path:.*}") => call.body("new text"),
        ("patch", path) if path.ends_with("/{path:.*}") => call.header("x-recalculate-hash", "SHA1"),
        ("post", path) if path.ends_with("/{path:.*}") => call
            .header("tus-resumable", "1.0.0")
            .header("upload-length", "0")
            .header("upload-metadata", "filename bmV3"),
        ("post", path) if path.ends_with("/login/v2/poll") => {
            call.header("content-type", "application/x-www-form-urlencoded").body("token=x")
        }
        ("move", path)
            if path.starts_with("/remote.php/dav/trashbin") || path.starts_with("/remote.php/dav/versions") =>
        {
            call.header("destination", &route.path.replace("{path:.*}", "olivia.owner/restore/x"))
        }
        ("copy" | "move", _) => call.header("destination", &format!("/dav/{}/new", fixture.dav)),
        ("propfind", _) => call.header("depth", "0"),
        ("proppatch", _) => call
            .body("<D:propertyupdate xmlns:D=\"DAV:\"><D:remove><D:prop><x/></D:prop></D:remove></D:propertyupdate>"),
        ("lock", _) => call.body(crate::dav::LOCK),
        ("unlock", _) => call.header("lock-token", "<urn:uuid:00000000-0000-7000-8000-00000000000f>"),
        ("post", path) if path.ends_with("/copies") => call.json(&json!({"folder_id": fixture.folder, "name": "copy"})),
        ("options", "/api/v1/uploads") => call,
        ("post", path) if path.ends_with("/files/known") => call
            .json(&json!({"name": "known", "size": fixture.file["size"], "sha256": fixture.file["version"]["sha256"]})),
        ("post", path) if path.ends_with("/files/form") => call
            .header("content-type", "multipart/form-data; boundary=x")
            .body("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"form\"\r\n\r\ntext\r\n--x--\r\n"),
        (_, path) if path.starts_with("/api/v1/uploads") && route.method != "get" => {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            let folder = STANDARD.encode(fixture.folder.to_string());
            call.header("tus-resumable", "1.0.0")
                .header("upload-metadata", &format!("filename YQ==,folder_id {folder}"))
                .header("upload-length", "4")
                .header("upload-offset", "0")
                .header("content-type", "application/offset+octet-stream")
                .header("x-http-method-override", "PATCH")
        }
        ("put", path) if path.ends_with("/content") => {
            call.header("if-match", &format!("\"{version}\"")).body("new text")
        }
        ("put", path) if path.ends_with("/picture") => call.body(PICTURE),
        ("put", path) if path.ends_with("/password") => call.json(&json!({"current": PASSWORD, "new": PASSWORD})),
        ("put", path) if path.contains("{space_id}/members/") => call.json(&json!({"role": "editor"})),
        ("put", path) if path.contains("/members/") || path.ends_with("/favourite") => call,
        ("put", path) if path.ends_with("/quota") => call.json(&json!({"quota": null})),
        ("post", path) if path.ends_with("/transfer") => call.json(&json!({"user_id": fixture.user})),
        ("post", "/api/v1/spaces") => call.json(&json!({"name": "new"})),
        ("put", _) => call.header("if-none-match", "*").body("text"),
        ("post", "/api/v1/setup") => {
            call.json(&json!({"token": "x", "name": "x", "display_name": "", "password": PASSWORD, "language": "en"}))
        }
        ("post", "/api/v1/session") => call.json(&json!({"name": "olivia.owner", "password": PASSWORD})),
        ("post", "/api/v1/session/second-factor" | "/api/v1/session/elevation") => {
            call.json(&json!({"method": "totp", "code": "000000"}))
        }
        ("post", "/api/v1/session/passkey") => call.json(&json!({"credential": credential("signature")})),
        ("post", "/api/v1/account/passkeys") => {
            call.json(&json!({"name": "x", "credential": credential("attestationObject")}))
        }
        ("post", "/api/v1/session/confirmation") => call.json(&json!({"password": PASSWORD})),
        ("post", "/api/v1/account/totp/confirmation") => call.json(&json!({"code": "000000"})),
        ("post", "/api/v1/account/tokens") => {
            call.json(&json!({"kind": "personal", "label": "x", "scopes": ["files:read"]}))
        }
        ("post", path) if path.ends_with("/folders") => call.json(&json!({"name": "new"})),
        ("post", "/api/v1/workspaces") => call.json(&json!({"folder_id": fixture.folder})),
        ("post", "/api/v1/admin/identity-providers") => {
            call.json(&json!({"name": "P", "issuer": "https://id.example.org", "client_id": "c"}))
        }
        ("post" | "patch" | "delete", path) if people::body(route.method, path).is_some() => {
            call.json(&people::body(route.method, path).unwrap())
        }
        ("post", path) if path.ends_with("/back-channel-logout") => {
            call.header("content-type", "application/x-www-form-urlencoded").body("logout_token=x")
        }
        ("post", _) => call.json(&json!({})),
        ("patch", "/api/v1/session/user") => call.json(&json!({"language": "de"})),
        ("patch", path) if path.ends_with("{version_id}") => call.json(&json!({"label": "kept"})),
        ("patch", _) => call.json(&json!({"name": "renamed"})),
        _ => call,
    };
    let answer = call.send().await;
    // WebDAV's errors are in its own form, and so are those of Nextcloud's protocol.
    let foreign =
        ["/dav", "/remote.php", "/ocs", "/login", "/index.php"].iter().any(|tree| route.path.starts_with(tree));
    if answer.status.is_client_error() && route.method != "head" && !foreign {
        answer.error_code();
    }
    answer.status.as_u16()
}

/// Asks every route as everybody; the rows of what was answered.
async fn ask_everything(app: &TestApp) -> Vec<(Route, [u16; 10])> {
    let owner = Owner::of(app).await;
    let (editor, viewer) = (Editor::of(app, &owner).await, Viewer::of(app, &owner).await);
    let callers: [Client; 10] = [
        owner.with(owner.auth().clone()),
        editor.with_same(),
        viewer.with_same(),
        Stranger::of(app).await.with_same(),
        Administrator::of(app).await.with_same(),
        Auditor::of(app).await.with_same(),
        Anonymous::of(app).clone(),
        TokenReader::of(app, &owner).await.clone(),
        TokenWriter::of(app, &owner).await.clone(),
        AppPassword::of(app, &owner).await.clone(),
    ];
    let people = ["olivia.owner", "emil.editor", "vera.viewer", "sam.stranger", "ada.administrator", "aron.auditor"];
    let mut rows = Vec::new();
    for route in TABLE {
        let mut statuses = [0; 10];
        for (number, status) in statuses.iter_mut().enumerate() {
            let members = [(&*editor, "editor"), (&*viewer, "viewer")];
            let fixture = fixture(&owner, members, route, rows.len() * 10 + number).await;
            let mut caller = callers[number].clone();
            // A session that ends must not be the one that is needed for the next route: signing in again ends it, too.
            if route.path == "/api/v1/session" && route.method != "get" && number < people.len() {
                caller = Person::of(app, people[number]).await.with_same();
            }
            // The same for a token that ends itself.
            if route.path.ends_with("/apppassword") && number > people.len() {
                caller = AppPassword::of(app, &owner).await.clone();
            }
            *status = send(&caller, route, &fixture).await;
        }
        rows.push((*route, statuses));
    }
    rows
}

/// The same party once more.
trait Same {
    fn with_same(&self) -> Client;
}
impl Same for Person {
    fn with_same(&self) -> Client {
        let auth: Auth = self.auth().clone();
        self.with(auth)
    }
}

fn print(rows: &[(Route, [u16; 10])]) -> String {
    let mut text = String::from(
        "# Who may call what\n\nThe answer of every route to everybody who might ask. Nodes, versions and workspaces are the owner's; editor and viewer\nare members of the owner's space; tokens and the app password are the owner's. Written by `cloud-backend/tests/api/route_table.rs`\nwith `CARREL_WRITE_TABLE=1`, and compared by it at each run.\n\n",
    );
    writeln!(text, "| route | tier | {} |", ACTORS.join(" | ")).unwrap();
    writeln!(text, "|---|---|{}", "---|".repeat(ACTORS.len())).unwrap();
    for (route, statuses) in rows {
        let statuses: Vec<_> = statuses.iter().map(u16::to_string).collect();
        let tier = format!("{:?}", route.tier).to_lowercase();
        writeln!(text, "| `{} {}` | {tier} | {} |", route.method.to_uppercase(), route.path, statuses.join(" | "))
            .unwrap();
    }
    text
}

async fn the_table_holds(backend: Backend) {
    let signer = TestSigner::start();
    let app = spawn_app_with(backend, |config| config.signer_socket = Some(signer.socket.clone())).await;
    let rows = ask_everything(&app).await;
    let text = print(&rows);
    println!("{text}");
    let mut wrong = Vec::new();
    for (route, statuses) in &rows {
        let expected = EXPECTED.iter().find(|(method, path, _)| *method == route.method && *path == route.path);
        let Some((.., expected)) = expected else {
            wrong.push(format!("{} {} has no row", route.method, route.path));
            continue;
        };
        for (number, actor) in ACTORS.iter().enumerate() {
            if statuses[number] != expected[number] {
                let (is, should) = (statuses[number], expected[number]);
                wrong.push(format!("{} {} as {actor}: {is} instead of {should}", route.method, route.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(EXPECTED.len(), TABLE.len(), "a row has no route");
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/api/route-table.md");
    if std::env::var_os("CARREL_WRITE_TABLE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "run with CARREL_WRITE_TABLE=1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_031_every_route_answers_everybody_as_the_table_says_on_sqlite() {
    the_table_holds(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t_031_every_route_answers_everybody_as_the_table_says_on_postgres() {
    the_table_holds(Backend::Postgres).await;
}

/// What is in no table is described nowhere, and the other way round.
#[test]
fn t_031_the_description_names_exactly_the_routes_of_the_table() {
    let document = serde_json::to_value(carrel_cloud_backend::openapi()).unwrap();
    assert_eq!(document["openapi"].as_str().unwrap().get(..3), Some("3.1"));
    let (mut described, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.insert((method.clone(), path.clone()));
            // Clients are generated from the names: two operations of one name would be one.
            assert!(names.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
        }
    }
    let routes: BTreeSet<_> = TABLE
        .iter()
        .filter(|route| route.path.starts_with("/api/v1/") && route.path != "/api/v1/openapi.json")
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    assert_eq!(described, routes);
    assert_eq!(TABLE.iter().map(|route| (route.method, route.path)).collect::<BTreeSet<_>>().len(), TABLE.len());
}
