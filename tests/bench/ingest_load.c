/*
 * ingest_load -- sends one HL7 message over and over, as several senders at
 * once do, each waiting for its ACK.
 *
 *   ingest_load PORT CONNECTIONS MESSAGES FILE FIRST
 *
 * FILE holds the message; where "@@@@@@@@" stands in it, the message's number
 * is put (from FIRST on), so that no two are the same.  Prints one line of
 * JSON: messages, wall seconds, the answers' median and 99th percentile.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 256, PLACES_MAX = 16, MARK_LEN = 8, ANSWER_MAX = 8192 };

struct sender {
	int      fd;
	char    *frame;		/* its own copy, framed */
	size_t   sent, answered;	/* bytes */
	double   began;
	bool     is_busy;
	char     answer[ANSWER_MAX];
};

static char *frame;
static size_t frame_len, places[PLACES_MAX], n_places;
static struct sender senders[CONNECTIONS_MAX];
static double *times;
static unsigned n_times, n_begun, n_messages, first_number;

static void
die(const char *what)
{
	fprintf(stderr, "ingest_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
load_frame(const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
	    (size = ftell(file)) <= 0)
		die(path);
	rewind(file);
	frame_len = (size_t)size + 3;
	frame = malloc(frame_len + 1);
	if (frame == NULL || fread(frame + 1, 1, (size_t)size, file) !=
	    (size_t)size)
		die(path);
	fclose(file);
	frame[0] = 0x0b;
	memcpy(frame + 1 + size, "\x1c\r", 3);
	for (char *at = frame; n_places < PLACES_MAX; at += MARK_LEN) {
		at = memmem(at, frame_len - (size_t)(at - frame), "@@@@@@@@",
		    MARK_LEN);
		if (at == NULL)
			break;
		places[n_places++] = (size_t)(at - frame);
	}
}

static void
connect_sender(struct sender *s, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int on = 1;

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(s->fd, F_SETFL, O_NONBLOCK);
	s->frame = malloc(frame_len);
	if (s->frame == NULL)
		die("memory");
	memcpy(s->frame, frame, frame_len);
}

static void
begin(struct sender *s)
{
	char number[16];

	s->is_busy = n_begun < n_messages;
	if (!s->is_busy)
		return;
	snprintf(number, sizeof(number), "%08u", first_number + n_begun++);
	for (size_t i = 0; i < n_places; i++)
		memcpy(s->frame + places[i], number, MARK_LEN);
	s->sent = s->answered = 0;
	s->began = now();
}

static void
push(struct sender *s)
{
	ssize_t n = write(s->fd, s->frame + s->sent, frame_len - s->sent);

	if (n < 0 && errno != EAGAIN)
		die("write");
	if (n > 0)
		s->sent += (size_t)n;
}

static void
pull(struct sender *s)
{
	ssize_t n = read(s->fd, s->answer + s->answered,
	    ANSWER_MAX - 1 - s->answered);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		die("closed without an ACK");
	s->answered += (size_t)n;
	s->answer[s->answered] = '\0';
	if (memmem(s->answer, s->answered, "\x1c\r", 2) == NULL)
		return;
	if (strstr(s->answer, "MSA|AA") == NULL) {
		fprintf(stderr, "ingest_load: not an AA: %s\n", s->answer);
		exit(1);
	}
	times[n_times++] = now() - s->began;
	begin(s);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
run(unsigned connections)
{
	struct pollfd polls[CONNECTIONS_MAX];

	for (unsigned i = 0; i < connections; i++)
		begin(&senders[i]);
	while (n_times < n_messages) {
		for (unsigned i = 0; i < connections; i++) {
			struct sender *s = &senders[i];
			bool writes = s->is_busy && s->sent < frame_len;

			polls[i] = (struct pollfd){ .fd = s->fd,
			    .events = (short)(POLLIN | (writes ? POLLOUT : 0)) };
		}
		if (poll(polls, connections, 60000) <= 0)
			die("no answer in 60 s");
		for (unsigned i = 0; i < connections; i++) {
			if (polls[i].revents & POLLOUT)
				push(&senders[i]);
			if (polls[i].revents & (POLLIN | POLLHUP | POLLERR))
				pull(&senders[i]);
		}
	}
}

int
main(int argc, char **argv)
{
	unsigned connections;
	double began;

	if (argc != 6) {
		fprintf(stderr, "usage: ingest_load PORT CONNECTIONS MESSAGES "
		    "FILE FIRST\n");
		return 64;
	}
	connections = (unsigned)atoi(argv[2]);
	n_messages = (unsigned)atoi(argv[3]);
	first_number = (unsigned)atoi(argv[5]);
	load_frame(argv[4]);
	times = calloc(n_messages, sizeof(*times));
	if (times == NULL || connections < 1 || connections > CONNECTIONS_MAX)
		die("arguments");
	for (unsigned i = 0; i < connections; i++)
		connect_sender(&senders[i], atoi(argv[1]));
	began = now();
	run(connections);
	qsort(times, n_times, sizeof(*times), compare);
	printf("{\"messages\":%u,\"seconds\":%.6f,\"p50_ms\":%.3f,"
	    "\"p99_ms\":%.3f}\n", n_times, now() - began,
	    times[n_times / 2] * 1e3, times[n_times * 99 / 100] * 1e3);
	return 0;
}
