#include "supervisor/pulse.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"

enum { PULSE_MS = 5000 };	/* init waits for twelve (init/watch.h) */

static void
take_news(struct pulse *p, struct span text)
{
	struct box box;
	unsigned line;

	if (box_parse(text, &box, &line) != ST_OK) {
		log_line(LOG_WARNING, "news about the box: line %u is no fact",
		    line);
		return;
	}
	*p->box = box;
	p->on_news(p->owner);
}

static void
on_timer(uv_timer_t *timer)
{
	static const uint8_t beat[1] = { 0 };
	uint8_t text[BOX_TEXT_MAX];	/* not secret */
	struct pulse *p = timer->data;
	ssize_t n;

	/* A full line: PID 1 has enough to read. */
	(void)!write(p->fd, beat, sizeof(beat));
	while ((n = read(p->fd, text, sizeof(text))) > 0)
		take_news(p, (struct span){ text, (size_t)n });
}

/* See pulse.h. */
void
pulse_start(struct pulse *p, uv_loop_t *loop)
{
	if (p->fd < 0)
		return;
	if (fcntl(p->fd, F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(p->fd, F_SETFD, FD_CLOEXEC) != 0)
		log_line(LOG_WARNING, "--pulse %d: %m", p->fd);
	uv_timer_init(loop, &p->timer);
	p->timer.data = p;
	uv_timer_start(&p->timer, on_timer, 0, PULSE_MS);
}
