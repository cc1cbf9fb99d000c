#include "ipc/inbox.h"

#include <stdlib.h>

#include "base/wipe.h"

enum { FIRST_BYTES = 16 * 1024 };	/* several short messages in one read */

/* See inbox.h. */
void
inbox_init(struct inbox *in, size_t body_max)
{
	*in = (struct inbox){ .limit = FRAME_HEAD_BYTES + body_max };
}

static size_t
read_be(const uint8_t *p, int bytes)
{
	size_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

/* Whole length of the frame at `head`; 0 while its head is incomplete. */
static size_t
frame_bytes(const struct inbox *in)
{
	if (in->tail - in->head < FRAME_HEAD_BYTES)
		return 0;
	return FRAME_HEAD_BYTES + read_be(in->ptr + in->head + 4, 4);
}

static bool
resize(struct inbox *in, size_t size)
{
	uint8_t *grown = malloc(size);

	if (grown == NULL)
		return false;
	if (in->ptr != NULL) {
		memcpy(grown, in->ptr + in->head, in->tail - in->head);
		wipe(in->ptr, in->size);
		free(in->ptr);
	}
	in->tail -= in->head;
	in->head = 0;
	in->ptr = grown;
	in->size = size;
	return true;
}

static void
compact(struct inbox *in)
{
	if (in->head == 0)
		return;
	memmove(in->ptr, in->ptr + in->head, in->tail - in->head);
	in->tail -= in->head;
	in->head = 0;
}

/* See inbox.h. */
struct buf
inbox_room(struct inbox *in)
{
	size_t need = frame_bytes(in);

	if (in->ptr == NULL && !resize(in, FIRST_BYTES))
		return (struct buf){ NULL, 0, 0 };
	if (need > in->size && need <= in->limit && !resize(in, in->limit))
		return (struct buf){ NULL, 0, 0 };
	if (in->head + need > in->size || in->tail == in->size)
		compact(in);
	return buf_over(in->ptr + in->tail, in->size - in->tail);
}

/* See inbox.h. */
void
inbox_add(struct inbox *in, size_t len)
{
	in->tail += len;
}

/* See inbox.h. */
enum status
inbox_next(const struct inbox *in, uint64_t *id, struct span *body)
{
	size_t len = frame_bytes(in);
	const uint8_t *head;

	if (len == 0)
		return ST_MORE;
	head = in->ptr + in->head;
	if (head[2] != 0 || head[3] != 0)
		return ST_MALFORMED;
	if (len > in->limit)
		return ST_TOO_BIG;
	if (len > in->tail - in->head)
		return ST_MORE;
	*id = read_be(head, 2);
	*body = (struct span){ head + FRAME_HEAD_BYTES, len - FRAME_HEAD_BYTES };
	return ST_OK;
}

/* See inbox.h. */
void
inbox_done(struct inbox *in, size_t body_len, bool is_secret)
{
	if (is_secret)
		wipe(in->ptr + in->head, FRAME_HEAD_BYTES + body_len);
	in->head += FRAME_HEAD_BYTES + body_len;
	if (in->head == in->tail)
		in->head = in->tail = 0;
}

/* See inbox.h. */
void
inbox_trim(struct inbox *in)
{
	if (in->head == in->tail)
		inbox_clear(in);
}

/* See inbox.h. */
void
inbox_clear(struct inbox *in)
{
	wipe(in->ptr, in->size);
	free(in->ptr);
	in->ptr = NULL;
	in->head = in->tail = in->size = 0;
}

/* See inbox.h. */
enum status
frame_head(uint64_t id, size_t body_len, struct buf *out)
{
	uint8_t be[FRAME_HEAD_BYTES] = {
		(uint8_t)(id >> 8), (uint8_t)id, 0, 0,
		(uint8_t)(body_len >> 24), (uint8_t)(body_len >> 16),
		(uint8_t)(body_len >> 8), (uint8_t)body_len,
	};

	return buf_append(out, be, sizeof(be));
}
