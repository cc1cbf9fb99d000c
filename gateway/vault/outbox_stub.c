/* Stands for outbox.c, notice.c, alarm.c and credential.c until they do. */
#include "vault/alarm.h"
#include "vault/credential.h"
#include "vault/notice.h"

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
	case MSG_ALARM_LIST:
		done(v, m->alarm_list.request);
		break;
	default:
		done(v, m->alarm_clear.request);
		break;
	}
}
