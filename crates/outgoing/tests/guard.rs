//! The guarded client against servers and name services that want to lead it elsewhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::{
    io,
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use carrel_outgoing::{Outgoing, OutgoingError, Policy, Refusal, Resolve, Resolving};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use url::Url;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A name service that gives its answers in turn and counts the questions.
#[derive(Debug)]
struct Scripted {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Scripted {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let answers =
            answers.iter().rev().map(|list| list.iter().map(|text| text.parse().unwrap()).collect()).collect();
        Arc::new(Self { answers: Mutex::new(answers), asked: AtomicUsize::new(0) })
    }
}

impl Resolve for Scripted {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answers.lock().unwrap().pop();
        Box::pin(async move { answer.ok_or_else(|| io::Error::other("no such name")) })
    }
}

/// A server that answers every request with these bytes and counts connections; its port.
async fn server(answer: impl Into<Vec<u8>>) -> (u16, Arc<AtomicUsize>, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let (port, answer) = (listener.local_addr().unwrap().port(), answer.into());
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (counted, noted) = (connections.clone(), requests.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let (answer, noted) = (answer.clone(), noted.clone());
            tokio::spawn(async move {
                let mut request = vec![0; 4096];
                let length = stream.read(&mut request).await.unwrap_or(0);
                noted.lock().unwrap().push(String::from_utf8_lossy(&request[..length]).into_owned());
                stream.write_all(&answer).await.ok();
                stream.shutdown().await.ok();
            });
        }
    });
    (port, connections, requests)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn get(url: &str) -> http::Request<Vec<u8>> {
    http::Request::get(url).body(Vec::new()).unwrap()
}

fn allowing(targets: &[String], resolver: Arc<dyn Resolve>) -> Outgoing {
    Outgoing::with_resolver(Policy::public().allowing(targets).unwrap(), resolver).unwrap()
}

#[track_caller]
fn refused(answer: Result<http::Response<Vec<u8>>, OutgoingError>, expected: Refusal) {
    match answer {
        Err(OutgoingError::Refused(refusal)) => assert_eq!(refusal, expected),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn t_120_what_an_address_of_the_web_may_look_like() {
    use Refusal::{NotAUrl, Own, Port, Private, Scheme, UserInfo};
    let policy = Policy::public()
        .without("cloud.example.org")
        .allowing(["id.example.org:8443", "[fd00::7]:80", "10.1.2.3:80"])
        .unwrap();
    let table: &[(&str, Result<(), Refusal>)] = &[
        ("https://example.org/", Ok(())),
        ("https://example.org:443/x?y", Ok(())),
        ("https://8.8.8.8/", Ok(())),
        ("https://[2606:4700::1111]/", Ok(())),
        ("https://id.example.org:8443/", Ok(())),
        ("http://id.example.org:8443/", Ok(())),
        ("HTTP://ID.Example.Org:8443/", Ok(())),
        ("http://[fd00::7]/", Ok(())),
        ("http://10.1.2.3/", Ok(())),
        ("http://example.org/", Err(Scheme)),
        ("http://example.org:443/", Err(Scheme)),
        ("ftp://example.org/", Err(Scheme)),
        ("file:///etc/passwd", Err(NotAUrl)),
        ("gopher://example.org:70/", Err(Scheme)),
        ("data:text/plain,x", Err(NotAUrl)),
        ("javascript:alert(1)", Err(NotAUrl)),
        ("unix:///var/run/docker.sock", Err(NotAUrl)),
        ("https://example.org:8443/", Err(Port)),
        ("https://example.org:22/", Err(Port)),
        ("https://id.example.org:8444/", Err(Port)),
        ("http://id.example.org/", Err(Scheme)),
        ("https://user@example.org/", Err(UserInfo)),
        ("https://user:secret@example.org/", Err(UserInfo)),
        ("https://example.org@127.0.0.1/", Err(UserInfo)),
        ("https://cloud.example.org/", Err(Own)),
        ("https://cloud.example.org./", Err(Own)),
        ("HTTPS://CLOUD.EXAMPLE.ORG/", Err(Own)),
        ("https://127.0.0.1/", Err(Private)),
        ("https://127.1/", Err(Private)),
        ("https://2130706433/", Err(Private)),
        ("https://0x7f000001/", Err(Private)),
        ("HTTPS://0x7f.1/", Err(Private)),
        ("https://0177.0.0.1/", Err(Private)),
        ("https://127.0.0.1./", Err(Private)),
        ("https://①②⑦.0.0.1/", Err(Private)),
        ("https://0/", Err(Private)),
        ("https://169.254.169.254/latest/meta-data", Err(Private)),
        ("https://168.63.129.16/", Err(Private)),
        ("https://[::1]/", Err(Private)),
        ("https://[::]/", Err(Private)),
        ("https://[::ffff:127.0.0.1]/", Err(Private)),
        ("https://[::ffff:7f00:1]/", Err(Private)),
        ("https://[64:ff9b::7f00:1]/", Err(Private)),
        ("https://[2002:7f00:1::]/", Err(Private)),
        ("https://[fe80::1]/", Err(Private)),
        ("https://10.1.2.3/", Err(Private)),
    ];
    let client = Outgoing::new(policy).unwrap();
    for (text, expected) in table {
        assert_eq!(client.check(&Url::parse(text).unwrap()), *expected, "{text}");
    }
}

#[test]
fn t_149_a_target_of_the_settings_is_a_host_and_a_port() {
    for wrong in [
        "",
        "example.org",
        "example.org:",
        "example.org:0",
        "example.org:x",
        ":443",
        "a@b:443",
        "a/b:443",
        "https://a:443",
        "fd00::1",
        "a:70000",
    ] {
        assert!(Policy::public().allowing([wrong]).is_err(), "{wrong:?}");
    }
    for right in ["example.org:443", " example.org:443 ", "10.0.0.1:80", "[fd00::1]:443", "Example.ORG.:8443"] {
        assert!(Policy::public().allowing([right]).is_ok(), "{right:?}");
    }
}

#[tokio::test]
async fn t_120_a_name_in_a_private_network_is_not_asked() {
    for answers in [
        ["127.0.0.1"].as_slice(),
        &["10.0.0.1"],
        &["93.184.216.34", "127.0.0.1"],
        &["2606:4700::1111", "::1"],
        &["169.254.169.254"],
        &["::ffff:10.0.0.1"],
        &["fd00:ec2::254"],
    ] {
        let client = allowing(&[], Scripted::new(&[answers]));
        refused(client.send(get("https://innocent.example/"), 100).await, Refusal::Private);
    }
    let client = allowing(&[], Scripted::new(&[&[]]));
    refused(client.send(get("https://nowhere.example/"), 100).await, Refusal::Unresolved);
}

#[tokio::test]
async fn t_120_an_allowed_name_may_be_private_and_still_no_metadata_service() {
    let (port, connections, requests) = server(ok("hello")).await;
    let target = format!("id.example.org:{port}");
    let client = allowing(
        std::slice::from_ref(&target),
        Scripted::new(&[&["127.0.0.1"], &["169.254.169.254"], &["0.0.0.0"], &["::ffff:127.0.0.1"]]),
    );
    let url = format!("http://{target}/path");
    let answer = client.send(get(&url), 100).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (200, b"hello".as_slice()));
    assert!(requests.lock().unwrap()[0].to_lowercase().contains(&format!("host: {target}")), "the name stays the name");
    for _ in 0..3 {
        refused(client.send(get(&url), 100).await, Refusal::Private);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn t_121_a_name_that_changes_its_mind_is_asked_once_for_each_request() {
    let (port, connections, _) = server(ok("secret of the private network")).await;
    // Public when it is checked, loopback right afterwards.
    let resolver = Scripted::new(&[&["192.0.2.1"], &["127.0.0.1"]]);
    let client = allowing(&[], resolver.clone());
    refused(client.send(get(&format!("https://rebind.example:{port}/")), 100).await, Refusal::Port);
    refused(client.send(get("https://rebind.example/"), 100).await, Refusal::Private);
    refused(client.send(get("https://rebind.example/"), 100).await, Refusal::Private);
    assert_eq!(resolver.asked.load(Ordering::SeqCst), 2);
    // An allowed target that was checked at one address is not connected to at another one, however the name resolves by then.
    let resolver = Scripted::new(&[&["127.0.0.2"], &["127.0.0.1"]]);
    let client = allowing(&[format!("rebind.example:{port}")], resolver.clone());
    let answer = client.send(get(&format!("http://rebind.example:{port}/")), 100).await;
    assert!(matches!(answer, Err(OutgoingError::Unreachable(_))), "{answer:?}");
    assert_eq!(resolver.asked.load(Ordering::SeqCst), 1);
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn t_120_literals_never_reach_a_resolver() {
    let resolver = Scripted::new(&[&["93.184.216.34"]]);
    let client = allowing(&[], resolver.clone());
    for url in ["https://127.0.0.1/", "https://[::1]/", "https://2130706433/", "https://[::ffff:127.0.0.1]/"] {
        refused(client.send(get(url), 100).await, Refusal::Private);
    }
    assert_eq!(resolver.asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn t_122_redirects_are_answers_and_are_not_followed() {
    let (inner, reached, _) = server(ok("inner")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let location = format!(
            "HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:{inner}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let (port, _, _) = server(location).await;
        let client = allowing(&[format!("127.0.0.1:{port}"), format!("127.0.0.1:{inner}")], Scripted::new(&[]));
        let answer = client.send(get(&format!("http://127.0.0.1:{port}/")), 100).await.unwrap();
        assert!(answer.status().is_redirection(), "{status}");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn t_122_large_packed_and_endless_answers_end() {
    let big = "x".repeat(101);
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".to_owned()
        + "40\r\n"
        + &"y".repeat(64)
        + "\r\n40\r\n"
        + &"y".repeat(64)
        + "\r\n0\r\n\r\n";
    let lying = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "z".repeat(5000));
    for answer in [ok(&big), chunked, lying] {
        let (port, _, _) = server(answer).await;
        let client = allowing(&[format!("127.0.0.1:{port}")], Scripted::new(&[]));
        let answer = client.send(get(&format!("http://127.0.0.1:{port}/")), 100).await;
        assert!(matches!(answer, Err(OutgoingError::TooLarge(100))), "{answer:?}");
    }
    // 20 bytes that would be 16 MiB: what arrives is counted, and nothing is unpacked behind the count's back.
    for encoding in ["gzip", "br", "deflate", "zstd"] {
        let (port, _, _) = server(format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"
        ))
        .await;
        let client = allowing(&[format!("127.0.0.1:{port}")], Scripted::new(&[]));
        let answer = client.send(get(&format!("http://127.0.0.1:{port}/")), 100).await;
        assert!(matches!(answer, Err(OutgoingError::Encoded)), "{answer:?}");
    }
}

#[tokio::test]
async fn t_122_a_server_that_drips_is_left_after_ten_seconds() {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await.ok();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let client = allowing(&[format!("127.0.0.1:{port}")], Scripted::new(&[]));
    let begun = Instant::now();
    let answer = client.send(get(&format!("http://127.0.0.1:{port}/")), 2000).await;
    assert!(matches!(answer, Err(OutgoingError::TimedOut)), "{answer:?}");
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}
