#include "wire/scan.h"

#include <stdlib.h>

#include "tap.h"

enum { LONGEST = 40 };

/* Every length, with `byte` at every place and none before it, at every
 * alignment. */
static bool
finds(uint8_t filler, uint8_t byte)
{
	uint8_t *bytes = malloc(LONGEST + 8);
	bool good = true;

	for (size_t len = 0; len <= LONGEST; len++)
		for (size_t at = 0; at <= len; at++)
			for (size_t shift = 0; shift < 8; shift++) {
				struct span s = { bytes + shift, len };

				memset(bytes, byte, LONGEST + 8);
				memset(bytes + shift, filler, len);
				if (at < len)
					bytes[shift + at] = byte;
				good = good && scan_either(s, byte, 0x1c) == at
				    && scan_either(s, 0x1c, byte) == at;
			}
	free(bytes);
	return good;
}

static void
test_either(void)
{
	ok(finds('x', '\r'), "a byte is found wherever it stands");
	ok(finds(0x0c, 0x0b) && finds(0x0a, 0x0b) && finds(0x8b, 0x0b),
	    "among its neighbours too");
	ok(finds(0xff, 0) && finds(0x80, 0) && finds(1, 0), "also NUL");
}

static void
test_non_ascii(void)
{
	uint8_t bytes[LONGEST];
	bool good = true;

	for (size_t at = 0; at < LONGEST; at++) {
		memset(bytes, 0x7f, sizeof(bytes));
		bytes[at] = 0x80;
		good = good && scan_non_ascii((struct span){ bytes, LONGEST })
		    == at && scan_non_ascii((struct span){ bytes, at }) == at;
	}
	ok(good, "the first byte above ASCII, wherever it stands");
}

int
main(void)
{
	test_either();
	test_non_ascii();
	return done_testing();
}
