/*
 * attack -- enters a role's own policy, then tries one thing that the role
 * must not be able to do.  tests/sandbox/run starts it, once for each.
 *
 *   attack list                        names, "root" behind those for root
 *   attack ROLE NUMBER PORT FILE       ROLE `none`: without a sandbox
 *   attack ROLE wait                   enters, prints "in", waits for a byte
 *   attack ROLE spin                   enters, and turns until it is killed:
 *                                      some may neither read nor sleep
 *   attack ROLE store                  creates, reads and removes a file
 *   attack ROLE folder                 likewise in ../folder, by way of done
 *   attack ROLE without CALL           CALL fails with EPERM on the way in
 *   attack courier tcp PORT ALLOWED    connects to PORT; ALLOWED is its own
 *   attack courier udp PORT ALLOWED    sends "x" to PORT
 *   attack service local NAME          connects to a local socket; @NAME: one
 *                                      without a file
 *
 * Exit codes: 0 it worked; 10 the kernel said no (its words on standard
 * output); anything else, and signals, as they come.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/status.h"
#include "courier/policy.h"
#include "desk/policy.h"
#include "dhcp/policy.h"
#include "health/policy.h"
#include "identity/policy.h"
#include "intake/policy.h"
#include "pickup/policy.h"
#include "sandbox/attacks.h"
#include "service/policy.h"
#include "service/policy.h"
#include "spool/policy.h"
#include "update/policy.h"
#include "vault/policy.h"

enum { WORKED = 0, REFUSED = 10, USAGE = 64 };

static const struct sandbox_policy *const policies[] = {
	&intake_policy, &vault_policy, &pickup_policy, &desk_policy,
	&dhcp_policy, &identity_policy, &service_policy, &update_policy,
};

static int folder = -1;		/* opened before: the spool's */
static uint16_t port = 9;	/* what may be connected to; nobody is there */

/* An attack holds more descriptors than some roles may open at all. */
static void
enter_with_room(const struct sandbox_policy *policy)
{
	struct sandbox_policy roomy = *policy;

	if (roomy.limits.files < 32)
		roomy.limits.files = 32;
	sandbox_enter(&roomy);
}

static void
enter(const char *role)
{
	log_init(role, LOG_NOTICE);
	folder = open("../folder", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (strcmp(role, "none") == 0)
		return;
	if (strcmp(role, spool_policy.role) == 0) {
		sandbox_enter(spool_policy_of(&folder, 1));
		return;
	}
	if (strcmp(role, courier_policy.role) == 0) {
		sandbox_enter(courier_policy_of(&port, 1));
		return;
	}
	if (strcmp(role, health_policy.role) == 0) {
		enter_with_room(health_policy_of(&port, 1));
		return;
	}
	for (size_t i = 0; i < COUNT(policies); i++) {
		if (strcmp(policies[i]->role, role) != 0)
			continue;
		enter_with_room(policies[i]);
		return;
	}
	exit(USAGE);
}

static int
list(void)
{
	for (size_t i = 0; i < n_attacks; i++)
		printf("%s%s\n", attacks[i].name,
		    attacks[i].root ? "\troot" : "");
	return WORKED;
}

/* Ends when nobody holds the other end of `life`: a sandboxed parent's death
 * may not signal it. */
static _Noreturn void
be_victim(int ready, int life)
{
	char byte;

	signal(SIGUSR1, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int fd = 0; fd < 64; fd++)
		if (fd != ready && fd != life)
			close(fd);
	close(ready);
	if (read(life, &byte, 1) < 0)
		_exit(1);
	_exit(0);
}

/* Another process with the same memory at the same places. */
static int
victim(void)
{
	int ready[2], life[2];
	char byte;
	pid_t pid;

	if (pipe(ready) != 0 || pipe(life) != 0 || (pid = fork()) < 0)
		exit(USAGE);
	if (pid == 0)
		be_victim(ready[1], life[0]);
	close(life[0]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 0)	/* the victim closes its end */
		exit(USAGE);
	return pid;
}

static struct target
prepare(char **argv)
{
	struct target t = {
		.port = atoi(argv[0]), .secret = argv[1],
		.tcp = socket(AF_INET, SOCK_STREAM, 0),
		.page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	};
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		exit(USAGE);
	t.local = pair[0];
	t.pid = victim();
	return t;
}

/* write(2) only: the sandbox lets nobody ask whether this is a terminal. */
static void
say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(USAGE);
}

static int
attack(const char *role, char **argv)
{
	size_t number = (size_t)atoi(argv[0]);
	struct target t = prepare(argv + 1);

	if (number >= n_attacks)
		return USAGE;
	enter(role);
	t.folder = folder;
	errno = 0;
	if (attacks[number].try(&t))
		return WORKED;
	say(strerror(errno));
	return REFUSED;
}

static int
wait_inside(const char *role)
{
	char byte;

	enter(role);
	say("in\n");
	return read(STDIN_FILENO, &byte, 1) < 0 ? REFUSED : WORKED;
}

static _Noreturn void
spin(const char *role)
{
	enter(role);
	for (volatile unsigned turns = 0;;)
		turns = turns + 1;
}

static int
store(const char *role)
{
	char text[2] = "";
	int fd;

	enter(role);
	fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "ab", 2) != 2 || fsync(fd) != 0 ||
	    pread(fd, text, 2, 0) != 2 || unlink("file") != 0)
		return REFUSED;
	return memcmp(text, "ab", 2) == 0 ? WORKED : REFUSED;
}

static int
use_folder(const char *role)
{
	char text[2] = "";
	int fd;

	enter(role);
	fd = openat(folder, "new", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "ab", 2) != 2 || close(fd) != 0 ||
	    mkdirat(folder, "done", 0700) != 0 ||
	    renameat(folder, "new", folder, "done/new") != 0)
		return REFUSED;
	fd = openat(folder, "done/new", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, 2) != 2 ||
	    unlinkat(folder, "done/new", 0) != 0)
		return REFUSED;
	return memcmp(text, "ab", 2) == 0 ? WORKED : REFUSED;
}

/* As libuv and the resolver do it. */
static int
go_out(const char *role, int type, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)atoi(argv[0])),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd;

	port = (uint16_t)atoi(argv[1]);
	enter(role);
	fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
	    errno == EINPROGRESS) &&
	    (type == SOCK_STREAM || send(fd, "x", 1, 0) == 1))
		return WORKED;
	say(strerror(errno));
	return REFUSED;
}

/* As the bridge of the service port does it. */
static int
go_local(const char *role, const char *name)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(name));
	int fd;

	strncpy(to.sun_path, name, sizeof(to.sun_path) - 1);
	if (name[0] == '@')
		to.sun_path[0] = '\0';
	enter(role);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, len) == 0)
		return WORKED;
	say(strerror(errno));
	return REFUSED;
}

/* As a kernel would be that lacks one part: nothing may be served then. */
static int
without(const char *role, const char *call)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int number = seccomp_syscall_resolve_name(call);

	if (filter == NULL || number < 0 || seccomp_rule_add(filter,
	    SCMP_ACT_ERRNO(EPERM), number, 0) != 0 ||
	    seccomp_load(filter) != 0)
		return USAGE;
	enter(role);
	return WORKED;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list();
	if (argc == 3 && strcmp(argv[2], "wait") == 0)
		return wait_inside(argv[1]);
	if (argc == 3 && strcmp(argv[2], "spin") == 0)
		spin(argv[1]);
	if (argc == 3 && strcmp(argv[2], "store") == 0)
		return store(argv[1]);
	if (argc == 3 && strcmp(argv[2], "folder") == 0)
		return use_folder(argv[1]);
	if (argc == 4 && strcmp(argv[2], "without") == 0)
		return without(argv[1], argv[3]);
	if (argc == 4 && strcmp(argv[2], "local") == 0)
		return go_local(argv[1], argv[3]);
	if (argc == 5 && strcmp(argv[2], "tcp") == 0)
		return go_out(argv[1], SOCK_STREAM, argv + 3);
	if (argc == 5 && strcmp(argv[2], "udp") == 0)
		return go_out(argv[1], SOCK_DGRAM, argv + 3);
	if (argc == 5)
		return attack(argv[1], argv + 2);
	return USAGE;
}
