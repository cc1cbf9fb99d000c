/* What the desk frees is zeroes by then; what grows is all there. */
#include "desk/heap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static unsigned char freed[64];
static unsigned n_freed;

/* In the program the linker makes this the allocator's own. */
void
__real_free(void *p)
{
	n_freed++;
	if (p != NULL)
		memcpy(freed, p, sizeof(freed));
	free(p);
}

static bool
freed_zeroes(void)
{
	static const unsigned char zeroes[sizeof(freed)];

	return memcmp(freed, zeroes, sizeof(freed)) == 0;
}

static void *
filled(void)
{
	char *p = malloc(sizeof(freed));

	memset(p, 'S', sizeof(freed));
	memset(freed, 'x', sizeof(freed));
	return p;
}

int
main(void)
{
	unsigned char *p = filled();

	__wrap_free(p);
	ok(n_freed == 1 && freed_zeroes(), "freed: wiped before");
	p = __wrap_realloc(filled(), 2 * sizeof(freed));
	ok(n_freed == 2 && freed_zeroes(), "grown: the old place is wiped");
	ok(p[0] == 'S' && p[sizeof(freed) - 1] == 'S', "and the bytes moved");
	p = __wrap_realloc(p, 2);
	ok(p[0] == 'S' && p[1] == 'S', "shrunk");
	__wrap_free(p);
	__wrap_free(NULL);
	p = __wrap_realloc(NULL, 10);
	ok(p != NULL, "NULL may be freed and grown");
	__wrap_free(p);
	return done_testing();
}
