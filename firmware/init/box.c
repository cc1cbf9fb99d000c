/* machine_write_box(): what guichetd is told (config/box.h). */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/box.h"
#include "init/files.h"
#include "init/machine.h"

static void
put(char *to, size_t max, const char *text)
{
	snprintf(to, max, "%s", text);
}

#define PUT(field, text) put(box->field, sizeof(box->field), text)

/* guichetd goes without what it cannot open, but needs a name for it. */
static const char *
path_of(const struct partition *p)
{
	return p->path[0] == '\0' ? "none" : p->path;
}

/* Before all else that there is to say about the data. */
static const char unwritable[] =
    "cannot be written any more, replace the card";

static void
fill(const struct machine *m, struct box *box)
{
	const struct past *past = &m->past;
	char network[NETWORK_TEXT_MAX] = "none";

	*box = (struct box){ .release = m->release.number,
	    .floor = m->release.floor, .slot = m->slot };
	if (past->has_record && past->record.floor > box->floor)
		box->floor = past->record.floor;
	if (m->has_network)
		network_text(&m->network, network);
	PUT(board, m->board.name);
	PUT(version, m->release.version);
	PUT(reset, past->reset);
	PUT(change, past->change);
	if (m->is_read_only)
		snprintf(box->data, sizeof(box->data), "%s; %.*s",
		    unwritable, (int)(BOX_LINE_MAX - sizeof(unwritable) - 2),
		    m->data_text);
	else
		PUT(data, m->data_text);
	PUT(network, network);
	PUT(lab, "/run/netns/lab");
	PUT(wan, "/run/netns/wan");
	PUT(boot, path_of(&m->boot[1 - m->slot]));
	PUT(root, path_of(&m->root[1 - m->slot]));
	PUT(control, path_of(&m->control));
	PUT(keys, "/etc/guichet/update.keys");
	PUT(service, m->board.service);
}

/* See machine.h. */
enum status
machine_write_box(const struct machine *m)
{
	static uint8_t bytes[BOX_TEXT_MAX];
	struct buf text = buf_over(bytes, sizeof(bytes));
	struct box box;
	enum status st;
	int run;

	fill(m, &box);
	TRY(box_print(&box, &text));
	run = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run < 0)
		return ST_IO;
	st = files_write(run, "guichet-box", buf_span(&text), 0600);
	close(run);
	if (st == ST_OK && m->pulse >= 0 &&
	    send(m->pulse, text.ptr, text.len, MSG_NOSIGNAL) < 0)
		st = ST_IO;
	return st;
}

/* See machine.h. */
void
machine_tell_news(struct machine *m)
{
	char network[NETWORK_TEXT_MAX] = "none";

	if (m->has_network)
		network_text(&m->network, network);
	if (!m->has_news && strcmp(network, m->network_told) == 0)
		return;
	memcpy(m->network_told, network, sizeof(network));
	m->has_news = machine_write_box(m) != ST_OK;	/* again, in a second */
}
