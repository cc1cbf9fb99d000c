#include "ipc/packet.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/passing.h"
#include "tap.h"

static int pair[2];
static uint8_t bytes[PACKET_START_BYTES];
static struct message received;
static int with;

static const struct packet_route to_role = { ROLE_SUPERVISOR, ROLE_VAULT };
static const struct packet_route to_supervisor = { ROLE_VAULT, ROLE_SUPERVISOR };

static enum status
receive(struct packet_route route)
{
	struct buf storage = buf_over(bytes, sizeof(bytes));

	return packet_receive(pair[1], route, &storage, &received, &with);
}

static enum status
send_message(struct message m, int fd)
{
	return packet_send(pair[0], &m, fd);
}

static struct message
ping(uint64_t number)
{
	return (struct message){ .id = MSG_PING, .ping = { number } };
}

static bool
is_close_on_exec(int fd)
{
	return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

static void
test_messages(void)
{
	static uint8_t config[131072 + 1];

	ok(send_message(ping(7), -1) == ST_OK && send_message(ping(8), -1) ==
	    ST_OK, "two are sent");
	ok(receive(to_role) == ST_OK && received.id == MSG_PING &&
	    received.ping.number == 7 && with == -1, "one datagram, one message");
	ok(receive(to_role) == ST_OK && received.ping.number == 8, "in order");
	memset(config, 'c', sizeof(config));
	ok(send_message((struct message){ .id = MSG_START, .start = { 2,
	    { config, sizeof(config) - 1 } } }, -1) == ST_OK &&
	    receive(to_role) == ST_OK && received.start.listeners == 2 &&
	    received.start.config.len == sizeof(config) - 1,
	    "the longest START fits");
	ok(send_message((struct message){ .id = MSG_START, .start = { 2,
	    { config, sizeof(config) } } }, -1) == ST_TOO_BIG,
	    "a longer one is not sent");
}

static void
test_descriptors(void)
{
	struct message peer = { .id = MSG_PEER, .peer = { ROLE_INTAKE, 1 } };
	int file = open("/dev/null", O_RDONLY | O_CLOEXEC), before;

	ok(send_message(peer, file) == ST_OK && receive(to_role) == ST_OK &&
	    with >= 0 && with != file, "a descriptor travels beside");
	ok(is_close_on_exec(with), "close-on-exec");
	before = with;
	close(with);
	/* Refused: the descriptor must not stay open. */
	ok(send_message(peer, file) == ST_OK &&
	    receive(to_supervisor) == ST_DENIED && with == -1,
	    "of a refused message it is not handed on");
	ok(fcntl(before, F_GETFD) < 0, "but closed");
	close(file);
}

static void
test_refusals(void)
{
	static const uint8_t unknown[] = { 0, 0xfe, 0, 0, 0, 0, 0, 0 };
	static const uint8_t cut[] = { 0, 4, 0, 0, 0, 0, 0, 8, 1, 2, 3 };
	static const uint8_t longer[] = { 0, 4, 0, 0, 0, 0, 0, 8,
	    0, 0, 0, 0, 0, 0, 0, 1, 0 };
	static const uint8_t lies[] = { 0, 4, 0, 0, 0, 0, 0, 7,
	    0, 0, 0, 0, 0, 0, 0, 1 };

	ok(send(pair[0], unknown, sizeof(unknown), 0) > 0 &&
	    receive(to_role) == ST_DENIED, "an unknown message");
	ok(send(pair[0], cut, sizeof(cut), 0) > 0 &&
	    receive(to_role) == ST_TOO_BIG, "a datagram that is cut");
	ok(send(pair[0], longer, sizeof(longer), 0) > 0 &&
	    receive(to_role) == ST_MALFORMED, "one with a byte left over");
	ok(send(pair[0], lies, sizeof(lies), 0) > 0 &&
	    receive(to_role) == ST_MALFORMED, "one that lies about its length");
	ok(send(pair[0], "x", 1, 0) > 0 &&
	    receive(to_role) == ST_MALFORMED, "one byte");
	ok(send_message(ping(1), -1) == ST_OK &&
	    receive(to_supervisor) == ST_DENIED, "the wrong way");
}

static void
test_small_storage(void)
{
	struct buf storage = buf_over(bytes, 12);

	ok(send_message(ping(1), -1) == ST_OK && packet_receive(pair[1],
	    to_role, &storage, &received, &with) == ST_TOO_BIG,
	    "a datagram longer than the storage");
}

static void
test_ends(void)
{
	fcntl(pair[1], F_SETFL, O_NONBLOCK);
	ok(receive(to_role) == ST_MORE, "nothing there: ST_MORE");
	while (send_message(ping(1), -1) == ST_OK)
		continue;
	ok(send_message(ping(1), -1) == ST_BUSY,
	    "who does not read is ST_BUSY, not waited for");
	while (receive(to_role) == ST_OK)
		continue;
	close(pair[0]);
	ok(receive(to_role) == ST_IO, "the sender is gone: ST_IO");
	if (passing_pair(pair) != ST_OK)
		return;
	close(pair[1]);
	ok(send_message(ping(1), -1) == ST_IO, "the receiver is gone: ST_IO");
}

int
main(void)
{
	if (passing_pair(pair) != ST_OK)
		return 1;
	ok(is_close_on_exec(pair[0]) && is_close_on_exec(pair[1]),
	    "both ends are close-on-exec");
	test_messages();
	test_descriptors();
	test_refusals();
	test_small_storage();
	test_ends();
	return done_testing();
}
