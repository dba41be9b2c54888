//! What a program in a sandbox can see and do: itself, and nothing else. The probes run inside, with the rights of a user.

use std::{net::TcpListener, os::unix::net::UnixListener};

use carrel_ids::WorkspaceId;

use crate::host::{LIMITS, docker, runner};

/// Tries one thing after the other and prints what was possible, one name per line.
const PROBES: &str = include_str!("probes.py");

#[tokio::test]
async fn nothing_of_the_host_or_the_kernel_is_within_reach() {
    let runner = runner().await;
    let host = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = host.local_addr().unwrap().port().to_string();
    let abstract_name = format!("carrel-probe-{port}");
    let address = {
        use std::os::linux::net::SocketAddrExt as _;
        std::os::unix::net::SocketAddr::from_abstract_name(&abstract_name).unwrap()
    };
    let _abstract = UnixListener::bind_addr(&address).unwrap();
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let done = runner.exec(sandbox, &["python3", "-c", PROBES, &port, &abstract_name]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let (possible, tried) = done.out.rsplit_once("tried ").unwrap();
    assert_eq!(possible, "", "these were possible inside a sandbox");
    assert!(tried.parse::<u32>().unwrap() > 50, "{tried}");
}

#[tokio::test]
async fn a_sandbox_has_no_capability_no_network_and_one_filter() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let status = runner.shell(sandbox, "grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups)' /proc/self/status").await;
    for line in status.lines() {
        let (name, value) = line.split_once(':').unwrap();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = match name {
            "NoNewPrivs" => "1",
            "Seccomp" => "2",
            "Uid" | "Gid" => "10001 10001 10001 10001",
            "Groups" => "10001",
            _ => "0000000000000000",
        };
        assert!(value == expected || (name == "Groups" && value.is_empty()), "{line}");
    }
    let interfaces = runner.shell(sandbox, "tail -n +3 /proc/net/dev | cut -d: -f1; wc -l < /proc/net/route").await;
    assert_eq!(interfaces.split_whitespace().collect::<Vec<_>>(), ["lo", "1"]);
    let own =
        "import socket; s = socket.create_server(('127.0.0.1', 8000)); socket.create_connection(('127.0.0.1', 8000))";
    assert_eq!(runner.exec(sandbox, &["python3", "-c", own]).await.code, 0, "its own loopback works");

    let inspected = docker(&["inspect", "--format", "{{json .HostConfig}}", &format!("carrel-{sandbox}")]);
    let config: serde_json::Value = serde_json::from_str(&inspected).unwrap();
    for (field, expected) in [
        ("Privileged", serde_json::json!(false)),
        ("CapDrop", serde_json::json!(["ALL"])),
        ("NetworkMode", serde_json::json!("none")),
        ("ReadonlyRootfs", serde_json::json!(true)),
        ("PidsLimit", serde_json::json!(128)),
        ("OomKillDisable", serde_json::json!(false)),
    ] {
        assert_eq!(config[field], expected, "{field}");
    }
    assert!(!config["MaskedPaths"].as_array().unwrap().is_empty());
    assert!(!config["ReadonlyPaths"].as_array().unwrap().is_empty());
    assert_eq!(config["Memory"], config["MemorySwap"]);
}

#[tokio::test]
async fn calls_of_the_32_bit_kind_end_the_program() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    // socketcall(SYS_SOCKET, …), through which a filter could not see the family.
    let source = "long r; int main(){ static long a[3] = {38, 5, 0}; __asm__ volatile(\"int $0x80\" : \"=a\"(r) : \"a\"(102), \"b\"(1), \"c\"(a)); return r < 0 ? 9 : 0; }";
    let build = format!(
        "printf '%s' '{source}' > /tmp/c.c && gcc -static -no-pie -o /tmp/c /tmp/c.c 2>&1 || gcc -o /tmp/c /tmp/c.c"
    );
    runner.shell(sandbox, &build).await;
    let done = runner.exec(sandbox, &["/tmp/c"]).await;
    assert!(done.code == 128 + 31 || done.code == 9, "{done:?}");
}

#[tokio::test]
async fn two_sandboxes_see_nothing_of_each_other() {
    let runner = runner().await;
    let first = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let second = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let secret = "only-in-the-first-sandbox";
    let leave = format!(
        "echo {secret} > /workspace/a; echo {secret} > ~/a; echo {secret} > /tmp/a; echo {secret} > /dev/shm/a; \
         (exec -a {secret} sleep 300 > /dev/null 2>&1 &); ipcmk -M 4096 > /dev/null"
    );
    let done = runner.exec(first, &["bash", "-c", &leave]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let search = format!(
        "grep -rsl {} /workspace /home /tmp /run /dev/shm /proc/*/cmdline /proc/*/environ 2>/dev/null; \
         tail -n +2 /proc/sysvipc/shm; ls /proc | grep -cE '^[0-9]+$'",
        // Not the word itself, which the search would find in its own command line.
        secret.replacen("only", "[o]nly", 1)
    );
    let found = runner.shell(second, &search).await;
    let processes: u32 = found.trim().parse().unwrap_or_else(|_| panic!("{found}"));
    assert!(processes < 10, "{processes} processes are visible");
    let mounts = runner.shell(second, "cat /proc/self/mountinfo").await;
    assert!(!mounts.contains(&first.to_string()), "{mounts}");
    // Each has its own agent's socket, and cannot replace it.
    for script in
        ["rm /run/carrel/agent.sock", "touch /run/carrel/x", "echo x > /opt/carrel/agent", "touch /x", "touch /etc/x"]
    {
        assert_ne!(runner.exec(second, &["sh", "-c", script]).await.code, 0, "{script}");
    }
}

#[tokio::test]
async fn another_program_cannot_take_the_agents_place() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let imposter = "import socket\n\
        s = socket.socket(socket.AF_UNIX); s.connect('/run/carrel/agent.sock'); s.settimeout(5)\n\
        try:\n\
        \x20   s.sendall(b'{\"protocol\":1,\"version\":\"evil\"}\\n')\n\
        \x20   print('closed' if s.recv(1) == b'' else 'accepted')\n\
        except (BrokenPipeError, ConnectionResetError):\n\
        \x20   print('closed')";
    let done = runner.exec(sandbox, &["python3", "-c", imposter]).await;
    assert_eq!(done.out, "closed", "{done:?}");
    assert_eq!(runner.shell(sandbox, "echo fine").await, "fine");
}
