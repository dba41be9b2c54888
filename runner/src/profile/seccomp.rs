//! The system calls that a sandbox may make. Everything that is not named is refused, so a call that a new kernel adds is
//! refused until somebody allows it here. It is sent inline with each container: what the engine would use by default
//! depends on its version.

use serde_json::{Value, json};

const EPERM: u32 = 1;
const ENOSYS: u32 = 38;

/// Namespaces that `clone` must not make: mount, cgroup, UTS, IPC, user, PID and network.
const CLONE_NAMESPACES: u64 = 0x7E02_0000;

const FILES: &[&str] = &[
    "access",
    "chdir",
    "chmod",
    "chown",
    "close",
    "close_range",
    "copy_file_range",
    "creat",
    "dup",
    "dup2",
    "dup3",
    "faccessat",
    "faccessat2",
    "fadvise64",
    "fallocate",
    "fchdir",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "fchown",
    "fchownat",
    "fcntl",
    "fdatasync",
    "fgetxattr",
    "flistxattr",
    "flock",
    "fremovexattr",
    "fsetxattr",
    "fstat",
    "fstatfs",
    "fsync",
    "ftruncate",
    "futimesat",
    "getcwd",
    "getdents",
    "getdents64",
    "getxattr",
    "inotify_add_watch",
    "inotify_init",
    "inotify_init1",
    "inotify_rm_watch",
    "ioctl",
    "lchown",
    "lgetxattr",
    "link",
    "linkat",
    "listxattr",
    "llistxattr",
    "lremovexattr",
    "lseek",
    "lsetxattr",
    "lstat",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "newfstatat",
    "open",
    "openat",
    "openat2",
    "pread64",
    "preadv",
    "preadv2",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "read",
    "readahead",
    "readlink",
    "readlinkat",
    "readv",
    "removexattr",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "sendfile",
    "setxattr",
    "splice",
    "stat",
    "statfs",
    "statx",
    "symlink",
    "symlinkat",
    "sync",
    "sync_file_range",
    "syncfs",
    "tee",
    "truncate",
    "umask",
    "unlink",
    "unlinkat",
    "utime",
    "utimensat",
    "utimes",
    "vmsplice",
    "write",
    "writev",
];
const MEMORY: &[&str] = &[
    "brk",
    "get_mempolicy",
    "madvise",
    "membarrier",
    "memfd_create",
    "mincore",
    "mlock",
    "mlock2",
    "mlockall",
    "mmap",
    "mprotect",
    "mremap",
    "msync",
    "munlock",
    "munlockall",
    "munmap",
    "pkey_alloc",
    "pkey_free",
    "pkey_mprotect",
    "process_mrelease",
    "remap_file_pages",
];
const PROCESSES: &[&str] = &[
    "arch_prctl",
    "capget",
    "capset",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "fork",
    "futex",
    "futex_requeue",
    "futex_wait",
    "futex_waitv",
    "futex_wake",
    "get_robust_list",
    "get_thread_area",
    "getcpu",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getitimer",
    "getpgid",
    "getpgrp",
    "getpid",
    "getppid",
    "getpriority",
    "getresgid",
    "getresuid",
    "getrlimit",
    "getrusage",
    "getsid",
    "gettid",
    "getuid",
    "ioprio_get",
    "ioprio_set",
    "kill",
    "landlock_add_rule",
    "landlock_create_ruleset",
    "landlock_restrict_self",
    "pause",
    "pidfd_open",
    "pidfd_send_signal",
    "prctl",
    "prlimit64",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigqueueinfo",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "rt_tgsigqueueinfo",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "sched_getaffinity",
    "sched_getattr",
    "sched_getparam",
    "sched_getscheduler",
    "sched_rr_get_interval",
    "sched_setaffinity",
    "sched_setattr",
    "sched_setparam",
    "sched_setscheduler",
    "sched_yield",
    "seccomp",
    "set_robust_list",
    "set_thread_area",
    "set_tid_address",
    "setfsgid",
    "setfsuid",
    "setgid",
    "setgroups",
    "setitimer",
    "setpgid",
    "setpriority",
    "setregid",
    "setresgid",
    "setresuid",
    "setreuid",
    "setrlimit",
    "setsid",
    "setuid",
    "sigaltstack",
    "sysinfo",
    "tgkill",
    "times",
    "tkill",
    "uname",
    "vfork",
    "wait4",
    "waitid",
];
/// Debuggers, limited to the sandbox's own processes by its PID namespace and its lack of capabilities.
const DEBUGGING: &[&str] = &["process_vm_readv", "process_vm_writev", "ptrace"];
const TIME: &[&str] = &[
    "adjtimex",
    "alarm",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "gettimeofday",
    "nanosleep",
    "time",
    "timer_create",
    "timer_delete",
    "timer_getoverrun",
    "timer_gettime",
    "timer_settime",
    "timerfd_create",
    "timerfd_gettime",
    "timerfd_settime",
];
const WAITING: &[&str] = &[
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_pwait2",
    "epoll_wait",
    "eventfd",
    "eventfd2",
    "io_cancel",
    "io_destroy",
    "io_getevents",
    "io_pgetevents",
    "io_setup",
    "io_submit",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "pselect6",
    "select",
    "signalfd",
    "signalfd4",
];
/// Calls on sockets; which sockets there can be is decided by [`SOCKET_FAMILIES`].
const SOCKETS: &[&str] = &[
    "accept",
    "accept4",
    "bind",
    "connect",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
    "recvfrom",
    "recvmmsg",
    "recvmsg",
    "sendmmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
];
const SYSTEM_V: &[&str] = &[
    "mq_getsetattr",
    "mq_notify",
    "mq_open",
    "mq_timedreceive",
    "mq_timedsend",
    "mq_unlink",
    "msgctl",
    "msgget",
    "msgrcv",
    "msgsnd",
    "semctl",
    "semget",
    "semop",
    "semtimedop",
    "shmat",
    "shmctl",
    "shmdt",
    "shmget",
];
const RANDOMNESS: &[&str] = &["getrandom"];

const AF_UNIX: u64 = 1;
const AF_INET: u64 = 2;
const AF_INET6: u64 = 10;
const AF_NETLINK: u64 = 16;
const NETLINK_ROUTE: u64 = 0;
/// Local sockets, and IP for what programs of the sandbox say to each other on its own loopback interface. Not AF_ALG,
/// AF_VSOCK, AF_PACKET and the rest: each is kernel code that a workspace has no use for.
const SOCKET_FAMILIES: &[u64] = &[AF_UNIX, AF_INET, AF_INET6];
/// Linux, Linux on 32 bits' worth of addresses, uname 2.6, both, and the question which one is set.
const PERSONALITIES: &[u64] = &[0, 0x8, 0x20000, 0x20008, 0xFFFF_FFFF];

/// The profile as Docker takes it in `SecurityOpt`.
pub(super) fn profile() -> Value {
    let groups = [FILES, MEMORY, PROCESSES, DEBUGGING, TIME, WAITING, SOCKETS, SYSTEM_V, RANDOMNESS];
    let mut syscalls: Vec<Value> = groups.iter().map(|names| allow(names, &[])).collect();
    for family in SOCKET_FAMILIES {
        syscalls.push(allow(&["socket"], &[(0, *family)]));
    }
    // Programs list their network interfaces with it; the other netlink protocols reach much deeper.
    syscalls.push(allow(&["socket"], &[(0, AF_NETLINK), (2, NETLINK_ROUTE)]));
    syscalls.push(allow(&["socketpair"], &[(0, AF_UNIX)]));
    for personality in PERSONALITIES {
        syscalls.push(allow(&["personality"], &[(0, *personality)]));
    }
    syscalls.push(json!({
        "names": ["clone"],
        "action": "SCMP_ACT_ALLOW",
        "args": [{ "index": 0, "value": CLONE_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }],
    }));
    // Its flags lie in memory, where no filter can read them. The C library falls back to clone on this answer.
    syscalls.push(json!({
        "names": ["clone3"],
        "action": "SCMP_ACT_ERRNO",
        "errnoRet": ENOSYS,
    }));
    json!({
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": EPERM,
        // No 32-bit calls: they have other numbers, and one of them makes sockets without a family that could be checked.
        "archMap": [
            { "architecture": "SCMP_ARCH_X86_64", "subArchitectures": [] },
            { "architecture": "SCMP_ARCH_AARCH64", "subArchitectures": [] },
        ],
        "syscalls": syscalls,
    })
}

/// Allows `names` when each of `arguments`, an index and its value, is equal.
fn allow(names: &[&str], arguments: &[(u32, u64)]) -> Value {
    let arguments: Vec<Value> =
        arguments.iter().map(|(index, value)| json!({ "index": index, "value": value, "op": "SCMP_CMP_EQ" })).collect();
    json!({ "names": names, "action": "SCMP_ACT_ALLOW", "args": arguments })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// What must never be allowed, whatever its arguments.
    const REFUSED: &[&str] = &[
        "acct",
        "add_key",
        "bpf",
        "chroot",
        "clock_settime",
        "delete_module",
        "fanotify_init",
        "finit_module",
        "fsconfig",
        "fsmount",
        "fsopen",
        "fspick",
        "init_module",
        "io_uring_enter",
        "io_uring_register",
        "io_uring_setup",
        "ioperm",
        "iopl",
        "kcmp",
        "kexec_file_load",
        "kexec_load",
        "keyctl",
        "lookup_dcookie",
        "modify_ldt",
        "mount",
        "mount_setattr",
        "move_mount",
        "name_to_handle_at",
        "nfsservctl",
        "open_by_handle_at",
        "open_tree",
        "perf_event_open",
        "pidfd_getfd",
        "pivot_root",
        "process_madvise",
        "quotactl",
        "reboot",
        "request_key",
        "setdomainname",
        "sethostname",
        "setns",
        "settimeofday",
        "socketcall",
        "swapoff",
        "swapon",
        "syslog",
        "umount2",
        "unshare",
        "uselib",
        "userfaultfd",
        "vhangup",
    ];

    #[test]
    fn dangerous_calls_are_not_allowed_and_the_rest_is_refused() {
        let profile = profile();
        assert_eq!(profile["defaultAction"], "SCMP_ACT_ERRNO");
        let mut allowed = HashSet::new();
        for rule in profile["syscalls"].as_array().unwrap() {
            if rule["action"] == "SCMP_ACT_ALLOW" {
                for name in rule["names"].as_array().unwrap() {
                    let name = name.as_str().unwrap();
                    let conditional = !rule["args"].as_array().unwrap().is_empty();
                    assert!(allowed.insert(name) || conditional, "{name} is named twice");
                }
            }
        }
        for name in REFUSED {
            assert!(!allowed.contains(name), "{name}");
        }
        assert!(!allowed.contains("clone3"));
    }

    #[test]
    fn sockets_and_clone_are_allowed_only_under_a_condition() {
        for rule in profile()["syscalls"].as_array().unwrap() {
            for name in rule["names"].as_array().unwrap() {
                if ["socket", "socketpair", "clone", "personality"].contains(&name.as_str().unwrap()) {
                    assert!(!rule["args"].as_array().unwrap().is_empty(), "{rule}");
                }
            }
        }
    }
}
