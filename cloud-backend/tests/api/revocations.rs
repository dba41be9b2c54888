//! What ends is heard of at once by whoever holds something open: here the request at which the IDE backend waits.

use std::time::{Duration, Instant};

use carrel_cloud_backend::{
    administration,
    store::{PersonalKey, Store},
};
use carrel_wire::internal::{RevocationEpoch, SandboxEtag};
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::{
    actors::{Editor, Owner, Person, id},
    app::{TestApp, both},
    internal_client::Ide,
};

/// From the commit to the answer.
const SOON: Duration = Duration::from_secs(1);

async fn epoch(app: &TestApp, after: i64) -> i64 {
    let answer = Ide::of(app).call(Method::GET, &format!("/revocations?after={after}"), None).await.expect(200);
    serde_json::from_slice::<RevocationEpoch>(&answer.body).unwrap().epoch
}

/// A request that waits already when this returns.
async fn waiting(app: &TestApp, after: i64) -> JoinHandle<i64> {
    let ide = Ide::of(app);
    let waits = tokio::spawn(async move {
        let answer = ide.call(Method::GET, &format!("/revocations?after={after}"), None).await.expect(200);
        serde_json::from_slice::<RevocationEpoch>(&answer.body).unwrap().epoch
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!waits.is_finished(), "nothing has ended yet");
    waits
}

/// What it hears after something ended; not later than it should.
#[track_caller]
fn heard(waits: JoinHandle<i64>, after: i64) -> impl Future<Output = i64> {
    let (place, begun) = (std::panic::Location::caller(), Instant::now());
    async move {
        let epoch = waits.await.unwrap();
        assert!(begun.elapsed() < SOON, "{place}: heard after {:?}", begun.elapsed());
        assert!(epoch > after, "{place}: {epoch} after {after}");
        epoch
    }
}

async fn etag(app: &TestApp, sandbox: carrel_ids::SandboxId) -> SandboxEtag {
    serde_json::from_slice(&Ide::of(app).etag(sandbox).await.expect(200).body).unwrap()
}

both! {
    async fn t_022_whoever_waits_hears_within_a_second_of_what_ended(app: TestApp) {
        let owner = Owner::of(&app).await;
        let second = Person::of(&app, owner.name).await;
        let folder = owner.folder(owner.root, "outer").await;
        let inner = owner.folder(folder, "inner").await;
        let other = owner.folder(owner.root, "other").await;
        let first_workspace = owner.workspace(other).await;
        owner.workspace(inner).await;
        let begin = epoch(&app, 0).await;
        assert!(begin > 0, "without a number it is answered at once");

        let waits = waiting(&app, begin).await;
        second.delete("/api/v1/session").await.expect(204);
        let after = heard(waits, begin).await;
        let waits = waiting(&app, after).await;
        owner.delete(&format!("/api/v1/workspaces/{first_workspace}")).await.expect(204);
        let after = heard(waits, after).await;
        // A folder without a workspace in it is nobody's open work; one with a workspace deep in it is.
        let waits = waiting(&app, after).await;
        owner.delete(&format!("/api/v1/nodes/{other}")).await.expect(204);
        tokio::time::sleep(SOON).await;
        assert!(!waits.is_finished(), "nothing ended");
        owner.delete(&format!("/api/v1/nodes/{folder}")).await.expect(204);
        let after = heard(waits, after).await;
        let waits = waiting(&app, after).await;
        administration::disable_user(&app.cloud.store, owner.name).await.unwrap();
        let last = heard(waits, after).await;
        assert_eq!(epoch(&app, after).await, last, "whoever asks late hears of it too");
    }

    async fn t_022_what_another_process_ends_is_heard_within_a_second(app: TestApp) {
        let owner = Owner::of(&app).await;
        let another = Store::open_as_it_is(&app.url, PersonalKey::new([9; 32]), "other").await.unwrap();
        let begin = epoch(&app, 0).await;
        // Many wait; one of them looks for all.
        let mut waits = Vec::new();
        for _ in 0..4 {
            waits.push(waiting(&app, begin).await);
        }
        waits.remove(0).abort();
        administration::disable_user(&another, owner.name).await.unwrap();
        for waits in waits {
            heard(waits, begin).await;
        }
        another.close().await;
    }

    async fn a_process_that_ends_sends_those_away_who_wait(app: TestApp) {
        let after = epoch(&app, 0).await;
        let ide = Ide::of(&app);
        let waits = tokio::spawn(async move { ide.call(Method::GET, &format!("/revocations?after={after}"), None).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        app.cloud.end_waiting();
        let begun = Instant::now();
        waits.await.unwrap().refused(503, "unavailable");
        assert!(begun.elapsed() < SOON);
    }

    async fn t_022_a_sandbox_is_abandoned_when_its_person_has_signed_out_everywhere(app: TestApp) {
        let owner = Owner::of(&app).await;
        let workspace = owner.workspace(owner.folder(owner.root, "project").await).await;
        let ide = Ide::of(&app);
        let editor = Editor::of(&app, &owner).await;
        let sandbox = ide.running(ide.join(&owner, workspace).await.id).await;
        let beside = ide.join(&editor, workspace).await;
        assert!(!etag(&app, sandbox).await.abandoned);
        let second = Person::of(&app, owner.name).await;
        owner.delete("/api/v1/session").await.expect(204);
        assert!(!etag(&app, sandbox).await.abandoned, "signed in elsewhere");
        second.delete("/api/v1/session").await.expect(204);
        assert!(etag(&app, sandbox).await.abandoned);
        ide.renew(beside.id).await.expect(200);
        Person::of(&app, owner.name).await;
        assert!(!etag(&app, sandbox).await.abandoned, "back again");
        // One that only ran out: work goes on over night.
        let third = Person::of(&app, owner.name).await;
        let me = third.get("/api/v1/session").await.expect(200).json();
        assert_eq!(id::<carrel_ids::UserId>(&me["user"]["id"]), owner.id);
        app.database.execute("UPDATE sessions SET expires_at = created_at WHERE user_id = $1", &[owner.id.uuid()]).await;
        assert!(!etag(&app, sandbox).await.abandoned);
        // Deactivated, nothing is done in their name any more, whoever else is there.
        administration::disable_user(&app.cloud.store, owner.name).await.unwrap();
        ide.etag(sandbox).await.refused(404, "not_found");
        ide.renew(beside.id).await.expect(200);
        let stop = ide.call(Method::POST, &format!("/sandboxes/{sandbox}/stop"), Some(json!({}))).await.expect(200);
        assert!(String::from_utf8(stop.body).unwrap().contains(&sandbox.to_string()));
    }
}
