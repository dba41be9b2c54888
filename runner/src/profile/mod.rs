//! The one place where a container's rights are written: pure functions from a granted plan to Docker's request body.
//! Nothing in a plan can name a mount, a device, a capability, a namespace or a security option.

mod limits;
mod seccomp;

use std::{collections::HashMap, path::PathBuf};

use bollard::models::{
    ContainerCreateBody, HostConfig, HostConfigCgroupnsModeEnum, HostConfigLogConfig, Mount, MountBindOptions,
    MountBindOptionsPropagationEnum, MountType, ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};
use carrel_ids::{SandboxId, WorkspaceId};
use carrel_wire::{agent::WORKSPACE_ROOT, runner::Limits};

pub(crate) use limits::check as check_limits;

/// Which runner's state a container belongs to.
pub(crate) const INSTANCE_LABEL: &str = "carrel.instance";
pub(crate) const SANDBOX_LABEL: &str = "carrel.sandbox";
pub(crate) const WORKSPACE_LABEL: &str = "carrel.workspace";
/// The user and group of everything inside a sandbox, and of a volume's folders.
pub(crate) const SANDBOX_UID: u32 = 10001;
/// Seconds that the agent gets to hang up its terminals before it is killed.
pub(crate) const STOP_TIMEOUT_S: i32 = 3;

const HOME: &str = "/home/carrel";
const AGENT: &str = "/opt/carrel/agent";
const SOCKET_FOLDER: &str = "/run/carrel";
const MIB: i64 = 1024 * 1024;

/// What distinguishes one sandbox from another.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    pub(crate) instance: String,
    pub(crate) sandbox: SandboxId,
    pub(crate) workspace: WorkspaceId,
    pub(crate) image: String,
    pub(crate) limits: Limits,
    /// Processors that the engine has.
    pub(crate) cpus: u32,
    /// The engine can confine containers with AppArmor.
    pub(crate) apparmor: bool,
    pub(crate) agent_binary: PathBuf,
    pub(crate) socket_folder: PathBuf,
    pub(crate) files_folder: PathBuf,
    pub(crate) home_folder: PathBuf,
}

/// The name of a sandbox's container.
pub(crate) fn container_name(sandbox: SandboxId) -> String {
    format!("carrel-{sandbox}")
}

/// The profile of a workspace: T-104 to T-109.
pub(crate) fn workspace(sandbox: &Sandbox) -> ContainerCreateBody {
    ContainerCreateBody {
        image: Some(sandbox.image.clone()),
        hostname: Some("carrel".into()),
        user: Some(format!("{SANDBOX_UID}:{SANDBOX_UID}")),
        entrypoint: Some(vec![AGENT.into()]),
        cmd: Some(Vec::new()),
        env: Some(vec![
            format!("HOME={HOME}"),
            "LANG=C.UTF-8".into(),
            "LOGNAME=carrel".into(),
            "PATH=/usr/local/bin:/usr/bin:/bin".into(),
            "USER=carrel".into(),
        ]),
        working_dir: Some(WORKSPACE_ROOT.into()),
        attach_stdin: Some(false),
        attach_stdout: Some(false),
        attach_stderr: Some(false),
        open_stdin: Some(false),
        tty: Some(false),
        network_disabled: Some(true),
        stop_signal: Some("SIGTERM".into()),
        stop_timeout: Some(i64::from(STOP_TIMEOUT_S)),
        labels: Some(HashMap::from([
            (INSTANCE_LABEL.into(), sandbox.instance.clone()),
            (SANDBOX_LABEL.into(), sandbox.sandbox.to_string()),
            (WORKSPACE_LABEL.into(), sandbox.workspace.to_string()),
        ])),
        host_config: Some(host_config(sandbox)),
        ..ContainerCreateBody::default()
    }
}

fn host_config(sandbox: &Sandbox) -> HostConfig {
    let limits = &sandbox.limits;
    let memory = signed(limits.memory_bytes);
    HostConfig {
        privileged: Some(false),
        cap_add: Some(Vec::new()),
        cap_drop: Some(vec!["ALL".into()]),
        security_opt: Some(security_options(sandbox.apparmor)),
        readonly_rootfs: Some(true),
        // The agent is the first process and reaps.
        init: Some(false),
        // Masked and read-only paths stay unset: unset means Docker's list, empty would mean none.
        masked_paths: None,
        readonly_paths: None,
        ipc_mode: Some("private".into()),
        pid_mode: Some(String::new()),
        uts_mode: Some(String::new()),
        userns_mode: Some(String::new()),
        cgroupns_mode: Some(HostConfigCgroupnsModeEnum::PRIVATE),
        network_mode: Some("none".into()),
        port_bindings: Some(HashMap::new()),
        publish_all_ports: Some(false),
        extra_hosts: Some(Vec::new()),
        links: Some(Vec::new()),
        volumes_from: Some(Vec::new()),
        binds: Some(Vec::new()),
        mounts: Some(vec![
            bind(&sandbox.agent_binary, AGENT, true),
            bind(&sandbox.socket_folder, SOCKET_FOLDER, true),
            bind(&sandbox.files_folder, WORKSPACE_ROOT, false),
            bind(&sandbox.home_folder, HOME, false),
        ]),
        tmpfs: Some(HashMap::from([
            ("/tmp".into(), tmpfs(memory / 4, 512 * MIB, "exec,nr_inodes=100k,mode=1777")),
            ("/run".into(), tmpfs(memory / 32, 16 * MIB, "noexec,nr_inodes=10k,mode=0755")),
        ])),
        shm_size: Some((memory / 8).min(64 * MIB)),
        devices: Some(Vec::new()),
        device_requests: Some(Vec::new()),
        device_cgroup_rules: Some(Vec::new()),
        group_add: Some(Vec::new()),
        sysctls: Some(HashMap::new()),
        memory: Some(memory),
        memory_swap: Some(memory),
        nano_cpus: Some(i64::from(limits.cpu_milli.min(sandbox.cpus * 1000)) * 1_000_000),
        cpu_shares: Some(256),
        pids_limit: Some(i64::from(limits.processes)),
        oom_score_adj: Some(500),
        oom_kill_disable: Some(false),
        // Not nproc: it counts a user's processes on the whole host.
        ulimits: Some(vec![
            ulimit("nofile", 16384),
            ulimit("core", 0),
            ulimit("memlock", 8 * MIB),
            ulimit("msgqueue", 819_200),
        ]),
        log_config: Some(HostConfigLogConfig { typ: Some("none".into()), config: Some(HashMap::new()) }),
        restart_policy: Some(RestartPolicy { name: Some(RestartPolicyNameEnum::NO), maximum_retry_count: Some(0) }),
        auto_remove: Some(false),
        ..HostConfig::default()
    }
}

fn security_options(apparmor: bool) -> Vec<String> {
    let mut options = vec!["no-new-privileges:true".into(), format!("seccomp={}", seccomp::profile())];
    if apparmor {
        options.push("apparmor=docker-default".into());
    }
    options
}

/// Private propagation: neither side sees what the other mounts later. `Mounts` rather than `Binds`, because Docker makes a
/// missing source of the latter, and a missing source here is a mistake.
fn bind(source: &std::path::Path, target: &str, read_only: bool) -> Mount {
    Mount {
        typ: Some(MountType::BIND),
        source: Some(source.to_string_lossy().into_owned()),
        target: Some(target.into()),
        read_only: Some(read_only),
        bind_options: Some(MountBindOptions {
            propagation: Some(MountBindOptionsPropagationEnum::RPRIVATE),
            ..MountBindOptions::default()
        }),
        ..Mount::default()
    }
}

/// What lies in these file systems counts as the sandbox's memory and belongs to no process that could be ended for it: all
/// together they must leave enough for the agent.
fn tmpfs(share: i64, most: i64, options: &str) -> String {
    format!("rw,nosuid,nodev,size={},{options}", share.min(most))
}

fn ulimit(name: &str, value: i64) -> ResourcesUlimits {
    ResourcesUlimits { name: Some(name.into()), soft: Some(value), hard: Some(value) }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
