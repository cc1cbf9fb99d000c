#include "ipc/queue.h"

#include "tap.h"

enum { CHUNK = 100 };

static void
put(struct queue *q, const char *text, bool is_secret)
{
	struct buf room = queue_room(q);
	size_t len = strlen(text);

	if (room.max < len) {
		ok(queue_grow(q) == ST_OK, "another chunk");
		room = queue_room(q);
	}
	memcpy(room.ptr, text, len);
	queue_commit(q, len, is_secret);
}

static bool
holds(const struct queue *q, const char *text)
{
	struct iovec v[8];
	int n = queue_vectors(q, v, 8);
	char all[512];
	size_t len = 0;

	for (int i = 0; i < n; i++) {
		memcpy(all + len, v[i].iov_base, v[i].iov_len);
		len += v[i].iov_len;
	}
	return len == q->bytes && len == strlen(text) &&
	    memcmp(all, text, len) == 0;
}

static void
test_order(void)
{
	char sixty[61];
	struct queue q;

	memset(sixty, 'x', 60);
	sixty[60] = '\0';
	queue_init(&q, CHUNK);
	ok(queue_room(&q).max == 0, "an empty queue has no room");
	put(&q, "first", true);
	put(&q, "second", true);
	ok(holds(&q, "firstsecond"), "short pieces share a chunk");
	put(&q, sixty, false);
	put(&q, sixty, false);
	ok(q.bytes == 131, "a piece that does not fit has its own");
	queue_written(&q, 3);
	ok(q.bytes == 128, "a part is written");
	queue_written(&q, 8 + 60);
	ok(holds(&q, sixty), "what is left is the last piece");
	queue_written(&q, 60);
	ok(q.bytes == 0 && q.first == NULL, "nothing is left");
	ok(q.n_spare == 2, "chunks are kept for the next time");
	queue_trim(&q);
	ok(q.spare == NULL && q.n_spare == 0, "until they are given back");
	queue_clear(&q);
}

static bool
is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static void
test_wiped(void)
{
	struct queue q;
	const uint8_t *where;

	queue_init(&q, CHUNK);
	ok(queue_grow(&q) == ST_OK, "a chunk");
	where = queue_room(&q).ptr;
	put(&q, "secret words", true);
	queue_written(&q, 12);
	ok(is_zero(where, 12), "what is secret is wiped once written");
	put(&q, "ciphertext", false);
	queue_written(&q, 10);
	ok(memcmp(where, "ciphertext", 10) == 0, "ciphertext is not");
	put(&q, "cipher", false);
	put(&q, "secret", true);
	queue_written(&q, 12);
	ok(is_zero(where, 12), "a chunk that holds both is wiped whole");
	queue_clear(&q);
}

int
main(void)
{
	test_order();
	test_wiped();
	return done_testing();
}
