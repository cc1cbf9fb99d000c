#include "supervisor/report.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"

static void
tell_facts(const struct report *r, struct process *updater)
{
	const struct box *b = r->box;
	struct message m = { .id = MSG_UPDATE_FACTS, .update_facts = {
		.board = span_of(b->board), .version = span_of(b->version),
		.release = b->release, .floor = b->floor, .slot = b->slot,
		.keys = { r->keys->bytes, r->keys->len } } };

	if (process_send(updater, &m, -1) != ST_OK)
		log_line(LOG_WARNING, "the updater did not take its facts");
}

/* guichetd may have been started again since: the box was not. */
static bool
is_told(const struct report *r)
{
	return access(r->booted, F_OK) == 0;
}

static void
keep_told(const struct report *r)
{
	int fd = open(r->booted, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		log_line(LOG_WARNING, "%s: %m; the next start of guichetd is "
		    "in the audit log as one of the box", r->booted);
	else
		close(fd);
}

static void
tell_booted(const struct report *r, struct process *vault)
{
	const struct box *b = r->box;
	struct message m = { .id = MSG_BOX_BOOTED, .box_booted = {
		.version = span_of(b->version), .release = b->release,
		.slot = b->slot, .reset = span_of(b->reset),
		.change = span_of(b->change) } };

	if (is_told(r))
		return;
	if (process_send(vault, &m, -1) == ST_OK)
		keep_told(r);
	else
		log_line(LOG_WARNING, "the vault did not take how the box "
		    "started");
}

/* See report.h. */
void
report_ready(const struct report *r, struct process *p)
{
	if (r->box != NULL && p->role->id == ROLE_UPDATER)
		tell_facts(r, p);
	if (r->box != NULL && p->role->id == ROLE_VAULT)
		tell_booted(r, p);
}

/* See report.h. */
enum status
report_state(const struct report *r, struct process *asker, uint64_t request)
{
	const struct box *b = r->box;
	struct message m = { .id = MSG_BOX_STATE };

	if (b == NULL)
		return ST_OK;
	m.box_state = (struct msg_box_state){ .request = request,
		.board = span_of(b->board), .version = span_of(b->version),
		.release = b->release, .slot = b->slot,
		.reset = span_of(b->reset), .change = span_of(b->change),
		.data = span_of(b->data), .network = span_of(b->network) };
	return process_send(asker, &m, -1);
}
