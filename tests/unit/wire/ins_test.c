#include "wire/ins.h"

#include "tap.h"

static void
test_kinds(void)
{
	static const struct {
		const char *oid;
		enum ins_kind kind;
	} row[] = {
		{ "1.2.250.1.213.1.4.8", INS_PRODUCTION },
		{ "1.2.250.1.213.1.4.9", INS_PRODUCTION },
		{ "1.2.250.1.213.1.4.10", INS_TEST },
		{ "1.2.250.1.213.1.4.11", INS_TEST },
		{ "1.2.250.1.213.1.4.2", INS_OBSOLETE },
		{ "1.2.250.1.213.1.4.80", INS_OBSOLETE },
		{ "1.2.250.1.213.1.4", INS_NONE },
		{ "1.2.250.1.71.4.2.1", INS_NONE }, { "", INS_NONE },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(ins_kind_of(span_of(row[i].oid)) == row[i].kind,
		    "R28 OID %s", row[i].oid);
}

static void
test_keys(void)
{
	static const struct {
		const char *number;
		bool valid;
	} row[] = {
		{ "279035121518989", true }, { "277076322082910", true },
		{ "279035121518988", false },	/* key */
		{ "279035121581989", false },	/* digits swapped */
		{ "2550299999999", false }, { "27903512151898", false },
		{ "2790351215189890", false }, { "", false },
		{ "27903512151898A", false }, { "2790A5121518989", false },
		/* Corsica: 2A is 19, 2B is 18. */
		{ "199072A22801862", true }, { "199072B22801889", true },
		{ "199072a22801862", true }, { "199072C22801862", false },
		{ "199071922801862", true },
		{ "199073A22801862", false },
		{ "000000000000097", true },	/* the key is 97, never 00 */
		{ "000000000000000", false },
	};

	for (size_t i = 0; i < COUNT(row); i++)
		ok(ins_is_valid(span_of(row[i].number)) == row[i].valid,
		    "R28 number %s is %s", row[i].number,
		    row[i].valid ? "valid" : "not valid");
}

int
main(void)
{
	test_kinds();
	test_keys();
	return done_testing();
}
