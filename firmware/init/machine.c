#include "init/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"
#include "config/interface.h"
#include "init/child.h"
#include "init/files.h"

enum {
	RANDOM_TURN_S = 2, RANDOM_TURNS = 300	/* 10 minutes, then a reset */
};

static const char sys[] = "/sys", data_at[] = "/data";

/* See machine.h. */
void
machine_trouble(struct machine *m, const char *format, ...)
{
	char text[REASON_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_line(LOG_ERROR, "%s", text);
	if (m->trouble[0] == '\0')
		memcpy(m->trouble, text, sizeof(text));
}

/* --- the image --------------------------------------------------------------------- */

static struct span
read_text(const char *path, uint8_t *bytes, size_t max)
{
	struct buf text = buf_over(bytes, max);

	if (files_read(AT_FDCWD, path, &text) != ST_OK) {
		log_line(LOG_ERROR, "%s: not read: %s", path, strerror(errno));
		text.len = 0;
	}
	return buf_span(&text);
}

/* See machine.h. */
void
machine_read_facts(struct machine *m)
{
	static uint8_t bytes[FACT_FILE_MAX];
	unsigned line;

	if (facts_board(read_text("/etc/guichet/board", bytes, sizeof(bytes)),
	    &m->board, &line) != ST_OK)
		machine_trouble(m, "/etc/guichet/board: line %u", line);
	if (facts_release(read_text("/etc/guichet/release", bytes,
	    sizeof(bytes)), &m->release, &line) != ST_OK)
		machine_trouble(m, "/etc/guichet/release: line %u", line);
	if (facts_slot(read_text("/proc/cmdline", bytes, sizeof(bytes)),
	    &m->slot) != ST_OK)
		machine_trouble(m, "the command line names no slot");
	log_line(LOG_NOTICE, "%s %s (release %llu) on %s, slot %c", "guichet",
	    m->release.version, (unsigned long long)m->release.number,
	    m->board.name, m->slot == 0 ? 'a' : 'b');
}

/* Only ends a call that waits. */
static void
on_alarm(int signal_number)
{
	(void)signal_number;
}

static void
set_alarm(time_t every_s)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval timer = { { every_s, 0 }, { every_s, 0 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

/*
 * See machine.h.  It has to be a call that waits: only for one does the kernel
 * of a board without a source of its own gather what it needs from its timer
 * (random(4): GRND_NONBLOCK does not).  Where that never ends, the watchdog
 * ends it.
 */
void
machine_wait_for_random(const struct machine *m)
{
	uint8_t byte;

	set_alarm(RANDOM_TURN_S);
	for (unsigned turn = 0; getrandom(&byte, 1, 0) != 1; turn++) {
		if (turn == 0)
			log_line(LOG_NOTICE, "the kernel's random numbers are "
			    "not ready yet");
		if (turn < RANDOM_TURNS)
			watchdog_kick(&m->watchdog);
	}
	set_alarm(0);
}

/* --- partitions --------------------------------------------------------------------- */

static void
find(const char *disk, const char *name, struct partition *out)
{
	enum status st = partition_find(sys, disk, name, out);

	if (st != ST_OK) {
		*out = (struct partition){ 0 };
		log_line(LOG_ERROR, "partition %s: %s", name, status_text(st));
	}
}

/* See machine.h. */
void
machine_find_partitions(struct machine *m)
{
	char disk[PARTITION_DISK_MAX] = "";

	if (partition_boot_disk(sys, disk) != ST_OK)
		log_line(LOG_WARNING, "the disk that was booted is not known: "
		    "any disk's partitions are taken");
	find(disk, "control", &m->control);
	find(disk, "boot_a", &m->boot[0]);
	find(disk, "boot_b", &m->boot[1]);
	find(disk, "root_a", &m->root[0]);
	find(disk, "root_b", &m->root[1]);
	find(disk, "seed", &m->seed);
	find(disk, "data", &m->data);
}

/* --- data ------------------------------------------------------------------------------ */

static void
open_folders(struct machine *m)
{
	int at = open(data_at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (at < 0 || files_folder(at, "boot", 0700, &m->boot_folder) !=
	    ST_OK || files_folder(at, "etc", 0700, &m->etc_folder) != ST_OK ||
	    fsync(at) != 0)
		machine_trouble(m, "/data: %s", strerror(errno));
	if (at >= 0)
		close(at);
}

/* See machine.h. */
void
machine_open_data(struct machine *m)
{
	char disk[PARTITION_PATH_MAX];
	struct data_plan plan = {
		.disk = disk, .partition = &m->data, .at = data_at,
		.check = "/bin/e2fsck",
		.template = "/usr/share/guichet/data.ext4"
	};

	m->boot_folder = m->etc_folder = -1;
	snprintf(disk, sizeof(disk), "/dev/%s", m->data.disk);
	if (m->data.path[0] == '\0')
		snprintf(m->data_text, sizeof(m->data_text), "none: there is "
		    "no such partition");
	else if (data_open(&plan, &m->watchdog, m->data_text) == ST_OK) {
		open_folders(m);
		log_line(LOG_NOTICE, "data: %s", m->data_text);
		return;
	}
	machine_trouble(m, "data partition: %s", m->data_text);
}

static bool
load_control(const struct machine *m, struct control *control)
{
	int fd = open(m->control.path, O_RDONLY | O_CLOEXEC);
	enum status st = ST_IO;
	unsigned copy = 0;

	if (fd >= 0) {
		st = control_load(fd, control, &copy);
		close(fd);
	}
	if (st != ST_OK)
		log_line(LOG_ERROR, "boot-control block: %s", status_text(st));
	else if (copy != 0)
		log_line(LOG_WARNING, "boot-control block: the copy stood in");
	return st == ST_OK;
}

/* See machine.h. */
void
machine_read_past(struct machine *m)
{
	m->has_booted = load_control(m, &m->booted);
	past_read(&m->past, m->boot_folder, "/sys/fs/pstore",
	    m->watchdog.did_reset);
	past_compare(&m->past, m->slot, &m->release, m->has_booted
	    ? &m->booted : NULL);
	if (m->past.has_record && m->release.number < m->past.record.floor)
		log_line(LOG_ERROR, "release %llu is below the floor %llu: an "
		    "old release was put back",
		    (unsigned long long)m->release.number,
		    (unsigned long long)m->past.record.floor);
}

/* --- network ------------------------------------------------------------------------------- */

static enum status
plan_port(struct network_port_plan *port, const char *place,
    const char *address, const char *router)
{
	port->place = place;
	TRY(interface_parse(span_of(address), &port->address));
	return gateway_parse(span_of(router), &port->router);
}

/* See machine.h. */
void
machine_start_network(struct machine *m)
{
	struct network_plan plan;
	const struct config *c = &m->config;

	network_plan_box(&plan);
	plan.keep = m->boot_folder >= 0 ? "/data/boot" : NULL;
	if (plan_port(&plan.port[NETWORK_LAB], m->board.lab, c->network_lab,
	    c->network_lab_gateway) != ST_OK ||
	    plan_port(&plan.port[NETWORK_WAN], m->board.wan, c->network_wan,
	    c->network_wan_gateway) != ST_OK)
		machine_trouble(m, "network: an address that is none");
	else if (network_start(&m->network, &plan, child_now_ms()) != ST_OK)
		machine_trouble(m, "network: %s", strerror(errno));
	else
		m->has_network = true;
}
