#include "health/output.h"

#include "tap.h"

int
main(void)
{
	static const struct { const char *line; bool is; uint64_t n; } rows[] = {
		{ "{\"type\":\"counters\",\"connections\":12,\"frames\":3}", true, 12 },
		{ "{\"connections\":0}", true, 0 },
		{ "{\"connections\":}", false, 0 },
		{ "{\"connections\":", false, 0 },
		{ "{\"connection\":1}", false, 0 },
		{ "{\"connections\":-1}", false, 0 },
		{ "", false, 0 },
		{ "\"connections\":999999999999999999999", true,
		    999999999999999999 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t n = 0;

		ok(output_number(span_of(rows[i].line), "connections", &n) ==
		    rows[i].is && n == rows[i].n, "number of row %zu", i);
	}
	ok(output_is(span_of(rows[0].line), "counters"), "a line of its type");
	ok(!output_is(span_of(rows[0].line), "report"), "and of no other");
	return done_testing();
}
