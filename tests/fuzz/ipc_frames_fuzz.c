/* A stream of frames as intake might send it to the vault, in pieces whose
 * length the first byte chooses: the inbox, the route and the decoders. */
#include <stdint.h>

#include "ipc/inbox.h"
#include "ipc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static enum status
take_all(struct inbox *in)
{
	struct message m;
	struct span body;
	uint64_t id;

	for (;;) {
		TRY(inbox_next(in, &id, &body));
		TRY(message_route(id, ROLE_INTAKE, ROLE_VAULT));
		TRY(message_decode(&m, id, body));
		inbox_done(in, body.len, !message_is_ciphertext(id));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t piece = len == 0 ? 1 : (size_t)data[0] + 1, at = 1;
	enum status st = ST_MORE;
	struct inbox in;

	inbox_init(&in, message_route_max_bytes(ROLE_INTAKE, ROLE_VAULT));
	while (at < len && st == ST_MORE) {
		struct buf room = inbox_room(&in);
		size_t n = piece < room.max ? piece : room.max;

		n = n < len - at ? n : len - at;
		memcpy(room.ptr, data + at, n);
		inbox_add(&in, n);
		at += n;
		st = take_all(&in);
	}
	inbox_clear(&in);
	return 0;
}
