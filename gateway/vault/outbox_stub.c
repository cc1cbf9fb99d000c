/* Stands for outbox.c until it does. */
#include "vault/outbox.h"

void on_outbox_stub(struct vault *v, const struct message *m);

static void
done(struct vault *v, uint64_t request)
{
	struct message m = { .id = MSG_DONE };

	m.done.request = request;
	m.done.outcome = ST_UNSUPPORTED;
	vault_send(v, ROLE_DESK, &m);
}

void
on_outbox_stub(struct vault *v, const struct message *m)
{
	struct message none = { .id = MSG_OUTBOX_NONE };

	switch (m->id) {
	case MSG_OUTBOX_TAKE:
		none.outbox_none.channel = m->outbox_take.channel;
		vault_send(v, ROLE_COURIER, &none);
		break;
	case MSG_OUTBOX_LIST:
		done(v, m->outbox_list.request);
		break;
	default:
		done(v, m->drop_stop.request);
		break;
	}
}

/* See outbox.h. */
enum status
outbox_notice_add(struct vault *v, enum outbox_channel channel,
    enum notice notice, uint64_t card, uint64_t due_s)
{
	(void)v;
	(void)channel;
	(void)notice;
	(void)card;
	(void)due_s;
	return ST_OK;
}
