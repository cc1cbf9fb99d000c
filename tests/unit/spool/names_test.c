#include "spool/names.h"

#include "tap.h"

static char longest[NAME_BYTES];	/* 255 letters */

static void
test_simple(void)
{
	static const char *const bad[] = { "", ".", "..", "a/b", "/a", "../a",
	    "a/" };

	for (size_t i = 0; i < COUNT(bad); i++)
		ok(!name_is_simple(span_of(bad[i])),
		    "R36 \"%s\" is no simple name", bad[i]);
	ok(!name_is_simple((struct span){ (const uint8_t *)"a\0b", 3 }),
	    "R36 nor is one with a NUL");
	ok(name_is_simple(span_of("CR.PDF")) && name_is_simple(span_of("...")),
	    "other names are");
	ok(name_is_simple(span_of(longest)), "up to 255 bytes");
	ok(!name_is_simple((struct span){ (const uint8_t *)longest, 256 }),
	    "and no longer");
}

static void
test_passed_over(void)
{
	static const char *const over[] = { ".x", ".x.ok", "a.tmp", "A.TMP",
	    "a.part", "a.filepart", "a.crdownload", "a.hl7~" };
	static const char *const not[] = { "a", "a.hl7", "tmp", "a.tmp.hl7",
	    "part", "a.ok" };

	for (size_t i = 0; i < COUNT(over); i++)
		ok(name_is_passed_over(over[i]), "R36 %s is passed over",
		    over[i]);
	for (size_t i = 0; i < COUNT(not); i++)
		ok(!name_is_passed_over(not[i]), "%s is not", not[i]);
}

static void
test_witness(void)
{
	static const char *const names[] = { "nom.ok", "nom.OK", "nom.HPR.ok",
	    "nom.HPR.OK" };
	char out[NAME_BYTES];

	ok(name_is_witness("nom.ok") && name_is_witness("NOM.OK") &&
	    !name_is_witness("nom.okk") && !name_is_witness("ok") &&
	    !name_is_witness(".ok"), "x.ok is a witness");
	for (unsigned i = 0; i < NAME_WITNESSES; i++)
		ok(name_of_witness("nom.HPR", i, out) &&
		    strcmp(out, names[i]) == 0, "R36 %s for nom.HPR",
		    names[i]);
	ok(name_of_witness("nom", 0, out) && strcmp(out, "nom.ok") == 0,
	    "without an extension nothing is cut");
	ok(!name_of_witness(longest, 0, out), "a name can be too long");
}

static void
test_with(void)
{
	char out[NAME_BYTES];

	name_with("a.hl7", 0, "", out);
	ok(strcmp(out, "a.hl7") == 0, "the name itself");
	name_with("a.hl7", 2, "", out);
	ok(strcmp(out, "a.hl7.2") == 0, "the third of a name");
	name_with("a.hl7", 2, ".error.txt", out);
	ok(strcmp(out, "a.hl7.2.error.txt") == 0, "and its text");
	name_with(longest, 0, "", out);
	ok(strcmp(out, longest) == 0, "the longest is not cut");
	name_with(longest, 9999, ".error.txt", out);
	ok(strlen(out) < NAME_BYTES &&
	    strcmp(out + strlen(out) - 15, ".9999.error.txt") == 0,
	    "what is added always fits");
}

int
main(void)
{
	memset(longest, 'x', sizeof(longest) - 1);
	test_simple();
	test_passed_over();
	test_witness();
	test_with();
	return done_testing();
}
