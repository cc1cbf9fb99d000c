#include "vault/delivery.h"

#include <stdlib.h>

#include "base/wipe.h"
#include "vault/opening.h"

/* See delivery.h. */
struct delivery *
delivery_find(struct vault *v, uint64_t number)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL && v->delivery[i]->number == number)
			return v->delivery[i];
	}
	return NULL;
}

/* See delivery.h. */
struct delivery *
delivery_find_open(struct vault *v, uint64_t number)
{
	struct delivery *d = delivery_find(v, number);

	return d == NULL || d->is_committing ? NULL : d;
}

/* See delivery.h. */
struct staged *
delivery_report(const struct delivery *d, uint64_t number)
{
	struct staged *s = d == NULL ? NULL : d->staged;

	while (s != NULL && s->number != number)
		s = s->next;
	return s;
}

/* See delivery.h. */
void
delivery_fail(struct delivery *d, enum status st)
{
	if (d->failed == ST_OK)
		d->failed = st;
}

/* --- begin and end ------------------------------------------------------- */

static bool
is_in_flight(const struct vault *v, struct span key)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL
		    && memcmp(v->delivery[i]->key, key.ptr, 32) == 0)
			return true;
	}
	return false;
}

static enum status
start(struct vault *v, const struct msg_delivery_begin *m)
{
	struct delivery *d;
	size_t i = 0;

	while (i < DELIVERIES_MAX && v->delivery[i] != NULL)
		i++;
	if (i == DELIVERIES_MAX || !clock_may_store(&v->clock)
	    || is_in_flight(v, m->key)
	    || delivery_find(v, m->delivery) != NULL)
		return ST_BUSY;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return ST_BUSY;
	d->number = m->delivery;
	d->source_len = m->source.len;
	memcpy(d->source, m->source.ptr, m->source.len);
	memcpy(d->key, m->key.ptr, 32);
	memcpy(d->digest, m->digest.ptr, 32);
	v->delivery[i] = d;
	return ST_OK;
}

/* See delivery.h. */
void
on_delivery_begin(struct vault *v, const struct message *m)
{
	const struct msg_delivery_begin *begin = &m->delivery_begin;
	struct message answer = { .id = MSG_DELIVERY_STATE };
	struct msg_delivery_state *a = &answer.delivery_state;
	sqlite3_stmt *q = database_sql(&v->db, SQL_DELIVERY_GET);
	enum status st;

	a->delivery = begin->delivery;
	sql_blob(q, 1, begin->key);
	sql_blob(q, 2, begin->digest);
	st = sql_next(q);
	if (!vault_is_settled(v)) {
		st = ST_BUSY;
	} else if (st == ST_OK && col_u64(q, 0) != 0) {
		st = ST_EXISTS;
		a->ack = col_blob(q, 1);
	} else if (st == ST_OK || st == ST_NOT_FOUND) {
		a->key_reused = st == ST_OK;
		st = start(v, begin);
	}
	a->outcome = (uint64_t)st;
	vault_send(v, ROLE_INTAKE, &answer);
	(void)sqlite3_reset(q);
}

static void
free_staged(struct vault *v, struct staged *s, bool committed)
{
	if (s->state == STAGED_CLAIMED || s->state == STAGED_SEALED) {
		v->staged_bytes -= s->size;
		if (!committed)
			segments_release(&v->segments, &s->extent);
	}
	free(s->object);
	free(s->lines);
	if (s->envelope != NULL)
		wipe(s->envelope, s->envelope_len);
	free(s->envelope);
	free(s);
}

static void
drop(struct vault *v, struct delivery *d, bool committed)
{
	struct staged *s;

	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] == d)
			v->delivery[i] = NULL;
	}
	while ((s = d->staged) != NULL) {
		d->staged = s->next;
		free_staged(v, s, committed);
	}
	free(d);
}

/* See delivery.h. */
void
delivery_end(struct vault *v, struct delivery *d, bool committed)
{
	drop(v, d, committed);
	opening_retry(v);
}

/* See delivery.h. */
void
delivery_end_all(struct vault *v)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL)
			drop(v, v->delivery[i], false);
	}
}

/* See delivery.h. */
void
delivery_fail_all(struct vault *v, enum status st)
{
	for (size_t i = 0; i < DELIVERIES_MAX; i++) {
		if (v->delivery[i] != NULL)
			delivery_fail(v->delivery[i], st);
	}
}

/* See delivery.h. */
void
on_delivery_abort(struct vault *v, const struct message *m)
{
	struct delivery *d = delivery_find_open(v, m->delivery_abort.delivery);

	if (d != NULL)
		delivery_end(v, d, false);
}

/* See delivery.h. */
void
on_intake_counters(struct vault *v, const struct message *m)
{
	v->counters = m->intake_counters;
}
