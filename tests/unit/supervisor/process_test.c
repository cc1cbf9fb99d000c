/*
 * A supervised process.  The test starts itself: with a supervisor on
 * descriptor 3 it is the role, and does what the name of its directory says.
 */
#include "supervisor/process.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/packet.h"
#include "tap.h"

/* --- the role -------------------------------------------------------------- */

static uint8_t bytes[PACKET_START_BYTES];

static bool
hear(struct message *m)
{
	struct packet_route route = { ROLE_SUPERVISOR, ROLE_DESK };
	struct buf storage = buf_over(bytes, sizeof(bytes));
	int with;

	return packet_receive(3, route, &storage, m, &with) == ST_OK;
}

static void
say(enum message_id id, uint64_t number)
{
	struct message m = { .id = id };

	if (id == MSG_READY)
		m.ready.pid = number;
	else if (id == MSG_PONG)
		m.pong.number = number;
	else
		m.health_get.request = number;
	if (packet_send(3, &m, -1) != ST_OK)
		_exit(90);
}

static int
serve(void)
{
	struct message m;

	while (hear(&m)) {
		if (m.id == MSG_PING)
			say(MSG_PONG, m.ping.number);
		if (m.id == MSG_STOP)
			return 0;
	}
	return 91;
}

static int
be_role(void)
{
	char folder[PATH_MAX];
	const char *what = strrchr(getcwd(folder, sizeof(folder)), '/') + 1;
	struct message m;

	if (!hear(&m) || m.id != MSG_START || m.start.listeners != 1 ||
	    !span_is(m.start.config, "slice"))
		return 89;
	if (strcmp(what, "config") == 0)
		return ROLE_EXIT_CONFIG;
	if (strcmp(what, "die") == 0)
		return 3;
	if (strcmp(what, "nonsense") == 0)
		send(3, "nonsense", 8, 0);
	say(MSG_READY, (uint64_t)getpid());
	if (strcmp(what, "twice") == 0)
		say(MSG_READY, (uint64_t)getpid());
	if (strcmp(what, "violate") == 0)
		raise(SIGSYS);
	if (strcmp(what, "ask") == 0)
		say(MSG_HEALTH_GET, 99);
	if (strcmp(what, "deaf") == 0)
		for (;;)
			pause();
	return serve();
}

/* --- the supervisor -------------------------------------------------------- */

static char self[PATH_MAX], root[] = "/tmp/process-test-XXXXXX";
static uv_loop_t loop;
static unsigned readies, stops;
static uint64_t asked;

static void
on_ready(void *owner, struct process *p)
{
	(void)owner;
	(void)p;
	readies++;
}

static void
on_message(void *owner, struct process *p, const struct message *m)
{
	(void)owner;
	(void)p;
	if (m->id == MSG_HEALTH_GET)
		asked = m->health_get.request;
}

static void
on_stopped(void *owner, struct process *p)
{
	(void)owner;
	(void)p;
	stops++;
}

static const struct process_events events = { on_ready, on_message, on_stopped };
static const struct topology_role role = { .id = ROLE_DESK };

static struct process
make(const char *what)
{
	static char folder[PATH_MAX];
	struct process p = { .role = &role, .events = &events,
	    .loop = &loop, .program = self, .start = span_of("slice"),
	    .listen_fd = { 0, -1, -1, -1 } };

	snprintf(folder, sizeof(folder), "%s/%s", root, what);
	mkdir(folder, 0700);
	p.directory = folder;
	readies = stops = 0;
	asked = 0;
	return p;
}

/* Turns the loop for `ms`, burying the dead as the supervisor does. */
static void
turn(struct process *p, unsigned ms)
{
	for (unsigned i = 0; i < ms / 5; i++) {
		int how;

		uv_run(&loop, UV_RUN_NOWAIT);
		if (p->pid > 0 && waitpid(p->pid, &how, WNOHANG) == p->pid)
			process_died(p, how);
		usleep(5000);
	}
}

static void
finish(struct process *p)
{
	process_stop(p, 100);
	turn(p, 300);
	process_kill(p);
	turn(p, 100);
	ok(p->state == PROCESS_STOPPED && stops == 1 && p->pid == 0,
	    "stopped, once: %s", p->last_death);
	uv_close((uv_handle_t *)&p->timer, NULL);
	uv_run(&loop, UV_RUN_NOWAIT);
}

static void
test_life(void)
{
	struct process p = make("serve");
	struct message m = { .id = MSG_PING, .ping = { 1 } };
	pid_t first;

	process_init(&p);
	ok(process_send(&p, &m, -1) == ST_IO && process_up_s(&p) == 0,
	    "before it starts there is nobody to send to");
	process_start(&p);
	ok(p.state == PROCESS_STARTING && p.pid > 0, "started");
	turn(&p, 300);
	ok(p.state == PROCESS_RUNNING && readies == 1, "READY");
	ok(process_send(&p, &m, -1) == ST_OK, "it can be sent to");
	m = (struct message){ .id = MSG_HEALTH_GET };
	ok(process_send(&p, &m, -1) == ST_DENIED, "but only what is routed");
	first = p.pid;
	process_kill(&p);
	turn(&p, 400);
	ok(p.state == PROCESS_RUNNING && p.pid != first && p.restarts == 1 &&
	    readies == 2, "killed, it comes back");
	ok(strncmp(p.last_death, "signal 9", 8) == 0, "and says how it died");
	finish(&p);
	ok(strcmp(p.last_death, "exit code 0") == 0, "it stopped by itself");
}

static void
test_message(void)
{
	struct process p = make("ask");

	process_init(&p);
	process_start(&p);
	turn(&p, 300);
	ok(asked == 99, "a message reaches its owner");
	finish(&p);
}

/* Dies at once, again and again: 100, 200, 400 ms. */
static void
test_backoff(void)
{
	struct process p = make("die");

	process_init(&p);
	process_start(&p);
	turn(&p, 60);
	ok(p.state == PROCESS_WAITING && p.backoff_ms == 100,
	    "the first time it waits 100 ms");
	turn(&p, 1000);
	ok(p.restarts >= 2 && p.restarts <= 4 && p.backoff_ms >= 400,
	    "then longer and longer: %u restarts, %u ms",
	    (unsigned)p.restarts, (unsigned)p.backoff_ms);
	ok(strcmp(p.last_death, "exit code 3") == 0, "its exit code is kept");
	finish(&p);
}

static void
test_wrong_config(void)
{
	struct process p = make("config");

	process_init(&p);
	process_start(&p);
	turn(&p, 300);
	ok(p.state == PROCESS_WAITING && p.backoff_ms == 30000 &&
	    p.restarts == 0, "a wrong configuration waits 30 s");
	finish(&p);
}

static void
test_violation(void)
{
	struct process p = make("violate");

	process_init(&p);
	process_start(&p);
	turn(&p, 60);
	ok(strcmp(p.last_death, "signal 31 (SIGSYS): sandbox violation") == 0,
	    "a forbidden system call is named so");
	finish(&p);
}

static void
test_misbehaved(const char *what)
{
	struct process p = make(what);

	process_init(&p);
	process_start(&p);
	turn(&p, 60);
	ok(strncmp(p.last_death, "signal 9", 8) == 0,
	    "who sends %s is killed", what);
	finish(&p);
}

/* The watchdog, without waiting for it: as if nothing was heard for long. */
static void
test_silent(void)
{
	struct process p = make("deaf");

	process_init(&p);
	process_start(&p);
	turn(&p, 200);
	ok(p.state == PROCESS_RUNNING, "a deaf one runs");
	p.heard_ms = uv_now(&loop) - 20000;
	uv_timer_start(&p.timer, p.timer.timer_cb, 1, 0);
	turn(&p, 50);
	ok(p.state == PROCESS_RUNNING && p.pings == 1,
	    "20 s of silence are borne");
	p.heard_ms = uv_now(&loop) - 31000;
	uv_timer_start(&p.timer, p.timer.timer_cb, 1, 0);
	turn(&p, 50);
	ok(p.state != PROCESS_RUNNING &&
	    strncmp(p.last_death, "signal 9", 8) == 0, "31 s are not");
	finish(&p);
}

static void
test_no_program(void)
{
	struct process p = make("serve");

	p.program = "/nowhere/guichet-desk";
	process_init(&p);
	process_start(&p);
	ok(p.state == PROCESS_WAITING && p.backoff_ms == 100 &&
	    strcmp(p.last_death, "No such file or directory") == 0,
	    "a program that is not there is tried again");
	finish(&p);
}

static void
remove_folders(void)
{
	static const char *const names[] = { "serve", "ask", "die", "config",
	    "violate", "twice", "nonsense", "deaf" };
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		rmdir(path);
	}
	rmdir(root);
}

int
main(void)
{
	int type = 0;
	socklen_t len = sizeof(type);
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (getsockopt(3, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	    type == SOCK_SEQPACKET)
		return be_role();
	if (n <= 0 || mkdtemp(root) == NULL)
		return 1;
	self[n] = '\0';
	uv_loop_init(&loop);
	test_life();
	test_message();
	test_backoff();
	test_wrong_config();
	test_violation();
	test_misbehaved("twice");
	test_misbehaved("nonsense");
	test_silent();
	test_no_program();
	ok(uv_loop_close(&loop) == 0, "no handle is left");
	remove_folders();
	return done_testing();
}
