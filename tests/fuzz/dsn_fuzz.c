/* Reports of non-delivery: whatever a mail says, a reference is 22 symbols of
 * base64url that stand in it before our domain. */
#include "wire/dsn.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char domain[] = "@labo.example";

static void
check_reference(const struct dsn *d, struct span in)
{
	for (size_t i = 0; i < DSN_REFERENCE; i++)
		if (d->reference[i] == 0 || strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789-_",
		    d->reference[i]) == NULL)
			abort();
	for (size_t i = 0; i + DSN_REFERENCE + sizeof(domain) - 1 <= in.len; i++)
		if (memcmp(in.ptr + i, d->reference, DSN_REFERENCE) == 0 &&
		    in.ptr[i + DSN_REFERENCE] == '@')
			return;
	abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct span in = { data, len }, rest = in;
	struct dsn d;
	enum dsn_kind kind;

	dsn_start(&d, span_of(domain + 1));
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.ptr, '\n', rest.len);
		size_t n = end == NULL ? rest.len : (size_t)(end - rest.ptr);

		dsn_line(&d, span_slice(rest, 0, n));
		rest = span_slice(rest, n + 1, rest.len);
	}
	kind = dsn_end(&d);
	if (d.has_status && (d.status[0] > 999 || d.status[1] > 999 ||
	    d.status[2] > 999))
		abort();
	if (kind != DSN_NOT_OURS)
		check_reference(&d, in);
	return 0;
}
