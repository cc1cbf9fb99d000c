#include "os/passing.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* Aligned for a struct cmsghdr. */
union control {
	struct cmsghdr head;
	uint8_t        bytes[CMSG_SPACE(sizeof(int))];
};

/* See passing.h. */
enum status
passing_pair(int fd[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) != 0)
		return ST_IO;
	return ST_OK;
}

static void
attach(struct msghdr *packet, union control *control, int fd)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	packet->msg_control = control->bytes;
	packet->msg_controllen = sizeof(control->bytes);
	c = CMSG_FIRSTHDR(packet);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
}

/* See passing.h. */
enum status
passing_send(int to, struct span bytes, int fd)
{
	union control control;
	/* sendmsg() does not write to what iov_base points to. */
	struct iovec part = { (void *)(uintptr_t)bytes.ptr, bytes.len };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (fd >= 0)
		attach(&packet, &control, fd);
	do
		n = sendmsg(to, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return ST_OK;
	return errno == EAGAIN || errno == ENOBUFS ? ST_BUSY : ST_IO;
}

static int
detach(struct msghdr *packet)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(packet);
	int fd;

	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* See passing.h. */
enum status
passing_receive(int from, struct buf *in, int *fd)
{
	union control control;
	struct iovec part = { in->ptr + in->len, in->max - in->len };
	struct msghdr packet = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t n;

	do
		n = recvmsg(from, &packet, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return ST_MORE;
	if (n <= 0)
		return ST_IO;
	*fd = detach(&packet);
	if (packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		if (*fd >= 0)
			close(*fd);
		*fd = -1;
		return ST_TOO_BIG;
	}
	in->len += (size_t)n;
	return ST_OK;
}
