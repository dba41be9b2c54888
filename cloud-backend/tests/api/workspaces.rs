//! Workspaces: bound to a folder, opened with a ticket, started with a grant, ended by whoever has the right.

use carrel_cloud_backend::{administration, app, store::Timestamp};
use carrel_ids::{SandboxId, WorkspaceId};
use carrel_service_auth::grant::GrantError;
use carrel_wire::{
    internal::{Act, GrantedCommand, IdeSession, Report},
    runner::{Plan, RunnerErrorCode, StopCause},
};
use reqwest::Method;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::{
    actors::{Editor, Owner, Person},
    app::{TestApp, both},
    internal_client::{Ide, started, ticket},
};

async fn state(owner: &Person, workspace: WorkspaceId) -> (String, Option<String>) {
    let answer = owner.get(&format!("/api/v1/workspaces/{workspace}")).await.expect(200).json();
    (answer["state"].as_str().unwrap().to_owned(), answer["cause"].as_str().map(str::to_owned))
}

async fn project(app: &TestApp) -> (Owner, WorkspaceId, Ide) {
    let owner = Owner::of(app).await;
    let workspace = owner.workspace(owner.folder(owner.root, "project").await).await;
    (owner, workspace, Ide::of(app))
}

both! {
    async fn a_folder_has_one_workspace(app: TestApp) {
        let owner = Owner::of(&app).await;
        let folder = owner.folder(owner.root, "project").await;
        let made = owner.post("/api/v1/workspaces", json!({"folder_id": folder})).await.expect(201).json();
        assert_eq!((&made["name"], &made["state"], &made["folder_id"], &made["space_id"]), (&json!("project"), &json!("stopped"), &json!(folder), &json!(owner.space)));
        assert_eq!(made["abilities"], json!({"open": true, "delete": true}));
        let again = owner.post("/api/v1/workspaces", json!({"folder_id": folder})).await.expect(200).json();
        assert_eq!(again["id"], made["id"]);
        let root = owner.post("/api/v1/workspaces", json!({"folder_id": owner.root})).await.expect(201).json();
        assert_eq!(root["name"], "Personal");
        let list = owner.get("/api/v1/workspaces").await.expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().iter().map(|item| &item["id"]).collect::<Vec<_>>(), [&root["id"], &made["id"]], "newest first");
        owner.delete(&format!("/api/v1/workspaces/{}", made["id"].as_str().unwrap())).await.expect(204);
        owner.get(&format!("/api/v1/workspaces/{}", made["id"].as_str().unwrap())).await.refused(404, "not_found");
        let new = owner.post("/api/v1/workspaces", json!({"folder_id": folder})).await.expect(201).json();
        assert_ne!(new["id"], made["id"]);
        assert_eq!(owner.names(owner.root).await, ["project"], "the folder stays");
    }

    async fn t_007_seed_02_a_ticket_is_good_once_for_one_workspace_and_thirty_seconds(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let other = owner.workspace(owner.root).await;
        let first = ticket(&owner, workspace).await;
        let session: IdeSession = serde_json::from_slice(&ide.redeem(&first, workspace).await.expect(201).body).unwrap();
        assert_eq!((session.user, session.user_name.as_str(), session.workspace, session.workspace_name.as_str()), (owner.id, owner.name, workspace, "project"));
        assert_eq!((session.can_write, session.sandbox), (true, None));
        let used = ide.redeem(&first, workspace).await.refused(404, "not_found");
        assert_eq!(ide.redeem("no-such-ticket", workspace).await.comparable(), used.comparable());
        let wrong = ticket(&owner, workspace).await;
        assert_eq!(ide.redeem(&wrong, other).await.comparable(), used.comparable());
        assert_eq!(ide.redeem(&wrong, workspace).await.comparable(), used.comparable(), "a ticket that was shown is used up");
        let late = ticket(&owner, workspace).await;
        let expires = Timestamp::now().plus(Duration::seconds(31));
        assert_eq!(app.database.execute_at("UPDATE workspace_tickets SET expires_at = expires_at WHERE expires_at < $1", expires, &[]).await, 1);
        app.database.execute_at("UPDATE workspace_tickets SET expires_at = $1", Timestamp::now().minus(Duration::seconds(1)), &[]).await;
        assert_eq!(ide.redeem(&late, workspace).await.comparable(), used.comparable());
        let open = ticket(&owner, workspace).await;
        owner.delete("/api/v1/session").await.expect(204);
        assert_eq!(ide.redeem(&open, workspace).await.comparable(), used.comparable(), "a ticket ends with its sign-in");
    }

    async fn t_022_an_admission_ends_with_what_it_rests_on(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        ide.renew(joined.id).await.expect(200);
        ide.renew(carrel_ids::IdeSessionId::new()).await.refused(404, "not_found");
        // The sign-in ends, another one of the same person goes on.
        let second = Person::of(&app, owner.name).await;
        let other = ide.join(&second, workspace).await;
        owner.delete("/api/v1/session").await.expect(204);
        ide.renew(joined.id).await.refused(404, "not_found");
        ide.start(joined.id).await.refused(404, "not_found");
        ide.renew(other.id).await.expect(200);
        // The folder goes to the trash and comes back.
        let folder = other.folder;
        second.delete(&format!("/api/v1/nodes/{folder}")).await.expect(204);
        ide.renew(other.id).await.refused(404, "not_found");
        second.post(&format!("/api/v1/nodes/{folder}/restore"), json!({})).await.expect(200);
        ide.renew(other.id).await.expect(200);
        // The workspace is deleted.
        let sandbox = ide.running(other.id).await;
        ide.etag(sandbox).await.expect(200);
        second.delete(&format!("/api/v1/workspaces/{workspace}")).await.expect(204);
        ide.renew(other.id).await.refused(404, "not_found");
        ide.etag(sandbox).await.refused(404, "not_found");
        // The person is disabled.
        let third = second.workspace(folder).await;
        let last = ide.join(&second, third).await;
        let sandbox = ide.running(last.id).await;
        administration::disable_user(&app.cloud.store, owner.name).await.unwrap();
        ide.renew(last.id).await.refused(404, "not_found");
        ide.etag(sandbox).await.refused(404, "not_found");
    }

    async fn t_022_an_admission_ends_with_the_membership(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let editor = Editor::of(&app, &owner).await;
        let joined = ide.join(&editor, workspace).await;
        let sandbox = ide.running(joined.id).await;
        ide.save(sandbox, "a", None, "x").await;
        app.database.execute("UPDATE space_members SET role = 'viewer' WHERE space_id = $1 AND user_id = $2", &[owner.space.uuid(), editor.id.uuid()]).await;
        ide.renew(joined.id).await.refused(404, "not_found");
        ide.try_save(sandbox, "b", None, "x").await.refused(404, "not_found");
        ide.etag(sandbox).await.refused(404, "not_found");
        assert_eq!(owner.names(joined.folder).await, ["a"]);
    }

    async fn t_103_a_grant_is_for_one_plan_one_act_and_one_runner(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        let answer = ide.start(joined.id).await.expect(200);
        let granted: GrantedCommand = serde_json::from_slice(&answer.body).unwrap();
        let (grant, plan) = (&granted.command.grant, &granted.command.plan);
        let (verifier, now) = (app.grant_verifier(), OffsetDateTime::now_utc());
        let claims = verifier.verify(grant, plan, "start", now).unwrap();
        assert_eq!((claims.ws, claims.usr, claims.act.as_str()), (workspace, owner.id, "start"));
        assert_eq!(claims.exp - claims.iat, 60);
        let expected = Plan::Start { sandbox: granted.sandbox, workspace, limits: app.cloud.config.sandbox_limits };
        assert_eq!(serde_json::from_str::<Plan>(plan).unwrap(), expected);
        let more = plan.replace("\"processes\":256", "\"processes\":512");
        assert_ne!(&more, plan);
        assert_eq!(verifier.verify(grant, &more, "start", now), Err(GrantError::WrongPlan));
        assert_eq!(verifier.verify(grant, plan, "stop", now), Err(GrantError::WrongAct));
        assert_eq!(verifier.verify(grant, plan, "start", now + Duration::seconds(70)), Err(GrantError::Expired));
        // The intent stands in the log before anybody can act on it.
        let attempt = app.database.leaves().await.into_iter().find(|leaf| leaf["act"] == "sandbox.start.attempt").unwrap();
        assert_eq!(attempt["tgt"], json!({"t": "sandbox", "id": granted.sandbox}));
        assert_eq!(attempt["d"]["workspace"], json!(workspace));
        assert_eq!(attempt["req"].as_str(), answer.header("x-request-id"));
        // One at a time.
        assert_eq!(state(&owner, workspace).await.0, "starting");
        ide.start(joined.id).await.refused(409, "workspace_busy");
        ide.report(granted.sandbox, &started(granted.sandbox)).await.expect(204);
        assert_eq!(state(&owner, workspace).await.0, "running");
        ide.start(joined.id).await.refused(409, "workspace_busy");
        let renewed: IdeSession = serde_json::from_slice(&ide.renew(joined.id).await.expect(200).body).unwrap();
        assert_eq!(renewed.sandbox, Some(granted.sandbox));

        let stop = |sandbox: SandboxId| ide.call(Method::POST, format!("/ide-sessions/{}/stop", joined.id).leak(), Some(json!({"sandbox": sandbox})));
        stop(SandboxId::new()).await.refused(404, "not_found");
        let granted_stop: GrantedCommand = serde_json::from_slice(&stop(granted.sandbox).await.expect(200).body).unwrap();
        let (grant, plan) = (&granted_stop.command.grant, &granted_stop.command.plan);
        verifier.verify(grant, plan, "stop", OffsetDateTime::now_utc()).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(plan).unwrap(), Plan::Stop { sandbox: granted.sandbox, workspace });
        ide.report(granted.sandbox, &Report::Succeeded { outcome: carrel_wire::runner::Outcome::Stopped }).await.expect(204);
        assert_eq!(state(&owner, workspace).await, ("stopped".to_owned(), Some("requested".to_owned())));
        stop(granted.sandbox).await.refused(404, "not_found");
        ide.start(joined.id).await.expect(200);
    }

    async fn sixteen_starts_at_once_intend_one_sandbox(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        let answers = futures_util::future::join_all((0..16).map(|_| ide.start(joined.id))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 15);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sandboxes").await, 1);
    }

    async fn what_is_reported_is_believed_once(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        let failed = |act, code| Report::Failed { act, code, message: "canary: /var/run/docker.sock".to_owned() };
        // A start that failed.
        let granted: GrantedCommand = serde_json::from_slice(&ide.start(joined.id).await.expect(200).body).unwrap();
        ide.report(granted.sandbox, &failed(Act::Start, RunnerErrorCode::DockerUnavailable)).await.expect(204);
        assert_eq!(state(&owner, workspace).await, ("failed".to_owned(), Some("docker_unavailable".to_owned())));
        ide.report(granted.sandbox, &started(granted.sandbox)).await.expect(204);
        assert_eq!(state(&owner, workspace).await.0, "failed", "what came to its end stays there");
        ide.etag(granted.sandbox).await.refused(404, "not_found");
        // A start that nobody answered runs all the same: it has its outcome, once.
        let granted: GrantedCommand = serde_json::from_slice(&ide.start(joined.id).await.expect(200).body).unwrap();
        let sandbox = granted.sandbox;
        // A stop that failed leaves the sandbox what it was, also before its start was reported.
        ide.report(sandbox, &failed(Act::Stop, RunnerErrorCode::Busy)).await.expect(204);
        let stop = format!("/ide-sessions/{}/stop", joined.id);
        ide.call(Method::POST, &stop, Some(json!({"sandbox": sandbox}))).await.expect(200);
        ide.report(sandbox, &failed(Act::Stop, RunnerErrorCode::Busy)).await.expect(204);
        ide.report(sandbox, &failed(Act::Stop, RunnerErrorCode::Busy)).await.expect(204);
        assert_eq!(state(&owner, workspace).await.0, "starting");
        ide.report(sandbox, &Report::Running).await.expect(204);
        ide.report(sandbox, &Report::Running).await.expect(204);
        assert_eq!(state(&owner, workspace).await.0, "running");
        ide.report(sandbox, &failed(Act::Start, RunnerErrorCode::Busy)).await.expect(204);
        assert_eq!(state(&owner, workspace).await.0, "running", "what runs has started");
        ide.start(joined.id).await.refused(409, "workspace_busy");
        // It ended by itself.
        ide.report(sandbox, &Report::Ended { cause: StopCause::OutOfMemory }).await.expect(204);
        assert_eq!(state(&owner, workspace).await, ("stopped".to_owned(), Some("out_of_memory".to_owned())));
        ide.report(sandbox, &Report::Ended { cause: StopCause::Exited }).await.expect(204);
        assert_eq!(state(&owner, workspace).await.1.as_deref(), Some("out_of_memory"));
        ide.report(SandboxId::new(), &Report::Ended { cause: StopCause::Exited }).await.expect(204);
        let leaves = app.database.leaves().await;
        let results: Vec<_> = leaves.iter().filter(|leaf| leaf["tgt"]["t"] == "sandbox")
            .map(|leaf| (leaf["act"].as_str().unwrap(), leaf["out"].as_str().unwrap())).collect();
        assert_eq!(results, [
            ("sandbox.start.attempt", "ok"), ("sandbox.start.result", "error"),
            ("sandbox.start.attempt", "ok"), ("sandbox.stop.attempt", "ok"), ("sandbox.end", "error"),
            ("sandbox.start.result", "ok"), ("sandbox.end", "ok"),
        ]);
        assert!(!serde_json::to_string(&leaves).unwrap().contains("canary"));
    }

    async fn t_113_what_nobody_reports_is_closed_as_unknown(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        let silence = Duration::minutes(3);
        let sandbox = ide.running(joined.id).await;
        assert_eq!(app::close_silent_sandboxes(&app.cloud, silence).await.unwrap(), 0);
        let long_ago = Timestamp::now().minus(Duration::minutes(4));
        app.database.execute_at("UPDATE sandboxes SET reported_at = $1", long_ago, &[]).await;
        // A sign of life in time.
        ide.etag(sandbox).await.expect(200);
        assert_eq!(app::close_silent_sandboxes(&app.cloud, silence).await.unwrap(), 0);
        app.database.execute_at("UPDATE sandboxes SET reported_at = $1", long_ago, &[]).await;
        app.database.forget_leaves().await;
        assert_eq!(app::close_silent_sandboxes(&app.cloud, silence).await.unwrap(), 1);
        assert_eq!(state(&owner, workspace).await, ("unknown".to_owned(), Some("not_reported".to_owned())));
        ide.etag(sandbox).await.refused(404, "not_found");
        let leaves = app.database.leaves().await;
        assert_eq!(leaves.len(), 1);
        assert_eq!((&leaves[0]["act"], &leaves[0]["out"], &leaves[0]["tgt"]["id"]), (&json!("sandbox.end"), &json!("unknown"), &json!(sandbox)));
        assert_eq!(app::close_silent_sandboxes(&app.cloud, silence).await.unwrap(), 0);
        ide.start(joined.id).await.expect(200);
    }

    async fn the_volume_of_a_deleted_workspace_goes_with_a_grant(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let never_started = owner.workspace(owner.root).await;
        let joined = ide.join(&owner, workspace).await;
        let sandbox = ide.running(joined.id).await;
        assert_eq!(ide.removal().await, None, "it is in use");
        app.database.forget_leaves().await;
        for gone in [never_started, workspace] {
            owner.delete(&format!("/api/v1/workspaces/{gone}")).await.expect(204);
        }
        let granted = ide.removal().await.unwrap();
        assert_eq!(granted.workspace, workspace, "the one that was never started has no volume");
        let claims = app.grant_verifier()
            .verify(&granted.command.grant, &granted.command.plan, "remove_volume", OffsetDateTime::now_utc()).unwrap();
        assert_eq!((claims.ws, claims.usr), (workspace, owner.id));
        assert_eq!(serde_json::from_str::<Plan>(&granted.command.plan).unwrap(), Plan::RemoveVolume { workspace });
        assert_eq!(ide.removal().await, None, "asked for once");
        // It failed, and is asked for again later.
        let failed = Report::Failed { act: Act::RemoveVolume, code: RunnerErrorCode::VolumeFailed, message: "canary".to_owned() };
        ide.report_removal(workspace, &failed).await.expect(204);
        assert_eq!(ide.removal().await, None);
        let earlier = Timestamp::now().minus(Duration::hours(2));
        app.database.execute_at("UPDATE workspaces SET removal_asked_at = $1 WHERE removal_asked_at IS NOT NULL", earlier, &[]).await;
        assert_eq!(ide.removal().await.unwrap().workspace, workspace);
        let removed = Report::Succeeded { outcome: carrel_wire::runner::Outcome::VolumeRemoved };
        ide.report_removal(workspace, &removed).await.expect(204);
        app.database.execute_at("UPDATE workspaces SET removal_asked_at = $1 WHERE removal_asked_at IS NOT NULL", earlier, &[]).await;
        assert_eq!(ide.removal().await, None, "gone is gone");
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sandboxes WHERE state = 'ended' AND cause = 'workspace_deleted'").await, 1);
        // What is reported again, of another kind or of something else changes nothing.
        ide.report_removal(workspace, &removed).await.expect(204);
        ide.report_removal(workspace, &started(sandbox)).await.refused(400, "bad_request");
        ide.report_removal(WorkspaceId::new(), &removed).await.expect(204);
        let leaves = app.database.leaves().await;
        let told: Vec<_> = leaves.iter().map(|leaf| (leaf["act"].as_str().unwrap(), leaf["out"].as_str().unwrap())).collect();
        assert_eq!(told, [
            ("workspace.delete", "ok"), ("workspace.delete", "ok"),
            ("volume.remove.attempt", "ok"), ("volume.remove.result", "error"),
            ("volume.remove.attempt", "ok"), ("volume.remove.result", "ok"),
        ]);
        assert!(!serde_json::to_string(&leaves).unwrap().contains("canary"));
    }

    async fn a_volume_does_not_go_while_a_start_may_bring_it_back(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        ide.start(joined.id).await.expect(200);
        owner.delete(&format!("/api/v1/workspaces/{workspace}")).await.expect(204);
        assert_eq!(ide.removal().await, None, "the grant of the start may still be used");
        let earlier = Timestamp::now().minus(Duration::seconds(71));
        app.database.execute_at("UPDATE sandboxes SET created_at = $1", earlier, &[]).await;
        assert_eq!(ide.removal().await.unwrap().workspace, workspace);
    }

    async fn a_sandbox_for_which_nobody_speaks_can_be_ended(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        let sandbox = ide.running(joined.id).await;
        let stop = async |sandbox: SandboxId| ide.call(Method::POST, &format!("/sandboxes/{sandbox}/stop"), Some(json!({}))).await;
        owner.delete(&format!("/api/v1/workspaces/{workspace}")).await.expect(204);
        owner.delete("/api/v1/session").await.expect(204);
        let granted: GrantedCommand = serde_json::from_slice(&stop(sandbox).await.expect(200).body).unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&granted.command.plan).unwrap(), Plan::Stop { sandbox, workspace });
        app.grant_verifier().verify(&granted.command.grant, &granted.command.plan, "stop", OffsetDateTime::now_utc()).unwrap();
        let attempt = app.database.leaves().await.pop().unwrap();
        assert_eq!((&attempt["act"], &attempt["actor"]["t"], &attempt["tgt"]["id"]), (&json!("sandbox.stop.attempt"), &json!("system"), &json!(sandbox)));
        ide.report(sandbox, &Report::Succeeded { outcome: carrel_wire::runner::Outcome::Stopped }).await.expect(204);
        // One that the cloud gave up may run all the same.
        stop(sandbox).await.expect(200);
        stop(SandboxId::new()).await.refused(404, "not_found");
    }

    async fn workspaces_are_for_members(app: TestApp) {
        let guest = Person::signed_in(&app, "greta.guest", &[carrel_cloud_backend::authz::Role::Guest]).await;
        // Their own folder, and no sandbox in it.
        guest.post("/api/v1/workspaces", json!({"folder_id": guest.root})).await.refused(404, "not_found");
        assert_eq!(guest.get("/api/v1/workspaces").await.expect(200).json(), json!({"items": []}));
        let denied = app.database.leaves().await.pop().unwrap();
        assert_eq!((&denied["act"], &denied["out"], &denied["tgt"]["id"]), (&json!("file.access"), &json!("denied"), &json!(guest.root)));
    }

    async fn rows_that_nothing_needs_are_deleted(app: TestApp) {
        let (owner, workspace, ide) = project(&app).await;
        let joined = ide.join(&owner, workspace).await;
        ticket(&owner, workspace).await;
        let gone = Person::of(&app, owner.name).await;
        gone.delete("/api/v1/session").await.expect(204);
        crate::actors::sign_in(&app.client(), "nobody", "a wrong password").await.expect(401);
        assert_eq!(app::prune(&app.cloud).await.unwrap(), 0, "all of it is new");
        let past = Timestamp::now().minus(Duration::days(2));
        app.database.execute_at("UPDATE workspace_tickets SET expires_at = $1", past, &[]).await;
        app.database.execute_at("UPDATE sessions SET ended_at = $1 WHERE ended_at IS NOT NULL", past, &[]).await;
        app.database.execute("UPDATE rate_limits SET tat = 1", &[]).await;
        let limits = u64::try_from(app.database.count("SELECT COUNT(*) FROM rate_limits").await).unwrap();
        assert!(limits >= 2);
        assert_eq!(app::prune(&app.cloud).await.unwrap(), limits + 2);
        owner.get("/api/v1/session").await.expect(200);
        ide.renew(joined.id).await.expect(200);
        // With its sign-in the admission goes; a session in which a sandbox was started stays for it.
        ide.running(joined.id).await;
        app.database.execute_at("UPDATE sessions SET expires_at = $1", past, &[]).await;
        assert_eq!(app::prune(&app.cloud).await.unwrap(), 1);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM ide_sessions").await, 0);
        assert_eq!(app.database.count("SELECT COUNT(*) FROM sessions").await, 1);
    }
}
