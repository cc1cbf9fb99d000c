/* loopback.h -- one listening socket on 127.0.0.1, and clients in threads
 * that the loop's owner joins. */
#ifndef TESTS_UNIT_NET_LOOPBACK_H
#define TESTS_UNIT_NET_LOOPBACK_H

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

static struct sockaddr_in loopback_address;

static inline int
loopback_socket(void)
{
	socklen_t len = sizeof(loopback_address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	loopback_address = (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd < 0 || bind(fd, (struct sockaddr *)&loopback_address,
	    sizeof(loopback_address)) != 0 || getsockname(fd,
	    (struct sockaddr *)&loopback_address, &len) != 0)
		abort();
	return fd;
}

static inline int
loopback_connect(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&loopback_address,
	    sizeof(loopback_address)) != 0)
		abort();
	return fd;
}

/* Reads until `len` bytes or the end; how many there were. */
static inline size_t
loopback_read(int fd, void *to, size_t len)
{
	size_t got = 0;
	ssize_t n;

	while (got < len && (n = read(fd, (char *)to + got, len - got)) > 0)
		got += (size_t)n;
	return got;
}

#endif
