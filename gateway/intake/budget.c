#include "intake/budget.h"

/* See budget.h. */
void
budget_init(struct budget *b, size_t limit, size_t each)
{
	*b = (struct budget){ .limit = limit, .each = each };
	b->last = &b->first;
}

/* What of `held` bytes is the budget's. */
static size_t
counted(const struct budget *b, size_t held)
{
	return held > b->each ? held - b->each : 0;
}

static bool
grant(struct budget *b, struct ticket *t, size_t bytes)
{
	size_t more = counted(b, t->held + bytes) - counted(b, t->held);
	bool fits = more == 0 ||
	    (more <= b->limit && b->used <= b->limit - more);

	if (!fits && b->over != NULL && b->over != t)
		return false;
	if (!fits)
		b->over = t;
	t->held += bytes;
	b->used += more;
	return true;
}

/* See budget.h. */
bool
budget_take(struct budget *b, struct ticket *t, size_t bytes)
{
	/* Nobody overtakes those in line but who may pass the limit, and who
	 * takes nothing of it. */
	if ((b->first == NULL || b->over == t ||
	    counted(b, t->held + bytes) == 0) && grant(b, t, bytes))
		return true;
	t->wanted = bytes;
	t->next = NULL;
	*b->last = t;
	b->last = &t->next;
	return false;
}

/* See budget.h. */
void
budget_keep(struct budget *b, struct ticket *t, size_t bytes)
{
	b->used -= counted(b, t->held) - counted(b, bytes);
	t->held = bytes;
	if (counted(b, bytes) == 0 && b->over == t)
		b->over = NULL;
}

static void
leave_line(struct budget *b, struct ticket *t)
{
	struct ticket **at = &b->first;

	while (*at != NULL && *at != t)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = t->next;
	if (b->last == &t->next)
		b->last = at;
	t->wanted = 0;
	t->next = NULL;
}

/* See budget.h. */
void
budget_leave(struct budget *b, struct ticket *t)
{
	leave_line(b, t);
	budget_keep(b, t, 0);
}

/* See budget.h. */
struct ticket *
budget_next(struct budget *b)
{
	struct ticket *t = b->first;

	if (t == NULL || !grant(b, t, t->wanted))
		return NULL;
	leave_line(b, t);
	return t;
}
