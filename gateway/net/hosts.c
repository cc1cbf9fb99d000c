#include "net/hosts.h"

#include <arpa/inet.h>
#include <strings.h>

enum { DNS_PORT = 53 };

/* Takes a line, without its end and what follows a "#" or ";". */
static bool
take_line(struct span *text, struct span *line)
{
	size_t end = 0, len;

	if (text->len == 0)
		return false;
	while (end < text->len && text->ptr[end] != '\n')
		end++;
	for (len = 0; len < end; len++)
		if (text->ptr[len] == '#' || text->ptr[len] == ';')
			break;
	*line = span_slice(*text, 0, len);
	*text = span_slice(*text, end < text->len ? end + 1 : end, text->len);
	return true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Takes a word; empty: there is none. */
static struct span
take_word(struct span *line)
{
	struct span word;
	size_t from = 0, to;

	while (from < line->len && is_blank(line->ptr[from]))
		from++;
	for (to = from; to < line->len && !is_blank(line->ptr[to]); to++)
		continue;
	word = span_slice(*line, from, to - from);
	*line = span_slice(*line, to, line->len);
	return word;
}

/* See hosts.h. */
enum status
hosts_literal(struct span text, uint16_t port, struct sockaddr_storage *out)
{
	char copy[INET6_ADDRSTRLEN];
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in *v4 = (void *)&a;
	struct sockaddr_in6 *v6 = (void *)&a;

	if (text.len == 0 || text.len >= sizeof(copy) ||
	    memchr(text.ptr, 0, text.len) != NULL)
		return ST_INVALID;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = 0;
	if (inet_pton(AF_INET, copy, &v4->sin_addr) == 1)
		a.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, copy, &v6->sin6_addr) == 1)
		a.ss_family = AF_INET6;
	else
		return ST_INVALID;
	v4->sin_port = htons(port);	/* the same place in both */
	*out = a;
	return ST_OK;
}

static bool
line_names(struct span line, const char *host)
{
	struct span word;

	while ((word = take_word(&line)).len > 0)
		if (word.len == strlen(host) &&
		    strncasecmp((const char *)word.ptr, host, word.len) == 0)
			return true;
	return false;
}

/* See hosts.h. */
size_t
hosts_find(struct span text, const char *host, uint16_t port,
    struct sockaddr_storage *out, size_t max)
{
	struct span line, address;
	size_t n = 0;

	while (n < max && take_line(&text, &line)) {
		address = take_word(&line);
		if (line_names(line, host) &&
		    hosts_literal(address, port, &out[n]) == ST_OK)
			n++;
	}
	return n;
}

/* See hosts.h. */
size_t
hosts_servers(struct span text, struct sockaddr_storage *out, size_t max)
{
	struct span line;
	size_t n = 0;

	while (n < max && take_line(&text, &line))
		if (span_is(take_word(&line), "nameserver") &&
		    hosts_literal(take_word(&line), DNS_PORT, &out[n]) == ST_OK)
			n++;
	return n;
}
