/*
 * attack_init -- PID 1 of a test image: attacks every role from inside its own
 * sandbox, under the box's own kernel.  TAP on the console, then it stays.
 *
 * The same ground as tests/sandbox/run, on a file system in memory; first every
 * attack without a sandbox, to show that it works where nothing stops it.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/status.h"
#include "sandbox/attacks.h"

#define GROUND "/run/ground"
#define PROGRAM "/bin/attack"

enum { WORKED = 0, REFUSED = 10, LIMIT_S = 20, TEXT = 128 };

static const struct role {
	const char *name;
	unsigned    uid;
} roles[] = {
	{ "intake", 64101 }, { "vault", 64102 }, { "pickup", 64103 },
	{ "desk", 64104 }, { "spool", 64105 }, { "courier", 64106 },
	{ "updater", 64107 }, { "service", 64108 }, { "health", 64109 },
	{ "identity", 64110 }, { "dhcp", 64111 },
};

/* What this kernel has for nobody, or a machine of this kind not at all. */
static const char *const absent[] = {
	"make a device", "new user namespace", "io_uring_setup", "bpf",
	"perf_event_open", "keyctl", "userfaultfd", "make a multipath socket",
	"connect by sending", "connect by a message", "make a packet socket",
	"make a raw socket", "attach a socket filter", "a 32-bit system call",
	"an x32 system call", "ioctl of a terminal or for signals",
	"process_vm_readv", "personality", "make a UDP socket",
};

static unsigned count;

static void
result(bool is_ok, const char *format, ...)
{
	va_list words;

	printf("%sok %u - ", is_ok ? "" : "not ", ++count);
	va_start(words, format);
	vprintf(format, words);
	va_end(words);
	printf("\n");
	fflush(stdout);
}

static void
must(bool is_ok, const char *what)
{
	if (is_ok)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	for (;;)
		pause();
}

/* --- the ground ------------------------------------------------------------ */

static void
open_console(void)
{
	int fd;

	must(mount("dev", "/dev", "devtmpfs", 0, NULL) == 0 ||
	    errno == EBUSY, "/dev");
	fd = open("/dev/console", O_RDWR);
	if (fd < 0)
		_exit(1);
	for (int i = 0; i <= STDERR_FILENO; i++)
		dup2(fd, i);
}

static void
write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	must(fd >= 0 && write(fd, text, strlen(text)) > 0 &&
	    fchmod(fd, mode) == 0 && close(fd) == 0, path);
}

static void
make_ground(void)
{
	static const struct {
		const char *path;
		mode_t mode;
	} folders[] = {
		{ GROUND, 0755 }, { GROUND "/empty", 0555 },
		{ GROUND "/data", 0700 }, { GROUND "/other", 0777 },
		{ GROUND "/mount", 0777 }, { GROUND "/work", 0777 },
		{ GROUND "/folder", 0777 }, { GROUND "/run", 0755 },
	};

	must(mount("proc", "/proc", "proc", 0, NULL) == 0, "/proc");
	must(mount("run", "/run", "tmpfs", 0, "mode=0755") == 0, "/run");
	for (size_t i = 0; i < COUNT(folders); i++)
		must(mkdir(folders[i].path, 0700) == 0 &&
		    chmod(folders[i].path, folders[i].mode) == 0,
		    folders[i].path);
	must(chown(GROUND "/data", 64102, 64102) == 0, "data");
	write_file(GROUND "/other/secret", "secret", 0666);
	must(symlink("../other/secret", GROUND "/folder/way-out") == 0,
	    "way-out");
}

/* What the last attack left behind. */
static void
sweep(void)
{
	static const char *const left[] = {
		GROUND "/other/planted", GROUND "/other/symlink",
		GROUND "/other/link", GROUND "/other/node",
		GROUND "/folder/taken", GROUND "/folder/planted",
		GROUND "/folder/linked",
	};

	for (size_t i = 0; i < COUNT(left); i++)
		(void)unlink(left[i]);
	(void)umount(GROUND "/mount");
	write_file(GROUND "/folder/movable", "x", 0666);
	write_file(GROUND "/other/target", "x", 0666);
}

/* A port of 127.0.0.1 at which somebody listens. */
static int
listen_somewhere(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0, "lo");
	must(bind(fd, (struct sockaddr *)&at, size) == 0 &&
	    listen(fd, 64) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &size) == 0, "listener");
	return ntohs(at.sin_port);
}

/* --- one attack ------------------------------------------------------------- */

static const char *
directory_of(const char *role)
{
	return strcmp(role, "vault") == 0 ? GROUND "/data" :
	    strcmp(role, "service") == 0 ? GROUND "/run" :
	    strcmp(role, "none") == 0 ? GROUND "/work" : GROUND "/empty";
}

/* Starts `attack` with these arguments; its standard streams are `in`, `out`. */
static pid_t
start(const char *const *arguments, int in, int out)
{
	char *argv[8] = { strdup(PROGRAM) };
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid > 0) {
		free(argv[0]);
		return pid;
	}
	for (size_t i = 0; arguments[i] != NULL && i < COUNT(argv) - 2; i++)
		argv[i + 1] = strdup(arguments[i]);
	if (chdir(directory_of(arguments[0])) != 0 || dup2(in, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(127);
	alarm(LIMIT_S);		/* passes through execve */
	execv(PROGRAM, argv);
	_exit(127);
}

static int
end_of(pid_t pid)
{
	int state = 0;

	must(waitpid(pid, &state, 0) == pid, "waitpid");
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;		/* what attacks leave behind is ours now */
	return state;
}

/* Runs it to its end; what it said, on one line. */
static int
run(const char *const *arguments, char words[static TEXT])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), pipes[2], state;
	ssize_t n;

	must(null >= 0 && pipe2(pipes, O_CLOEXEC) == 0, "pipe");
	state = end_of(start(arguments, null, pipes[1]));
	close(pipes[1]);
	close(null);
	n = read(pipes[0], words, TEXT - 1);
	close(pipes[0]);
	words[n > 0 ? n : 0] = '\0';
	words[strcspn(words, "\n")] = '\0';
	return state;
}

static bool
is_killed(int state)
{
	return WIFSIGNALED(state) && WTERMSIG(state) == SIGSYS;
}

static bool
ended(int state, int code)
{
	return WIFEXITED(state) && WEXITSTATUS(state) == code;
}

static bool
is_absent(const char *attack)
{
	for (size_t i = 0; i < COUNT(absent); i++)
		if (strcmp(absent[i], attack) == 0)
			return true;
	return false;
}

static void
try_all(const char *role, const char *port)
{
	char number[24], words[TEXT];

	for (size_t i = 0; i < n_attacks; i++) {
		const char *const arguments[] = { role, number, port,
		    GROUND "/other/secret", NULL };
		const char *name = attacks[i].name;
		int state;

		snprintf(number, sizeof(number), "%zu", i);
		sweep();
		state = run(arguments, words);
		if (strcmp(role, "none") != 0)
			result(is_killed(state) || ended(state, REFUSED),
			    "%s, in the image: %s: %s (%x %s)", role, name,
			    is_killed(state) ? "killed" : "refused",
			    (unsigned)state, words);
		else if (!ended(state, WORKED) && is_absent(name))
			result(true, "in the image, without a sandbox: %s # "
			    "SKIP this kernel has it for nobody (%x %s)", name,
			    (unsigned)state, words);
		else
			result(ended(state, WORKED),
			    "in the image, without a sandbox: %s works (%x %s)",
			    name, (unsigned)state, words);
	}
}

/* --- what is in force ---------------------------------------------------------- */

/* The line `key` of /proc/PID/status, without its key. */
static void
status_line(pid_t pid, const char *key, char value[static TEXT])
{
	char path[64], line[256];
	size_t size = strlen(key);
	FILE *file;

	value[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if ((file = fopen(path, "re")) == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, key, size) == 0 && line[size] == ':')
			snprintf(value, TEXT, "%.*s",
			    (int)strcspn(line + size + 2, "\n"),
			    line + size + 2);
	fclose(file);
}

static void
check_state(pid_t pid, const struct role *role)
{
	char value[TEXT], ids[TEXT];

	snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u", role->uid, role->uid,
	    role->uid, role->uid);
	status_line(pid, "Uid", value);
	result(strcmp(value, ids) == 0, "%s, in the image: is user %u (%s)",
	    role->name, role->uid, value);
	status_line(pid, "CapPrm", value);
	result(strspn(value, "0") == 16, "%s, in the image: no capability (%s)",
	    role->name, value);
	status_line(pid, "Seccomp", value);
	result(strcmp(value, "2") == 0, "%s, in the image: is filtered (%s)",
	    role->name, value);
	status_line(pid, "NoNewPrivs", value);
	result(strcmp(value, "1") == 0, "%s, in the image: gains nothing (%s)",
	    role->name, value);
}

/* Some may neither read nor write: they turn, and are in when filtered. */
static void
look_inside(const struct role *role)
{
	const char *const arguments[] = { role->name, "spin", NULL };
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char value[TEXT] = "";
	pid_t pid;

	must(null >= 0, "/dev/null");
	pid = start(arguments, null, null);
	for (int i = 0; i < 200 && strcmp(value, "2") != 0; i++) {
		nanosleep(&pause, NULL);
		status_line(pid, "Seccomp", value);
	}
	check_state(pid, role);
	must(kill(pid, SIGKILL) == 0, "kill");
	(void)end_of(pid);
	close(null);
}

static void
check_ports(const char *port)
{
	const char *const own[] = { "courier", "tcp", port, port, NULL };
	const char *const other[] = { "courier", "tcp", port, "9", NULL };
	char words[TEXT];
	int state = run(own, words);

	result(ended(state, WORKED),
	    "courier, in the image: connects to its own port (%s)", words);
	state = run(other, words);
	result(ended(state, REFUSED) && strstr(words, "denied") != NULL,
	    "courier, in the image: connects to no other port (%s)", words);
}

int
main(void)
{
	char port[16];

	signal(SIGPIPE, SIG_IGN);
	open_console();
	make_ground();
	snprintf(port, sizeof(port), "%d", listen_somewhere());
	try_all("none", port);
	for (size_t i = 0; i < COUNT(roles); i++) {
		look_inside(&roles[i]);
		try_all(roles[i].name, port);
	}
	check_ports(port);
	printf("1..%u\n", count);
	fflush(stdout);
	for (;;)
		pause();
}
