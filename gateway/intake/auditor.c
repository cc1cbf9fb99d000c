#include "intake/auditor.h"

#include "base/log.h"

/* See auditor.h. */
void
auditor_tell(struct delivery_shared *shared, const char *source,
    const uint8_t *peer, const char *words)
{
	static const uint8_t nowhere[16];
	struct message m = { .id = MSG_INTAKE_EVENT, .intake_event = {
	    .source = span_of(source == NULL ? "" : source),
	    .words = span_of(words),
	    .peer = { peer == NULL ? nowhere : peer, sizeof(nowhere) } } };

	if (shared->events_left == 0)
		return;
	shared->events_left--;
	if (role_send(shared->role, ROLE_VAULT, &m) != ST_OK)
		log_line(LOG_WARNING, "not in the audit log, the vault is "
		    "busy: %s", words);
}
