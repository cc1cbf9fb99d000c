/*
 * sandbox.h -- gives up, in order: resources, the file tree, the user id,
 * new privileges, paths (landlock), system calls (seccomp).
 *
 * Fails closed: sandbox_enter() returns only when every part is in force.
 * Without root the user id and the root directory cannot be changed; that is
 * said once, by the supervisor, and everything else stays.
 */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/* Groups of system calls, defined once in os/syscalls.def. */
#define SYSCALL_GROUP_MAP(X)                                            \
	X(MEMORY, "heap, stacks, page advice")                          \
	X(LOOP,   "the event loop: epoll, timers, read and write of open descriptors") \
	X(ACCEPT, "take connections from a listening socket already open") \
	X(STORE,  "files below the process's own directory")            \
	X(FOLDER, "files that others leave in folders already open")    \
	X(CONNECT, "connections to the ports that the policy names, and DNS") \
	X(LOCAL,  "connections to local sockets below the process's own root") \
	X(RANDOM, "getrandom")                                          \
	X(EXIT,   "end the process")

enum syscall_group {
#define X(name, text) SYS_BIT_##name,
	SYSCALL_GROUP_MAP(X)
#undef X
	SYSCALL_GROUPS
};

#define SYS_MEMORY (1u << SYS_BIT_MEMORY)
#define SYS_LOOP   (1u << SYS_BIT_LOOP)
#define SYS_ACCEPT (1u << SYS_BIT_ACCEPT)
#define SYS_STORE  (1u << SYS_BIT_STORE)
#define SYS_FOLDER (1u << SYS_BIT_FOLDER)
#define SYS_CONNECT (1u << SYS_BIT_CONNECT)
#define SYS_LOCAL  (1u << SYS_BIT_LOCAL)
#define SYS_RANDOM (1u << SYS_BIT_RANDOM)
#define SYS_EXIT   (1u << SYS_BIT_EXIT)

struct sandbox_path {
	const char *path;	/* NULL ends the list */
	bool        write;
	const char *reason;
	bool        execute;	/* the supervisor's only */
	int         fd;		/* open already, out of the root's reach;
				   0: found by `path` */
};

enum {
	SANDBOX_PATHS_MAX = 18,	/* a folder of each source, the end */
	SANDBOX_PORTS_MAX = 8	/* of each configured host, the end */
};

struct sandbox_call {
	int         number;	/* SYS_... of <sys/syscall.h> */
	const char *reason;	/* NULL ends the list */
	unsigned    argument;	/* 1 to 6: this one must equal `value`; 0: any */
	uint64_t    value;
};

/* The root directory is the working directory that the supervisor gave. */
enum sandbox_root {
	SANDBOX_ROOT_EMPTY,	/* and it must have nothing in it */
	SANDBOX_ROOT_DATA,	/* and it is the role's own; paths are relative */
	SANDBOX_ROOT_SOCKETS	/* and the box's local sockets are in it */
};

struct sandbox_limits {
	uint64_t files;		/* open descriptors */
	uint64_t file_bytes;	/* longest file it may write; 0: none */
	uint64_t locked_bytes;	/* memory it may lock */
};

struct sandbox_policy {
	const char *role;		/* "intake" */
	const char *user;		/* "guichet-intake" */
	enum sandbox_root root;
	unsigned    syscalls;		/* SYS_... groups */
	const struct filter_program *filter;	/* made of them (os/filter.h) */
	/* What landlock leaves, beyond nothing. */
	struct sandbox_path paths[SANDBOX_PATHS_MAX];
	struct sandbox_call extra[8];	/* single calls, each with its reason */
	/* TCP ports it may connect to, where landlock can tell (Linux 6.7);
	 * a 0 ends the list.  None: no TCP at all. */
	uint16_t connect_ports[SANDBOX_PORTS_MAX];
	struct sandbox_limits limits;
};

/*
 * Dies with a line on standard error if any part is refused.
 *
 * Before: everything that needs root or a path outside of the role's root.
 * After, in the vault: creating files, which belong to the role's user then;
 * names are relative to the working directory.
 */
void sandbox_enter(const struct sandbox_policy *policy);

/* Prints the policy, with the reason for every call and path, to standard
 * output.  For `guichet-<role> --policy`. */
void sandbox_print(const struct sandbox_policy *policy);

#endif
