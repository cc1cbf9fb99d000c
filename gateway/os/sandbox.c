#include "os/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "os/filter.h"
#include "os/landlock.h"
#include "os/users.h"

enum {
	EXIT_OS = 71,	/* EX_OSERR: the supervisor tries again, slowly */
	LOG_FILE_BYTES = 1 << 30
};

static _Noreturn void
refuse(const char *what, const char *hint)
{
	int error = errno;

	log_line(LOG_ERROR, "sandbox: %s: %s%s%s; not serving without it",
	    what, strerror(error), *hint ? "; " : "", hint);
	exit(EXIT_OS);
}

/* --- resources ------------------------------------------------------------- */

/* A lower hard limit than the policy's is stricter: it stays. */
static void
limit(int resource, uint64_t most, const char *what)
{
	struct rlimit l;

	if (getrlimit(resource, &l) != 0)
		refuse(what, "");
	if (geteuid() != 0 && l.rlim_max < most)
		most = l.rlim_max;
	l.rlim_cur = l.rlim_max = most;
	if (setrlimit(resource, &l) != 0)
		refuse(what, "");
}

/* The log may be a file: a role that may write less still may log. */
static uint64_t
file_bytes(const struct sandbox_limits *limits)
{
	struct stat log;

	if (limits->file_bytes < LOG_FILE_BYTES && fstat(STDERR_FILENO, &log) == 0 &&
	    S_ISREG(log.st_mode))
		return LOG_FILE_BYTES;
	return limits->file_bytes;
}

static void
limit_resources(const struct sandbox_limits *limits)
{
	limit(RLIMIT_CORE, 0, "no core dumps");
	limit(RLIMIT_NOFILE, limits->files, "limit on descriptors");
	limit(RLIMIT_FSIZE, file_bytes(limits), "limit on files");
	limit(RLIMIT_MEMLOCK, limits->locked_bytes, "limit on locked memory");
	limit(RLIMIT_NPROC, 0, "no child processes");
	signal(SIGXFSZ, SIG_IGN);	/* a full log is no reason to die */
}

/* --- root and ids ---------------------------------------------------------- */

static void
check_empty(void)
{
	DIR *d = opendir(".");
	const struct dirent *e;

	if (d == NULL)
		refuse("working directory", "");
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		errno = ENOTEMPTY;
		refuse("working directory", "guichetd gives an empty one, "
		    "run.dir/empty: nothing may be put there");
	}
	closedir(d);
}

static void
change_root(const struct sandbox_policy *policy)
{
	if (policy->root == SANDBOX_ROOT_EMPTY)
		check_empty();
	if (geteuid() != 0)
		return;		/* guichetd said so, once */
	if (chroot(".") != 0 || chdir("/") != 0)
		refuse("change of the root directory", "");
}

static void
check_ids(const struct user *user)
{
	uid_t u[3];
	gid_t g[3];

	if (getresuid(&u[0], &u[1], &u[2]) != 0 ||
	    getresgid(&g[0], &g[1], &g[2]) != 0)
		refuse("reading the ids back", "");
	for (int i = 0; i < 3; i++)
		if (u[i] != user->uid || g[i] != user->gid)
			unexpected("ids are not what was set", (int)u[i]);
	if (getgroups(0, NULL) != 0)
		unexpected("groups are left", getgroups(0, NULL));
	if (setuid(0) == 0)
		unexpected("root can be had back", 0);
}

static void
change_ids(const struct user *user)
{
	if (geteuid() != 0)
		return;
	if (setgroups(0, NULL) != 0 ||
	    setresgid(user->gid, user->gid, user->gid) != 0 ||
	    setresuid(user->uid, user->uid, user->uid) != 0)
		refuse("change of the user", "");
	check_ids(user);
}

/* --- order ----------------------------------------------------------------- */

static void
enter_landlock(const struct sandbox_policy *policy)
{
	enum status st = landlock_enter(policy->paths, policy->connect_ports);

	if (st == ST_UNSUPPORTED)
		refuse("landlock", "Linux 5.13 or newer is needed, built with "
		    "CONFIG_SECURITY_LANDLOCK and started with landlock "
		    "among lsm=");
	if (st != ST_OK)
		refuse("landlock", status_text(st));
	if (policy->connect_ports[0] != 0 && !landlock_knows_ports())
		log_line(LOG_WARNING, "sandbox: this kernel cannot keep it to "
		    "its ports; Linux 6.7 or newer can");
}

/* See sandbox.h. */
void
sandbox_enter(const struct sandbox_policy *policy)
{
	struct user user = { 0, 0 };

	/* /etc/passwd is out of sight once the root is changed. */
	if (users_find(policy->user, &user) != ST_OK) {
		log_line(LOG_ERROR, "sandbox: user %s: must exist and must "
		    "not be root", policy->user);
		exit(EXIT_OS);
	}
	limit_resources(&policy->limits);
	change_root(policy);
	change_ids(&user);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		refuse("no new privileges", "");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		refuse("not dumpable", "");
	enter_landlock(policy);
	if (filter_enter(policy->filter) != ST_OK)
		refuse("system-call filter", "the kernel needs "
		    "CONFIG_SECCOMP_FILTER");
}

/* --- printing -------------------------------------------------------------- */

static void
print_paths(const struct sandbox_path *paths)
{
	printf("paths:\n");
	if (paths->path == NULL)
		printf("  none\n");
	for (; paths->path != NULL; paths++)
		printf("  %s, read%s%s: %s\n", paths->path,
		    paths->write ? " and write" : "",
		    paths->execute ? " and execute" : "", paths->reason);
}

static void
print_ports(const struct sandbox_policy *policy)
{
	const uint16_t *port = policy->connect_ports;

	printf("TCP ports to bind: none\nTCP ports to connect to:\n");
	if ((policy->syscalls & SYS_CONNECT) == 0)
		printf("  none\n");
	else if (*port == 0)
		printf("  those of the hosts that the configuration names, "
		    "where Linux is 6.7 or newer\n");
	for (; *port != 0; port++)
		printf("  %u: of a host that the configuration names\n",
		    (unsigned)*port);
	printf("UDP:\n  %s\n", (policy->syscalls & SYS_CONNECT) == 0
	    ? "none" : "to any address, for DNS: landlock does not know UDP");
}

/* See sandbox.h. */
void
sandbox_print(const struct sandbox_policy *policy)
{
	static const char *const roots[] = {
		[SANDBOX_ROOT_EMPTY]   = "an empty directory",
		[SANDBOX_ROOT_DATA]    = "its own data directory",
		[SANDBOX_ROOT_SOCKETS] = "the directory of local sockets",
	};

	printf("role: %s\nuser: %s\nroot: %s\n", policy->role, policy->user,
	    roots[policy->root]);
	printf("limits:\n  descriptors: %llu\n  longest file: %llu bytes\n"
	    "  locked memory: %llu bytes\n  child processes: 0\n"
	    "  core dumps: none\n",
	    (unsigned long long)policy->limits.files,
	    (unsigned long long)policy->limits.file_bytes,
	    (unsigned long long)policy->limits.locked_bytes);
	print_paths(policy->paths);
	print_ports(policy);
	printf("system calls, all others kill:\n");
	fputs(policy->filter->text, stdout);
}
