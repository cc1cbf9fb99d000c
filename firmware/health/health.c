#include "health/health.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "os/filter.h"
#include "os/whole.h"

enum { FILE_BYTES = 64 * 1024, PATH_BYTES = 512 };

static const char *const names[HEALTH_PARTS] = {
	[HEALTH_INTAKE] = "intake", [HEALTH_MLLP] = "mllp",
	[HEALTH_PICKUP] = "pickup", [HEALTH_VAULT] = "vault",
};

/* --- the end --------------------------------------------------------------- */

/* See health.h. */
void
health_passed(struct health *h, enum health_part part)
{
	h->waits[part] = false;
	for (int i = 0; i < HEALTH_PARTS; i++)
		if (h->waits[i])
			return;
	uv_stop(&h->loop);
}

/* See health.h. */
void
health_failed(struct health *h, enum health_part part, const char *why)
{
	if (h->code == 0)
		log_line(LOG_ERROR, "%s: %s", names[part], why);
	h->code = 1;
	uv_stop(&h->loop);
}

/* See health.h.  What the vault did not say, intake was asked. */
void
health_late(struct health *h, enum health_part part, const char *why)
{
	if (!h->has_crowd)
		h->n_crowd = crowd_count(&h->crowd);
	h->has_crowd = true;
	if (h->n_crowd < CROWD_LEAST && (part != HEALTH_MLLP ||
	    h->n_crowd < h->plan.mllp_room)) {
		health_failed(h, part, why);
		return;
	}
	log_line(LOG_NOTICE, "%s: %s; busy: many are connected", names[part],
	    why);
	health_passed(h, part == HEALTH_VAULT ? HEALTH_INTAKE : part);
}

/* See health.h. */
void
health_counted(struct health *h, uint64_t connections)
{
	if (!h->waits[HEALTH_MLLP])
		return;
	if (connections < h->plan.mllp_room)
		ask_mllp_start(h);
	else
		health_passed(h, HEALTH_MLLP);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct health *h = timer->data;

	for (int i = 0; i < HEALTH_PARTS && h->code == 0; i++)
		if (h->waits[i])
			health_late(h, (enum health_part)i, "no answer in "
			    "time");
}

/* --- before the sandbox ---------------------------------------------------- */

static bool
load(struct health *h, const char *path)
{
	static uint8_t bytes[FILE_BYTES];	/* not secret */
	struct buf text = buf_over(bytes, sizeof(bytes));
	struct config_error error;
	enum status st = whole_load(path, &text);

	if (st != ST_OK) {
		log_line(LOG_ERROR, "%s: %s", path, st == ST_IO
		    ? strerror(errno) : status_text(st));
		return false;
	}
	if (config_parse(&h->config, buf_span(&text), &error) != ST_OK) {
		log_line(LOG_ERROR, "%s: line %u: %s", path, error.line,
		    error.text);
		return false;
	}
	return plan_make(&h->config, &h->plan) == ST_OK;
}

static bool
go_to_empty(const char *run_dir)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), "%s/empty", run_dir);
	if (chdir(path) == 0)
		return true;
	log_line(LOG_ERROR, "%s: %s; guichetd makes it", path,
	    strerror(errno));
	return false;
}

/* As guichetd does for every role: a ring of libuv's would go round our own
 * filter (os/denied.def), and its spare descriptor, opened with the first
 * stream, must be there before. */
static bool
open_loop(uv_loop_t *loop)
{
	uv_tcp_t first;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    filter_enter(&filter_supervisor) != ST_OK ||
	    uv_loop_init(loop) != 0 || uv_tcp_init(loop, &first) != 0)
		return false;
	uv_close((uv_handle_t *)&first, NULL);
	uv_run(loop, UV_RUN_NOWAIT);
	return true;
}

/* See health.h. */
bool
health_prepare(struct health *h, const char *path)
{
	const char *why;

	if (!load(h, path))
		return false;
	if (!open_loop(&h->loop)) {
		log_line(LOG_ERROR, "event loop: %s", strerror(errno));
		return false;
	}
	crowd_open(&h->crowd);
	why = ask_pickup_open(&h->pickup, h->config.pickup_certificate);
	if (why != NULL)
		health_failed(h, HEALTH_PICKUP, why);
	why = ask_intake_open(&h->intake, h->config.run_dir);
	if (why != NULL)
		health_failed(h, HEALTH_INTAKE, why);
	return h->code == 0 && go_to_empty(h->config.run_dir);
}

/* See health.h. */
unsigned
health_ports(const struct health *h, uint16_t ports[static 2])
{
	ports[0] = plan_port(&h->plan.pickup);
	if (!h->plan.has_mllp)
		return 1;
	ports[1] = plan_port(&h->plan.mllp);
	return 2;
}

/* --- in the sandbox -------------------------------------------------------- */

/* See health.h. */
int
health_run(struct health *h)
{
	uv_timer_init(&h->loop, &h->deadline);
	h->deadline.data = h;
	uv_timer_start(&h->deadline, on_deadline, HEALTH_MS, 0);
	h->waits[HEALTH_INTAKE] = h->waits[HEALTH_PICKUP] = true;
	h->waits[HEALTH_MLLP] = h->plan.has_mllp;
	ask_intake_start(h);
	ask_pickup_start(h);
	uv_run(&h->loop, UV_RUN_DEFAULT);
	return h->code;
}
