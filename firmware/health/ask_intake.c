#include "health/ask_intake.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "health/health.h"
#include "health/output.h"

/* A socket that is full is closed as soon as intake's loop turns. */
enum { MOMENT_MS = 250 };

/* --- the socket ------------------------------------------------------------ */

/* See ask_intake.h.  Never waits: where intake takes nobody any more, the
 * queue of its socket fills up, and connect() would wait for ever. */
const char *
ask_intake_open(struct ask_intake *a, const char *run_dir)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int len = snprintf(to.sun_path, sizeof(to.sun_path), "%s/intake.sock",
	    run_dir);

	if (len < 0 || (size_t)len >= sizeof(to.sun_path))
		return "run.dir is too long";
	a->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		return strerror(errno);
	if (connect(a->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return NULL;
	return errno == EAGAIN ? "takes no connections" : strerror(errno);
}

/* --- asking ---------------------------------------------------------------- */

static void
send_all(struct health *h, const struct message *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (channel_send(&h->intake.channel, &m[i]) != ST_OK) {
			health_failed(h, HEALTH_INTAKE, "cannot be asked");
			return;
		}
}

static void
ask_counters(struct health *h)
{
	const struct message m = { .id = MSG_TAIL_GET, .tail_get = {
	    .lang = span_of("en"), .json = 1, .follow = 0 } };

	h->intake.state = ASK_COUNTING;
	send_all(h, &m, 1);
}

static void
ask_check(struct health *h)
{
	uint8_t text[PLAN_MESSAGE_MAX];		/* not secret: nobody's */
	struct buf message = buf_over(text, sizeof(text));
	char now[16];
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(now, sizeof(now), "%Y%m%d%H%M%S", &tm);
	if (plan_message(h->plan.source, now, &message) != ST_OK) {
		health_failed(h, HEALTH_INTAKE, "the source has names that "
		    "are too long for a message");
		return;
	}
	h->intake.state = ASK_CHECKING;
	const struct message m[] = {
		{ .id = MSG_CHECK_FILE, .check_file = {
		    .name = span_of("health"), .lang = span_of("en"),
		    .source = span_of(h->plan.source->name), .json = 1,
		    .size = message.len } },
		{ .id = MSG_CHECK_PART, .check_part = {
		    .data = buf_span(&message) } },
		{ .id = MSG_CHECK_END, .check_end = { .last = 1 } },
	};
	send_all(h, m, COUNT(m));
}

/* --- what comes back ------------------------------------------------------- */

static void
take_output(struct ask_intake *a, const struct msg_intake_output *m)
{
	if (a->state == ASK_COUNTING) {
		if (output_is(m->text, "counters"))
			a->has_count = output_number(m->text, "connections",
			    &a->connections);
		return;
	}
	if (m->stream == 2)
		a->has_problem = true;
	else if (output_is(m->text, "report"))
		a->was_judged = true;
}

/* Whether the message would be taken is the configuration's; that there is an
 * answer is what was asked.  A report that was looked up, with a problem
 * beside it, waited for the vault in vain (intake/check.c). */
static void
take_exit(struct health *h)
{
	struct ask_intake *a = &h->intake;

	if (a->state == ASK_COUNTING) {
		health_counted(h, a->has_count ? a->connections : UINT64_MAX);
		ask_check(h);
		return;
	}
	if (a->was_judged && a->has_problem)
		health_late(h, HEALTH_VAULT, "does not answer intake");
	else
		health_passed(h, HEALTH_INTAKE);
}

static void
on_message(void *owner, struct channel *channel, const struct message *m)
{
	struct health *h = owner;

	(void)channel;
	if (m->id == MSG_INTAKE_OUTPUT)
		take_output(&h->intake, &m->intake_output);
	else if (m->id == MSG_INTAKE_EXIT)
		take_exit(h);
}

static void
on_lost(void *owner, struct channel *channel)
{
	struct health *h = owner;

	(void)channel;
	uv_timer_stop(&h->intake.moment);
	if (h->intake.state != ASK_WAITING) {
		health_failed(h, HEALTH_INTAKE, "hung up in the middle");
		return;
	}
	/* All its places are taken: it could say so. */
	health_counted(h, UINT64_MAX);
	health_passed(h, HEALTH_INTAKE);
}

static const struct channel_events events = {
	.on_message = on_message,
	.on_lost = on_lost,
};

static void
on_moment(uv_timer_t *timer)
{
	ask_counters(timer->data);
}

/* See ask_intake.h. */
void
ask_intake_start(struct health *h)
{
	struct ask_intake *a = &h->intake;

	uv_timer_init(&h->loop, &a->moment);
	a->moment.data = h;
	channel_init(&a->channel, ROLE_CTL, ROLE_INTAKE, &events, h);
	if (channel_open(&a->channel, &h->loop, a->fd) != ST_OK)
		health_failed(h, HEALTH_INTAKE, "its socket cannot be used");
	else
		uv_timer_start(&a->moment, on_moment, MOMENT_MS, 0);
}
