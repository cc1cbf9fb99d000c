#include "ipc/packet.h"

#include <stdlib.h>
#include <unistd.h>

#include "ipc/inbox.h"
#include "os/passing.h"

/* See packet.h. */
enum status
packet_send(int fd, const struct message *m, int with)
{
	size_t size = m->id == MSG_START ? PACKET_START_BYTES : PACKET_BYTES;
	uint8_t *bytes = malloc(size);
	struct buf body, head = buf_over(bytes, size);
	enum status st;

	if (bytes == NULL)
		return ST_IO;
	body = buf_over(bytes + FRAME_HEAD_BYTES, size - FRAME_HEAD_BYTES);
	st = message_encode(m, &body);
	if (st == ST_OK)
		st = frame_head(m->id, body.len, &head);
	if (st == ST_OK)
		st = passing_send(fd, (struct span){ bytes,
		    head.len + body.len }, with);
	free(bytes);
	return st;
}

static enum status
decode(struct span bytes, struct packet_route route, struct message *m)
{
	struct inbox frame = {
		/* inbox_next() only reads. */
		.ptr = (uint8_t *)(uintptr_t)bytes.ptr,
		.tail = bytes.len, .size = bytes.len, .limit = bytes.len,
	};
	struct span body;
	uint64_t id;
	enum status st = inbox_next(&frame, &id, &body);

	if (st != ST_OK || body.len + FRAME_HEAD_BYTES != bytes.len)
		return st == ST_TOO_BIG ? st : ST_MALFORMED;
	TRY(message_route(id, route.from, route.self));
	return message_decode(m, id, body);
}

/* See packet.h. */
enum status
packet_receive(int fd, struct packet_route route, struct buf *storage,
    struct message *m, int *with)
{
	enum status st;

	storage->len = 0;
	*with = -1;
	TRY(passing_receive(fd, storage, with));
	st = decode(buf_span(storage), route, m);
	if (st != ST_OK && *with >= 0) {
		close(*with);
		*with = -1;
	}
	return st;
}
