#include "os/locked.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* "VmLck:" of this process in kB. */
static long
locked_kb(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kb = -1;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmLck: %ld", &kb) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return kb;
}

static void
test_life(void)
{
	long before = locked_kb(), page_kb = sysconf(_SC_PAGESIZE) / 1024;
	uint8_t *p = locked_new(100);
	bool zero = true;

	for (int i = 0; i < 100; i++)
		zero = zero && p[i] == 0;
	ok(zero, "zeroes");
	memset(p, 0xaa, 100);
	ok(locked_kb() == before + page_kb, "locked: one page");
	locked_free(p, 100);
	ok(locked_kb() == before, "and given back");
	locked_free(NULL, 100);
	p = locked_new(5000);
	ok(locked_kb() == before + 2 * page_kb, "5000 bytes are two pages");
	locked_free(p, 5000);
}

/* A child that touches byte `at` of a one-page piece dies by SIGSEGV. */
static bool
is_guarded(long at)
{
	volatile uint8_t *p = locked_new(1);
	int how = 0;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		p[at] = 1;
		_exit(0);
	}
	waitpid(pid, &how, 0);
	return WIFSIGNALED(how) && WTERMSIG(how) == SIGSEGV;
}

int
main(void)
{
	test_life();
	fflush(stdout);
	ok(is_guarded(-1), "the byte before cannot be touched");
	ok(is_guarded(sysconf(_SC_PAGESIZE)), "nor the page behind");
	ok(!is_guarded(0), "the first byte can");
	return done_testing();
}
