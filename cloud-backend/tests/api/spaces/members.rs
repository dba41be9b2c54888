//! People and groups in a space: who gives what to whom, and what follows at once.

use carrel_cloud_backend::{
    administration,
    authz::Role::{Guest, Member},
};
use carrel_ids::{GroupId, SpaceId, UserId};
use futures_util::future::join;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::Team;
use crate::{
    actors::{Owner, Person, Stranger, TokenWriter},
    app::both,
    internal_client::Ide,
    people::{Root, admin, logged},
};

fn user(person: &Person) -> String {
    format!("users/{}", person.id)
}

/// Names and roles, in the order of the list.
async fn members(team: Team, person: &Person) -> Vec<(String, String)> {
    let list = person.get(&team.path("/members")).await.expect(200).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(|item| (text(&item["name"]), text(&item["role"]))).collect()
}

both! {
    async fn members_do_what_their_role_says(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Team").await;
        let file = owner.file(team.root, "a", "x").await;
        let read = format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap());
        stranger.get(&read).await.refused(404, "not_found");
        app.database.forget_leaves().await;
        team.let_in(&owner, &stranger, "viewer").await;
        assert_eq!(logged(&app, "space.member_set", "ok").await, 1);
        stranger.get(&read).await.expect(200);
        stranger.post(&format!("/api/v1/nodes/{}/folders", team.root), json!({"name": "b"})).await.refused(404, "not_found");
        assert_eq!(team.seen_by(&stranger).await["abilities"], json!({"write": false, "add": false, "manage": false, "archive": false}));
        team.let_in(&owner, &stranger, "editor").await;
        stranger.folder(team.root, "b").await;
        assert_eq!(members(team, &stranger).await, [("olivia.owner".to_owned(), "manager".to_owned()), ("sam.stranger".to_owned(), "editor".to_owned())]);
        let seen = stranger.get(&team.path("/members")).await.json();
        assert_eq!(seen["items"][0]["abilities"], json!({"change": false, "remove": false}));
        let seen = owner.get(&team.path("/members")).await.json();
        assert_eq!(seen["items"][0]["abilities"], json!({"change": false, "remove": false}), "the last manager");
        assert_eq!(seen["items"][1]["abilities"], json!({"change": true, "remove": true}));
        assert_eq!(team.seen_by(&owner).await["member_count"], 2);
        team.remove(&owner, user(&stranger)).await.expect(204);
        stranger.get(&read).await.refused(404, "not_found");
        stranger.get(&team.path("")).await.refused(404, "not_found");
        team.remove(&owner, user(&stranger)).await.refused(404, "not_found");
    }

    async fn t_030_foreign_and_missing_spaces_are_one_answer_on_every_route(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Team").await;
        let viewer = Person::signed_in(&app, "vera.viewer", &[Member]).await;
        team.let_in(&owner, &viewer, "viewer").await;
        let (somebody, group) = (format!("/members/users/{}", stranger.id), format!("/members/groups/{}", GroupId::new()));
        let manages: [(Method, &str, Value); 8] = [
            (Method::PATCH, "", json!({"name": "Mine"})),
            (Method::POST, "/archive", json!({})),
            (Method::POST, "/activation", json!({})),
            (Method::POST, "/transfer", json!({"user_id": stranger.id})),
            (Method::PUT, &somebody, json!({"role": "manager"})),
            (Method::DELETE, &somebody, json!({})),
            (Method::PUT, &group, json!({"role": "manager"})),
            (Method::DELETE, &group, json!({})),
        ];
        let sees = [(Method::GET, "", json!({})), (Method::GET, "/members", json!({}))];
        for (person, acts) in [(&viewer, manages.to_vec()), (&*stranger, [manages.to_vec(), sees.to_vec()].concat())] {
            for (method, rest, body) in acts {
                let mut answers = Vec::new();
                for space in [team.space.to_string(), SpaceId::new().to_string(), "no-identifier".to_owned()] {
                    let call = person.call(method.clone(), &format!("/api/v1/spaces/{space}{rest}")).json(&body);
                    answers.push(call.send().await.refused(404, "not_found").comparable());
                }
                assert_eq!(answers[0], answers[1], "{method} {rest}");
                assert_eq!(answers[0], answers[2], "{method} {rest}");
            }
        }
        assert_eq!(members(team, &owner).await.len(), 2);
        assert!(logged(&app, "space.access", "denied").await >= 10);
    }

    async fn t_033_a_token_manages_no_space_and_finds_nobody(app: TestApp) {
        let owner = Owner::of(&app).await;
        let team = Team::of(&owner, "Team").await;
        let token = TokenWriter::of(&app, &owner).await;
        token.get(&team.path("/members")).await.expect(200);
        token.post("/api/v1/spaces", json!({"name": "Other"})).await.refused(403, "scope_too_small");
        token.patch(&team.path(""), json!({"name": "Other"})).await.refused(403, "scope_too_small");
        team.set(&token, format_args!("users/{}", owner.id), "viewer").await.refused(403, "scope_too_small");
        token.get("/api/v1/people?q=olivia").await.refused(403, "scope_too_small");
        assert_eq!(team.seen_by(&token).await["abilities"], json!({"write": true, "add": true, "manage": false, "archive": false}));
    }

    async fn the_last_manager_stays(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Team").await;
        for role in ["editor", "viewer", "uploader"] {
            team.set(&owner, user(&owner), role).await.refused(409, "last_manager");
        }
        team.remove(&owner, user(&owner)).await.refused(409, "last_manager");
        // A group that manages is no person who does: it can become empty without anybody here knowing.
        let root = Root::of(&app).await;
        let group = root.group("Crew").await;
        root.call(Method::PUT, &admin(format_args!("groups/{group}/members/{}", stranger.id))).send().await.expect(204);
        team.set(&owner, format_args!("groups/{group}"), "manager").await.expect(204);
        team.remove(&owner, user(&owner)).await.refused(409, "last_manager");
        team.remove(&stranger, user(&owner)).await.refused(409, "last_manager");
        team.let_in(&owner, &stranger, "manager").await;
        team.remove(&owner, user(&owner)).await.expect(204);
        team.seen_by(&stranger).await;
        owner.get(&team.path("")).await.refused(404, "not_found");
    }

    async fn t_040_of_two_managers_who_remove_each_other_one_stays(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        for round in 0..6 {
            let team = Team::of(&owner, &format!("Team {round}")).await;
            team.let_in(&owner, &stranger, "manager").await;
            let (one, other) = join(team.remove(&owner, user(&stranger)), team.remove(&stranger, user(&owner))).await;
            let done = [&one, &other].into_iter().filter(|answer| answer.status == StatusCode::NO_CONTENT).count();
            assert_eq!(done, 1, "{} {}", one.status, other.status);
        }
        assert_eq!(app.database.count("SELECT COUNT(*) FROM spaces s WHERE kind = 'team' AND NOT EXISTS (SELECT 1 FROM space_members m WHERE m.space_id = s.id AND m.role = 'manager')").await, 0);
    }

    async fn a_groups_people_have_its_role_and_the_greatest_counts(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let root = Root::of(&app).await;
        let team = Team::of(&owner, "Team").await;
        let file = owner.file(team.root, "a", "x").await;
        let (readers, writers) = (root.group("Readers").await, root.group("Writers").await);
        let of = |group: &str| admin(format_args!("groups/{group}/members/{}", stranger.id));
        for (group, role) in [(&readers, "viewer"), (&writers, "editor")] {
            team.set(&owner, format_args!("groups/{group}"), role).await.expect(204);
            root.call(Method::PUT, &of(group)).send().await.expect(204);
        }
        team.let_in(&owner, &stranger, "uploader").await;
        let list = stranger.get("/api/v1/spaces").await.expect(200).json();
        let teams: Vec<_> = list["items"].as_array().unwrap().iter().filter(|space| space["kind"] == "team").collect();
        assert_eq!(teams.len(), 1, "once, however many ways lead there");
        assert_eq!((&teams[0]["role"], &teams[0]["member_count"]), (&json!("editor"), &json!(4)));
        stranger.folder(team.root, "b").await;
        let names: Vec<_> = members(team, &owner).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Readers", "Writers", "olivia.owner", "sam.stranger"]);
        // Out of the group: less at the next request.
        root.delete(&of(&writers)).await.expect(204);
        assert_eq!(team.seen_by(&stranger).await["role"], "viewer");
        stranger.post(&format!("/api/v1/nodes/{}/folders", team.root), json!({"name": "c"})).await.refused(404, "not_found");
        // A group that is deleted takes its memberships.
        root.delete(&admin(format_args!("groups/{readers}"))).await.expect(204);
        stranger.get(&format!("/api/v1/nodes/{}/content", file["id"].as_str().unwrap())).await.refused(404, "not_found");
        assert_eq!(team.seen_by(&stranger).await["role"], "uploader");
        team.remove(&owner, format_args!("groups/{writers}")).await.expect(204);
        team.remove(&owner, format_args!("groups/{writers}")).await.refused(404, "not_found");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM space_groups").await, 0);
    }

    async fn t_032_only_active_people_and_groups_that_are_there_become_members(app: TestApp) {
        let owner = Owner::of(&app).await;
        let root = Root::of(&app).await;
        let team = Team::of(&owner, "Team").await;
        let service = root.account("service", "robot", &[Member]).await;
        let gone = root.account("person", "gone", &[Member]).await;
        root.post(&admin(format_args!("users/{gone}/deactivation")), json!({})).await.expect(204);
        for nobody in [UserId::new(), service, gone] {
            team.set(&owner, format_args!("users/{nobody}"), "viewer").await.refused(404, "not_found");
            owner.post(&team.path("/transfer"), json!({"user_id": nobody})).await.refused(404, "not_found");
        }
        team.set(&owner, format_args!("groups/{}", GroupId::new()), "viewer").await.refused(404, "not_found");
        team.set(&owner, user(&owner), "owner").await.refused(400, "bad_request");
        assert_eq!(members(team, &owner).await.len(), 1);
        // Nobody comes into a personal space.
        let personal = Team { space: owner.space, root: owner.root };
        team.set(&owner, format_args!("users/{}", root.id()), "viewer").await.expect(204);
        personal.set(&owner, format_args!("users/{}", root.id()), "viewer").await.refused(409, "personal_space");
        owner.post(&personal.path("/transfer"), json!({"user_id": root.id()})).await.refused(409, "personal_space");
    }

    async fn a_space_is_handed_on(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Team").await;
        owner.post(&team.path("/transfer"), json!({"user_id": owner.id})).await.refused(422, "field_invalid");
        owner.post(&team.path("/transfer"), json!({"user_id": stranger.id})).await.expect(204);
        assert_eq!((&team.seen_by(&owner).await["role"], &team.seen_by(&stranger).await["role"]), (&json!("editor"), &json!("manager")));
        owner.patch(&team.path(""), json!({"name": "Mine"})).await.refused(404, "not_found");
        assert_eq!(logged(&app, "space.transfer", "ok").await, 1);
    }

    async fn t_022_whoever_is_removed_is_out_of_the_workspace_too(app: TestApp) {
        let (owner, stranger) = (Owner::of(&app).await, Stranger::of(&app).await);
        let team = Team::of(&owner, "Team").await;
        team.let_in(&owner, &stranger, "editor").await;
        let folder = owner.folder(team.root, "project").await;
        let workspace = owner.workspace(folder).await;
        let ide = Ide::of(&app);
        let joined = ide.join(&stranger, workspace).await;
        let sandbox = ide.running(joined.id).await;
        ide.save(sandbox, "a", None, "x").await;
        assert_eq!(stranger.get("/api/v1/workspaces").await.json()["items"].as_array().unwrap().len(), 1);
        let epoch = async || -> i64 {
            ide.call(Method::GET, "/revocations?after=0", None).await.expect(200).json()["epoch"].as_i64().unwrap()
        };
        let before = epoch().await;
        team.let_in(&owner, &stranger, "viewer").await;
        assert!(epoch().await > before, "what is held open is looked at anew");
        ide.renew(joined.id).await.refused(404, "not_found");
        ide.etag(sandbox).await.refused(404, "not_found");
        ide.try_save(sandbox, "b", None, "x").await.refused(404, "not_found");
        assert_eq!(stranger.get("/api/v1/workspaces").await.json(), json!({"items": []}));
        assert_eq!(owner.names(folder).await, ["a"]);
    }

    async fn t_031_a_guest_makes_no_space_and_a_managers_lost_permission_is_gone(app: TestApp) {
        let owner = Owner::of(&app).await;
        let guest = Person::signed_in(&app, "gus.guest", &[Guest]).await;
        guest.post("/api/v1/spaces", json!({"name": "Mine"})).await.refused(404, "not_found");
        guest.get("/api/v1/people?q=olivia").await.refused(404, "not_found");
        let team = Team::of(&owner, "Team").await;
        team.let_in(&owner, &guest, "manager").await;
        // Managing is sharing with others, which guests may not.
        guest.patch(&team.path(""), json!({"name": "Mine"})).await.refused(404, "not_found");
        assert_eq!(team.seen_by(&guest).await["abilities"], json!({"write": false, "add": false, "manage": false, "archive": false}));
        team.remove(&owner, user(&guest)).await.expect(204);
        administration::disable_user(&app.cloud.store, owner.name).await.unwrap();
        owner.patch(&team.path(""), json!({"name": "Mine"})).await.refused(401, "not_signed_in");
    }
}
