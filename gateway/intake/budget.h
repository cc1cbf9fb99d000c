/*
 * budget.h -- shares out memory so that many senders of big messages cannot
 * exhaust it.
 *
 * There is a limit for all together, and one holder at a time may go beyond
 * it: otherwise senders that each hold half a message would wait for each
 * other for ever.  Whoever gets nothing waits in line.
 *
 * What every holder has up to `each` is not counted and never waits: a few
 * that fill the budget and go on slowly stop other big messages, not results.
 * Never: allocates, calls anybody.
 */
#ifndef INTAKE_BUDGET_H
#define INTAKE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

/* Embed this in what holds memory; zeroes to start with. */
struct ticket {
	struct ticket *next;
	size_t held, wanted;	/* bytes; wanted 0: does not wait */
	void  *owner;		/* for whoever calls budget_next() */
};

struct budget {
	size_t limit, used;	/* bytes */
	size_t each;		/* bytes that anybody may have beside that */
	struct ticket *over;	/* who may go beyond the limit */
	struct ticket *first, **last;	/* waiting, in order */
};

void budget_init(struct budget *b, size_t limit, size_t each);

/* True: `t` holds `bytes` more.  False: it waits, and will hold them when
 * budget_next() returns it. */
bool budget_take(struct budget *b, struct ticket *t, size_t bytes);

/* `t` holds `bytes` from now on, which is not more than before. */
void budget_keep(struct budget *b, struct ticket *t, size_t bytes);

/* `t` holds nothing and does not wait. */
void budget_leave(struct budget *b, struct ticket *t);

/* The next in line that can have what it wants, and now has it; or NULL. */
struct ticket *budget_next(struct budget *b);

#endif
