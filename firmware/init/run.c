/* machine_run(), machine_restart(): init's loop, and its end. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "init/child.h"
#include "init/fallback.h"
#include "init/machine.h"

/* ROLE_EXIT_RESTART_BOX of ipc/role.h, which would bring in libuv. */
enum { RESTART_BOX = 80 };

enum { TURN_MS = 1000, STOP_MS = 10 * 1000, LOOK_MS = 50 };

static volatile sig_atomic_t asked_to_stop;

static void
on_stop(int signal_number)
{
	(void)signal_number;
	asked_to_stop = 1;
}

/* Only wakes the loop. */
static void
on_child(int signal_number)
{
	(void)signal_number;
}

/* All signals stay blocked but while the loop waits; those without a handler
 * do nothing to PID 1. */
static void
take_signals(sigset_t *waiting)
{
	struct sigaction child = { .sa_handler = on_child };
	struct sigaction stop = { .sa_handler = on_stop };

	sigaction(SIGCHLD, &child, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);		/* ctrl-alt-del */
	sigfillset(waiting);
	sigprocmask(SIG_SETMASK, waiting, NULL);
	sigdelset(waiting, SIGCHLD);
	sigdelset(waiting, SIGTERM);
	sigdelset(waiting, SIGINT);
	if (reboot(RB_DISABLE_CAD) != 0)
		log_line(LOG_WARNING, "ctrl-alt-del: %s", strerror(errno));
}

/* --- children ---------------------------------------------------------------------- */

static enum status
run_guichetd(struct machine *m)
{
	const char *const argv[] = { "/bin/guichetd", "-c", m->config_path,
	    "--box", "/run/guichet-box", "--pulse", "3", NULL };
	struct child child = { .argv = argv };
	enum status st;
	int pair[2];

	TRY(machine_write_box(m));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0, pair) != 0)
		return ST_IO;
	child.fd[0] = pair[1];
	st = child_start(&child, &m->guichetd);
	close(pair[1]);
	if (st == ST_OK)
		m->pulse = pair[0];
	else
		close(pair[0]);
	return st;
}

static void
start_guichetd(struct machine *m)
{
	/* With a trouble the time runs, and nothing is started. */
	if (m->trouble[0] == '\0' && run_guichetd(m) != ST_OK)
		watch_died(&m->watch, child_now_ms());
	else
		watch_started(&m->watch, child_now_ms());
}

static void
close_pulse(struct machine *m)
{
	if (m->pulse >= 0)
		close(m->pulse);
	m->pulse = -1;
}

static void
hear_pulse(struct machine *m)
{
	uint8_t bytes[16];
	ssize_t n;

	while ((n = read(m->pulse, bytes, sizeof(bytes))) > 0)
		watch_heard(&m->watch, child_now_ms());
	if (n == 0)
		close_pulse(m);		/* it ends */
}

static void
kill_guichetd(const struct machine *m)
{
	log_line(LOG_ERROR, "guichetd is silent: killed");
	if (m->guichetd > 0)
		kill(m->guichetd, SIGKILL);
}

/* A new release that cannot write where the old one could has its minute and
 * no more, as long as there is a way back. */
static void
look_at_data(struct machine *m)
{
	bool is_read_only = m->boot_folder >= 0 &&
	    !data_is_writable(m->boot_folder);
	bool on_trial = !m->past.has_record || fallback_is_trial(m->slot,
	    &m->past.record, m->has_booted ? &m->booted : NULL);

	if (is_read_only && !m->is_read_only)
		log_line(LOG_ERROR, "the data partition cannot be written any "
		    "more: replace the card");
	m->has_news = m->has_news || is_read_only != m->is_read_only;
	m->is_read_only = is_read_only;
	watch_data(&m->watch, is_read_only && !on_trial);
}

static void
start_probe(struct machine *m)
{
	const char *const argv[] = { "/bin/guichet-health", "-c",
	    m->config_path, NULL };
	struct child child = { .argv = argv, .netns = "/run/netns/lab",
	    .directory = CHILD_EMPTY };

	watch_probing(&m->watch, child_now_ms());
	if (m->trouble[0] != '\0' || child_start(&child, &m->probe) != ST_OK)
		watch_probed(&m->watch, false, child_now_ms());
}

static void
say_death(const char *program, int how)
{
	if (WIFSIGNALED(how))
		log_line(LOG_ERROR, "%s was ended by signal %d", program,
		    WTERMSIG(how));
	else
		log_line(LOG_ERROR, "%s ended with %d", program,
		    WEXITSTATUS(how));
}

/* Returns why the box is to be restarted, or NULL. */
static const char *
on_exit_of(struct machine *m, pid_t pid, int how)
{
	uint64_t now_ms = child_now_ms();

	if (pid == m->probe) {
		m->probe = 0;
		look_at_data(m);
		watch_probed(&m->watch, WIFEXITED(how) &&
		    WEXITSTATUS(how) == 0 && !m->is_read_only, now_ms);
	} else if (pid == m->guichetd) {
		m->guichetd = 0;
		close_pulse(m);
		if (WIFEXITED(how) && WEXITSTATUS(how) == RESTART_BOX)
			return PAST_ASKED;
		say_death("guichetd", how);
		watch_died(&m->watch, now_ms);
	} else if (m->has_network) {
		(void)network_on_exit(&m->network, pid, now_ms);
	}
	return NULL;
}

/* Everything that died, ours or left to us. */
static const char *
reap(struct machine *m)
{
	const char *why = NULL;
	pid_t pid;
	int how;

	while (why == NULL && (pid = waitpid(-1, &how, WNOHANG)) > 0)
		why = on_exit_of(m, pid, how);
	return why;
}

/* --- the loop ------------------------------------------------------------------------ */

/* Returns why the box is to be restarted, or NULL. */
static const char *
act(struct machine *m)
{
	switch (watch_next(&m->watch, child_now_ms())) {
	case WATCH_WAIT:
		break;
	case WATCH_START:
		start_guichetd(m);
		break;
	case WATCH_PROBE:
		start_probe(m);
		break;
	case WATCH_KILL_PROBE:
		log_line(LOG_WARNING, "guichet-health does not end");
		kill(m->probe, SIGKILL);
		watch_probing(&m->watch, child_now_ms());
		break;
	case WATCH_MARK_GOOD:
		machine_mark_good(m);
		m->has_news = true;	/* the floor */
		break;
	case WATCH_KILL:
		kill_guichetd(m);
		break;
	case WATCH_REBOOT:
		return m->trouble[0] == '\0' ? m->watch.why : m->trouble;
	}
	return NULL;
}

static void
wait_for_anything(struct machine *m, const sigset_t *waiting)
{
	struct pollfd heard[] = {
		{ .events = POLLIN, .fd = m->has_network
		    ? network_fd(&m->network) : -1 },
		{ .events = POLLIN, .fd = m->pulse },
	};
	int ms = watch_wait_ms(&m->watch, child_now_ms(), TURN_MS);
	struct timespec time = { .tv_sec = ms / 1000,
	    .tv_nsec = ms % 1000 * 1000000L };

	if (ppoll(heard, COUNT(heard), &time, waiting) <= 0)
		return;
	if (heard[0].revents != 0)
		network_on_readable(&m->network, child_now_ms());
	if (heard[1].revents != 0)
		hear_pulse(m);
}

/* See machine.h. */
const char *
machine_run(struct machine *m)
{
	const char *why = NULL;
	sigset_t waiting;

	take_signals(&waiting);
	m->pulse = -1;
	watch_init(&m->watch, child_now_ms());
	while (why == NULL) {
		watchdog_kick(&m->watchdog);
		if (m->has_network)
			network_tick(&m->network, child_now_ms());
		why = reap(m);
		if (m->pulse >= 0)	/* before it is called silent */
			hear_pulse(m);
		if (why == NULL)
			why = act(m);
		if (asked_to_stop)
			why = "init was told to restart the box";
		if (why == NULL) {
			machine_tell_news(m);
			wait_for_anything(m, &waiting);
		}
	}
	return why;
}

/* --- the end ---------------------------------------------------------------------------- */

/* Until no child is left, or for STOP_MS. */
static void
wait_for_children(const struct machine *m)
{
	uint64_t until_ms = child_now_ms() + STOP_MS;
	struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 &&
	    child_now_ms() < until_ms) {
		watchdog_kick(&m->watchdog);
		if (pid == 0)
			nanosleep(&pause, NULL);
	}
}

/* See machine.h.  Where the kernel does not restart, the watchdog does. */
_Noreturn void
machine_restart(struct machine *m, const char *why)
{
	log_line(LOG_WARNING, "the box restarts: %s", why);
	past_plan(&m->past, why);
	if (m->guichetd != 0) {
		kill(m->guichetd, SIGTERM);
		wait_for_children(m);
	}
	kill(-1, SIGKILL);
	wait_for_children(m);
	close(m->boot_folder);
	close(m->etc_folder);
	if (umount2("/data", MNT_DETACH) != 0)
		log_line(LOG_WARNING, "/data: %s", strerror(errno));
	sync();
	reboot(RB_AUTOBOOT);
	log_line(LOG_ERROR, "the kernel does not restart: %s",
	    strerror(errno));
	for (;;)
		pause();
}
