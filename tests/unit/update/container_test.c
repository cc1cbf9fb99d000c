#include "update/container.h"

#include "tap.h"

enum { RELEASE = 8, FLOOR = 16, BOARD = 24, VERSION = 56, BOOT = 88,
    ROOT = 128, RESERVED = 168, KEY_ID = 3832, SIGNATURE = 3840,
    BYTES = CONTAINER_HEADER_BYTES };

static uint8_t header[BYTES];

/* 1.2.3, release 7, floor 5, images of 5000 and 70000 bytes. */
static struct span
good(void)
{
	memset(header, 0, sizeof(header));
	memcpy(header, "GUICUPD1", 8);
	header[RELEASE + 7] = 7;
	header[FLOOR + 7] = 5;
	memcpy(header + BOARD, "qemu-virt", 9);
	memcpy(header + VERSION, "1.2.3-rc.1+x~Y", 14);
	header[BOOT + 6] = 5000 >> 8;
	header[BOOT + 7] = 5000 & 255;
	header[ROOT + 5] = 1;
	header[ROOT + 6] = (70000 >> 8) & 255;
	header[ROOT + 7] = 70000 & 255;
	memset(header + BOOT + 8, 0xb0, 32);
	memset(header + ROOT + 8, 0x40, 32);
	memset(header + KEY_ID, 0x1d, 8);
	header[SIGNATURE] = 0x30;
	header[SIGNATURE + 1] = 70;
	memset(header + SIGNATURE + 2, 1, 70);
	return (struct span){ header, sizeof(header) };
}

static void
test_fields(void)
{
	struct container c;

	ok(container_parse(good(), &c) == ST_OK, "a good header");
	ok(c.release == 7 && c.floor == 5, "numbers");
	ok(strcmp(c.board, "qemu-virt") == 0 &&
	    strcmp(c.version, "1.2.3-rc.1+x~Y") == 0, "texts");
	ok(c.image[CONTAINER_BOOT].bytes == 5000 &&
	    c.image[CONTAINER_ROOT].bytes == 70000 &&
	    c.image[CONTAINER_BOOT].sha256[31] == 0xb0 &&
	    c.image[CONTAINER_ROOT].sha256[0] == 0x40, "images");
	ok(container_bytes(&c) == 4096 + 5000 + 70000, "length of the whole");
}

static void
test_signature(void)
{
	struct span id, der;

	ok(container_signature(good(), &id, &der) == ST_OK && id.len == 8 &&
	    id.ptr[0] == 0x1d && der.len == 72 && der.ptr[0] == 0x30,
	    "key id and signature");
	(void)good();
	header[SIGNATURE + 1] = 6;
	memset(header + SIGNATURE + 8, 0, 64);
	ok(container_signature((struct span){ header, BYTES }, &id, &der) ==
	    ST_OK && der.len == 8, "the shortest");
}

static enum status
signature_with(size_t at, uint8_t byte)
{
	struct span h = good(), id, der;

	header[at] = byte;
	return container_signature(h, &id, &der);
}

static void
test_forged_signatures(void)
{
	ok(signature_with(SIGNATURE, 0x31) == ST_FORGED, "no sequence");
	ok(signature_with(SIGNATURE, 0) == ST_FORGED, "none");
	ok(signature_with(SIGNATURE + 1, 71) == ST_FORGED, "too long");
	ok(signature_with(SIGNATURE + 1, 255) == ST_FORGED, "a long length");
	ok(signature_with(SIGNATURE + 1, 5) == ST_FORGED, "too short");
	ok(signature_with(SIGNATURE + 1, 69) == ST_FORGED,
	    "a byte of it after its end");
	ok(signature_with(SIGNATURE + 72, 1) == ST_FORGED,
	    "a byte right after it");
	ok(signature_with(BYTES - 1, 1) == ST_FORGED, "a byte at the end");
	ok(signature_with(7, '2') == ST_NOT_FOUND, "another magic");
}

static void
test_lengths(void)
{
	struct container c = { .release = 99 };
	struct span h = good(), id, der;
	bool refused = true;

	for (size_t len = 0; len < h.len; len++)
		refused &= container_parse(span_slice(h, 0, len), &c) ==
		    ST_NOT_FOUND && container_signature(span_slice(h, 0, len),
		    &id, &der) == ST_NOT_FOUND;
	ok(refused && c.release == 99, "any shorter header");
}

static const struct {
	const char *name;
	size_t at, len;
	const char *bytes;
} wrong[] = {
	{ "release 0", RELEASE, 8, "\0\0\0\0\0\0\0\0" },
	{ "a floor above the release", FLOOR, 8, "\0\0\0\0\0\0\0\x08" },
	{ "a floor of 2^63", FLOOR, 8, "\x80\0\0\0\0\0\0\0" },
	{ "no board", BOARD, 9, "\0\0\0\0\0\0\0\0\0" },
	{ "a board in capitals", BOARD, 1, "Q" },
	{ "a board with a dot", BOARD, 1, "." },
	{ "a board that goes on after its end", BOARD + 31, 1, "x" },
	{ "a board of 32", BOARD, 32, "abcdefghijklmnopqrstuvwxyz012345" },
	{ "no version", VERSION, 1, "" },
	{ "a version with a space", VERSION + 1, 1, " " },
	{ "a version with an escape", VERSION + 1, 1, "\x1b" },
	{ "a version in UTF-8", VERSION + 1, 2, "\xc3\xa9" },
	{ "a version with a percent sign", VERSION + 1, 1, "%" },
	{ "a version with a slash", VERSION + 1, 1, "/" },
	{ "boot of 4095 bytes", BOOT, 8, "\0\0\0\0\0\0\x0f\xff" },
	{ "boot of 0 bytes", BOOT, 8, "\0\0\0\0\0\0\0\0" },
	{ "root of 4095 bytes", ROOT, 8, "\0\0\0\0\0\0\x0f\xff" },
	{ "root of 2^48 + 1 bytes", ROOT, 8, "\0\1\0\0\0\0\0\1" },
	{ "root of 2^64 - 1 bytes", ROOT, 8,
	    "\xff\xff\xff\xff\xff\xff\xff\xff" },
	{ "the first reserved byte", RESERVED, 1, "\1" },
	{ "the last reserved byte", KEY_ID - 1, 1, "\x80" },
};

static void
test_wrong(void)
{
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct container c = { .release = 99 };
		struct span h = good();

		memcpy(header + wrong[i].at, wrong[i].bytes, wrong[i].len);
		ok(container_parse(h, &c) == ST_MALFORMED && c.release == 99,
		    "refused: %s", wrong[i].name);
	}
}

int
main(void)
{
	test_fields();
	test_signature();
	test_forged_signatures();
	test_lengths();
	test_wrong();
	return done_testing();
}
