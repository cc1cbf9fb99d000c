/* machine_write_box(): what guichetd is told (config/box.h). */
#include <fcntl.h>
#include <stdio.h>
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
	return st;
}
