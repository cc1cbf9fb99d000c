/* phone_fuzz -- whatever is typed as a telephone number: refused, or a number
 * as E.164 has it, which reads as itself. */
#include <stdlib.h>
#include <string.h>

#include "desk/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const char *number)
{
	char again[PHONE_MAX + 1];

	if (number[0] != '+' || number[1] == '0' ||
	    strspn(number + 1, "0123456789") != strlen(number + 1) ||
	    strlen(number) < 1 + PHONE_DIGITS_MIN)
		abort();
	if (phone_read(span_of(number), again) != ST_OK ||
	    strcmp(number, again) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char out[PHONE_MAX + 1];

	if (phone_read((struct span){ data, size }, out) == ST_OK)
		check(out);
	return 0;
}
