#include "health/crowd.h"

#include "tap.h"

#define HEAD "  sl  local_address rem_address   st tx_queue rx_queue"
#define REST " 00000000:00000000 00:00000000 00000000     0        0 1 1"
#define MAPPED "0000000000000000FFFF0000"
#define LOOPBACK_6 "00000000000000000000000001000000"

int
main(void)
{
	static const struct { const char *line, *what; bool counts; } rows[] = {
		{ HEAD, "the head", false },
		{ "   0: 00000000:01BB 00000000:0000 0A" REST, "who listens",
		    false },
		{ "   1: 0A00000A:01BB 0B00000A:C350 01" REST, "another's",
		    true },
		{ "   1: 0A00000A:01BB 0B00000A:C350 03" REST, "half open",
		    true },
		{ "   2: 0100007F:01BB 0100007F:C350 01" REST, "its own",
		    false },
		{ "   3: 0A00000A:01BB 0B00000A:C350 06" REST, "one that ended",
		    false },
		{ "12345: 0A00000A:01BB 0B00000A:C350 08" REST,
		    "one that waits to be closed", true },
		{ "   4: " MAPPED "0A00000A:01BB " MAPPED "0B00000A:C350 01"
		    REST, "another's, mapped", true },
		{ "   5: " LOOPBACK_6 ":01BB " LOOPBACK_6 ":C350 01" REST,
		    "its own, IPv6", false },
		{ "", "nothing", false },
		{ "   1:", "a number alone", false },
		{ "   1: 0A00000A 0B00000A 01", "no ports", false },
		{ "   1: :01BB :C350 01", "no addresses", false },
		{ "   1: 0A00000A:01BB 0B00000A:C350", "no state", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ok(crowd_counts(span_of(rows[i].line)) == rows[i].counts,
		    "%s", rows[i].what);
	return done_testing();
}
