/* The statuses of HPRIM Santé: see hprim.h. */
#include "input/hprim.h"

struct same {
	const char *hprim, *hl7;
};

/* 10.12 and HL70085.  Empty is final: HPRIM Santé 2.4, 10.12. */
static const struct same results[] = {
	{ "", "F" }, { "F", "F" }, { "C", "C" }, { "P", "P" }, { "R", "R" },
	{ "I", "I" }, { "D", "D" }, { "X", "X" },
};

/* 9.26 and HL70123.  M is a changed report, whose results came; HL70123 has
 * another M, which is not final.  D takes the request back. */
static const struct same orders[] = {
	{ "", "" }, { "F", "F" }, { "M", "C" }, { "C", "C" }, { "P", "P" },
	{ "R", "R" }, { "I", "I" }, { "O", "O" }, { "D", "X" }, { "X", "X" },
};

static struct span
find(const struct same *rows, size_t n, struct span code)
{
	for (size_t i = 0; i < n; i++)
		if (span_is(code, rows[i].hprim))
			return span_of(rows[i].hl7);
	return code;
}

/* See hprim.h. */
struct span
hprim_result_status(struct span code, bool has_value)
{
	/* "Now final": with the value it says all, alone it points back. */
	if (span_is(code, "U"))
		return span_of(has_value ? "F" : "U");
	return find(results, COUNT(results), code);
}

/* See hprim.h. */
struct span
hprim_order_status(struct span code)
{
	return find(orders, COUNT(orders), code);
}

/* See hprim.h. */
bool
hprim_is_void(struct span code)
{
	return span_is(code, "D") || span_is(code, "X");
}
