#include "identity/hosts.h"

#include <arpa/inet.h>

enum { LABEL_MAX = 63 };

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9');
}

static bool
is_label(const char *s, size_t len)
{
	if (len == 0 || len > LABEL_MAX || !is_letter_or_digit(s[0]) ||
	    !is_letter_or_digit(s[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_letter_or_digit(s[i]) && s[i] != '-')
			return false;
	return true;
}

static bool
is_name(const char *text)
{
	size_t len = strlen(text), label;
	const char *last = strrchr(text, '.');

	/* What ends in digits alone is an address that is none. */
	last = last == NULL ? text : last + 1;
	if (len > HOST_TEXT_MAX || strspn(last, "0123456789") == strlen(last))
		return false;
	for (;; text += label + 1) {
		label = strcspn(text, ".");
		if (!is_label(text, label))
			return false;
		if (text[label] == '\0')
			return true;
	}
}

/* See hosts.h. */
enum status
host_read(const char *text, struct host *host)
{
	struct host h = { .text = text };

	if (inet_pton(AF_INET, text, h.address) == 1)
		h.address_len = 4;
	else if (inet_pton(AF_INET6, text, h.address) == 1)
		h.address_len = 16;
	else if (!is_name(text))
		return ST_INVALID;
	*host = h;
	return ST_OK;
}
