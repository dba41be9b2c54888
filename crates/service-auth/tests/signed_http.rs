//! A real server on a Unix socket and on TCP, called by the real client and by hand-written requests.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{path::PathBuf, sync::Arc, time::Duration};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use carrel_service_auth::{
    Service, ServiceSecret,
    client::{ClientError, ServiceClient},
    request::{RequestKeys, Verifier, body_sha256, sign},
    server::{Caller, HashedPayload, SignedBytes, SignedJson, SignedService},
    unix_ms,
};
use futures_util::{SinkExt as _, StreamExt as _, stream};
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

fn secret() -> ServiceSecret {
    ServiceSecret::from_bytes(&[5; 32]).unwrap()
}

async fn echo(caller: Caller, SignedBytes(body): SignedBytes<64>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("x-caller", caller.service.as_str())).body(body)
}

async fn count(mut body: HashedPayload) -> HttpResponse {
    let mut bytes = 0;
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) => bytes += chunk.len(),
            Err(_) => return HttpResponse::UnprocessableEntity().finish(),
        }
    }
    HttpResponse::Ok().body(bytes.to_string())
}

async fn sum(SignedJson(numbers): SignedJson<Vec<u32>>) -> HttpResponse {
    HttpResponse::Ok().body(numbers.iter().sum::<u32>().to_string())
}

async fn socket(_: Caller, request: HttpRequest, payload: web::Payload) -> actix_web::Result<HttpResponse> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, payload)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(message)) = messages.next().await {
            if let actix_ws::Message::Binary(bytes) = message
                && session.binary(bytes).await.is_err()
            {
                return;
            }
        }
    });
    Ok(response)
}

struct Server {
    path: PathBuf,
    port: u16,
    handle: actix_web::dev::ServerHandle,
    _folder: tempfile::TempDir,
}

async fn server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.sock");
    let keys = RequestKeys::new(&secret(), Service::Ide, Service::Runner);
    let verifier = Arc::new(Verifier::new([keys], unix_ms()));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = HttpServer::new(move || {
        App::new()
            .service(
                web::scope("/v1")
                    .wrap(SignedService::new(verifier.clone()))
                    .route("/echo", web::post().to(echo))
                    .route("/count", web::put().to(count))
                    .route("/sum", web::post().to(sum))
                    .route("/socket", web::get().to(socket)),
            )
            .route("/open", web::post().to(echo))
    })
    .workers(1)
    .disable_signals()
    .bind_uds(&path)
    .unwrap()
    .listen(listener)
    .unwrap();
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Server { path, port, handle, _folder: folder }
}

impl Server {
    fn client(&self) -> ServiceClient {
        ServiceClient::unix(&self.path, Service::Ide, Service::Runner, &secret()).unwrap()
    }
    /// Writes `request` as it is and returns the answer's first line.
    async fn raw(&self, request: &str) -> String {
        let mut stream = tokio::net::UnixStream::connect(&self.path).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 64];
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer));
        let length = read.await.expect("an answer within 10 s").unwrap();
        let text = String::from_utf8_lossy(&answer[..length]).into_owned();
        text.lines().next().unwrap_or_default().to_owned()
    }
}

fn hand_signed(path: &str, body: &str, sent_body: &str, extra: &str) -> String {
    let keys = RequestKeys::new(&secret(), Service::Ide, Service::Runner);
    let signed = sign(&keys, unix_ms(), "POST", "runner", path, "", "", &body_sha256(body.as_bytes())).unwrap();
    format!(
        "POST {path} HTTP/1.1\r\nhost: runner\r\nauthorization: {}\r\nx-content-sha256: {}\r\n{extra}content-length: {}\r\n\r\n{sent_body}",
        signed.authorization,
        signed.content_sha256,
        sent_body.len()
    )
}

#[actix_web::test]
async fn bodies_arrive_over_both_transports() {
    let server = server().await;
    let tcp =
        ServiceClient::http(&format!("http://127.0.0.1:{}", server.port), Service::Ide, Service::Runner, &secret())
            .unwrap();
    for client in [server.client(), tcp] {
        let answer = client
            .send(Method::POST, "/v1/echo?q=%C3%A4%20b&empty=", Some("text/plain"), Bytes::from_static(b"hello"))
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["x-caller"], "ide");
        assert_eq!(answer.bytes().await.unwrap(), "hello");
        let answer = client.send(Method::POST, "/v1/sum", None, Bytes::from_static(b"[1,2]")).await.unwrap();
        assert_eq!(answer.bytes().await.unwrap(), "3");
        let mut socket = client.websocket("/v1/socket?a=b").await.unwrap();
        socket.send(Message::Binary(Bytes::from_static(b"frame"))).await.unwrap();
        let back = socket.next().await.unwrap().unwrap();
        assert_eq!(back.into_data(), "frame");
    }
    server.handle.stop(false).await;
}

#[actix_web::test]
async fn a_streamed_body_is_counted_only_when_it_is_the_signed_one() {
    let server = server().await;
    let chunks = || stream::iter((0..64).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[7; 4096]))));
    let whole = vec![7; 64 * 4096];
    for (hash, status) in [(body_sha256(&whole), 200), (body_sha256(b"another"), 422)] {
        let answer = server
            .client()
            .send_stream(Method::PUT, "/v1/count", None, &hash, whole.len() as u64, chunks())
            .await
            .unwrap();
        assert_eq!(answer.status(), status);
    }
    server.handle.stop(false).await;
}

#[actix_web::test]
async fn what_is_not_signed_or_not_as_signed_is_refused() {
    let server = server().await;
    let fine = hand_signed("/v1/echo", "abc", "abc", "");
    assert_eq!(server.raw(&fine).await, "HTTP/1.1 200 OK");
    assert_eq!(server.raw(&fine).await, "HTTP/1.1 401 Unauthorized");
    for (request, status) in [
        ("POST /v1/echo HTTP/1.1\r\nhost: runner\r\ncontent-length: 0\r\n\r\n".to_owned(), 401),
        (hand_signed("/v1/echo", "abc", "abd", ""), 400),
        (hand_signed("/v1/echo", "abc", "", ""), 400),
        (hand_signed("/v1/echo", "", "abc", ""), 400),
        (hand_signed("/v1/echo", "abc", "abd", "upgrade: websocket\r\n"), 401),
        (hand_signed("/v1/echo", "abc", "abc", "x-content-sha256: 0\r\n"), 401),
        (hand_signed("/v1/echo", "abc", "abc", "content-type: text/plain\r\n"), 401),
        (hand_signed("/v1/echo", "abc", "abc", "").replace("/v1/echo", "/v1//echo"), 401),
        (hand_signed("/open", "abc", "abc", ""), 500),
    ] {
        let answer = server.raw(&request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer} for {request}");
    }
    let long = Bytes::from(vec![b'x'; 65]);
    let client = server.client();
    let answer = client.send(Method::POST, "/v1/echo", None, long).await;
    assert_eq!(answer.unwrap().status(), 413);
    server.handle.stop(false).await;
}

#[actix_web::test]
async fn a_service_that_is_not_there_is_unreachable_and_a_foreign_one_refused() {
    let server = server().await;
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none.sock");
    let client = ServiceClient::unix(none, Service::Ide, Service::Runner, &secret()).unwrap();
    let answer = client.send(Method::GET, "/v1/x", None, Bytes::new()).await;
    assert!(matches!(answer, Err(ClientError::Unreachable(_))));
    assert!(matches!(client.websocket("/v1/socket").await, Err(ClientError::Unreachable(_))));
    let stranger = ServiceClient::unix(&server.path, Service::Runner, Service::Ide, &secret()).unwrap();
    assert!(matches!(stranger.websocket("/v1/socket").await, Err(ClientError::UpgradeRefused { status: 401, .. })));
    assert!(matches!(
        ServiceClient::http("https://x", Service::Ide, Service::Runner, &secret()),
        Err(ClientError::InvalidUrl)
    ));
    server.handle.stop(false).await;
}
