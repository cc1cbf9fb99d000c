/*
 * maker -- the system-call filter of one role, made where the box is built:
 * a C source with the program for the kernel and the words for --policy.
 *
 *     maker ROLE > build/<target>/gen/filters/<role>.c
 *
 * So that libseccomp, which compiles rules into programs, is in no program of
 * the box.  Runs as the target's own program: its numbers are that target's.
 */
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "filters/roles.h"	/* ROLES(X), from FILTERED */
#include "os/filter.h"
#include "rules.h"

enum {
	INSTRUCTIONS_MAX = 4096,	/* the kernel's BPF_MAXINSNS */
	LEVEL = 3	/* of libseccomp's API: kill the process; never asked
			   of the kernel that builds */
};

#define X(role) extern const struct sandbox_policy role##_policy;
ROLES(X)
#undef X

/* What a policy's source refers to, before it is made. */
#define X(role) \
	const struct filter_program filter_##role = { NULL, 0, 0, "" };
ROLES(X)
#undef X

static const struct sandbox_policy *
policy_of(const char *role)
{
	static const struct {
		const char *role;
		const struct sandbox_policy *policy;
	} all[] = {
#define X(role) { #role, &role##_policy },
		ROLES(X)
#undef X
	};

	for (size_t i = 0; i < COUNT(all); i++)
		if (strcmp(all[i].role, role) == 0)
			return all[i].policy;
	return NULL;
}

static _Noreturn void
fail(const char *role, const char *why)
{
	fprintf(stderr, "maker: %s: %s\n", role, why);
	exit(1);
}

/* Returns how many comparisons wait for the process's own id. */
static unsigned
print_program(const struct sock_filter *f, size_t n)
{
	unsigned own = 0;

	printf("static const struct sock_filter instructions[] = {\n");
	for (size_t i = 0; i < n; i++) {
		own += filter_is_own_pid(&f[i]);
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", f[i].code, f[i].jt,
		    f[i].jf, f[i].k);
	}
	printf("};\n");
	return own;
}

static void
print_text(const struct sandbox_policy *policy)
{
	char *text = NULL, *line, *rest;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (to == NULL)
		fail("text", "no memory");
	if (policy != NULL)
		rules_print(policy, to);
	fclose(to);
	printf("static const char text[] =\n");
	for (rest = text; (line = strsep(&rest, "\n")) != NULL && rest != NULL;)
		printf("    \"%s\\n\"\n", line);
	printf("    \"\";\n");
	free(text);
}

static void
make(const char *role, const struct sandbox_policy *policy)
{
	static struct sock_filter program[INSTRUCTIONS_MAX];
	size_t bytes = sizeof(program);
	scmp_filter_ctx filter = policy == NULL ? rules_of_supervisor()
	    : rules_of_policy(policy);
	unsigned own;

	if (filter == NULL)
		fail(role, "libseccomp refuses a rule");
	if (seccomp_export_bpf_mem(filter, program, &bytes) != 0)
		fail(role, "the program is too long");
	seccomp_release(filter);
	printf("/* Made by firmware/sdk/filters/maker.c. */\n"
	    "#include <linux/filter.h>\n\n#include \"os/filter.h\"\n\n");
	own = print_program(program, bytes / sizeof(program[0]));
	print_text(policy);
	printf("const struct filter_program filter_%s = {\n"
	    "\tinstructions, %zu, %u, text\n};\n", role,
	    bytes / sizeof(program[0]), own);
}

int
main(int argc, char **argv)
{
	const struct sandbox_policy *policy;

	if (argc != 2)
		fail("usage", "maker ROLE");
	policy = policy_of(argv[1]);
	if (policy == NULL && strcmp(argv[1], "supervisor") != 0)
		fail(argv[1], "no such role");
	if (seccomp_api_set(LEVEL) != 0)
		fail(argv[1], "libseccomp is too old");
	make(argv[1], policy);
	return fflush(stdout) == 0 ? 0 : 1;
}
