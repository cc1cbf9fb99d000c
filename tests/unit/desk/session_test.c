#include "desk/session.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "card/issue.h"
#include "desk/command.h"
#include "desk/options.h"
#include "tap.h"

/* A session and the command at its other end, over a real socketpair and
 * loop; the command table and the other roles are stood in for. */

static struct role role;
static struct session *current;		/* the one that the command started */
static struct {
	struct channel channel;
	char   text[4096];
	size_t len;
	int    exit_code;		/* -1: none yet */
	unsigned prompts;
} ctl;
static struct message asked;		/* of another role */
static enum status send_outcome;
static unsigned lines, starts;

static void
nothing(struct session *s)
{
	(void)s;
}

static const struct command row = { .usage = "test", .start = nothing,
    .away_code = 75 };

/* --- what session.c stands on ------------------------------------------------------ */

void
command_start(struct session *s, struct span arguments)
{
	(void)arguments;
	starts++;
	current = s;
	s->command = &row;
}

void
options_line(struct session *s, const struct msg_input *m)
{
	(void)s;
	(void)m;
	lines++;
}

enum status
role_send(struct role *r, enum role_id to, const struct message *m)
{
	(void)r;
	(void)to;
	asked = *m;
	return send_outcome;
}

/* --- the other end ------------------------------------------------------------------ */

static void
on_message(void *owner, struct channel *c, const struct message *m)
{
	(void)owner;
	(void)c;
	if (m->id == MSG_OUTPUT) {
		memcpy(ctl.text + ctl.len, m->output.text.ptr,
		    m->output.text.len);
		ctl.len += m->output.text.len;
	} else if (m->id == MSG_EXIT) {
		ctl.exit_code = (int)m->exit.code;
	} else if (m->id == MSG_INPUT_GET) {
		ctl.prompts++;
	}
}

static void
on_lost(void *owner, struct channel *c)
{
	(void)owner;
	(void)c;
}

static const struct channel_events events = { .on_message = on_message,
    .on_lost = on_lost };

static void
turn(void)
{
	for (int i = 0; i < 20; i++)
		uv_run(&role.loop, UV_RUN_NOWAIT);
}

static void
say(enum message_id id)
{
	struct message m = { .id = id };

	if (id == MSG_COMMAND)
		m.command.lang = span_of("en");
	if (id == MSG_INPUT)
		m.input.line = span_of("x");
	if (channel_send(&ctl.channel, &m) == ST_OK)
		turn();
}

static void
begin(void)
{
	int fd[2];

	channel_close(&ctl.channel);
	turn();
	memset(&ctl, 0, sizeof(ctl));
	ctl.exit_code = -1;
	lines = starts = 0;
	current = NULL;
	send_outcome = ST_OK;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) != 0)
		return;
	channel_init(&ctl.channel, ROLE_CTL, ROLE_DESK, &events, NULL);
	if (channel_open(&ctl.channel, &role.loop, fd[0]) != ST_OK)
		return;
	session_accept(&role, fd[1], 0);
	say(MSG_COMMAND);
}

static bool
is_zero(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len > 0 && *at == 0) {
		at++;
		len--;
	}
	return len == 0;
}

/* --- tests ---------------------------------------------------------------------------- */

static void
fill(struct session *s)
{
	memset(&s->options, 'P', sizeof(s->options));
	memset(s->traits, 'T', sizeof(s->traits));
	s->issued = calloc(1, sizeof(*s->issued));
}

static void
test_nothing_outlives_the_command(void)
{
	begin();
	ok(current != NULL, "a command runs");
	fill(current);
	session_write(current, span_of("the code is on the slip"));
	session_finish(current, 0);
	ok(is_zero(&current->options, sizeof(current->options)) &&
	    is_zero(current->traits, sizeof(current->traits)) &&
	    current->issued == NULL,
	    "addresses, names, codes are wiped at the end");
	ok(is_zero(current->out_storage, sizeof(current->out_storage)),
	    "and what was printed");
	turn();
	ok(ctl.exit_code == 0 && strstr(ctl.text, "slip") != NULL,
	    "though it was sent");
}

static void
test_nor_a_failure(void)
{
	begin();
	fill(current);
	session_fail(current, ST_DISK_FULL);
	ok(is_zero(&current->options, sizeof(current->options)) &&
	    current->issued == NULL, "wiped after a failure");
	begin();
	fill(current);
	channel_close(&ctl.channel);
	turn();
	ok(is_zero(current, sizeof(*current)),
	    "wiped where the command was interrupted");
}

static void
ask_courier(void)
{
	struct message m = { .id = MSG_DROP_CHECK };

	session_ask(current, ROLE_COURIER, &m, &m.drop_check.request);
}

static void
test_courier_lost(void)
{
	begin();
	ask_courier();
	ok(session_waiting(asked.drop_check.request) == current,
	    "waits for the courier");
	session_peer_lost(ROLE_VAULT);
	turn();
	ok(ctl.exit_code == -1, "another role's end is not its concern");
	session_peer_lost(ROLE_COURIER);
	turn();
	ok(ctl.exit_code == 75 && strstr(ctl.text, "courier") != NULL,
	    "the courier's end is the command's");
	ok(session_waiting(asked.drop_check.request) == NULL,
	    "and a late answer is nobody's");
}

static void
test_courier_away(void)
{
	begin();
	send_outcome = ST_IO;
	ask_courier();
	turn();
	ok(ctl.exit_code == 75 && strstr(ctl.text, "does not run") != NULL,
	    "no courier: says so at once");
}

static void
test_lines_only_when_asked(void)
{
	begin();
	say(MSG_INPUT);
	ok(lines == 0, "a line that nobody asked for");
	session_ask_line(current, TEXT_PROMPT_PHONE, false);
	turn();
	ok(ctl.prompts == 1, "a prompt");
	say(MSG_INPUT);
	ok(lines == 1, "its line");
	say(MSG_INPUT);
	ok(lines == 1, "once");
}

static void
test_one_command(void)
{
	begin();
	say(MSG_COMMAND);
	ok(starts == 1, "one command a connection");
	session_finish(current, 3);
	say(MSG_COMMAND);
	say(MSG_INPUT);
	ok(starts == 1 && lines == 0 && ctl.exit_code == 3,
	    "also when it is over");
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);	/* as ipc/role.c does */
	uv_loop_init(&role.loop);
	test_nothing_outlives_the_command();
	test_nor_a_failure();
	test_courier_lost();
	test_courier_away();
	test_lines_only_when_asked();
	test_one_command();
	return done_testing();
}
