//! Files by a form.

use reqwest::Method;

use crate::{
    actors::Owner,
    app::{MAX_UPLOAD, both},
    client::Call,
};

fn part(name: &str, content: &[u8]) -> Vec<u8> {
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n"
    );
    [head.as_bytes(), content, b"\r\n"].concat()
}

fn form(owner: &Owner, parts: &[Vec<u8>]) -> Call {
    let call = owner.call(Method::POST, &format!("/api/v1/nodes/{}/files/form", owner.root));
    call.header("content-type", "multipart/form-data; boundary=x")
        .body([parts.concat(), b"--x--\r\n".to_vec()].concat())
}

both! {
    async fn each_file_of_a_form_stands_for_itself(app: TestApp) {
        let owner = Owner::of(&app).await;
        owner.file(owner.root, "taken", "x").await;
        let too_large = vec![b'x'; usize::try_from(MAX_UPLOAD).unwrap() + 1];
        let parts = [part("a.txt", b"one"), part("taken", b"two"), part("..", b""), part("large", &too_large), part("b", &vec![b'y'; 2_000_000]), part("empty", b"")];
        let items = form(&owner, &parts).send().await.expect(201).json();
        let codes: Vec<_> = items["items"].as_array().unwrap().iter().map(|item| item["error"]["code"].as_str().or(item["name"].as_str()).unwrap().to_owned()).collect();
        assert_eq!(codes, ["a.txt", "name_taken", "name_invalid", "content_too_large", "b", "empty"]);
        assert_eq!(owner.names(owner.root).await, ["a.txt", "b", "empty", "taken"]);
        let first = items["items"][0]["id"].as_str().unwrap();
        assert_eq!(owner.get(&format!("/api/v1/nodes/{first}/content")).await.expect(200).body, b"one");
        // Nothing but an empty form.
        assert_eq!(form(&owner, &[]).send().await.expect(201).json()["items"], serde_json::json!([]));
    }

    async fn t_053_a_form_that_breaks_off_leaves_what_was_whole(app: TestApp) {
        let owner = Owner::of(&app).await;
        let whole = [part("a", b"one"), part("b", b"two")].concat();
        let call = owner.call(Method::POST, &format!("/api/v1/nodes/{}/files/form", owner.root));
        let call = call.header("content-type", "multipart/form-data; boundary=x").body(whole[..whole.len() - 3].to_vec());
        call.send().await.refused(400, "content_cut_off");
        assert_eq!(owner.names(owner.root).await, ["a"]);
        let call = owner.call(Method::POST, &format!("/api/v1/nodes/{}/files/form", owner.root));
        call.header("content-type", "application/octet-stream").body("x").send().await.refused(415, "media_type_unsupported");
        let call = owner.call(Method::POST, &format!("/api/v1/nodes/{}/files/form", owner.root));
        call.header("content-type", "multipart/form-data; boundary=x").body("--x\r\n\r\n\r\n--x--").send().await.refused(400, "bad_request");
    }
}
