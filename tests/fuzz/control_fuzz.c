/* The boot-control block: what is taken is written back byte by byte, but for
 * what nobody reads; no decision leaves a slot out of bounds. */
#include <stdint.h>
#include <stdlib.h>

#include "slots/control.h"
#include "slots/crc32.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check(const struct control *c)
{
	uint8_t bytes[CONTROL_BYTES];
	struct control again;

	control_encode(c, bytes);
	if (control_decode(bytes, &again) != ST_OK || again.last != c->last)
		abort();
	for (int i = 0; i < CONTROL_SLOTS; i++)
		if (again.slot[i].priority != c->slot[i].priority ||
		    again.slot[i].tries != c->slot[i].tries ||
		    again.slot[i].successful != c->slot[i].successful ||
		    again.slot[i].corrupt != c->slot[i].corrupt)
			abort();
}

/* The CRC is put right: nothing would be taken otherwise. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t bytes[CONTROL_BYTES];
	struct control c;
	uint32_t crc;

	if (len < CONTROL_BYTES)
		return 0;
	memcpy(bytes, data, CONTROL_BYTES);
	crc = crc32_add(0, (struct span){ bytes, CONTROL_BYTES - 4 });
	for (int i = 0; i < 4; i++)
		bytes[CONTROL_BYTES - 4 + i] = (uint8_t)(crc >> (8 * i));
	if (control_decode(bytes, &c) != ST_OK)
		return 0;
	check(&c);
	control_arm(&c, 1);
	check(&c);
	control_close(&c, 0);
	check(&c);
	control_mark_good(&c, 1);
	check(&c);
	return 0;
}
