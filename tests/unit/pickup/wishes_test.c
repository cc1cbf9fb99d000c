/* The two JSON bodies: what is taken, and one test for each refusal. */
#include "pickup/wishes.h"

#include "base/wipe.h"
#include "memory_scan.h"
#include "tap.h"

#define BID "ABCDEFGHIJKLMNOPQRST-_"

static struct share_wish share;
static struct manifest_wish manifest;

static enum status
read_share(const char *json)
{
	return share_wish_read(span_of(json), &share);
}

static enum status
read_manifest(const char *json)
{
	return manifest_wish_read(span_of(json), &manifest);
}

static void
test_share(void)
{
	static const char good[] = "{\"bid\":\"" BID "\",\"kind\":\"P\","
	    "\"passcode\":\"1234\",\"ttl_s\":3600,\"max_uses\":5}";

	ok(read_share(good) == ST_OK, "a share");
	ok(share.kind == 'P' && share.ttl_s == 3600 && share.max_uses == 5 &&
	    share.has_passcode && memcmp(share.bundle, BID, 22) == 0,
	    "its values");
	ok(read_share("{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":60}") ==
	    ST_OK && !share.has_passcode && share.max_uses == 0, "the least");
	ok(read_share("{\"bid\":\"" BID "\",\"kind\":\"U\",\"passcode\":null,"
	    "\"ttl_s\":2592000}") == ST_OK, "a passcode of null is none");
}

static void
test_share_refused(void)
{
	static const struct {
		const char *json, *why;
		enum status st;
	} rows[] = {
		{ "", "empty", ST_MALFORMED },
		{ "{", "cut", ST_MALFORMED },
		{ "null", "no object", ST_MALFORMED },
		{ "[{}]", "an array", ST_MALFORMED },
		{ "{} {}", "two objects", ST_MALFORMED },
		{ "{\"kind\":\"U\",\"kind\":\"U\"}", "a name twice", ST_MALFORMED },
		{ "{\"bid\":\"a\\u0000b\"}", "a NUL", ST_MALFORMED },
		{ "{\"bid\":\"\xff\"}", "no UTF-8", ST_MALFORMED },
		{ "{}", "nothing", ST_INVALID },
		{ "{\"bid\":7,\"kind\":\"U\",\"ttl_s\":60}", "a number as bid",
		  ST_INVALID },
		{ "{\"bid\":\"" BID "A\",\"kind\":\"U\",\"ttl_s\":60}",
		  "a long bid", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"\",\"ttl_s\":60}",
		  "no kind", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"LP\",\"ttl_s\":60}",
		  "two kinds", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\"}", "no time", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":59}", "59 s",
		  ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":2592001}",
		  "over 30 days", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":60.0}",
		  "a fraction", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":-60}",
		  "a negative time", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":"
		  "99999999999999999999}", "an overflow", ST_MALFORMED },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":60,"
		  "\"max_uses\":1001}", "too many uses", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"P\",\"ttl_s\":60}",
		  "P without passcode", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"P\",\"ttl_s\":60,"
		  "\"passcode\":\"123\"}", "a short passcode", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"P\",\"ttl_s\":60,"
		  "\"passcode\":1234}", "a number as passcode", ST_INVALID },
		{ "{\"bid\":\"" BID "\",\"kind\":\"U\",\"ttl_s\":60,"
		  "\"passcode\":\"1234\"}", "U with passcode", ST_INVALID },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ok(read_share(rows[i].json) == rows[i].st, "refused: %s",
		    rows[i].why);
}

static void
test_manifest(void)
{
	ok(read_manifest("{\"recipient\":\"Dr\"}") == ST_OK &&
	    !manifest.has_passcode && !manifest.has_embedded_max, "the least");
	ok(read_manifest("{\"recipient\":\"Dr\",\"passcode\":\"x\","
	    "\"embeddedLengthMax\":0,\"other\":[1]}") == ST_OK &&
	    manifest.has_passcode && manifest.has_embedded_max &&
	    manifest.embedded_max == 0, "all, and one that is not ours");
	ok(read_manifest("{\"passcode\":\"x\"}") == ST_INVALID, "no recipient");
	ok(read_manifest("{\"recipient\":\"\"}") == ST_INVALID, "an empty one");
	ok(read_manifest("{\"recipient\":\"a\",\"embeddedLengthMax\":-1}") ==
	    ST_INVALID, "a negative length");
	ok(read_manifest("{\"recipient\":\"a\",\"embeddedLengthMax\":null}") ==
	    ST_INVALID, "no length");
	ok(read_manifest("{\"recipient\":\"a\",\"passcode\":\"\"}") ==
	    ST_INVALID, "an empty passcode");
	ok(read_manifest("{\"recipient\":\"a\"") == ST_MALFORMED, "cut");
}

static void
test_passcode_hash(void)
{
	/* printf 'guichet/1/passcode\0001234' | sha256sum */
	static const uint8_t want[4] = { 0x86, 0xc5, 0x47, 0xa6 };
	uint8_t hash[32], other[32];

	passcode_hash(span_of("1234"), hash);
	passcode_hash(span_of("1235"), other);
	ok(memcmp(hash, want, sizeof(want)) == 0, "the passcode's hash");
	ok(memcmp(hash, other, 32) != 0, "another passcode's");
	ok(read_manifest("{\"recipient\":\"a\",\"passcode\":\"1234\"}") ==
	    ST_OK && memcmp(manifest.passcode_hash, hash, 32) == 0,
	    "what the vault is told");
}

static void
test_every_cut(void)
{
	static const char good[] = "{\"bid\":\"" BID "\",\"kind\":\"P\","
	    "\"passcode\":\"1234\",\"ttl_s\":3600,\"max_uses\":5}";
	unsigned n_good = 0;
	size_t len;

	for (len = 0; len < strlen(good); len++)
		n_good += share_wish_read((struct span){
		    (const uint8_t *)good, len }, &share) == ST_OK;
	ok(n_good == 0, "cut anywhere: refused");
}

/* --- what stays behind ----------------------------------------------------- */

static void
test_passcode_wiped(void)
{
	static char text[] = "{\"recipient\":\"Dr\",\"passcode\":"
	    "\"----------------------------------------\"}";
	char *passcode = strchr(text, '-');

	keep_heap();
	for (unsigned i = 0; i < SECRET_BYTES; i++)
		passcode[i] = (char)secret_byte(i);
	ok(read_manifest(text) == ST_OK && count_secrets() == 1,
	    "a passcode is in the body and nowhere else");
	wipe(text, sizeof(text));
	ok(count_secrets() == 0, "and then nowhere");
}

int
main(void)
{
	wishes_prepare();
	test_passcode_wiped();
	test_share();
	test_share_refused();
	test_manifest();
	test_passcode_hash();
	test_every_cut();
	return done_testing();
}
