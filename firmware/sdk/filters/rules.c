#include "rules.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/status.h"
#include "os/denied.def"
#include "os/filter.h"
#include "os/syscalls.def"

enum { COMPARISONS = 3 };

struct comparison {
	unsigned argument;	/* from 1; 0: none */
	uint64_t mask, value;	/* value without argument: the errno to fail with */
};

struct call {
	unsigned          group;	/* a SYS_... bit */
	const char       *name;
	struct comparison must[COMPARISONS];
	const char       *reason;
};

#define ANY              { { 0, 0, 0 } }
#define ARG(n, v)        { { n, UINT64_MAX, v } }
#define TWO(n, v, m, w)  { { n, UINT64_MAX, v }, { m, UINT64_MAX, w } }
#define FIRST(u, v, w)   { { 1, UINT64_MAX, u }, { 2, UINT64_MAX, v }, \
	{ 3, UINT64_MAX, w } }
#define CLEAR(n, bits)   { { n, bits, 0 } }
#define SELF(n)          { { n, UINT64_MAX, FILTER_OWN_PID } }
#define REFUSE           { { 0, 0, EACCES } }

static const struct call calls[] = {
#define CALL(GROUP, name, RULE, reason) { SYS_##GROUP, #name, RULE, reason },
	SYSCALL_GROUPS_MAP(CALL)
#undef CALL
};

static unsigned
fill(struct scmp_arg_cmp *out, const struct comparison *must)
{
	unsigned n = 0;

	while (n < COMPARISONS && must[n].argument != 0) {
		out[n] = (struct scmp_arg_cmp){ must[n].argument - 1,
		    SCMP_CMP_MASKED_EQ, must[n].mask, must[n].value };
		n++;
	}
	return n;
}

static int
error_of(const struct comparison *must)
{
	return must[0].argument == 0 ? (int)must[0].value : 0;
}

static int
add(scmp_filter_ctx filter, int number, const struct comparison *must)
{
	struct scmp_arg_cmp arguments[COMPARISONS];
	unsigned n = fill(arguments, must);
	uint32_t action = error_of(must) == 0 ? SCMP_ACT_ALLOW
	    : SCMP_ACT_ERRNO((uint16_t)error_of(must));

	return seccomp_rule_add_array(filter, action, number, n, arguments);
}

static int
allow_groups(scmp_filter_ctx filter, unsigned groups)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		int number = seccomp_syscall_resolve_name(calls[i].name);

		/* Negative: this architecture has no such call. */
		if ((calls[i].group & groups) == 0 || number < 0)
			continue;
		if (add(filter, number, calls[i].must) != 0)
			return -1;
	}
	return 0;
}

static int
allow_extra(scmp_filter_ctx filter, const struct sandbox_call *extra)
{
	for (; extra->reason != NULL; extra++) {
		struct comparison must[COMPARISONS] = { { extra->argument,
		    UINT64_MAX, extra->value } };

		if (add(filter, extra->number, must) != 0)
			return -1;
	}
	return 0;
}

#ifdef SANDBOX_TRACE
enum { REFUSAL = SCMP_ACT_TRAP };	/* os/filter.c says which call it was */
#else
#define REFUSAL SCMP_ACT_KILL_PROCESS
#endif

static scmp_filter_ctx
start(uint32_t otherwise)
{
	scmp_filter_ctx filter = seccomp_init(otherwise);

	if (filter != NULL && seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS) == 0)
		return filter;
	seccomp_release(filter);
	return NULL;
}

/* See rules.h. */
scmp_filter_ctx
rules_of_policy(const struct sandbox_policy *policy)
{
	scmp_filter_ctx filter = start(REFUSAL);

	if (filter == NULL)
		return NULL;
	/* A binary tree: epoll and read are not behind sixty comparisons. */
	if (seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
	    allow_groups(filter, policy->syscalls) == 0 &&
	    allow_extra(filter, policy->extra) == 0)
		return filter;
	seccomp_release(filter);
	return NULL;
}

/* --- the supervisor -------------------------------------------------------- */

static const char *const denied[] = {
#define X(name) #name,
	DENIED_MAP(X)
#undef X
};

static int
deny(scmp_filter_ctx filter, uint32_t action, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	return number < 0 ? 0 : seccomp_rule_add(filter, action, number, 0);
}

/* See rules.h. */
scmp_filter_ctx
rules_of_supervisor(void)
{
	scmp_filter_ctx filter = start(SCMP_ACT_ALLOW);
	int failed;

	if (filter == NULL)
		return NULL;
	failed = deny(filter, SCMP_ACT_ERRNO(ENOSYS), "io_uring_setup");
	for (size_t i = 0; i < COUNT(denied); i++)
		failed |= deny(filter, SCMP_ACT_KILL_PROCESS, denied[i]);
	if (failed == 0)
		return filter;
	seccomp_release(filter);
	return NULL;
}

/* --- printing -------------------------------------------------------------- */

static void
print_condition(const struct comparison *must, FILE *to)
{
	if (error_of(must) != 0)
		fprintf(to, ", always fails: %s", strerror(error_of(must)));
	for (unsigned i = 0; i < COMPARISONS && must[i].argument != 0; i++) {
		fprintf(to, "%s argument %u", i == 0 ? "," : " and",
		    must[i].argument);
		if (must[i].mask != UINT64_MAX)
			fprintf(to, " without the bits 0x%llx",
			    (unsigned long long)must[i].mask);
		else if (must[i].value == FILTER_OWN_PID)
			fprintf(to, " = itself");
		else
			fprintf(to, " = 0x%llx",
			    (unsigned long long)must[i].value);
	}
}

static void
print_extra(const struct sandbox_call *extra, FILE *to)
{
	for (; extra->reason != NULL; extra++) {
		struct comparison must[COMPARISONS] = { { extra->argument,
		    UINT64_MAX, extra->value } };
		char *name = seccomp_syscall_resolve_num_arch(
		    SCMP_ARCH_NATIVE, extra->number);

		fprintf(to, "  %s", name == NULL ? "?" : name);
		print_condition(must, to);
		fprintf(to, ": %s\n", extra->reason);
		free(name);
	}
}

/* See rules.h. */
void
rules_print(const struct sandbox_policy *policy, FILE *to)
{
	for (size_t i = 0; i < COUNT(calls); i++) {
		if ((calls[i].group & policy->syscalls) == 0 ||
		    seccomp_syscall_resolve_name(calls[i].name) < 0)
			continue;
		fprintf(to, "  %s", calls[i].name);
		print_condition(calls[i].must, to);
		fprintf(to, ": %s\n", calls[i].reason);
	}
	print_extra(policy->extra, to);
}
