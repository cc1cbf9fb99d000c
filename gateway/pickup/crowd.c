#include "pickup/crowd.h"

#include <sys/mman.h>

#include "crypto/random.h"

/* --- two kinds of lists of holders ---------------------------------------------- */

/* Addresses are chosen by who connects; without the key nobody can choose
 * many that fall into one bucket. */
static struct holder **
bucket_of(const struct crowd *c, const uint8_t address[16])
{
	unsigned __int128 product;
	uint64_t half[2];

	memcpy(half, address, sizeof(half));
	product = (unsigned __int128)(half[0] ^ c->key[0]) *
	    (half[1] ^ c->key[1]);
	half[0] = (uint64_t)product ^ (uint64_t)(product >> 64);
	return &c->buckets[half[0] * 0x9e3779b97f4a7c15u >> (64 - c->bits)];
}

static void
link_bucket(struct holder *h, struct holder **head)
{
	h->next_in_bucket = *head;
	h->link_in_bucket = head;
	if (*head != NULL)
		(*head)->link_in_bucket = &h->next_in_bucket;
	*head = h;
}

static void
unlink_bucket(struct holder *h)
{
	*h->link_in_bucket = h->next_in_bucket;
	if (h->next_in_bucket != NULL)
		h->next_in_bucket->link_in_bucket = h->link_in_bucket;
}

static void
link_like(struct crowd *c, struct holder *h)
{
	struct holder **head = &c->with[h->n_sessions];

	h->next_like = *head;
	h->link_like = head;
	if (*head != NULL)
		(*head)->link_like = &h->next_like;
	*head = h;
}

static void
unlink_like(struct holder *h)
{
	*h->link_like = h->next_like;
	if (h->next_like != NULL)
		h->next_like->link_like = h->link_like;
}

static struct holder *
find_or_add(struct crowd *c, const uint8_t address[16])
{
	struct holder **bucket = bucket_of(c, address), *h;

	for (h = *bucket; h != NULL; h = h->next_in_bucket)
		if (memcmp(h->address, address, sizeof(h->address)) == 0)
			return h;
	h = c->free_holders;
	if (h != NULL)
		c->free_holders = h->next_like;
	else
		h = &c->holders[c->n_holders++];
	*h = (struct holder){ 0 };
	memcpy(h->address, address, sizeof(h->address));
	link_bucket(h, bucket);
	link_like(c, h);
	return h;
}

/* --- see crowd.h --------------------------------------------------------------- */

static void *
reserve(size_t n, size_t size)
{
	void *p = mmap(NULL, n * size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

enum status
crowd_init(struct crowd *c, unsigned sessions_max)
{
	*c = (struct crowd){ .bits = 1 };
	while (1u << c->bits < sessions_max)
		c->bits++;
	c->holders = reserve(sessions_max, sizeof(*c->holders));
	c->buckets = reserve((size_t)1 << c->bits, sizeof(struct holder *));
	c->with = reserve((size_t)sessions_max + 1, sizeof(struct holder *));
	random_bytes(c->key, sizeof(c->key));
	if (c->holders == NULL || c->buckets == NULL || c->with == NULL)
		return ST_NO_SPACE;
	return ST_OK;
}

void
crowd_enter(struct crowd *c, struct session *s,
    const uint8_t address[static 16])
{
	struct holder *h = find_or_add(c, address);

	s->holder = h;
	s->newer = NULL;
	s->older = h->newest;
	if (h->newest != NULL)
		h->newest->newer = s;
	else
		h->oldest = s;
	h->newest = s;
	unlink_like(h);
	h->n_sessions++;
	link_like(c, h);
	if (h->n_sessions > c->most)
		c->most = h->n_sessions;
}

void
crowd_leave(struct crowd *c, struct session *s)
{
	struct holder *h = s->holder;

	if (h == NULL)
		return;
	s->holder = NULL;
	if (s->older != NULL)
		s->older->newer = s->newer;
	else
		h->oldest = s->newer;
	if (s->newer != NULL)
		s->newer->older = s->older;
	else
		h->newest = s->older;
	unlink_like(h);
	h->n_sessions--;
	if (h->n_sessions > 0) {
		link_like(c, h);
	} else {
		unlink_bucket(h);
		h->next_like = c->free_holders;
		c->free_holders = h;
	}
	/* If h alone held most, it now is, or was, one below. */
	if (c->with[c->most] == NULL)
		c->most--;
}

static struct session *
first_idle(struct session *s)
{
	while (s != NULL && !s->is_idle)
		s = s->newer;
	return s;
}

struct session *
crowd_idle_beside(const struct session *s)
{
	return first_idle(s->holder->oldest);
}

struct session *
crowd_dispensable(const struct crowd *c)
{
	struct holder *h = c->with[c->most];
	struct session *idle;

	if (c->most < 2)
		return NULL;
	idle = first_idle(h->oldest);
	return idle != NULL ? idle : h->oldest;
}
