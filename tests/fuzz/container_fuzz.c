/* container_fuzz -- any 4096 bytes as the header of an update, and any other
 * number: what is taken is what struct container promises, and the signature
 * lies within the header. */
#include <stdlib.h>
#include <string.h>

#include "update/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool condition)
{
	if (!condition)
		abort();
}

static void
check_text(const char *text)
{
	size_t len = strnlen(text, CONTAINER_TEXT_MAX);

	must(len > 0 && len < CONTAINER_TEXT_MAX);
	must(strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.+~-") == len);
}

static void
check(const struct container *c)
{
	check_text(c->board);
	check_text(c->version);
	must(c->release > 0 && c->floor <= c->release);
	for (size_t i = 0; i < CONTAINER_IMAGES; i++)
		must(c->image[i].bytes >= CONTAINER_IMAGE_MIN &&
		    c->image[i].bytes < container_bytes(c));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t header[CONTAINER_HEADER_BYTES];
	struct span bytes = { data, size }, id, signature;
	struct container c;

	/* Short inputs are headers, too: the rest is zero. */
	if (size < sizeof(header)) {
		memset(header, 0, sizeof(header));
		memcpy(header, data, size);
		bytes = (struct span){ header, sizeof(header) };
	}
	if (container_signature(bytes, &id, &signature) == ST_OK) {
		must(id.ptr >= bytes.ptr && signature.ptr == bytes.ptr +
		    CONTAINER_SIGNED_BYTES);
		must(id.len == CONTAINER_KEY_ID_BYTES && signature.len >= 8 &&
		    signature.len <= CONTAINER_SIGNATURE_MAX);
	}
	if (container_parse(bytes, &c) == ST_OK) {
		must(bytes.len == CONTAINER_HEADER_BYTES);
		check(&c);
	}
	return 0;
}
