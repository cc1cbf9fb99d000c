#include "spool/entries.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

enum {
	NONE = ENTRIES_MAX,
	AGAIN_FIRST_MS = 1000,
	AGAIN_DOUBLINGS = 6	/* 64 s */
};

/* See entries.h. */
enum status
entries_init(struct entries *e, uint64_t settle_ms, uint64_t orphan_ms)
{
	*e = (struct entries){ .settle_ms = settle_ms,
	    .orphan_ms = orphan_ms, .free = NONE };
	for (size_t i = 0; i < ENTRY_BUCKETS; i++)
		e->bucket[i] = NONE;
	/* Pages come when they are used. */
	e->all = calloc(ENTRIES_MAX, sizeof(*e->all));
	return e->all == NULL ? ST_NO_SPACE : ST_OK;
}

/* --- by name --------------------------------------------------------------- */

/* FNV-1a, the same for either case; whoever makes names collide slows his own
 * folder down. */
static uint32_t
bucket_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)tolower((uint8_t)*name)) * 16777619u;
	return h % ENTRY_BUCKETS;
}

/* See entries.h. */
struct entry *
entries_find(const struct entries *e, const char *name)
{
	uint32_t i = e->bucket[bucket_of(name)];

	while (i != NONE && strcmp(e->all[i].name, name) != 0)
		i = e->all[i].next;
	return i == NONE ? NULL : &e->all[i];
}

/* See entries.h. */
struct entry *
entries_find_like(const struct entries *e, const char *name)
{
	struct entry *exact = entries_find(e, name);
	uint32_t i = e->bucket[bucket_of(name)];

	if (exact != NULL)
		return exact;
	while (i != NONE && strcasecmp(e->all[i].name, name) != 0)
		i = e->all[i].next;
	return i == NONE ? NULL : &e->all[i];
}

static struct entry *
add(struct entries *e, const char *name)
{
	uint32_t *bucket = &e->bucket[bucket_of(name)];
	uint32_t i = e->free;
	struct entry *f;

	if (i != NONE)
		e->free = e->all[i].next;
	else if (e->used < ENTRIES_MAX)
		i = e->used++;
	if (i == NONE)
		return NULL;
	f = &e->all[i];
	*f = (struct entry){ .next = *bucket };
	memcpy(f->name, name, strlen(name) + 1);
	f->is_witness = name_is_witness(name);
	*bucket = i;
	e->n++;
	return f;
}

/* See entries.h. */
void
entries_forget(struct entries *e, struct entry *f)
{
	uint32_t at = (uint32_t)(f - e->all);
	uint32_t *link = &e->bucket[bucket_of(f->name)];

	while (*link != at)
		link = &e->all[*link].next;
	*link = f->next;
	free(f->text);
	*f = (struct entry){ .next = e->free };
	e->free = at;
	e->n--;
}

/* --- seeing ---------------------------------------------------------------- */

/* See entries.h. */
void
entries_scan(struct entries *e)
{
	for (uint32_t i = 0; i < e->used; i++)
		e->all[i].is_seen = false;
	e->is_full = false;
}

/* See entries.h. */
void
entries_scanned(struct entries *e)
{
	for (uint32_t i = 0; i < e->used; i++) {
		struct entry *f = &e->all[i];

		if (f->name[0] != '\0' && !f->is_seen &&
		    f->state != ENTRY_IN_FLIGHT)
			entries_forget(e, f);
	}
}

/* Somebody wrote to it, or it is another file of that name. */
static void
begin_again(struct entry *f, const struct file_id *id, uint64_t now_ms)
{
	free(f->text);
	f->text = NULL;
	f->id = *id;
	f->state = ENTRY_WAITING;
	f->since_ms = now_ms;
	f->apart_ms = f->again_ms = 0;
	f->failures = 0;
	f->is_renamed = false;
}

/* See entries.h. */
void
entries_see(struct entries *e, const char *name, const struct file_id *id,
    bool is_renamed, uint64_t now_ms)
{
	struct entry *f = entries_find(e, name);

	if (f == NULL) {
		f = add(e, name);
		if (f == NULL) {
			e->is_full = true;
			return;
		}
		begin_again(f, id, now_ms);
		e->matched_ms = 0;
	} else if (f->state != ENTRY_IN_FLIGHT &&
	    !file_id_equal(&f->id, id)) {
		begin_again(f, id, now_ms);
	}
	f->is_seen = true;
	f->looked_ms = now_ms;
	f->is_renamed = f->is_renamed || is_renamed;
	e->has_witnesses = e->has_witnesses || f->is_witness;
}

/* --- choosing -------------------------------------------------------------- */

/* A witness has none itself. */
static struct entry *
find_witness(const struct entries *e, const char *of)
{
	char name[NAME_BYTES];

	for (unsigned i = 0; i < NAME_WITNESSES; i++) {
		struct entry *w = name_of_witness(of, i, name)
		    ? entries_find(e, name) : NULL;

		if (w != NULL && strcmp(of, name) != 0)
			return w;
	}
	return NULL;
}

static bool
is_announced(const struct entries *e, const struct entry *f)
{
	return f->is_renamed || find_witness(e, f->name) != NULL;
}

/* See entries.h. */
bool
entries_is_whole(const struct entries *e, const struct entry *f)
{
	return f->id.size > 0 && !f->is_witness && (is_announced(e, f) ||
	    f->looked_ms - f->since_ms >= e->settle_ms);
}

/* A source that announces its files has not announced this one yet: it gets
 * as long as another file that is late. */
static bool
is_complete(const struct entries *e, const struct entry *f, uint64_t now_ms)
{
	return entries_is_whole(e, f) && (!e->has_witnesses ||
	    is_announced(e, f) || now_ms - f->since_ms >= e->orphan_ms);
}

static bool
may_go(const struct entries *e, const struct entry *f, uint64_t now_ms)
{
	const struct entry *other;

	if (f->name[0] == '\0' || f->again_ms > now_ms)
		return false;
	if (f->state == ENTRY_WAITING)
		return is_complete(e, f, now_ms);
	if (f->state != ENTRY_WANTING)
		return false;
	other = entries_find_like(e, f->wants);
	return other != NULL && other->state != ENTRY_STUCK &&
	    entries_is_whole(e, other);
}

static bool
is_older(const struct entry *a, const struct entry *b)
{
	if (a->id.mtime_s != b->id.mtime_s)
		return a->id.mtime_s < b->id.mtime_s;
	if (a->id.mtime_ns != b->id.mtime_ns)
		return a->id.mtime_ns < b->id.mtime_ns;
	return strcmp(a->name, b->name) < 0;
}

/* See entries.h. */
struct entry *
entries_next(const struct entries *e, uint64_t now_ms)
{
	struct entry *best = NULL;

	for (uint32_t i = 0; i < e->used; i++) {
		struct entry *f = &e->all[i];

		if ((best == NULL || is_older(f, best)) &&
		    may_go(e, f, now_ms))
			best = f;
	}
	return best;
}

/* A witness belongs to every file whose witness it may be. */
static bool
is_witness_of_any(const struct entries *e, const struct entry *w)
{
	for (uint32_t i = 0; i < e->used; i++)
		if (e->all[i].name[0] != '\0' && !e->all[i].is_witness &&
		    find_witness(e, e->all[i].name) == w)
			return true;
	return false;
}

/* All witnesses at once: one by one, a folder full of them would keep the
 * other folders waiting for minutes. */
static void
match_witnesses(struct entries *e, uint64_t now_ms)
{
	struct entry *w;

	if (e->matched_ms == now_ms)
		return;
	e->matched_ms = now_ms;
	for (uint32_t i = 0; i < e->used; i++)
		e->all[i].has_file = false;
	for (uint32_t i = 0; i < e->used; i++)
		if (e->all[i].name[0] != '\0' && !e->all[i].is_witness &&
		    (w = find_witness(e, e->all[i].name)) != NULL)
			w->has_file = true;
}

static bool
is_overdue(struct entries *e, const struct entry *f, uint64_t now_ms)
{
	if (f->name[0] == '\0' || f->again_ms > now_ms)
		return false;
	if (f->is_witness && f->state == ENTRY_WAITING) {
		if (now_ms - f->since_ms < e->orphan_ms)
			return false;
		match_witnesses(e, now_ms);
		return !f->has_file;
	}
	if (f->state == ENTRY_STUCK)
		return true;
	return (f->state == ENTRY_WANTING || f->state == ENTRY_UNNAMED) &&
	    now_ms - f->apart_ms >= e->orphan_ms;
}

/* See entries.h. */
struct entry *
entries_overdue(struct entries *e, uint64_t now_ms)
{
	for (uint32_t i = 0; i < e->used; i++)
		if (is_overdue(e, &e->all[i], now_ms))
			return &e->all[i];
	return NULL;
}

/* See entries.h. */
struct entry *
entries_witness_left(const struct entries *e, const char *name)
{
	struct entry *w = find_witness(e, name);

	return w == NULL || is_witness_of_any(e, w) ? NULL : w;
}

/* --- what became of it ----------------------------------------------------- */

/* See entries.h. */
void
entries_put_off(struct entry *f, uint64_t now_ms)
{
	unsigned n = f->failures < AGAIN_DOUBLINGS ? f->failures
	    : AGAIN_DOUBLINGS;

	f->failures++;
	f->again_ms = now_ms + ((uint64_t)AGAIN_FIRST_MS << n);
	if (f->state == ENTRY_IN_FLIGHT)
		f->state = ENTRY_WAITING;
}

/* See entries.h. */
void
entries_set_apart(struct entry *f, const char *wants, uint64_t now_ms)
{
	f->state = *wants == '\0' ? ENTRY_UNNAMED : ENTRY_WANTING;
	memcpy(f->wants, wants, strlen(wants) + 1);
	if (f->apart_ms == 0)
		f->apart_ms = now_ms;
}
