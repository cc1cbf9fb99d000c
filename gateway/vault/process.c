#include "vault/process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "config/remote.h"
#include "os/locked.h"
#include "vault/backlog.h"
#include "vault/credential.h"
#include "vault/sweep.h"
#include "vault/vault.h"

enum { TICK_MS = 1000, BATCH_MS = 20, RESERVE_BYTES = 8 * 1024 * 1024 };

struct process {
	struct vault vault;
	struct vault_settings settings;
	struct backlog backlog;
	uv_check_t  turn;
	uv_timer_t  tick, sweep, batch;
	uv_idle_t   sweeping;
};

/* One per process; too big for the stack. */
static struct process process;

/* --- the way out --------------------------------------------------------- */

static void
send_out(void *owner, enum role_id to, const struct message *m)
{
	struct role *role = owner;

	(void)role;
	backlog_send(&process.backlog, to, m);
}

static bool
is_full(void *owner, enum role_id to)
{
	struct role *role = owner;

	return process.backlog.first[to] != NULL
	    || channel_is_full(&role->peer[to]);
}

/* --- the loop ------------------------------------------------------------ */

static void
on_batch(uv_timer_t *handle)
{
	(void)handle;
	(void)vault_turn(&process.vault);
}

/* One sync serves all that is ready: while other deliveries are on their
 * way, those that are ready wait for them, but not for long. */
static void
on_turn(uv_check_t *handle)
{
	(void)handle;
	if (!vault_may_wait(&process.vault)) {
		uv_timer_stop(&process.batch);
		(void)vault_turn(&process.vault);
	} else if (!uv_is_active((uv_handle_t *)&process.batch)) {
		uv_timer_start(&process.batch, on_batch, BATCH_MS, 0);
	}
}

static void
on_tick(uv_timer_t *handle)
{
	(void)handle;
	vault_tick(&process.vault);
}

static void
on_sweeping(uv_idle_t *handle)
{
	if (!sweep_step(&process.vault))
		(void)uv_idle_stop(handle);
}

static void
on_sweep(uv_timer_t *handle)
{
	(void)handle;
	if (uv_idle_start(&process.sweeping, on_sweeping) != 0)
		unexpected("uv_idle_start", 0);
}

static void
start_handles(uv_loop_t *loop)
{
	int failed = uv_check_init(loop, &process.turn)
	    | uv_check_start(&process.turn, on_turn)
	    | uv_timer_init(loop, &process.tick)
	    | uv_timer_start(&process.tick, on_tick, TICK_MS, TICK_MS)
	    | uv_timer_init(loop, &process.sweep)
	    | uv_timer_init(loop, &process.batch)
	    | uv_timer_start(&process.sweep, on_sweep, TICK_MS,
	    SWEEP_EVERY_MS)
	    | uv_idle_init(loop, &process.sweeping);

	if (failed != 0)
		unexpected("the loop takes no handles", failed);
}

/* --- start --------------------------------------------------------------- */

/* "8-4-4-4-12" digits; zeroes where the kernel has none. */
static void
read_boot_id(uint8_t *out)
{
	char text[64];
	uint8_t digits[32];
	size_t n = 0;
	struct buf b = buf_over(out, 16);
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? 0 : read(fd, text, sizeof(text));

	if (fd >= 0)
		(void)close(fd);
	for (ssize_t i = 0; i < len && n < sizeof(digits); i++) {
		if (text[i] != '-' && text[i] != '\n')
			digits[n++] = (uint8_t)text[i];
	}
	if (n != 32 || hex_decode((struct span){ digits, n }, &b) != ST_OK)
		memset(out, 0, 16);
}

/* The supervisor has checked the values (config/values.h). */
static void
take_notices(const struct config *c, struct notice_settings *n)
{
	*n = (struct notice_settings){ .delay_s = c->notice_delay_s,
	    .address_keep_s = c->address_keep_s,
	    .call_back = c->notice_call_back,
	    .has_sms = c->sms_url[0] != '\0',
	    .has_mail = strcmp(c->mail_server, "none") != 0 };
	if (zone_parse(span_of(c->lab_timezone), &n->zone) != ST_OK
	    || hours_parse(span_of(c->notice_hours), &n->from_min,
	    &n->until_min) != ST_OK)
		role_refuse("notice.hours, lab.timezone: not what was checked");
}

/* See process.h. */
void
vault_prepare(struct role *role)
{
	struct vault_settings *s = &process.settings;

	(void)umask(077);
	s->dir = ".";
	memcpy(s->box, role->config.box_id, sizeof(s->box));
	s->window_s = role->config.window_s;
	s->lab_window_s = role->config.lab_window_s;
	s->retry_max_s = role->config.outbox_retry_max_s;
	s->wrong_tokens_per_hour = role->config.card_wrong_tokens_per_hour;
	s->reserve_bytes = RESERVE_BYTES;
	take_notices(&role->config, &s->notice);
	s->secrets = locked_new(sizeof(*s->secrets));
	read_boot_id(s->boot_id);
	backlog_init(&process.backlog, role);
	role->state = &process.vault;
}

/* See process.h. */
void
vault_begin(struct role *role)
{
	struct vault_exit out = { role, send_out, is_full };

	switch (vault_open(&process.vault, &process.settings, &out)) {
	case ST_OK:
		break;
	case ST_DISK_FULL:
	case ST_BUSY:
	case ST_IO:
		exit(ROLE_EXIT_OS);	/* may be gone the next time */
	default:
		exit(ROLE_EXIT_CONFIG);	/* said already, with what to do */
	}
	start_handles(&role->loop);
}

/* See process.h. */
void
on_vault_message(struct role *role, const struct message *m)
{
	(void)role;
	vault_take(&process.vault, m);
}

/* --- peers --------------------------------------------------------------- */

static void
on_peer(struct role *role, enum role_id peer)
{
	(void)role;
	if (peer == ROLE_COURIER)
		credential_send_all(&process.vault);
}

static void
on_peer_lost(struct role *role, enum role_id peer)
{
	(void)role;
	vault_peer_lost(&process.vault, peer);
	backlog_forget(&process.backlog, peer);	/* last: that may answer */
}

static void
on_drained(struct role *role, enum role_id peer)
{
	(void)role;
	backlog_drained(&process.backlog, peer);
	vault_drained(&process.vault);
}

static void
on_stop(struct role *role, uint64_t grace_ms)
{
	(void)grace_ms;
	vault_close(&process.vault);
	(void)uv_timer_stop(&process.tick);
	(void)uv_timer_stop(&process.sweep);
	(void)uv_idle_stop(&process.sweeping);
	(void)uv_check_stop(&process.turn);
	role_stopped(role);
}

const struct role_events vault_events = {
	.on_peer      = on_peer,
	.on_peer_lost = on_peer_lost,
	.on_drained   = on_drained,
	.on_stop      = on_stop,
};
