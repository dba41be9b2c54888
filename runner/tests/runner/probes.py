# Runs inside a sandbox. Prints the name of each thing that was possible and must not be, then how many were tried.
import ctypes, errno, os, platform, socket, struct, sys

port, abstract_name = int(sys.argv[1]), sys.argv[2]
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
tried = 0


def probe(name, attempt):
    """`attempt` must fail."""
    global tried
    tried += 1
    try:
        result = attempt()
    except (OSError, ValueError):
        return
    if result is not False:
        print(name, repr(result))


def call(name, number, *arguments):
    def attempt():
        ctypes.set_errno(0)
        result = libc.syscall(number, *arguments)
        if result < 0:
            error = ctypes.get_errno()
            # Refused or unknown, not merely called wrongly.
            return False if error in (errno.EPERM, errno.ENOSYS) else os.strerror(error)
        return result

    probe("syscall " + name, attempt)


assert platform.machine() == "x86_64"
zero = ctypes.c_long(0)
for name, number in {
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "setns": 308, "open_by_handle_at": 304,
    "name_to_handle_at": 303, "keyctl": 250, "add_key": 248, "request_key": 249, "bpf": 321, "userfaultfd": 323,
    "perf_event_open": 298, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "kexec_load": 246,
    "init_module": 175, "finit_module": 313, "delete_module": 176, "reboot": 169, "swapon": 167, "acct": 163,
    "settimeofday": 164, "sethostname": 170, "syslog": 103, "iopl": 172, "ioperm": 173, "modify_ldt": 154,
    "quotactl": 179, "kcmp": 312, "process_madvise": 440, "pidfd_getfd": 438, "fsopen": 430, "fsmount": 432,
    "open_tree": 428, "move_mount": 429, "mount_setattr": 442, "fanotify_init": 300, "vhangup": 153, "clone3": 435,
    "lookup_dcookie": 212, "uselib": 134,
}.items():
    call(name, number, zero, zero, zero, zero, zero, zero)
for name, flag in {"user": 0x10000000, "mount": 0x20000, "net": 0x40000000, "pid": 0x20000000, "cgroup": 0x2000000}.items():
    call("unshare " + name, 272, ctypes.c_long(flag))


def clone_with(flag):
    def attempt():
        ctypes.set_errno(0)
        pid = libc.syscall(56, ctypes.c_long(flag | 17), zero, zero, zero, zero)
        if pid == 0:
            os._exit(0)
        return False if pid < 0 and ctypes.get_errno() == errno.EPERM else pid

    return attempt


probe("clone into a user namespace", clone_with(0x10000000))
probe("clone into a network namespace", clone_with(0x40000000))

# Sockets of families that a workspace has no use for.
for name, family in {"AF_ALG": 38, "AF_VSOCK": 40, "AF_PACKET": 17, "AF_KEY": 15, "AF_BLUETOOTH": 31, "AF_TIPC": 30,
                     "AF_RDS": 21, "AF_CAN": 29, "AF_NFC": 39, "AF_XDP": 44, "AF_X25": 9}.items():
    probe(name, lambda family=family: socket.socket(family, socket.SOCK_RAW).fileno())
    probe(name + " seqpacket", lambda family=family: socket.socket(family, socket.SOCK_SEQPACKET).fileno())
for name, protocol in {"audit": 9, "netfilter": 12, "generic": 16, "kobject": 15, "xfrm": 6}.items():
    probe("netlink " + name, lambda protocol=protocol: socket.socket(16, socket.SOCK_RAW, protocol).fileno())
probe("raw IP", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).fileno())

# Addresses outside.
for host in ["169.254.169.254", "172.17.0.1", "10.0.0.1", "192.168.0.1", "192.168.1.1", "100.64.0.1", "8.8.8.8", "1.1.1.1"]:
    for target in {80, 443, 53, 22, 2375, port}:
        probe(f"connect {host}:{target}", lambda host=host, target=target: socket.create_connection((host, target), 2) and "connected")
for host in ["fd00:ec2::254", "fe80::1%lo", "2001:4860:4860::8888"]:
    probe(f"connect {host}", lambda host=host: socket.create_connection((host, 80), 2) and "connected")
# The host's own loopback is another one.
for target in {port, 22, 80, 2375, 5432, 8080}:
    probe(f"connect 127.0.0.1:{target}", lambda target=target: socket.create_connection(("127.0.0.1", target), 2) and "connected")
probe("send UDP out", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("172.17.0.1", 53)))
probe("resolve a name", lambda: socket.getaddrinfo("deb.debian.org", 80) and "resolved")


def dial(address):
    stream = socket.socket(socket.AF_UNIX)
    stream.connect(address)
    return "connected"


probe("the host's abstract socket", lambda: dial("\0" + abstract_name))
for path in ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/systemd/private"]:
    probe(path, lambda path=path: dial(path))

# Files that reach the kernel or the host.
for path in ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches",
             "/sys/kernel/uevent_helper", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/pids/pids.max",
             "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/release_agent",
             "/sys/fs/cgroup/memory/release_agent", "/proc/1/oom_score_adj", "/etc/passwd", "/usr/bin/git",
             "/opt/carrel/agent", "/run/carrel/agent.sock", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/kvm"]:
    probe("write " + path, lambda path=path: os.open(path, os.O_WRONLY) and "opened")
for path in ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/1/environ", "/proc/1/mem", "/proc/1/root/etc/passwd",
             "/proc/1/maps", "/proc/1/fd", "/etc/shadow", "/dev/mem", "/dev/kmsg", "/sys/firmware/acpi/tables/DSDT",
             "/sys/kernel/debug/sched", "/proc/scsi/scsi"]:
    def read(path=path):
        if os.path.isdir(path):
            return os.listdir(path) or False
        with open(path, "rb") as file:
            # A masked file is empty.
            return file.read(16) or False

    probe("read " + path, read)
probe("trace the agent", lambda: False if libc.ptrace(16, 1, 0, 0) < 0 else "attached")
probe("become root", lambda: os.setuid(0) or "root")
probe("make a device", lambda: os.mknod("/tmp/device", 0o60600, os.makedev(254, 0)) or "made")
probe("give a file away", lambda: (open("/tmp/own", "w").close(), os.chown("/tmp/own", 0, 0)) and "given")
probe("raise a limit", lambda: __import__("resource").setrlimit(__import__("resource").RLIMIT_NOFILE, (1 << 20, 1 << 20)) or "raised")


def set_id():
    """A program with the set-user-id bit gives nobody anything."""
    with open("/tmp/id", "wb") as copy, open("/usr/bin/id", "rb") as program:
        copy.write(program.read())
    os.chmod("/tmp/id", 0o6755)
    with open("/proc/self/mountinfo") as table:
        for line in table:
            fields = line.split(" ")
            if fields[4] in ("/workspace", "/home/carrel", "/tmp", "/run") and not {"nosuid", "nodev"} <= set(fields[5].split(",")):
                return fields[4]
    return False


probe("set-user-id programs count", set_id)
print("tried", tried, end="")
