#include "vault/changed.h"

/* See changed.h.  More than there is room for: every page asks. */
void
changed_add(struct vault *v, uint64_t card)
{
	struct changed *c = &v->changed;

	for (size_t i = 0; i < c->n; i++) {
		if (c->card[i] == card)
			return;
	}
	if (c->n < COUNT(c->card))
		c->card[c->n++] = card;
	else
		c->is_full = true;
}

static void
tell(struct vault *v, struct span number)
{
	struct message m = { .id = MSG_CARD_CHANGED };

	m.card_changed.card = number;
	vault_send(v, ROLE_PICKUP, &m);
}

static void
tell_card(struct vault *v, uint64_t card)
{
	sqlite3_stmt *q = database_sql(&v->db, SQL_CARD_NUMBER);

	sql_u64(q, 1, card);
	if (sql_next(q) == ST_OK && col_blob(q, 0).len == CARD_TEXT)
		tell(v, col_blob(q, 0));
	(void)sqlite3_reset(q);
}

/* See changed.h. */
void
changed_tell(struct vault *v)
{
	static const uint8_t every[CARD_TEXT];

	if (v->changed.is_full)
		tell(v, (struct span){ every, CARD_TEXT });
	for (size_t i = 0; i < v->changed.n && !v->changed.is_full; i++)
		tell_card(v, v->changed.card[i]);
	changed_forget(v);
}

/* See changed.h. */
void
changed_forget(struct vault *v)
{
	v->changed.n = 0;
	v->changed.is_full = false;
}
