#include "wire/ins.h"

enum { INS_LEN = 15, NIR_LEN = 13, DEPARTMENT = 5, KEY_MODULUS = 97 };

/* See ins.h. */
enum ins_kind
ins_kind_of(struct span oid)
{
	static const struct {
		const char *last;
		enum ins_kind kind;
	} row[] = {
		{ "8", INS_PRODUCTION }, { "9", INS_PRODUCTION },
		{ "10", INS_TEST }, { "11", INS_TEST },
	};
	const size_t arc = strlen(INS_ARC);

	if (!span_is(span_slice(oid, 0, arc), INS_ARC))
		return INS_NONE;
	for (size_t i = 0; i < COUNT(row); i++)
		if (span_is(span_slice(oid, arc, oid.len), row[i].last))
			return row[i].kind;
	return INS_OBSOLETE;
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* 2A is counted as 19, 2B as 18. */
static bool
replace_department(uint8_t digits[static NIR_LEN])
{
	uint8_t *department = digits + DEPARTMENT;

	if (department[0] != '2' || (department[1] | 0x20) < 'a' ||
	    (department[1] | 0x20) > 'b')
		return false;
	department[1] = (department[1] | 0x20) == 'a' ? '9' : '8';
	department[0] = '1';
	return true;
}

/* See ins.h. */
bool
ins_is_valid(struct span number)
{
	uint8_t digits[INS_LEN];
	uint64_t n = 0;

	if (number.len != INS_LEN)
		return false;
	memcpy(digits, number.ptr, INS_LEN);
	if (!is_digit(digits[DEPARTMENT + 1]) && !replace_department(digits))
		return false;
	for (size_t i = 0; i < INS_LEN; i++)
		if (!is_digit(digits[i]))
			return false;
	for (size_t i = 0; i < NIR_LEN; i++)
		n = n * 10 + (uint64_t)(digits[i] - '0');
	return KEY_MODULUS - n % KEY_MODULUS == (uint64_t)
	    ((digits[NIR_LEN] - '0') * 10 + digits[NIR_LEN + 1] - '0');
}
