use super::*;

fn sandbox(apparmor: bool) -> Sandbox {
    Sandbox {
        instance: "0123456789abcdef".into(),
        sandbox: "01900000-0000-7000-8000-000000000001".parse().unwrap(),
        workspace: "01900000-0000-7000-8000-000000000002".parse().unwrap(),
        image: "sha256:aaaa".into(),
        limits: Limits { memory_bytes: 2 << 30, cpu_milli: 1500, processes: 512, disk_bytes: 10 << 30, files: 500_000 },
        cpus: 8,
        apparmor,
        agent_binary: "/srv/carrel/carrel-agent".into(),
        socket_folder: "/srv/carrel/runner/sockets/01900000-0000-7000-8000-000000000001".into(),
        files_folder: "/srv/carrel/runner/mounts/01900000-0000-7000-8000-000000000002/files".into(),
        home_folder: "/srv/carrel/runner/mounts/01900000-0000-7000-8000-000000000002/home".into(),
    }
}

/// The whole body that Docker gets, seccomp rules unfolded. A change here is a change of what sandboxes may do.
#[test]
fn the_workspace_profile_is_the_reviewed_one() {
    let mut body = serde_json::to_value(workspace(&sandbox(true))).unwrap();
    for option in body["HostConfig"]["SecurityOpt"].as_array_mut().unwrap() {
        if let Some(rules) = option.as_str().unwrap().strip_prefix("seccomp=") {
            *option = serde_json::json!({ "seccomp": serde_json::from_str::<serde_json::Value>(rules).unwrap() });
        }
    }
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(body) });
}

#[test]
fn apparmor_is_asked_for_only_where_it_is() {
    let without = workspace(&sandbox(false)).host_config.unwrap();
    assert!(!without.security_opt.unwrap().iter().any(|option| option.starts_with("apparmor")));
}

#[test]
fn processors_that_the_host_does_not_have_are_not_asked_for() {
    let mut small = sandbox(false);
    small.cpus = 1;
    let body = workspace(&small).host_config.unwrap();
    assert_eq!(body.nano_cpus, Some(1_000_000_000));
}
