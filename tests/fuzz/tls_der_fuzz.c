/* A server's certificate, taken apart: what is handed out lies inside. */
#include <stdlib.h>

#include "net/tls_der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct span part, const uint8_t *data, size_t size)
{
	if (part.len > 0 && (part.ptr < data || part.ptr > data + size ||
	    part.len > (size_t)(data + size - part.ptr)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t loopback[4] = { 127, 0, 0, 1 };
	struct der_certificate c;

	if (der_certificate((struct span){ data, size }, &c) == ST_OK) {
		check(c.subject, data, size);
		check(c.spki, data, size);
		check(c.extensions, data, size);
	}
	c.extensions = (struct span){ data, size };
	(void)der_has_ip(&c, (struct span){ loopback, sizeof(loopback) });
	return 0;
}
