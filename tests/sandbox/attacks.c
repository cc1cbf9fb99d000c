/* Raw system calls throughout: what is tested is the kernel's answer. */
#include "sandbox/attacks.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- files ----------------------------------------------------------------- */

static bool
open_reads(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY);

	return fd >= 0 && read(fd, &byte, 1) == 1;
}

static bool
open_passwd(const struct target *t)
{
	(void)t;
	return open_reads("/etc/passwd");
}

static bool
open_others_file(const struct target *t)
{
	return open_reads(t->secret);
}

static bool
open_upwards(const struct target *t)
{
	(void)t;
	return open_reads("../other/secret");
}

static bool
open_folder(const struct target *t)
{
	(void)t;
	return open("/", O_RDONLY | O_DIRECTORY) >= 0 &&
	    open("/etc", O_RDONLY | O_DIRECTORY) >= 0;
}

static bool
create_file(const struct target *t)
{
	(void)t;
	return open("../other/planted", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool
truncate_file(const struct target *t)
{
	return truncate(t->secret, 6) == 0;
}

static bool
make_symlink(const struct target *t)
{
	(void)t;
	return symlink("/etc/passwd", "../other/symlink") == 0;
}

static bool
make_link(const struct target *t)
{
	return link(t->secret, "../other/link") == 0;
}

static bool
make_device(const struct target *t)
{
	(void)t;
	return mknod("../other/node", S_IFCHR | 0600, 0x103) == 0;
}

static bool
change_mode(const struct target *t)
{
	return chmod(t->secret, 0644) == 0;
}

static bool
change_root(const struct target *t)
{
	(void)t;
	return chroot("..") == 0;
}

static bool
read_memory_file(const struct target *t)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", t->pid);
	return open(path, O_RDONLY) >= 0;
}

/* --- from a folder that is the role's own to what lies beside it -------------- */

static bool
leave_folder(const struct target *t)
{
	char byte;
	int fd = openat(t->folder, "../other/secret", O_RDONLY);

	return fd >= 0 && read(fd, &byte, 1) == 1;
}

static bool
follow_link(const struct target *t)
{
	char byte;
	int fd = openat(t->folder, "way-out", O_RDONLY);

	return fd >= 0 && read(fd, &byte, 1) == 1;
}

static bool
move_out(const struct target *t)
{
	return renameat(t->folder, "movable", t->folder,
	    "../other/planted") == 0;
}

static bool
move_in(const struct target *t)
{
	return renameat(t->folder, "../other/target", t->folder, "taken") == 0;
}

static bool
make_link_in_folder(const struct target *t)
{
	return symlinkat("/etc/passwd", t->folder, "planted") == 0;
}

static bool
link_into_folder(const struct target *t)
{
	return linkat(t->folder, "../other/secret", t->folder, "linked", 0) ==
	    0;
}

static bool
change_mode_in_folder(const struct target *t)
{
	return fchmodat(t->folder, "movable", 0666, 0) == 0;
}

/* --- network --------------------------------------------------------------- */

static bool
new_socket(int family, int type)
{
	return socket(family, type, 0) >= 0;
}

static bool
socket_tcp(const struct target *t)
{
	(void)t;
	return new_socket(AF_INET, SOCK_STREAM);
}

static bool
socket_udp(const struct target *t)
{
	(void)t;
	return new_socket(AF_INET6, SOCK_DGRAM);
}

static bool
socket_local(const struct target *t)
{
	(void)t;
	return new_socket(AF_UNIX, SOCK_STREAM);
}

static bool
socket_netlink(const struct target *t)
{
	(void)t;
	return new_socket(AF_NETLINK, SOCK_RAW);
}

static struct sockaddr_in
loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
}

/* Even with a socket that was open before. */
static bool
connect_out(const struct target *t)
{
	struct sockaddr_in to = loopback(t->port);

	return connect(t->tcp, (struct sockaddr *)&to, sizeof(to)) == 0;
}

static bool
connect_by_sending(const struct target *t)
{
	struct sockaddr_in to = loopback(t->port);

	return sendto(t->tcp, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL,
	    (struct sockaddr *)&to, sizeof(to)) >= 0;
}

static bool
connect_by_message(const struct target *t)
{
	struct sockaddr_in to = loopback(t->port);
	struct iovec part = { (void *)(uintptr_t)"x", 1 };
	struct msghdr m = { .msg_name = &to, .msg_namelen = sizeof(to),
	    .msg_iov = &part, .msg_iovlen = 1 };

	return sendmsg(t->tcp, &m, MSG_FASTOPEN | MSG_NOSIGNAL) >= 0;
}

static bool
bind_port(const struct target *t)
{
	struct sockaddr_in at = loopback(0);

	return bind(t->tcp, (struct sockaddr *)&at, sizeof(at)) == 0;
}

/* Likewise with one of the kind that a role which connects may make. */
static int
outward_socket(int type)
{
	return socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static bool
connect_new(const struct target *t)
{
	struct sockaddr_in to = loopback(t->port);
	int fd = outward_socket(SOCK_STREAM);

	return fd >= 0 && (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0
	    || errno == EINPROGRESS);
}

static bool
bind_new(const struct target *t)
{
	struct sockaddr_in at = loopback(0);
	int fd = outward_socket(SOCK_STREAM);

	(void)t;
	return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    listen(fd, 1) == 0;
}

/* listen() finds a port by itself, and asks no landlock. */
static bool
listen_new(const struct target *t)
{
	int fd = outward_socket(SOCK_STREAM);

	(void)t;
	return fd >= 0 && listen(fd, 1) == 0;
}

static bool
bind_udp(const struct target *t)
{
	struct sockaddr_in at = loopback(0);
	int fd = outward_socket(SOCK_DGRAM);

	(void)t;
	return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
}

static bool
send_datagram(const struct target *t)
{
	struct sockaddr_in to = loopback(t->port);
	int fd = outward_socket(SOCK_DGRAM);

	return fd >= 0 && sendto(fd, "x", 1, 0, (struct sockaddr *)&to,
	    sizeof(to)) == 1;
}

static bool
socket_raw(const struct target *t)
{
	(void)t;
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0;
}

static bool
socket_packet(const struct target *t)
{
	(void)t;
	return new_socket(AF_PACKET, SOCK_RAW);
}

/* TCP that a landlock made before it existed takes for something else. */
static bool
socket_multipath(const struct target *t)
{
	enum { MULTIPATH_TCP = 262 };

	(void)t;
	return socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    MULTIPATH_TCP) >= 0;
}

static bool
socket_pair(const struct target *t)
{
	int pair[2];

	(void)t;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

static bool
attach_filter(const struct target *t)
{
	struct sock_filter all[] = { { 6, 0, 0, 0xffff } };
	struct sock_fprog program = { 1, all };

	return setsockopt(t->local, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program)) == 0;
}

/* --- other programs and processes ------------------------------------------ */

static bool
execute(const struct target *t)
{
	char *argv[] = { (char *)(uintptr_t)"true", NULL };

	(void)t;
	execve("/bin/true", argv, argv + 1);
	return false;		/* the control exits with true's 0 */
}

static bool
execute_at(const struct target *t)
{
	(void)t;
	syscall(SYS_execveat, AT_FDCWD, "/bin/true", (char *[]){ NULL },
	    (char *[]){ NULL }, 0);
	return false;
}

static bool
execute_memory(const struct target *t)
{
	(void)t;
	return syscall(SYS_memfd_create, "x", 0) >= 0;
}

static bool
reap(long pid)
{
	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid((pid_t)pid, NULL, 0) == pid;
}

static bool
fork_child(const struct target *t)
{
	(void)t;
	return reap(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static bool
clone3_child(const struct target *t)
{
	uint64_t args[8] = { [4] = SIGCHLD };

	(void)t;
	return reap(syscall(SYS_clone3, args, sizeof(args)));
}

static bool
trace_other(const struct target *t)
{
	return ptrace(PTRACE_ATTACH, t->pid, 0, 0) == 0;
}

static bool
be_traced(const struct target *t)
{
	(void)t;
	return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
}

static bool
kill_other(const struct target *t)
{
	return kill(t->pid, SIGUSR1) == 0;
}

static bool
tkill_other(const struct target *t)
{
	return syscall(SYS_tkill, t->pid, SIGUSR1) == 0;
}

static bool
tgkill_other(const struct target *t)
{
	return syscall(SYS_tgkill, t->pid, t->pid, SIGUSR1) == 0;
}

static bool
read_memory(const struct target *t)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { t->page, 1 };

	return process_vm_readv(t->pid, &here, 1, &there, 1, 0) == 1;
}

static bool
open_process(const struct target *t)
{
	return syscall(SYS_pidfd_open, t->pid, 0) >= 0;
}

static bool
limit_other(const struct target *t)
{
	struct rlimit l;

	return prlimit(t->pid, RLIMIT_CORE, NULL, &l) == 0;
}

/* --- code ------------------------------------------------------------------ */

static bool
map_code(const struct target *t)
{
	(void)t;
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
make_code(const struct target *t)
{
	return mprotect(t->page, 4096, PROT_READ | PROT_EXEC) == 0;
}

/* --- privileges ------------------------------------------------------------ */

static bool
become_root(const struct target *t)
{
	(void)t;
	return syscall(SYS_setuid, 0) == 0;
}

static bool
become_other(const struct target *t)
{
	(void)t;
	return syscall(SYS_setresuid, 1, 1, 1) == 0;
}

static bool
join_groups(const struct target *t)
{
	gid_t group = 0;

	(void)t;
	return syscall(SYS_setgroups, 1, &group) == 0;
}

static bool
take_capability(const struct target *t)
{
	uint32_t header[2] = { 0x20080522, 0 }, data[6];

	(void)t;
	return syscall(SYS_capget, header, data) == 0 &&
	    syscall(SYS_capset, header, data) == 0;
}

static bool
new_user_namespace(const struct target *t)
{
	(void)t;
	return unshare(CLONE_NEWUSER) == 0;
}

static bool
mount_tmpfs(const struct target *t)
{
	(void)t;
	return mount("none", "../mount", "tmpfs", 0, NULL) == 0;
}

static bool
be_dumpable(const struct target *t)
{
	(void)t;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static bool
raise_limit(const struct target *t)
{
	struct rlimit l = { RLIM_INFINITY, RLIM_INFINITY };

	(void)t;
	return setrlimit(RLIMIT_CORE, &l) == 0;
}

/* --- the kernel's larger surfaces ------------------------------------------ */

static bool
new_ring(const struct target *t)
{
	uint32_t parameters[30] = { 0 };

	(void)t;
	return syscall(SYS_io_uring_setup, 1, parameters) >= 0;
}

static bool
load_bpf(const struct target *t)
{
	/* BPF_MAP_CREATE of a one-element array. */
	uint32_t attributes[32] = { 2, 4, 4, 1 };

	(void)t;
	return syscall(SYS_bpf, 0, attributes, sizeof(attributes)) >= 0;
}

static bool
open_perf(const struct target *t)
{
	/* PERF_TYPE_SOFTWARE, size 64, PERF_COUNT_SW_CPU_CLOCK. */
	uint32_t attributes[32] = { 1, 64, 0 };

	(void)t;
	return syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0) >= 0;
}

static bool
read_keyring(const struct target *t)
{
	(void)t;
	return syscall(SYS_keyctl, 0, -3, 1) >= 0;
}

static bool
handle_faults(const struct target *t)
{
	(void)t;
	return syscall(SYS_userfaultfd, 0) >= 0;
}

static bool
type_for_terminal(const struct target *t)
{
	char byte = 'x';

	return ioctl(t->local, TIOCSTI, &byte) == 0 ||
	    ioctl(t->local, FIOASYNC, &(int){ 0 }) == 0;
}

static bool
other_personality(const struct target *t)
{
	(void)t;
	return syscall(SYS_personality, 0xffffffff) >= 0;
}

#ifdef __x86_64__
/* getpid by its number of the 32-bit interface: the filter knows numbers of
 * one architecture only, and must refuse the other whole. */
static bool
call_32_bit(const struct target *t)
{
	long result;

	(void)t;
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory",
	    "r8", "r9", "r10", "r11");
	return result > 0;
}

static bool
call_x32(const struct target *t)
{
	(void)t;
	return syscall(0x40000000L | SYS_getpid) > 0;
}
#endif

/* --- the list -------------------------------------------------------------- */

const struct attack attacks[] = {
	{ "open /etc/passwd", open_passwd, false },
	{ "open another role's file", open_others_file, false },
	{ "open a file by ..", open_upwards, false },
	{ "open folders", open_folder, false },
	{ "create a file elsewhere", create_file, false },
	{ "truncate another role's file", truncate_file, false },
	{ "make a symbolic link", make_symlink, false },
	{ "make a hard link", make_link, false },
	{ "make a device", make_device, true },
	{ "change a file's mode", change_mode, false },
	{ "change the root again", change_root, true },
	{ "open /proc/PID/mem", read_memory_file, false },
	{ "leave a folder by ..", leave_folder, false },
	{ "follow a link out of a folder", follow_link, false },
	{ "move a file out of a folder", move_out, false },
	{ "move a file into a folder", move_in, false },
	{ "make a symbolic link in a folder", make_link_in_folder, false },
	{ "make a hard link into a folder", link_into_folder, false },
	{ "change a mode in a folder", change_mode_in_folder, false },
	{ "make a TCP socket", socket_tcp, false },
	{ "make a UDP socket", socket_udp, false },
	{ "make a local socket", socket_local, false },
	{ "make a netlink socket", socket_netlink, false },
	{ "connect", connect_out, false },
	{ "connect by sending", connect_by_sending, false },
	{ "connect by a message", connect_by_message, false },
	{ "bind", bind_port, false },
	{ "connect a new socket", connect_new, false },
	{ "listen at a port", bind_new, false },
	{ "listen without a port", listen_new, false },
	{ "bind a UDP port", bind_udp, false },
	{ "send a datagram to an address", send_datagram, false },
	{ "make a raw socket", socket_raw, true },
	{ "make a packet socket", socket_packet, true },
	{ "make a multipath socket", socket_multipath, false },
	{ "make a pair of sockets", socket_pair, false },
	{ "attach a socket filter", attach_filter, false },
	{ "execve", execute, false },
	{ "execveat", execute_at, false },
	{ "memfd_create for execution", execute_memory, false },
	{ "fork", fork_child, false },
	{ "clone3", clone3_child, false },
	{ "ptrace another process", trace_other, false },
	{ "be traced", be_traced, false },
	{ "kill another process", kill_other, false },
	{ "tkill another process", tkill_other, false },
	{ "tgkill another process", tgkill_other, false },
	{ "process_vm_readv", read_memory, false },
	{ "pidfd_open", open_process, false },
	{ "prlimit of another process", limit_other, false },
	{ "map code", map_code, false },
	{ "make memory executable", make_code, false },
	{ "setuid 0", become_root, true },
	{ "setresuid", become_other, true },
	{ "setgroups", join_groups, true },
	{ "capset", take_capability, true },
	{ "new user namespace", new_user_namespace, false },
	{ "mount", mount_tmpfs, true },
	{ "be dumpable", be_dumpable, false },
	{ "raise a limit", raise_limit, true },
	{ "io_uring_setup", new_ring, false },
	{ "bpf", load_bpf, true },
	{ "perf_event_open", open_perf, true },
	{ "keyctl", read_keyring, false },
	{ "userfaultfd", handle_faults, true },
	{ "ioctl of a terminal or for signals", type_for_terminal, false },
	{ "personality", other_personality, false },
#ifdef __x86_64__
	{ "a 32-bit system call", call_32_bit, false },
	{ "an x32 system call", call_x32, false },
#endif
};
const size_t n_attacks = sizeof(attacks) / sizeof(attacks[0]);
