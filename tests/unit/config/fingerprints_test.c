#include "config/fingerprints.h"

#include "tap.h"

#define ONE "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define ONE_COLONS "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:" \
	"10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F"
#define TWO "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff"

static bool
have(const char *text, uint8_t first, uint8_t last)
{
	uint8_t fingerprint[FINGERPRINT_BYTES];

	for (unsigned i = 0; i < sizeof(fingerprint); i++)
		fingerprint[i] = (uint8_t)i;
	fingerprint[0] = first;
	fingerprint[sizeof(fingerprint) - 1] = last;
	return fingerprints_have(span_of(text), fingerprint);
}

static void
test_check(void)
{
	static const char *const good[] = { "", ONE, ONE_COLONS, ONE "," TWO,
	    " " ONE " , " TWO " " };
	static const char *const bad[] = { "00", ONE "00", ONE TWO, "," ONE,
	    ONE ",,", "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b"
	    "1c1d1e1f", "sha256:" ONE, ONE ";" TWO };

	for (size_t i = 0; i < COUNT(good); i++)
		ok(fingerprints_check(span_of(good[i])) == ST_OK,
		    "R10 taken: '%.70s'", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(fingerprints_check(span_of(bad[i])) == ST_INVALID,
		    "R10 not taken: '%.70s'", bad[i]);
}

static void
test_sixteen_at_most(void)
{
	static char text[20 * 70] = ONE;

	for (int i = 1; i < FINGERPRINTS_MAX; i++)
		strcat(text, "," TWO);
	ok(fingerprints_check(span_of(text)) == ST_OK, "R10 16 of them");
	strcat(text, "," TWO);
	ok(fingerprints_check(span_of(text)) == ST_INVALID, "R10 not 17");
}

static void
test_have(void)
{
	ok(have(ONE, 0x00, 0x1f), "R10 found");
	ok(have(ONE_COLONS, 0x00, 0x1f), "R10 found, as openssl prints it");
	ok(have(TWO ", " ONE_COLONS, 0x00, 0x1f), "R10 found, the second");
	ok(!have(ONE, 0x01, 0x1f) && !have(ONE, 0x00, 0x1e),
	    "R10 one bit off is another");
	ok(!have("", 0x00, 0x1f), "R10 none in an empty list");
}

int
main(void)
{
	test_check();
	test_sixteen_at_most();
	test_have();
	return done_testing();
}
